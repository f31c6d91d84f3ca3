# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Quick plugins under the known name."""

from tenon.plugin import *  # noqa: F403
from tenon.plugin import HostKernel, __all__, host_kernel  # noqa: F401
