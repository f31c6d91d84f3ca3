#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Builds an engine around a quick plugin, runs it and checks the answer.

qdp_runner.py [-v] [--artifacts_dir DIR] add [--autotune]
                                         inplace_add [--autotune]
                                         non_zero
                                         circ_pad --mode {onnx,inetdef} [--multi_tactic] [--aot]
                                                  [--save_engine] [--load_engine]
"""

import argparse
import logging
import tempfile
from pathlib import Path

import numpy as np
import operators
import tensorrt as trt
import tensorrt.plugin as trtp
from polygraphy.backend.common import bytes_from_path
from polygraphy.backend.trt import (
    CreateConfig,
    TrtRunner,
    create_network,
    engine_from_bytes,
    engine_from_network,
    network_from_onnx_path,
    save_engine,
)
from polygraphy.cuda import DeviceArray, Stream

PADS = np.array([1, 1, 1, 1], np.int32)
RANDOM = np.random.default_rng(0)


def engine_around(make_layer, *inputs):
    """An engine of one layer; `make_layer(network, tensors)` adds it."""
    builder, network = create_network(strongly_typed=True)
    tensors = [
        network.add_input(name=f"x{i}", dtype=trt.float32, shape=array.shape)
        for i, array in enumerate(inputs)
    ]
    layer = make_layer(network, *tensors)
    for i in range(layer.num_outputs):
        layer.get_output(i).name = f"y{i}"
    network.mark_output(tensor=layer.get_output(0))
    features = [trt.PreviewFeature.ALIASED_PLUGIN_IO_10_03]
    return engine_from_network((builder, network), CreateConfig(preview_features=features))


def infer(engine, array):
    with TrtRunner(engine) as runner:
        return runner.infer({"x0": array})["y0"]


def run_add(args):
    operators.define_add(args.autotune)
    x = RANDOM.integers(0, 9, (2, 3, 8, 8)).astype(np.float32)
    engine = engine_around(lambda n, t: n.add_plugin(trtp.op.sample.elemwise_add(t, by=2)), x)
    return np.array_equal(infer(engine, x), x + 2)


def run_inplace_add(args):
    operators.define_inplace_add(args.autotune)
    x = np.ones((1, 3, 4, 4), np.float32)

    def two(network, tensor):
        first = network.add_plugin(trtp.op.sample.inplace_add(tensor, delta=2))
        return network.add_plugin(trtp.op.sample.inplace_add(first.get_output(0), delta=1))

    context = engine_around(two, x).create_execution_context()
    with Stream() as stream, DeviceArray(shape=x.shape, dtype=x.dtype) as memory:
        memory.copy_from(x)
        for name in ("x0", "y0"):  # both at one address: the engine works in place
            context.set_tensor_address(name, memory.ptr)
        context.execute_async_v3(stream.ptr)
        stream.synchronize()
        return np.array_equal(memory.numpy(), x + 3)


def run_non_zero(args):
    operators.define_non_zero()
    x = RANDOM.integers(0, 2, (5, 6)).astype(np.float32)
    engine = engine_around(lambda n, t: n.add_plugin(trtp.op.sample.non_zero(t)), x)
    return np.array_equal(infer(engine, x), np.argwhere(x))


def onnx_model(x, folder, aot):
    import onnx  # noqa: PLC0415
    import onnx_graphsurgeon as gs  # noqa: PLC0415

    shape = [*x.shape[:-2], x.shape[-2] + 2, x.shape[-1] + 2]
    tensor_in = gs.Variable("x0", np.float32, x.shape)
    tensor_out = gs.Variable("y0", np.float32, shape)
    attributes = {"pads": PADS.tolist(), "plugin_namespace": "sample", "aot": aot}
    node = gs.Node("circ_pad", "pad_node", attributes, [tensor_in], [tensor_out])
    graph = gs.Graph([node], [tensor_in], [tensor_out], opset=16)
    path = folder / "circ_pad.onnx"
    onnx.save(gs.export_onnx(graph), path)
    return str(path)


def run_circ_pad(args):
    operators.define_circ_pad(args.multi_tactic, args.aot)
    folder = Path(args.artifacts_dir or tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    x = RANDOM.random((1, 3, 6, 6)).astype(np.float32)
    saved = folder / "circ_pad.engine"
    if args.load_engine:
        engine = engine_from_bytes(bytes_from_path(str(saved)))
    elif args.mode == "onnx":
        engine = engine_from_network(
            network_from_onnx_path(onnx_model(x, folder, args.aot), strongly_typed=True)
        )
    else:
        call = {"aot": True} if args.aot else {}
        engine = engine_around(
            lambda n, t: n.add_plugin(trtp.op.sample.circ_pad(t, pads=PADS), **call), x
        )
    if args.save_engine:
        save_engine(engine, str(saved))
    return np.array_equal(infer(engine, x), operators.wrapped(x, PADS))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-v", "--verbose", action="store_true", help="show each call")
    parser.add_argument("--artifacts_dir", help="where engines and models are saved")
    modes = parser.add_subparsers(dest="sample", required=True)
    modes.add_parser("add").add_argument("--autotune", action="store_true")
    modes.add_parser("inplace_add").add_argument("--autotune", action="store_true")
    modes.add_parser("non_zero")
    pad = modes.add_parser("circ_pad")
    pad.add_argument("--mode", choices=("onnx", "inetdef"), required=True)
    for flag in ("--multi_tactic", "--aot", "--save_engine", "--load_engine"):
        pad.add_argument(flag, action="store_true")
    for mode in modes.choices.values():
        mode.add_argument("--artifacts_dir", default=argparse.SUPPRESS)
        mode.add_argument("-v", "--verbose", action="store_true", default=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.verbose:
        logging.basicConfig(format="%(name)s: %(message)s")
        operators.LOG.setLevel(logging.DEBUG)
    run = {
        "add": run_add,
        "inplace_add": run_inplace_add,
        "non_zero": run_non_zero,
        "circ_pad": run_circ_pad,
    }[args.sample]
    correct = run(args)
    print("Inference result is correct!" if correct else "Inference result is incorrect!")
    return not correct


if __name__ == "__main__":
    raise SystemExit(main())
