#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Compares cuda.h with an installed toolkit's: every enumerator, every structure and member.

One C program that prints them is compiled with either's headers. Without a toolkit of our version
there is nothing to compare: exit status 77.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

OURS = Path(__file__).resolve().parent.parent / "include"
SKIPPED = 77


def program():
    """A program that prints the sizes, places and values that our types have."""
    text = "\n".join(path.read_text() for path in sorted(OURS.glob("cudadrv/types/*.h")))
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    lines = []
    for name, body in re.findall(r"typedef struct (\w+) \{(.*?)\}", text, re.S):
        members = re.findall(r"(\w+)(?:\[\w+\])?;", body)
        lines += [f'SHOW("{name}", sizeof(struct {name}));']
        lines += [f'SHOW("{name}.{m}", offsetof(struct {name}, {m}));' for m in members]
    for body in re.findall(r"typedef enum \w+ \{(.*?)\}", text, re.S):
        lines += [f'SHOW("{name}", {name});' for name in re.findall(r"^\s+(\w+)", body, re.M)]
    return "\n".join(
        [
            "#include <cuda.h>\n#include <stddef.h>\n#include <stdio.h>",
            '#define SHOW(name, value) printf("%s %lld\\n", name, (long long)(value))',
            "int main(void) {",
            *lines,
            "  return 0;\n}\n",
        ]
    )


def shown(source, include, binary):
    """What the program prints when compiled with the headers in `include`."""
    subprocess.run(["cc", "-w", "-I", str(include), str(source), "-o", str(binary)], check=True)
    return subprocess.run([str(binary)], capture_output=True, text=True, check=True).stdout


def version(include):
    found = re.search(r"define CUDA_VERSION (\d+)", (include / "cuda.h").read_text())
    return found and found[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--toolkit", type=Path, required=True, help="its folder of headers")
    toolkit = parser.parse_args().toolkit
    if not (toolkit / "cuda.h").exists() or version(toolkit) != version(OURS):
        print(f"no toolkit of version {version(OURS)} in {toolkit}")
        return SKIPPED
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        source = folder / "show.c"
        source.write_text(program())
        ours = shown(source, OURS, folder / "ours").splitlines()
        theirs = shown(source, toolkit, folder / "theirs").splitlines()
    different = [f"{a} here, {b} there" for a, b in zip(ours, theirs) if a != b]
    print("\n".join([*different, f"{len(ours)} facts compared, {len(different)} different"]))
    return bool(different)


if __name__ == "__main__":
    sys.exit(main())
