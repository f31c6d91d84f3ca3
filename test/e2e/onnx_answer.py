# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""ONNX Runtime's answer to one operator of the standard, as a second opinion."""

import onnx
import onnxruntime
from onnx import helper


def answer(op, inputs, opset, outputs=1, **attributes):
    """The first output of `op`, which has so many; inputs are arrays, in order."""
    names = [f"x{i}" for i in range(len(inputs))]
    infos = [
        helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape)
        for n, v in zip(names, inputs, strict=True)
    ]
    node = helper.make_node(op, names, ["y", "z"][:outputs], **attributes)
    kind = onnx.TensorProto.UNDEFINED
    graph = helper.make_graph([node], op, infos, [helper.make_tensor_value_info("y", kind, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8
    model = onnx.shape_inference.infer_shapes(model)
    result = model.graph.output[0].type.tensor_type
    if result.elem_type == kind:  # Operators defined as functions have no rule.
        result.elem_type = infos[0].type.tensor_type.elem_type
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, dict(zip(names, inputs, strict=True)))[0]
