#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Compares our headers with an installed toolkit of the same version.

Every enumerator must have the same value, every structure the same size and the same members at the
same places, and every call the same signature. Without such a toolkit there is nothing to compare:
exit status 77.
"""

import argparse
import itertools
import re
import subprocess
import sys
import tempfile
from pathlib import Path

OURS = Path(__file__).resolve().parent.parent / "include"
SKIPPED = 77
HEADERS = "".join(
    f"#include <{name}.h>\n" for name in ("cuda_runtime_api", "cuda_profiler_api", "library_types")
)
SIGNED = ["char", "short", "int", "long", "longlong"]
NUMBERS = [*SIGNED, *(f"u{name}" for name in SIGNED), "float", "double"]


def our_text():
    """Our declarations with comments, directives and default arguments taken out."""
    files = [*sorted(OURS.glob("cudart/types/*.h")), *sorted(OURS.glob("cudart/calls/*.h"))]
    files += [OURS / "library_types.h", OURS / "cuda_profiler_api.h"]
    text = "\n".join(path.read_text() for path in files)
    text = re.sub(r"/\*.*?\*/|//[^\n]*|^#[^\n]*", "", text, flags=re.S | re.M)
    return re.sub(r"\s*HOSTCUDA_DEFAULT\(\w+\)", "", text)


def records(text):
    """Yields (tag, direct members) of every structure and union at the top level."""
    for match in re.finditer(r"^(struct|union) (\w+) \{(.*?)^\};", text, re.S | re.M):
        body, depth, flat = match[3], 0, ""
        for char in body:
            depth += char == "{"
            if depth == 0:
                flat += char
            depth -= char == "}"
        names = re.findall(r"(\w+)\s*(?:\[\w+\])*\s*;", flat)
        # A union without a name leaves its keyword behind.
        yield f"{match[1]} {match[2]}", [name for name in names if name != "union"]


def layout_program(text):
    lines = ["#include <stddef.h>", "#include <stdio.h>", HEADERS, "int main(void) {"]
    for tag, members in records(text):
        lines.append(f'  printf("{tag} %zu %zu\\n", sizeof({tag}), _Alignof({tag}));')
        lines += [f'  printf("{tag}.{m} %zu\\n", offsetof({tag}, {m}));' for m in members]
    for kind, size in itertools.product(NUMBERS, (1, 2, 3, 4)):
        tag = f"struct {kind}{size}"
        lines.append(f'  printf("{tag} %zu %zu\\n", sizeof({tag}), _Alignof({tag}));')
    return "\n".join(lines) + "\n  return 0;\n}\n"


def same_declarations(text):
    """A C file that a compiler accepts when the toolkit agrees with us on values and signatures."""
    lines = [HEADERS]
    for name, value in re.findall(r"^\s+(\w+) = (-?\w+),?$", text, re.M):
        if name != "cudaDevAttrMax":
            lines.append(f'_Static_assert((long long){name} == {value}LL, "{name}");')
    calls = re.findall(r"^(?:cudaError_t|const char\*|struct \w+) ?\*?\w+\([^;{]*\);", text, re.M)
    return "\n".join(lines + calls) + "\n", len(lines) - 1, len(calls)


def run_layout(compiler, include, source, folder):
    program = Path(folder) / "layout"
    subprocess.run(
        [compiler, "-std=c11", "-w", f"-I{include}", "-x", "c", "-", "-o", program],
        input=source,
        text=True,
        check=True,
    )
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines()


def version(include):
    header = include / "cuda_runtime_api.h"
    text = header.read_text() if header.exists() else ""
    found = re.search(r"#define CUDART_VERSION\s+(\d+)", text)
    return int(found[1]) if found else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", default="gcc")
    parser.add_argument("--toolkit", type=Path, default=Path("/usr/local/cuda/include"))
    args = parser.parse_args()
    if version(args.toolkit) != version(OURS):
        print(f"no toolkit of version {version(OURS)} in {args.toolkit}: nothing to compare with")
        return SKIPPED
    text = our_text()
    source, values, calls = same_declarations(text)
    told = subprocess.run(
        [args.compiler, "-std=c11", "-fsyntax-only", f"-I{args.toolkit}", "-x", "c", "-"],
        input=source,
        text=True,
        capture_output=True,
        check=False,
    )
    errors = [line for line in told.stderr.splitlines() if "error" in line]
    with tempfile.TemporaryDirectory() as folder:
        program = layout_program(text)
        ours = run_layout(args.compiler, OURS, program, folder)
        theirs = run_layout(args.compiler, args.toolkit, program, folder)
    errors += [f"ours: {a}   toolkit's: {b}" for a, b in zip(ours, theirs) if a != b]
    print("\n".join(errors[:40]))
    print(f"{values} values, {calls} calls, {len(ours)} sizes and places; {len(errors)} differ")
    return bool(errors) or not (values and calls and ours)


if __name__ == "__main__":
    sys.exit(main())
