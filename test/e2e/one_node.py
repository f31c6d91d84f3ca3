# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Runs a single node of a shipped plugin: an ONNX model of it, built and run by trtexec."""

import json

import numpy as np
import onnx
import served
from onnx import helper

TYPES = {
    np.dtype(np.float32): onnx.TensorProto.FLOAT,
    np.dtype(np.float16): onnx.TensorProto.FLOAT16,
    np.dtype(np.int32): onnx.TensorProto.INT32,
    np.dtype(np.int64): onnx.TensorProto.INT64,
}


class Runner:
    """Makes the model in a folder of the test's own."""

    def __init__(self, folder):
        self.folder = folder

    def model(self, op, inputs, outputs, attributes, dynamic, constants):
        """A graph of one node. `outputs` are the element types; names are x0… and y0…."""
        values, initializers, names = [], [], []
        for i, array in enumerate(inputs):
            names.append(f"x{i}")
            if i in constants:
                initializers.append(onnx.numpy_helper.from_array(array, names[-1]))
                continue
            shape = [f"x{i}_{a}" for a in range(array.ndim)] if dynamic else array.shape
            values.append(helper.make_tensor_value_info(names[-1], TYPES[array.dtype], shape))
        results = [f"y{i}" for i in range(len(outputs))]
        node = helper.make_node(op, names, results, name="node", **attributes)
        infos = [
            helper.make_tensor_value_info(name, TYPES[np.dtype(kind)], None)
            for name, kind in zip(results, outputs, strict=True)
        ]
        graph = helper.make_graph([node], "plugin", values, infos, initializers)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
        made.ir_version = 9
        path = self.folder / "plugin.onnx"
        onnx.save(made, path)
        return path

    def trtexec(self, op, inputs, outputs, attributes, dynamic=False, constants=()):
        path = self.model(op, inputs, outputs, attributes, dynamic, constants)
        feeds, shapes = [], []
        for i, array in enumerate(inputs):
            if i in constants:
                continue
            file = self.folder / f"x{i}.raw"
            np.ascontiguousarray(array).tofile(file)
            if array.size:
                feeds.append(f"x{i}:{file}")
            shapes.append((f"x{i}", array.shape))
        arguments = [f"--onnx={path}", "--guard", "--iterations=1", "--warmUp=0", "--duration=0"]
        arguments.append(f"--exportOutput={self.folder}/out.json")
        if feeds:
            arguments.append(f"--loadInputs={','.join(feeds)}")
        if dynamic:
            arguments += [f"--{kind}Shapes={text(shapes, kind)}" for kind in ("min", "opt", "max")]
            arguments.append(f"--shapes={text(shapes, 'opt')}")
        return served.trtexec(*arguments)

    def __call__(self, op, inputs, outputs, dynamic=False, constants=(), **attributes):
        """The outputs of one run, in order. The guard must have nothing to say."""
        done = self.trtexec(op, inputs, outputs, attributes, dynamic, constants)
        assert done.returncode == 0, done.stdout
        assert "guard," not in done.stdout, done.stdout
        rows = {r["name"]: r for r in json.loads((self.folder / "out.json").read_text())}
        return [array(rows[f"y{i}"], kind) for i, kind in enumerate(outputs)]

    def refusal(self, op, inputs, outputs, **attributes):
        """What a build or run that must fail says."""
        done = self.trtexec(op, inputs, outputs, attributes)
        assert done.returncode != 0, done.stdout
        return done.stdout


def text(shapes, kind):
    """`x0:2x3,x1:4`: the shapes themselves, or for the ends of a range one less and one more."""
    change = {"min": -1, "opt": 0, "max": 1}[kind]
    rows = []
    for name, shape in shapes:
        # Small extents say what a dimension is (4 corners, 1 image): only large ones vary.
        varied = [max(0, n + change) if n > 8 else n for n in shape]
        rows.append(f"{name}:{'x'.join(map(str, varied))}")
    return ",".join(rows)


def array(row, kind):
    dims = [int(d) for d in row["dimensions"].split("x") if d.isdigit()]
    values = [np.nan if v is None else v for v in row["values"]]
    return np.array(values, kind).reshape(dims)
