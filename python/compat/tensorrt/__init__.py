# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The engine's package under the name that programs of this family import.

The objects are those of `tenon`. Where the CUDA runtime on the CPU lies beside the engine, programs
that look for libcudart in LD_LIBRARY_PATH, as Polygraphy does, find it.
"""

import os
import sys
from pathlib import Path

import tenon
from tenon import *  # noqa: F403
from tenon import __version__  # noqa: F401

# Programs name classes by the path of the extension module too.
tensorrt = tenon
sys.modules[f"{__name__}.tensorrt"] = tenon


def _offer_cuda_on_the_cpu():
    if os.environ.get("TENON_DEVICE", "cpu").startswith("cuda"):
        return
    package = Path(tenon._core.__file__).resolve().parent
    named = os.environ.get("HOSTCUDA_LIBRARIES")
    folders = [Path(named)] if named else []
    folders += [package / "lib/hostcuda", package.parent.parent / "lib/hostcuda"]
    here = next((folder for folder in folders if list(folder.glob("libcudart.so*"))), None)
    if here is None:
        return
    paths = [p for p in os.environ.get("LD_LIBRARY_PATH", "").split(":") if p and p != str(here)]
    os.environ["LD_LIBRARY_PATH"] = ":".join([str(here), *paths])


_offer_cuda_on_the_cpu()
