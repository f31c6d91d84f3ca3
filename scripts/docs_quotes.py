#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Keeps the code in our documents equal to the code that is compiled: documents quote by marker.

A document says   <!-- quote FILE NAME -->   before a fenced block; FILE has a line ending in
`[NAME]` before the quoted lines and one ending in `[/NAME]` after them, both comments. Without
arguments the blocks are rewritten from the files; with --check a difference is an error.
"""

import argparse
import re
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUOTE = re.compile(r"(<!-- quote (\S+) (\S+) -->\n```\w*\n)(.*?)(^```$)", re.S | re.M)


def documents():
    yield from sorted(ROOT.glob("*.md"))
    for top in ("docs", "samples"):
        yield from sorted((ROOT / top).rglob("*.md"))


def quoted(file, name):
    """The lines between the markers of `name`, without their common indentation."""
    path = ROOT / file
    if not path.exists():
        raise SystemExit(f"docs_quotes: {file} does not exist")
    body = re.search(
        rf"^[^\n]*\[{re.escape(name)}\]\n(.*?)^[^\n]*\[/{re.escape(name)}\]$",
        path.read_text(),
        re.S | re.M,
    )
    if body is None:
        raise SystemExit(f"docs_quotes: {file} has no lines marked [{name}] … [/{name}]")
    return textwrap.dedent(body.group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    stale, count = [], 0
    for document in documents():
        text = document.read_text()
        count += len(QUOTE.findall(text))
        fresh = QUOTE.sub(lambda m: m.group(1) + quoted(m.group(2), m.group(3)) + m.group(5), text)
        if fresh != text:
            stale.append(document.relative_to(ROOT))
            if not args.check:
                document.write_text(fresh)
    verb = "differs from its sources" if args.check else "rewritten"
    print("\n".join([*(f"{d}: {verb}" for d in stale), f"docs_quotes: {count} quotes"]))
    return bool(stale) and args.check


if __name__ == "__main__":
    sys.exit(main())
