#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Looks at the safe library with the MISRA addon of cppcheck, and at docs/safety/misra.md.

Every rule that something breaks needs a row there with a reason; a row of a rule that nothing
breaks any more is an error too. --list prints every place of the rules named: --list 15.5 17.8.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "safety" / "misra.md"
FLAGS = [
    *("--std=c++20", "--language=c++", "--quiet", "--inline-suppr"),
    *("-DTENON_SAFE", "-DNDEBUG", "-D__x86_64__=1", "-D__GNUC__=12"),
    *("-I", "src/safe/flavour", "-I", "src", "-I", "include"),
    *("--addon=misra", "--enable=style", "--template={file}:{line}: {id}"),
]
FOUND = re.compile(r"^(\S+?):(\d+): misra-c2012-(\d+\.\d+)$")
ROW = re.compile(r"^\| (\d+\.\d+) \|", re.M)


def sources():
    """What the safe library compiles, as its CMakeLists.txt and that of its kernels name it."""
    text = (ROOT / "src/safe/CMakeLists.txt").read_text()
    objects = text[text.index("add_library(tenon_safe_objects") :]
    names = re.findall(r"\S+\.cc\b", objects[: objects.index(")\n")])
    files = [n.replace("${src}", "src") if n.startswith("$") else f"src/safe/{n}" for n in names]
    kernels = (ROOT / "src/backends/simd/CMakeLists.txt").read_text()
    run = re.search(r"set\(run\s([^)]*)\)", kernels)[1].split()
    return files + [f"src/backends/simd/{name}" for name in run]


def findings():
    """Pairs of place and rule, each once; places in the library's own text alone."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["cppcheck", *FLAGS, f"--cppcheck-build-dir={folder}", *sources()]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = {FOUND.match(line) for line in done.stderr.splitlines()}
    found = {(f"{m[1]}:{m[2]}", m[3]) for m in lines if m and m[1].startswith("src/")}
    if not found:
        raise SystemExit(f"safety_misra: cppcheck found nothing at all:\n{done.stderr[:2000]}")
    return sorted(found)


def number(rule):
    return [int(part) for part in rule.split(".")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", nargs="+", metavar="RULE", default=[])
    wanted = parser.parse_args().list
    found = findings()
    for place, rule in found:
        if rule in wanted:
            print(f"{place}: {rule}")
    counts = Counter(rule for _, rule in found)
    known = set(ROW.findall(TABLE.read_text()))
    for rule in sorted(counts, key=number):
        print(f"{rule:>6} {counts[rule]:>6}{'' if rule in known else '  without a reason'}")
    new, gone = counts.keys() - known, known - counts.keys()
    for what, rules in (("has no reason for", new), ("has reasons for nothing at", gone)):
        if rules:
            print(f"{TABLE.relative_to(ROOT)} {what} {', '.join(sorted(rules, key=number))}")
    files = len(sources())
    print(f"safety_misra: {files} sources, {len(found)} deviations of {len(counts)} rules")
    return bool(new or gone)


if __name__ == "__main__":
    sys.exit(main())
