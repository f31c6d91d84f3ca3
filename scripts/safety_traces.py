#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Writes docs/safety/traces.md: which test shows which promise of docs/safety/requirements.md.

A test names its promises in a comment before its first line: `// Shows S-RUN-1, S-RUN-3.` in C++,
`# Shows S-TOOL-1.` in Python. With --check nothing is written, and a stale table is an error, as is
an id that no promise has.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROMISES = ROOT / "docs" / "safety" / "requirements.md"
TRACES = ROOT / "docs" / "safety" / "traces.md"
PLACES = ("src", "test", "tools", "samples", "hostcuda")

ID = re.compile(r"S-[A-Z]+-\d+")
SHOWS = re.compile(r"^\s*(?://|#) Shows (S-.*)$")
CPP_TEST = re.compile(r"^\s*TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)")
PYTHON_TEST = re.compile(r"^\s*def (test_\w+)\(")
HEAD = """# Which test shows which promise

Written by `scripts/safety_traces.py` from [requirements.md](requirements.md) and comments of tests.

| promise | shown by |
|---|---|
"""


def promises():
    """The ids in the order of the document; twice the same is an error."""
    ids = re.findall(r"^\| (S-[A-Z]+-\d+) \|", PROMISES.read_text(), re.M)
    twice = {i for i in ids if ids.count(i) > 1}
    if twice:
        raise SystemExit(f"safety_traces: there twice: {', '.join(sorted(twice))}")
    return ids


def name_of(line, path):
    """The name of the test that begins on this line, or None."""
    if found := CPP_TEST.match(line):
        return f"{found[1]}.{found[2]}"
    if found := PYTHON_TEST.match(line):
        return f"{path.stem}.{found[1]}"
    return None


def traces_of(path):
    """(id, test name) for each mark in a file. A mark that no test follows names the file."""
    pending = []
    for line in path.read_text().splitlines():
        if found := SHOWS.match(line):
            pending += ID.findall(found[1])
        elif pending and (name := name_of(line, path)):
            yield from ((one, name) for one in pending)
            pending = []
    yield from ((one, path.name) for one in pending)


def collect():
    """{id: {(test name, file): None}} over all places where tests stand."""
    found = {}
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*")):
            if path.suffix not in (".cc", ".py", ".h", ".txt") or not path.is_file():
                continue
            if "Shows S-" not in path.read_text(errors="replace"):
                continue
            for one, name in traces_of(path):
                file = path.relative_to(ROOT).as_posix()
                found.setdefault(one, {})[(name, file)] = None
    return found


def table(ids, found):
    rows = []
    for one in ids:
        tests = [
            f"`{name}` ([{Path(file).name}](../../{file}))" for name, file in found.get(one, {})
        ]
        rows.append(f"| {one} | {', '.join(tests) if tests else '**open**'} |")
    return HEAD + "\n".join(rows) + "\n"


def main():
    ids, found = promises(), collect()
    unknown = sorted(set(found) - set(ids))
    if unknown:
        print(f"safety_traces: no such promise: {', '.join(unknown)}", file=sys.stderr)
        return 1
    text = table(ids, found)
    is_open = sum(one not in found for one in ids)
    if "--check" not in sys.argv[1:]:
        TRACES.write_text(text)
    elif not TRACES.exists() or TRACES.read_text() != text:
        print("safety_traces: docs/safety/traces.md is stale: run scripts/safety_traces.py")
        return 1
    print(f"safety_traces: {len(ids)} promises, {is_open} open")
    return 0


if __name__ == "__main__":
    sys.exit(main())
