#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Compiles every header that programs include alone, as C++14 to 20 and, where it is C, as C11."""

import argparse
import itertools
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

INCLUDE = Path(__file__).resolve().parent.parent / "include"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-fsyntax-only"]
STANDARDS = ("c++14", "c++17", "c++20", "c11")


def compile_alone(job):
    """What the compiler says about one header, or nothing when it is content."""
    header, compiler, standard, define = job
    language = "c" if standard == "c11" else "c++"
    command = [
        compiler,
        f"-std={standard}",
        *WARNINGS,
        *define,
        f"-I{INCLUDE}",
        "-x",
        language,
        "-",
    ]
    # Twice: a header must also bear being included again.
    source = f"#include <{header}>\n" * 2 + "int main(void) { return 0; }\n"
    done = subprocess.run(command, input=source, text=True, capture_output=True, check=False)
    return f"{header} [{compiler} {standard}]\n{done.stderr}" if done.returncode else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compilers", default="g++,clang++")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    headers = sorted(
        path.relative_to(INCLUDE).as_posix()
        for path in (*INCLUDE.glob("*.h"), *INCLUDE.glob("nvtx3/*.h"))
    )
    jobs = [
        (header, compiler, standard, define)
        for header, compiler, standard in itertools.product(
            headers, args.compilers.split(","), STANDARDS
        )
        for define in ([], ["-DCUDA_API_PER_THREAD_DEFAULT_STREAM"])
        if not define or header == "cuda_runtime.h"
    ]
    with ThreadPoolExecutor(args.jobs) as pool:
        failures = [text for text in pool.map(compile_alone, jobs) if text]
    print("\n".join(failures[:20]))
    print(f"{len(jobs)} combinations of {len(headers)} headers, {len(failures)} failed")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
