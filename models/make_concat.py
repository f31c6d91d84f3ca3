#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Makes models/concat.onnx: two inputs whose rows bear one name, one put under the other."""

from pathlib import Path

import onnx
from onnx import TensorProto, helper


def main():
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n_rows", 8])
        for name in ("input0", "input1")
    ]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["all_rows", 8])
    node = helper.make_node("Concat", ["input0", "input1"], ["output"], name="concat", axis=0)
    graph = helper.make_graph([node], "concat", inputs, [output])
    opset = [helper.make_opsetid("", 13)]
    model = helper.make_model(graph, producer_name="tenon", opset_imports=opset, ir_version=7)
    onnx.checker.check_model(model)
    onnx.save(model, Path(__file__).parent / "concat.onnx")


if __name__ == "__main__":
    main()
