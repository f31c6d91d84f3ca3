# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What both programs share: a model with the operator, an engine of it, a run and its check."""

import argparse
import logging
from pathlib import Path

import numpy as np
import onnx
import tensorrt as trt

LOG = logging.getLogger("python_plugins")
LOGGER = trt.Logger(trt.Logger.WARNING)
PADS = (1, 2, 0, 1)  # before and after of the last dimension, then of the one before
X = np.arange(2 * 3 * 4, dtype=np.float32).reshape(1, 2, 3, 4)


def padded(shape, pads):
    """The shape after padding."""
    shape = list(shape)
    for i in range(len(pads) // 2):
        shape[-1 - i] += pads[2 * i] + pads[2 * i + 1]
    return shape


def padded_expressions(shape, pads, expr_builder):
    """The same in symbols, while an engine is built."""
    result = trt.DimsExprs(shape)
    for i in range(len(pads) // 2):
        place = len(result) - 1 - i
        more = expr_builder.constant(int(pads[2 * i] + pads[2 * i + 1]))
        result[place] = expr_builder.operation(trt.DimensionOperation.SUM, result[place], more)
    return result


def wrapped(x, pads):
    """Circular padding."""
    width = [(0, 0)] * x.ndim
    for i in range(len(pads) // 2):
        width[x.ndim - 1 - i] = (int(pads[2 * i]), int(pads[2 * i + 1]))
    return np.pad(x, width, "wrap")


def indexed(x, pads):
    """The same by indices, which is faster for some shapes."""
    for i in range(len(pads) // 2):
        axis = x.ndim - 1 - i
        indices = np.arange(-int(pads[2 * i]), x.shape[axis] + int(pads[2 * i + 1]))
        x = x.take(indices, axis, mode="wrap")
    return x


def arrays(descs, addresses):
    """NumPy arrays over the memory that a plugin is given."""
    return [trt.view(a, d.dims, d.type) for d, a in zip(descs, addresses, strict=True)]


def model(operator, version):
    """An ONNX model of one node; its batch is open."""
    shapes = (["n", *X.shape[1:]], ["n", *padded(X.shape, PADS)[1:]])
    tensors = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        for name, shape in zip("xy", shapes, strict=True)
    ]
    attributes = {"pads": PADS, "plugin_version": version, "plugin_namespace": "sample"}
    node = onnx.helper.make_node(operator, ["x"], ["y"], **attributes)
    graph = onnx.helper.make_graph([node], operator, tensors[:1], tensors[1:])
    opsets = [onnx.helper.make_opsetid("", 17)]
    return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()


def build(operator, version):
    """The bytes of an engine."""
    builder = trt.Builder(LOGGER)
    network = builder.create_network()
    parser = trt.OnnxParser(network, LOGGER)
    if not parser.parse(model(operator, version)):
        raise SystemExit("\n".join(str(parser.get_error(i)) for i in range(parser.num_errors)))
    profile = builder.create_optimization_profile()
    profile.set_shape("x", X.shape, X.shape, (4, *X.shape[1:]))
    config = builder.create_builder_config()
    config.add_optimization_profile(profile)
    return bytes(builder.build_serialized_network(network, config))


def infer(plan, x):
    engine = trt.Runtime(LOGGER).deserialize_cuda_engine(plan)
    context = engine.create_execution_context()
    context.set_input_shape("x", x.shape)
    y = np.empty(tuple(context.get_tensor_shape("y")), np.float32)
    context.set_tensor_address("x", trt.address_of(x))
    context.set_tensor_address("y", trt.address_of(y))
    if not context.execute_async_v3(0):
        raise SystemExit("the run failed")
    return y


def main(creator, description):
    """The program around a plugin: its creator is registered, then an engine is built or loaded."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--save_engine", type=Path, help="keep the engine here")
    parser.add_argument("--load_engine", type=Path, help="run this engine instead of building one")
    parser.add_argument("-v", "--verbose", action="store_true", help="show calls of the plugin")
    args = parser.parse_args()
    logging.basicConfig(format="%(name)s: %(message)s")
    LOG.setLevel(logging.DEBUG if args.verbose else logging.WARNING)
    if not trt.get_plugin_registry().register_creator(creator, creator.plugin_namespace):
        raise SystemExit(f"{creator.name} is registered already")
    plan = (
        args.load_engine.read_bytes()
        if args.load_engine
        else build(creator.name, creator.plugin_version)
    )
    if args.save_engine:
        args.save_engine.write_bytes(plan)
    x = np.concatenate([X, X + 100])
    correct = np.array_equal(infer(plan, x), wrapped(x, PADS))
    print(f"Inference result is {'correct!' if correct else 'wrong.'}")
    return 0 if correct else 1
