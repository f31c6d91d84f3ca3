# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""A compiled quick plugin in an engine of open shapes: how many kernels its steps become in a
graph, and whether 10,000 changes of shape leave memory as it was."""

import os
import resource
import time

import tensorrt as trt
import tensorrt.plugin as trtp
import torch
from engines import Runner, ask, build, exit_with, say
from quick import define_add_one

CHANGES = int(os.environ.get("CHANGES", "10000"))


def chain(length):
    def fill(network):
        tensor = network.add_input("x", trt.float32, (-1, 64))
        for _ in range(length):
            tensor = network.add_plugin(trtp.op.soak.add_one(tensor), aot=True).get_output(0)
        tensor.name = "y"
        network.mark_output(tensor)

    return build(fill, profiles={"x": ((1, 64), (64, 64), (512, 64))})[0]


def captured_kernels(runner):
    """(kernels, nodes) of one run that the caller captures."""
    from cuda.bindings import runtime as cudart  # noqa: PLC0415

    def sure(answer):
        assert answer[0] == cudart.cudaError_t.cudaSuccess, answer
        return answer[1:]

    stream = torch.cuda.Stream()
    mode = cudart.cudaStreamCaptureMode.cudaStreamCaptureModeThreadLocal
    sure(cudart.cudaStreamBeginCapture(stream.cuda_stream, mode))
    assert runner.context.execute_async_v3(stream.cuda_stream)
    (graph,) = sure(cudart.cudaStreamEndCapture(stream.cuda_stream))
    count = sure(cudart.cudaGraphGetNodes(graph, 0))[-1]
    nodes = sure(cudart.cudaGraphGetNodes(graph, count))[0]
    kinds = [sure(cudart.cudaGraphNodeGetType(node))[0] for node in nodes]
    kernel = cudart.cudaGraphNodeType.cudaGraphNodeTypeKernel
    return sum(kind == kernel for kind in kinds), len(kinds)


def case_graph():
    runner = Runner(chain(4), {"x": torch.zeros(64, 64, device="cuda")})
    for _ in range(3):
        runner()
    torch.cuda.synchronize()
    assert torch.equal(runner.outputs["y"], torch.full((64, 64), 4.0, device="cuda"))
    kernels, nodes = captured_kernels(runner)
    say(
        {
            "section": "plugin steps",
            "what": "quick plugin, compiled: kernels in the captured graph of 4 steps",
            "value": kernels,
            "expected": "4",
            "ok": kernels == 4 and nodes == 4,
        }
    )


def case_host_time():
    def host_us(length):
        runner = Runner(chain(length), {"x": torch.zeros(64, 64, device="cuda")})
        times = []
        for _ in range(320):
            torch.cuda.synchronize()
            begin = time.perf_counter()
            runner()
            times.append((time.perf_counter() - begin) * 1e6)
        return sorted(times[20:])[150]

    os.environ["TENON_CUDA_GRAPH"] = "0"
    step = (host_us(101) - host_us(1)) / 100
    del os.environ["TENON_CUDA_GRAPH"]
    say(
        {
            "section": "plugin steps",
            "what": "quick plugin, compiled: host us of a step, its launch included, no graph",
            "value": round(step, 2),
            "expected": "",
            "ok": True,
        }
    )


def case_shapes():
    most = 512
    x = torch.randn(most, 64, device="cuda")
    y = torch.empty_like(x)
    expected = x + 1 + 1  # as two steps round it
    context = chain(2).create_execution_context()
    stream = torch.cuda.Stream()
    wrong, free, resident = 0, [], []
    begin = time.perf_counter()
    for change in range(CHANGES):
        rows = change * 37 % most + 1
        assert context.set_input_shape("x", (rows, 64))
        assert context.set_tensor_address("x", x.data_ptr())
        assert context.set_tensor_address("y", y.data_ptr())
        assert context.execute_async_v3(stream.cuda_stream)
        if change % 500 == 499:
            stream.synchronize()
            wrong += not torch.equal(y[:rows], expected[:rows])
            free.append(torch.cuda.mem_get_info()[0])
            resident.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    stream.synchronize()
    seconds = time.perf_counter() - begin
    say(
        {
            "section": "shape changes",
            "changes": CHANGES,
            "us each": round(seconds / CHANGES * 1e6, 1),
            "device MiB taken since the first 500": (free[0] - free[-1]) / 2**20,
            "host MiB grown since the first 500": (resident[-1] - resident[0]) / 1024,
            "wrong answers": wrong,
            "ok": wrong == 0 and free[0] == free[-1],
        }
    )


def main():
    define_add_one("soak::add_one", "ptx")
    good = True
    for name, case in (
        ("graph", case_graph),
        ("host time", case_host_time),
        ("shapes", case_shapes),
    ):
        good &= ask("plugin steps" if name != "shapes" else "shape changes", name, case)
    return good


if __name__ == "__main__":
    exit_with(main())
