# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Auxiliary streams: engines whose branches run side by side give the bits that they give on one
stream, and how long they take; and plugins that compute on the processor inside an engine for a
GPU: streams.py [ONNX model…]."""

import json
import sys
from functools import partial
from pathlib import Path

import numpy as np
import tensorrt as trt
import torch
from engines import (
    DEVICE,
    LOGGER,
    TORCH_TYPES,
    Runner,
    ask,
    build,
    captured,
    exit_with,
    medians,
    say,
)


def convolve(net, data, outputs, kernel, random, keep):
    inputs = data.shape[1]
    weights = random.standard_normal((outputs, inputs, kernel, kernel), np.float32)
    weights /= np.float32((inputs * kernel * kernel) ** 0.5)
    keep += [weights, np.zeros(outputs, np.float32)]
    layer = net.add_convolution_nd(data, outputs, (kernel, kernel), keep[-2], keep[-1])
    layer.padding_nd = (kernel // 2, kernel // 2)
    relu = net.add_activation(layer.get_output(0), trt.ActivationType.RELU)
    return relu.get_output(0)


def branches(net):
    """Six blocks of four branches, as image networks had them, at batch 1."""
    random, keep = np.random.default_rng(1), []
    data = net.add_input("x", trt.float32, (1, 128, 14, 14))
    for _ in range(6):
        pool = net.add_pooling_nd(data, trt.PoolingType.MAX, (3, 3))
        pool.stride_nd, pool.padding_nd = (1, 1), (1, 1)
        ends = [
            convolve(net, data, 32, 1, random, keep),
            convolve(net, convolve(net, data, 32, 1, random, keep), 48, 3, random, keep),
            convolve(net, convolve(net, data, 16, 1, random, keep), 24, 5, random, keep),
            convolve(net, pool.get_output(0), 24, 1, random, keep),
        ]
        data = net.add_concatenation(ends).get_output(0)
    data.name = "y"
    net.mark_output(data)
    branches.keep = keep  # the builder reads them until it is done


def inputs_of(engine):
    made = {}
    for i in range(engine.num_io_tensors):
        name = engine.get_tensor_name(i)
        if engine.get_tensor_mode(name) != trt.TensorIOMode.INPUT:
            continue
        kind, shape = (
            TORCH_TYPES[engine.get_tensor_dtype(name)],
            tuple(engine.get_tensor_shape(name)),
        )
        if kind.is_floating_point:
            made[name] = torch.randn(shape, device=DEVICE).to(kind)
        else:
            made[name] = torch.ones(shape, device=DEVICE).to(kind)
    return made


def streams_of(engine):
    inspector = engine.create_engine_inspector()
    layers = json.loads(inspector.get_engine_information(trt.LayerInformationFormat.JSON))["Layers"]
    return [layer.get("Stream", 0) for layer in layers]


def bits(runner):
    if DEVICE == "cuda":
        torch.cuda.synchronize()
    return {name: y.clone() for name, y in runner.outputs.items()}


def compare(name, fill, half):
    times, runners, counts, spread = [], {}, {}, {}
    inputs = None
    for aux in (0, None, 3):
        engine, _ = build(fill, half=half, times=times, aux=aux)
        inputs = inputs or inputs_of(engine)
        runners[aux], counts[aux] = Runner(engine, inputs), engine.num_aux_streams
        spread[aux] = sum(stream != 0 for stream in streams_of(engine))
    kept = {}
    for aux, runner in runners.items():
        answers = []
        for _ in range(4):  # step by step, while a graph is made, replayed
            for y in runner.outputs.values():
                y.fill_(77)
            runner()
            answers.append(bits(runner))
        kept[aux] = answers
    same = all(
        torch.equal(answer[key], kept[0][0][key])
        for answers in kept.values() for answer in answers for key in answer
    )  # fmt: skip
    if DEVICE == "cuda" and counts[3]:
        given = [torch.cuda.Stream() for _ in range(counts[3])]
        runners[3].context.set_aux_streams([stream.cuda_stream for stream in given])
        runners[3]()
        same &= all(torch.equal(y, kept[0][0][key]) for key, y in bits(runners[3]).items())
    calls = {}
    for aux, runner in runners.items():
        calls[aux] = runner
        calls[f"{aux} captured"] = captured(runner)
    found = medians(calls, rounds=12)
    same &= all(torch.equal(y, kept[0][0][key]) for key, y in bits(runners[None]).items())
    say({
        "section": "auxiliary streams", "what": name, "steps": len(streams_of(runners[0].engine)),
        "one stream µs": found[0], "captured": found["0 captured"],
        "as the builder likes: streams": counts[None], "steps on them": spread[None],
        "µs": found[None], "its capture": found["None captured"],
        "at most 3: streams": counts[3], "steps there": spread[3], "their µs": found[3],
        "their capture": found["3 captured"], "ok": bool(same) and counts[0] == 0,
    })  # fmt: skip
    assert same, "other bits than on one stream"


def shipped_plugins():
    """y = gelu(relu(x) + bias) by a plugin of the library, between steps of the GPU."""
    trt.init_libnvinfer_plugins(LOGGER, "")
    creator = trt.get_plugin_registry().get_plugin_creator("CustomGeluPluginDynamic", "1", "")
    bias = np.linspace(-1, 1, 96, dtype=np.float32)

    def network(net, kind=trt.float32, number=0):
        fields = [
            trt.PluginField("type_id", np.array([number], np.int32), trt.PluginFieldType.INT32),
            trt.PluginField("bias", bias, trt.PluginFieldType.FLOAT32),
        ]
        plugin = creator.create_plugin("gelu", trt.PluginFieldCollection(fields))
        assert plugin is not None
        data = net.add_input("x", kind, (4, 32, 96))
        relu = net.add_activation(data, trt.ActivationType.RELU).get_output(0)
        layer = net.add_plugin_v2([relu], plugin)
        last = net.add_activation(layer.get_output(0), trt.ActivationType.RELU).get_output(0)
        last.name = "y"
        net.mark_output(last)

    good = True
    for kind, number in ((trt.float32, 0), (trt.float16, 1)):
        engine, _ = build(lambda net, kind=kind, number=number: network(net, kind, number))
        x = torch.randn(4, 32, 96, device=DEVICE).to(TORCH_TYPES[kind])
        runner = Runner(engine, {"x": x})
        expected = torch.nn.functional.gelu(
            x.relu().double() + torch.from_numpy(bias).to(DEVICE), approximate="tanh"
        ).relu()
        worst = 0.0
        for _ in range(4):
            runner.outputs["y"].fill_(77)
            runner()
            worst = max(worst, (bits(runner)["y"].double() - expected).abs().max().item())
        right = worst < (2e-6 if number == 0 else 4e-3)
        refused = True
        if DEVICE == "cuda":
            stream = torch.cuda.Stream()
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, stream=stream):
                refused = not runner.context.execute_async_v3(stream.cuda_stream)
            runner()
            again = (bits(runner)["y"].double() - expected).abs().max().item()
            right &= again <= worst
        us = medians({"run": runner}, rounds=5)["run"]
        say({
            "section": "plugins of the processor", "what": "CustomGeluPluginDynamic 4x32x96",
            "type": str(kind).split(".")[-1], "difference": worst, "µs": us,
            "a capture is refused": refused, "ok": right and refused,
        })  # fmt: skip
        good &= right and refused
    assert good, "wrong, or captured"


def main(models):
    good = ask("plugins of the processor", "libnvinfer_plugin", shipped_plugins)
    works = [(f"six blocks of four branches, 14x14, f{size}", branches, size) for size in (32, 16)]
    works += [(f"{Path(model).stem} f16", model, 16) for model in models]
    for name, fill, size in works:
        good &= ask("auxiliary streams", name, partial(compare, name, fill, size == 16))
    exit_with(good)


if __name__ == "__main__":
    main(sys.argv[1:])
