# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Puts the CUDA runtime on the CPU under Python programs that were written for a GPU.

Import it first and call install(), or run a program unmodified: python -m hostcuda program.py.
"""

import ctypes
import os
from pathlib import Path

from hostcuda import bindings

__all__ = ["folder", "install"]


def folder():
    """The folder of libcudart.so and libcuda.so.1: $HOSTCUDA_LIBRARIES, or one above this file."""
    named = os.environ.get("HOSTCUDA_LIBRARIES")
    candidates = [Path(named)] if named else list(Path(__file__).resolve().parents)
    for candidate in candidates:
        if (candidate / "libcudart.so.13").exists():
            return candidate.resolve()
    place = candidates[0] if named else f"any folder above {__file__}"
    raise FileNotFoundError(
        f"no libcudart.so.13 of hostcuda in {place}: set HOSTCUDA_LIBRARIES to its folder"
    )


def install():
    """Lets this process, and those it starts, find the runtime and the driver on the CPU.

    Libraries that look by LD_LIBRARY_PATH (Polygraphy does, at first use) find the folder there;
    those that open libcudart or libcuda by name get the loaded ones; the runtime module of
    cuda-python, which carries a runtime of its own, is led to ours. May be called again.
    """
    here = folder()
    paths = [p for p in os.environ.get("LD_LIBRARY_PATH", "").split(":") if p and p != str(here)]
    os.environ["LD_LIBRARY_PATH"] = ":".join([str(here), *paths])
    runtime = ctypes.CDLL(str(here / "libcudart.so.13"))
    driver = here / "libcuda.so.1"
    if driver.exists():
        ctypes.CDLL(str(driver))
    bindings.redirect(runtime)
    return here
