#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Compares every public declaration with public_names.txt, so that none is lost or changed unseen.

--update rewrites the file; read the difference before you commit it.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
GOLDEN = HERE / "public_names.txt"


def main():
    script = HERE.parents[2] / "scripts" / "coverage.py"
    text = subprocess.run(
        [sys.executable, str(script), "--names"], text=True, capture_output=True, check=True
    ).stdout
    if "--update" in sys.argv:
        GOLDEN.write_text(text)
    wanted, got = set(GOLDEN.read_text().splitlines()), set(text.splitlines())
    for line in sorted(wanted - got):
        print(f"- {line}")
    for line in sorted(got - wanted):
        print(f"+ {line}")
    print(f"{len(wanted)} public declarations, {len(wanted ^ got)} differences")
    return wanted != got


if __name__ == "__main__":
    sys.exit(main())
