#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What the engine adds to one call of a quick plugin: the slope over chains of plugins that do
nearly nothing. Needs `cmake --build build/release --target tenon_python bench_touch_plugin`."""

import time

from quick_subjects import BUILD, bound_context, called, chain, compiled, load, trt

SHORT, LONG, ROUNDS = 1, 129, 15
GOALS_NS = {"Python, called": 15_000, "C++, called": 60, "compiled into the engine": 100}


def native():
    """Adds the C++ plugin of touch_plugin.cc."""
    registry = trt.get_plugin_registry()
    registry.load_library(str(BUILD / "lib/libbench_touch_plugin.so"))
    creator = registry.get_creator("Touch", "1", "bench")
    fields, phase = trt.PluginFieldCollection([]), trt.TensorRTPhase.BUILD

    def add(network, tensor):
        return network.add_plugin_v3([tensor], [], creator.create_plugin("touch", fields, phase))

    return add


def seconds(context):
    """One run, the least of many rounds of it."""
    runs, least = 20, float("inf")
    for _ in range(ROUNDS * 20):
        start = time.perf_counter()
        for _ in range(runs):
            context.execute_async_v3(0)
        least = min(least, (time.perf_counter() - start) / runs)
    return least


def slope(add):
    contexts = [bound_context(load(chain(length, add))) for length in (SHORT, LONG)]
    short, long = (seconds(context) for context, *_ in contexts)
    return (long - short) / (LONG - SHORT) * 1e9


def main():
    missed = 0
    for name, add in zip(GOALS_NS, (called, native(), compiled)):
        cost = slope(add)
        missed += cost > GOALS_NS[name]
        print(f"{name}: {cost:.0f} ns a call (goal {GOALS_NS[name]})")
    return missed


if __name__ == "__main__":
    raise SystemExit(main())
