#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Changes shapes and loads engines with quick plugins over and over: memory, open files and open
kernels must stay as they are. Usage: plugin_soak.py [SHAPE_CHANGES [LOADS]]"""

import gc
import os
import resource
import sys
from pathlib import Path

import numpy as np
from quick_subjects import bound_context, called, chain, compiled, load, trt

ALLOWED_BYTES = 1 << 20


def state():
    """(resident bytes, open files, kernels that are mapped)."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    maps = Path("/proc/self/maps").read_text().splitlines()
    kernels = len({line.split()[4] for line in maps if "memfd:kernel" in line})
    return pages * resource.getpagesize(), len(os.listdir("/proc/self/fd")), kernels


def change_shapes(engine, times):
    context, *_ = bound_context(engine, (4,))
    memory = [np.zeros(64, np.float32) for _ in range(2)]
    for name, array in zip("xy", memory):
        context.set_tensor_address(name, trt.address_of(array))
    for i in range(times):
        assert context.set_input_shape("x", (1 + i % 64,))
        assert context.execute_async_v3(0)


def load_often(plan, times):
    for _ in range(times):
        context, *_ = bound_context(load(plan), (4,))
        assert context.execute_async_v3(0)


def watch(name, work, times):
    """Runs `work` a tenth as often to warm up, then in full; whether all stayed flat."""
    work(max(times // 10, 1))
    before = state()
    work(times)
    after = state()
    grown = after[0] - before[0]
    flat = grown <= ALLOWED_BYTES and after[1:] == before[1:]
    print(
        f"{name}, {times} times: memory {grown / 1024:+.0f} KiB, files {before[1]} → {after[1]}, "
        f"kernels {before[2]} → {after[2]}: {'flat' if flat else 'GROWS'}"
    )
    return flat


def main():
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    loads = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    profile = ((1,), (4,), (64,))
    flat = True
    for name, add in (("compiled", compiled), ("called", called)):
        plan = chain(3, add, (-1,), profile)
        engine = load(plan)
        flat &= watch(f"{name}: shapes", lambda n, e=engine: change_shapes(e, n), changes)
        del engine
        flat &= watch(f"{name}: loads", lambda n, p=plan: load_often(p, n), loads)
    return not flat


if __name__ == "__main__":
    raise SystemExit(main())
