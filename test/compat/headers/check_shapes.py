#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Compares the order of virtual methods with shapes.txt: compiled plugins rely on it.

The file was taken once from public TensorRT 10.16 headers where they have the class, and is changed
only by adding to its end. --update rewrites it; read the difference before you commit it.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
GOLDEN = HERE / "shapes.txt"


def shapes(compiler, include, extra):
    """One line a table entry: class, place counted from the first method, method."""
    command = [compiler, "-std=c++17", "-DTENON_NO_CUDA_TOOLKIT", f"-I{include}", *extra]
    command += ["-Xclang", "-fdump-vtable-layouts", "-S", "-o", "/dev/null", "-w"]
    done = subprocess.run(
        [*command, str(HERE / "shapes.cc")], text=True, capture_output=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    lines = []
    for name, table in re.findall(
        r"Vtable for 'shape::(\w+)' \(\d+ entries\)\.\n(.*?)\n\n", done.stdout, re.S
    ):
        for place, method in re.findall(r"^ *(\d+) \| (.*)$", table, re.M):
            if int(place) < 2 or "::key()" in method:  # offset and type information; our own key
                continue
            plain = method.replace(" [pure]", "").replace(f"shape::{name}::~{name}()", "~")
            lines.append(f"{name} {int(place) - 2} {plain}")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", default="clang++")
    parser.add_argument("--include", default=str(HERE.parents[2] / "include"))
    parser.add_argument("--print", action="store_true")
    parser.add_argument("--update", action="store_true")
    args, extra = parser.parse_known_args()
    text = shapes(args.compiler, args.include, extra)
    if args.print:
        print(text, end="")
        return 0
    if args.update:
        GOLDEN.write_text(text)
    wanted, got = set(GOLDEN.read_text().splitlines()), set(text.splitlines())
    for line in sorted(wanted - got):
        print(f"- {line}")
    for line in sorted(got - wanted):
        print(f"+ {line}")
    print(f"{len(wanted)} entries of virtual tables, {len(wanted ^ got)} differences")
    return wanted != got


if __name__ == "__main__":
    sys.exit(main())
