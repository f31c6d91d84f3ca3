# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Quick plugins under the known name."""

from tenon.plugin import *  # noqa: F403
from tenon.plugin import __all__  # noqa: F401
from tenon.plugin import HostKernel, host_kernel  # noqa: F401
