#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Compiles every public header alone, with each compiler and standard, with and without CUDA."""

import argparse
import itertools
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

INCLUDE = Path(__file__).resolve().parents[3] / "include"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wnon-virtual-dtor", "-Werror"]
STANDARDS = ("c++14", "c++17", "c++20")
# Ours alone, and header-only: they need C++17 and exceptions.
MODERN = "tenon/quick"
# The toolkit as it is found, the same without exceptions and RTTI, and no toolkit at all.
MODES = {
    "toolkit": [],
    "bare": ["-fno-exceptions", "-fno-rtti"],
    "no-toolkit": ["-DTENON_NO_CUDA_TOOLKIT"],
}


def compile_alone(job):
    """Returns what the compiler says about one header, or nothing when it is content."""
    header, compiler, standard, mode, cuda = job
    command = [compiler, f"-std={standard}", *WARNINGS, *MODES[mode], "-fsyntax-only"]
    command += [f"-I{INCLUDE}", *(["-isystem", cuda] if cuda else []), "-x", "c++", "-"]
    # Twice: a header must also bear being included again.
    source = f'#include "{header}"\n' * 2 + "int main() { return 0; }\n"
    done = subprocess.run(command, input=source, text=True, capture_output=True, check=False)
    return f"{header} [{compiler} {standard} {mode}]\n{done.stderr}" if done.returncode else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compilers", default="g++,clang++")
    parser.add_argument("--cuda", default="", help="folder of the CUDA headers")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    headers = sorted(path.relative_to(INCLUDE).as_posix() for path in INCLUDE.rglob("*.h"))
    # Without exceptions and RTTI the newest standard tells enough.
    kinds = [
        (standard, mode)
        for standard, mode in itertools.product(STANDARDS, MODES)
        if mode != "bare" or standard == STANDARDS[-1]
    ]
    jobs = [
        (header, compiler, standard, mode, args.cuda)
        for header, compiler, (standard, mode) in itertools.product(
            headers, args.compilers.split(","), kinds
        )
        if not header.startswith(MODERN) or (standard != "c++14" and mode != "bare")
    ]
    with ThreadPoolExecutor(args.jobs) as pool:
        failures = [text for text in pool.map(compile_alone, jobs) if text]
    print("\n".join(failures[:20]))
    print(f"{len(jobs)} combinations of {len(headers)} headers, {len(failures)} failed")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
