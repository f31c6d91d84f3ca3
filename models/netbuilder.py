# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Builds ONNX networks with seeded random weights that keep activations near unit size.

Every value carries an estimate of its mean square, `power`, so that each layer's weights can be
scaled to make the layer's outcome about 1: rounding differences then mean the same everywhere.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "data" / "models"


@dataclass(frozen=True)
class Value:
    """One tensor of the graph: its name, channels (or features) and estimated mean square."""

    name: str
    channels: int
    power: float


class Net:
    """An ONNX graph under construction; every method adds one layer and returns its Value."""

    def __init__(self, name, opset, seed=1, ir_version=7):
        self.name, self.opset, self.ir_version = name, opset, ir_version
        self.rng = np.random.default_rng(seed)
        self.nodes, self.weights, self.inputs, self.outputs = [], [], [], []

    def input(self, name, shape, power=1.0):
        """Declares a float32 input; a string in `shape` is a symbolic dimension."""
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return Value(name, shape[1], power)

    def output(self, value, shape):
        """Declares `value`, a Value or a name, as a float32 output."""
        name = value.name if isinstance(value, Value) else value
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def constant(self, name, array):
        """Adds an initializer and returns its name."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, op, inputs, name, output=None, **attributes):
        """Adds a node with one output, called like the node unless named; returns that name."""
        output = output or name
        self.nodes.append(helper.make_node(op, inputs, [output], name=name, **attributes))
        return output

    def random(self, shape, fan_in, power):
        """Normal float32 weights that turn inputs of mean square `power` into outputs near 1."""
        scale = np.float32(1 / np.sqrt(fan_in * power))
        return self.rng.standard_normal(shape, np.float32) * scale

    def conv(self, x, name, channels, kernel, stride=1, pad=0, group=1, bias=True):
        shape = (channels, x.channels // group, kernel, kernel)
        weights = self.random(shape, shape[1] * kernel * kernel, x.power)
        inputs = [x.name, self.constant(f"{name}.weight", weights)]
        if bias:
            small = self.rng.standard_normal(channels, np.float32) * np.float32(0.1)
            inputs.append(self.constant(f"{name}.bias", small))
        attributes = {
            "kernel_shape": [kernel] * 2,
            "strides": [stride] * 2,
            "pads": [pad] * 4,
            "group": group,
        }
        return Value(self.node("Conv", inputs, name, **attributes), channels, 1.0)

    def batch_norm(self, x, name, gain=1.0):
        """Inference batch normalization near the identity, times `gain`."""
        n, rng = x.channels, self.rng
        parameters = {
            "scale": rng.uniform(0.8, 1.2, n) * gain,
            "bias": rng.standard_normal(n) * 0.1,
            "mean": rng.standard_normal(n) * 0.1,
            "var": rng.uniform(0.8, 1.2, n),
        }
        names = [self.constant(f"{name}.{k}", v.astype(np.float32)) for k, v in parameters.items()]
        return Value(
            self.node("BatchNormalization", [x.name, *names], name, epsilon=1e-5), n, gain * gain
        )

    def relu(self, x, name, kept=0.5):
        """`kept` is the share of the mean square that survives: half, if the input is centred."""
        return Value(self.node("Relu", [x.name], name), x.channels, x.power * kept)

    def relu6(self, x, name):
        """Clip(0, 6); the bounds are initializers shared by the whole graph."""
        if not any(w.name == "zero" for w in self.weights):
            self.constant("zero", np.float32(0))
            self.constant("six", np.float32(6))
        return Value(self.node("Clip", [x.name, "zero", "six"], name), x.channels, x.power / 2)

    def add(self, a, b, name):
        return Value(self.node("Add", [a.name, b.name], name), a.channels, a.power + b.power)

    def max_pool(self, x, name, kernel, stride, pad=0):
        attributes = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "pads": [pad] * 4}
        return Value(
            self.node("MaxPool", [x.name], name, **attributes), x.channels, max(x.power, 1.0)
        )

    def global_average_pool(self, x, name):
        """Wants inputs that are never negative: their mean square then is mostly their mean."""
        return Value(self.node("GlobalAveragePool", [x.name], name), x.channels, x.power)

    def flatten(self, x, name, features):
        return Value(self.node("Flatten", [x.name], name, axis=1), features, x.power)

    def dense(self, x, name, features):
        """Gemm with the weights stored [features, inputs], as exporters do."""
        weights = self.random((features, x.channels), x.channels, x.power)
        bias = self.rng.standard_normal(features, np.float32) * np.float32(0.1)
        inputs = [
            x.name,
            self.constant(f"{name}.weight", weights),
            self.constant(f"{name}.bias", bias),
        ]
        return Value(self.node("Gemm", inputs, name, transB=1), features, 1.0)

    def model(self, check=True):
        """The finished ModelProto; `check` runs ONNX's checker, which refuses unknown operators."""
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.weights)
        opsets = [helper.make_opsetid("", self.opset)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="tenon")
        model.ir_version = self.ir_version
        if check:
            onnx.checker.check_model(model, full_check=True)
        return model


def batch_dimension(text):
    """`--batch`: a number, or 'dynamic' for the symbolic dimension N."""
    return "N" if text == "dynamic" else int(text)


def main(name, build):
    """Command line of a script that makes one network: build(batch, seed) returns a Net."""
    parser = argparse.ArgumentParser(description=f"Writes {name}.onnx with seeded random weights.")
    parser.add_argument("--batch", type=batch_dimension, default=1, help="a number or 'dynamic'")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--out", type=Path, help="default: data/models/NAME.onnx, _dynamic or _bN added"
    )
    args = parser.parse_args()
    suffix = {"N": "_dynamic", 1: ""}.get(args.batch, f"_b{args.batch}")
    out = args.out or MODELS / f"{name}{suffix}.onnx"
    out.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(build(args.batch, args.seed).model(), out)
    print(f"{out}: {out.stat().st_size:,} bytes")
