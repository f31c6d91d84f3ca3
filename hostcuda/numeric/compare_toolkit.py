#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Compares our cuBLAS and cuDNN headers with an installed toolkit's.

Every number must be the same and every call have the same signature: a compiler is given the
toolkit's header, then an assertion for each of our numbers and our declaration of each call, which
it takes for a C function only if both agree. A library of another major version, or none, is
skipped.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

OURS = Path(__file__).resolve().parent.parent / "include"
SKIPPED = 77
# Library -> its umbrella header, our folder, where its major version stands, ours.
LIBRARIES = {
    "cublas": ("cublas_v2.h", "cublas_api.h", r"#define CUBLAS_VER_MAJOR (\d+)", "13"),
    "cudnn": ("cudnn.h", "cudnn_version.h", r"#define CUDNN_MAJOR (\d+)", "9"),
}


def own_text(library):
    """Our headers of a library without comments, directives and what is only for C++."""
    text = "\n".join(path.read_text() for path in sorted((OURS / library).glob("*.h")))
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    text = re.sub(r"#ifdef __cplusplus\n\nstatic.*?#endif", "", text, flags=re.S)
    return re.sub(r"^\s*#(?:\\\n|[^\n])*", "", text, flags=re.M)


def comparison(library, umbrella):
    """The source, and how many numbers and calls it compares."""
    text = own_text(library)
    prefix = library.upper()
    numbers = re.findall(rf"\b({prefix}_\w+) = (-?\d+)", text)
    calls = re.findall(rf"^[\w *]+\b{library}[A-Z]\w*\([^;{{}}]*\);", text, flags=re.M)
    lines = [f"#include <{umbrella}>"]
    lines += [f'static_assert({name} == {value}, "{name}");' for name, value in numbers]
    return "\n".join([*lines, 'extern "C" {', *calls, "}"]), len(numbers), len(calls)


def compare(library, toolkit, compiler):
    """True, false, or nothing when there is nothing to compare with."""
    umbrella, version_header, pattern, major = LIBRARIES[library]
    versions = toolkit / version_header
    found = re.search(pattern, versions.read_text()) if versions.exists() else None
    if found is None or found.group(1) != major:
        print(f"{library}: no version {major} in {toolkit}: nothing to compare with")
        return None
    source, numbers, calls = comparison(library, umbrella)
    done = subprocess.run(
        [compiler, "-std=c++14", "-fsyntax-only", f"-I{toolkit}", "-x", "c++", "-"],
        input=source,
        text=True,
        capture_output=True,
        check=False,
    )
    print(done.stderr[:4000])
    print(
        f"{library}: {numbers} numbers and {calls} calls {'differ' if done.returncode else 'agree'}"
    )
    return done.returncode == 0 and numbers > 50 and calls > 50


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--toolkit", type=Path, default=Path("/usr/local/cuda/include"))
    parser.add_argument("--compiler", default="g++")
    args = parser.parse_args()
    results = [compare(library, args.toolkit, args.compiler) for library in LIBRARIES]
    if False in results:
        return 1
    return SKIPPED if None in results else 0


if __name__ == "__main__":
    sys.exit(main())
