#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Holds the house of seven floors: who may include whom, and whose headers a library's are.

Reads #include lines and the DEPS of tenon_room(); tests, which cross rooms, are free.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The half of kernel/ that a run needs: what a kernel is once it is chosen, and how it is found.
CHOSEN_KERNEL = [f"kernel/{h}.h" for h in ("instance", "loader", "record", "tensor_desc", "layout")]

# room -> rooms it may include; "room/file.h" opens that one header. All may include base.
MAY_INCLUDE = {
    "hostcuda": [],
    "base": [],
    "expr": [],
    "device": [],
    "plan": ["device/target.h", "expr/program.h", *CHOSEN_KERNEL],
    "ops": ["expr"],
    **{header: ["device"] for header in CHOSEN_KERNEL},
    "kernel": ["ops", "expr", "device"],
    "guard": ["device", *CHOSEN_KERNEL],
    "ir": ["ops", "expr"],
    "runtime": ["plan", "device", *CHOSEN_KERNEL],
    "session": ["runtime", "plan", "device", "expr", *CHOSEN_KERNEL],
    "backends": ["kernel", "device", "ops", "expr"],
    "importers": ["importers/shared", "ir", "ops", "expr"],
    "passes": ["ir", "ops", "expr"],
    "tune": ["ir", "kernel", "device", "expr", "ops", "guard"],
    "builder": ["tune", "passes", "plan", "ir", "kernel", "device", "expr", "ops"],
    "remote": ["tune", "kernel", "device"],
    "plugin": ["kernel", "device", "ops", "expr", "include"],
    "control": ["session", "plan", "ir", "kernel", "device", "expr", "ops"],
    # Compiled into the safe library as well: what a run needs.
    "safe": [
        "runtime",
        "plan",
        "kernel",
        "device",
        "expr",
        "backends/simd/run/list.h",
        "plugin/convert.h",
        "plugin/descriptor.h",
        "include",
    ],
    "api": ["*", "include"],
    "include": ["include"],
    "tools": ["include"],
    "samples": ["include"],
    "plugin_library": ["include"],
    "bench": ["include"],
    "python": ["include"],
}

# Beginning of a foreign header -> the only rooms that may know that library.
ONLY_IN = {
    "dnnl": ["backends/dnnl", "hostcuda"],
    "hwy/": ["backends/simd"],
    "protozero/": ["importers"],
    "flatbuffers/": ["plan"],
    "CLI/": ["tools"],
    "nlohmann/": ["tools", "api", "builder", "tune"],
    "xxhash": ["base"],
    "libssh/": ["remote"],
    "Nv": [
        "include",
        "api",
        "plugin",
        "safe",
        "plugin_library",
        "tools",
        "samples",
        "bench",
        "python",
    ],
    "pybind11/": ["python"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.M)
ROOM_CALL = re.compile(r"tenon_room\(\s*([\w/]+)(.*?)\)", re.S)
SOURCES = ("*.h", "*.cc", "*.cu", "*.cuh", "*.inl")


def room_of(path):
    """The room of a path: its folder under src/, with backends/x and importers/x kept whole."""
    parts = path.parts[1:] if path.parts[0] == "src" else path.parts
    return (
        "/".join(parts[:2])
        if parts[0] in ("backends", "importers") and len(parts) > 2
        else parts[0]
    )


def rule_of(room, path):
    """The row of MAY_INCLUDE for a file: its own, its room's, or its family's."""
    own = f"{room}/{path.name}"
    return MAY_INCLUDE.get(own) or MAY_INCLUDE.get(room) or MAY_INCLUDE.get(room.split("/")[0], [])


def allowed(room, rule, target):
    """May `room`, whose row is `rule`, include root-relative header or room `target`?"""
    other = target.split("/")[0]
    if other == "base" and room != "hostcuda":
        return True
    if other == room or target.startswith(f"{room}/") or target in rule or other in rule:
        return True
    if any(target.startswith(f"{opened}/") for opened in rule):
        return True
    if "*" not in rule:
        return False
    return other != "backends" or target.count("/") < 2 or target.endswith("/register.h")


def header_errors(path, known):
    room = room_of(path)
    rule = rule_of(room, path)
    for header in INCLUDE.findall((ROOT / path).read_text()):
        first = header.split("/")[0]
        if first in known and "/" in header:
            if not allowed(room, rule, header):
                yield f"{path}: {room} may not include {header}"
        elif (
            first in ("nvinfer1", "nvinfer2", "nvonnxparser", "tenon", "compat7")
            and "include" not in rule
        ):
            yield f"{path}: {room} may not know the interface ({header})"
        for beginning, rooms in ONLY_IN.items():
            if (
                header.startswith(beginning)
                and room not in rooms
                and room.split("/")[0] not in rooms
            ):
                yield f"{path}: {header} belongs to {', '.join(rooms)}"


def link_errors(path):
    for name, body in ROOM_CALL.findall((ROOT / path).read_text()):
        rule = rule_of(room_of(path), Path(""))
        for alias in re.findall(r"tenon::([\w:]+)", body):
            target = alias.replace("::", "/")
            opened = any(r.startswith(f"{target}/") for r in rule)
            if not (opened or allowed(room_of(path), rule, target)):
                yield f"{path}: room {name} may not link tenon::{alias}"


def main():
    known = {
        "hostcuda",
        "plugin_library",
        *(p.name for p in (ROOT / "src").iterdir() if p.is_dir()),
    }
    errors, count = [], 0
    for top in (
        "src",
        "hostcuda",
        "include",
        "plugin_library",
        "tools",
        "samples",
        "bench",
        "python",
    ):
        for pattern in SOURCES:
            for file in sorted((ROOT / top).rglob(pattern)):
                if top not in ("src", "hostcuda") or not re.search(
                    r"_(test|bench)\.\w+$", file.name
                ):
                    errors += header_errors(file.relative_to(ROOT), known)
                    count += 1
        for file in sorted((ROOT / top).rglob("CMakeLists.txt")):
            errors += link_errors(file.relative_to(ROOT))
    print("\n".join([*errors, f"layers: {count} files, {len(errors)} arrows upward"]))
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
