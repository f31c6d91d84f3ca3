# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The collective plugin, every operation, on as many GPUs as there are processes:
torchrun --nproc-per-node N collective.py LIBRARY, or python3 collective.py LIBRARY for one.
Answers are compared with what each process computes by itself; times with torch's own."""

import os
import sys

import numpy as np
import tensorrt as trt
import torch
from engines import Runner, ask, build, captured, exit_with, medians, say

RANK, RANKS = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
ROWS, COLUMNS = 4 * RANKS, 1000
LARGE = 1 << 24  # elements of the tensor that is timed


def plugin(**fields):
    made = []
    for name, value in fields.items():
        if isinstance(value, str):
            text = np.frombuffer(value.encode(), np.int8)
            made.append(trt.PluginField(name, text, trt.PluginFieldType.CHAR))
        else:
            number = np.array([value], np.int32)
            made.append(trt.PluginField(name, number, trt.PluginFieldType.INT32))
    creator = trt.get_plugin_registry().get_creator("Collective", "1", "")
    assert creator is not None, "the library brings no plugin Collective"
    collection = trt.PluginFieldCollection(made)
    answer = creator.create_plugin("collective", collection, trt.TensorRTPhase.BUILD)
    assert answer is not None, "the fields make no plugin"
    return answer


CASES = {
    "sum": {"operation": "all_reduce"},
    "greatest": {"operation": "all_reduce", "reduction": "max"},
    "gathered": {"operation": "all_gather"},
    "scattered": {"operation": "reduce_scatter"},
    "spread": {"operation": "broadcast", "root": RANKS - 1},
}


def all_in_one(network):
    x = network.add_input("x", trt.float32, (ROWS, COLUMNS))
    for name, fields in CASES.items():
        output = network.add_plugin_v3([x], [], plugin(**fields)).get_output(0)
        output.name = name
        network.mark_output(output)


def inputs():
    """What every process has, whole numbers, so that sums are exact."""
    generator = torch.Generator().manual_seed(7)
    shape = (RANKS, ROWS, COLUMNS)
    return torch.randint(-99, 100, shape, generator=generator).float().cuda()


def expected(x):
    total = x.sum(0)
    part = ROWS // RANKS
    return {
        "sum": total,
        "greatest": x.amax(0),
        "gathered": x.reshape(RANKS * ROWS, COLUMNS),
        "scattered": total[RANK * part : (RANK + 1) * part],
        "spread": x[RANKS - 1],
    }


def told(row):
    if RANK == 0:
        say({"section": "collectives", "processes": RANKS, **row})


def case_answers():
    x = inputs()
    runner = Runner(build(all_in_one)[0], {"x": x[RANK].contiguous()})
    wanted = expected(x)
    replay = captured(runner)
    for how, call in (("enqueueV3", runner), ("captured by the caller", replay)):
        for output in runner.outputs.values():
            output.fill_(float("nan"))
        call()
        torch.cuda.synchronize()
        wrong = [n for n, y in runner.outputs.items() if not torch.equal(y, wanted[n])]
        told({"what": f"all operations, {how}", "wrong": ", ".join(wrong), "ok": not wrong})
        assert not wrong, f"process {RANK}: {wrong}"


def case_times():
    x = torch.ones(LARGE, device="cuda")

    def network(net):
        data = net.add_input("x", trt.float32, (LARGE,))
        output = net.add_plugin_v3([data], [], plugin(operation="all_reduce")).get_output(0)
        output.name = "y"
        net.mark_output(output)

    calls = {"Tenon": Runner(build(network)[0], {"x": x})}
    if RANKS > 1:
        torch.distributed.init_process_group("nccl", device_id=torch.device("cuda", RANK))
        y = torch.zeros_like(x)
        calls["torch"] = lambda: torch.distributed.all_reduce(y)
    us = medians(calls, rounds=5, each=10)
    bytes_moved = LARGE * 4 * 2 * (RANKS - 1) / RANKS  # a ring's, for each process
    row = {f"{name} us": time for name, time in us.items()}
    if RANKS > 1:
        row |= {f"{name} GB/s": round(bytes_moved / time / 1e3, 1) for name, time in us.items()}
    told({"what": "all_reduce of 64 MiB", **row, "ok": True})
    if RANKS > 1:
        torch.distributed.destroy_process_group()


def main(library):
    torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    assert trt.get_plugin_registry().load_library(library) is not None, "the library does not load"
    good = ask("collectives", "answers", case_answers)
    good &= ask("collectives", "times", case_times)
    exit_with(good)


if __name__ == "__main__":
    main(sys.argv[1])
