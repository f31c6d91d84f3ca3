#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Finds sources that no CMakeLists.txt names: with explicit lists a forgotten file is silent."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUFFIXES = {".cc", ".h", ".cu", ".cuh", ".cpp", ".inl", ".def", ".fbs"}


def named(path):
    """Is the file, relative to some folder above it, a word of that folder's CMakeLists.txt?"""
    for folder in path.parents:
        if folder == ROOT:
            return False
        lists = folder / "CMakeLists.txt"
        if lists.exists():
            words = re.findall(r"[\w./+-]+", re.sub(r"#.*", "", lists.read_text()))
            if path.relative_to(folder).as_posix() in words:
                return True
    return False


def main():
    files = [
        file
        for top in (
            "src",
            "hostcuda",
            "plugin_library",
            "tools",
            "samples",
            "test",
            "bench",
            "python",
        )
        for file in sorted((ROOT / top).rglob("*"))
        if file.suffix in SUFFIXES
    ]
    lost = [file.relative_to(ROOT) for file in files if not named(file)]
    print("\n".join([f"{file}: no CMakeLists.txt names it" for file in lost]))
    print(f"filelists: {len(files)} files, {len(lost)} forgotten")
    return bool(lost)


if __name__ == "__main__":
    sys.exit(main())
