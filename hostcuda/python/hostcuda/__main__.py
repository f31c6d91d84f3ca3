# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Runs a program on the CPU's CUDA: python -m hostcuda (program.py | -m module) [arguments]."""

import runpy
import sys
from pathlib import Path

import hostcuda


def main():
    arguments = sys.argv[1:]
    if not arguments or (arguments[0] == "-m" and len(arguments) < 2):
        sys.exit("usage: python -m hostcuda (program.py | -m module) [arguments]")
    hostcuda.install()
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path[0] = str(Path(arguments[0]).resolve().parent)
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main()
