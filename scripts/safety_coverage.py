#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Counts the lines and branches of the safe library that its tests take.

Writes docs/safety/coverage.md. The library is built anew with gcc's counters and without
optimisation, in build/safe-coverage; the tests see it through its interface alone. A branch of a
function that several sources compile counts once.
--misses SOURCE names the lines of a source with branches that were never taken.
"""

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "safe-coverage"
TABLE = ROOT / "docs" / "safety" / "coverage.md"
TESTS = ["safe_test", "safe_graph_test", "safe_stream_test"]
HEAD = """# How much of the safe library its tests take

Written by `scripts/safety_coverage.py`: gcov over `libnvinfer_safe.so`, not optimised, while
`safe_test`, `safe_graph_test` and `safe_stream_test` run. They know the interface alone. Kernels
are tested more in rooms of their own, over the same sources, which does not count here. Loops in
`src/backends/simd/loops` are not instrumented.

| part | lines | taken | branches | taken |
|---|---|---|---|---|
"""


def run(*command, **options):
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise SystemExit(
            f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        )


def build_and_run(jobs):
    run("cmake", "--preset", "release", "-B", BUILD, "-DTENON_SAFE_COVERAGE=ON", cwd=ROOT)
    run("cmake", "--build", BUILD, "--parallel", str(jobs), "--target", *TESTS, cwd=ROOT)
    for old in BUILD.rglob("*.gcda"):
        old.unlink()
    for test in TESTS:
        run(BUILD / "test" / test, cwd=ROOT)


def counts():
    """{source: ({line: count}, {(line, function, branch): count})}, for sources under src/."""
    lines = defaultdict(lambda: defaultdict(int))
    branches = defaultdict(lambda: defaultdict(int))
    for data in BUILD.rglob("*.gcda"):
        with tempfile.TemporaryDirectory() as folder:
            run("gcov", "--json-format", "--branch-probabilities", data, cwd=folder)
            for report in Path(folder).glob("*.gcov.json.gz"):
                add(json.loads(gzip.decompress(report.read_bytes())), lines, branches)
    return lines, branches


def add(report, lines, branches):
    for file in report["files"]:
        path = Path(report["current_working_directory"], file["file"]).resolve()
        if not path.is_relative_to(ROOT / "src"):
            continue
        name = str(path.relative_to(ROOT))
        for line in file["lines"]:
            number = line["line_number"]
            lines[name][number] += line["count"]
            for i, branch in enumerate(line["branches"]):
                key = (number, line.get("function_name"), i)
                branches[name][key] += branch["count"]


def share(values):
    taken = sum(count > 0 for count in values)
    return taken, len(values), f"{100 * taken / max(len(values), 1):.1f} %"


def table(lines, branches):
    parts = defaultdict(lambda: ([], []))
    for name in lines:
        part = (
            "/".join(name.split("/")[:3]) if "backends" in name else "/".join(name.split("/")[:2])
        )
        for where in (part, "all"):
            parts[where][0].extend(lines[name].values())
            parts[where][1].extend(branches[name].values())
    rows = []
    for part in sorted(parts, key=lambda p: (p == "all", p)):
        (_, nl, tl), (_, nb, tb) = (share(v) for v in parts[part])
        rows.append(f"| {part if part == 'all' else f'`{part}`'} | {nl} | {tl} | {nb} | {tb} |\n")
    return HEAD + "".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--misses", metavar="SOURCE")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--no-run", action="store_true", help="what ran before counts")
    options = parser.parse_args()
    if not options.no_run:
        build_and_run(options.jobs)
    lines, branches = counts()
    if options.misses:
        missed = sorted({key[0] for key, n in branches[options.misses].items() if n == 0})
        print(" ".join(map(str, missed)))
        return 0
    TABLE.write_text(table(lines, branches))
    print(TABLE.read_text().splitlines()[-1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
