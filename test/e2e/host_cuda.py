# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The CUDA runtime on the CPU, as this build made it, put under the test process."""

import functools
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LIBRARIES = Path(os.environ.get("TENON_BUILD", ROOT / "build/release")) / "lib/hostcuda"
PYTHON = ROOT / "hostcuda/python"
sys.path.insert(0, str(PYTHON))


def environment():
    """What a new process needs to import hostcuda and find its libraries."""
    return {**os.environ, "HOSTCUDA_LIBRARIES": str(LIBRARIES), "PYTHONPATH": str(PYTHON)}


@functools.cache
def installed():
    """Installs it in this process; the folder of the libraries."""
    os.environ["HOSTCUDA_LIBRARIES"] = str(LIBRARIES)
    import hostcuda  # noqa: PLC0415

    return hostcuda.install()
