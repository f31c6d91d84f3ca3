#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Writes the tiny ONNX models of this folder, whose graphs stand beside them as <name>.ir."""

from pathlib import Path

import onnx
from onnx import TensorProto, helper, parser

HERE = Path(__file__).resolve().parent

# Name -> text form of the model.
MODELS = {
    # A whole small network of an old opset: automatic padding, channel bias, flattening softmax.
    "digits": """
        <ir_version: 7, opset_import: ["" : 8]>
        digits (float[1,1,6,6] image) => (float[1,3] scores)
        <float[2,1,3,3] filters = {0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,1,1,1,1,1,1,1,1,1},
         float[2,1,1] bias = {0.1, 0.2}, int64[2] flat = {1, -1}, float[18,3] dense =
         {1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3,
          1,2,3,1,2,3,1,2,3}>
        {
            convolved = Conv <auto_pad = "SAME_UPPER", kernel_shape = [3, 3]> (image, filters)
            shifted = Add (convolved, bias)
            kept = Relu (shifted)
            pooled = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (kept)
            row = Reshape (pooled, flat)
            product = MatMul (row, dense)
            scores = Softmax (product)
        }""",
    # The shape of a reshape computed from a dynamic batch.
    "dynamic_batch": """
        <ir_version: 8, opset_import: ["" : 13]>
        dynamic_batch (float[batch,4,6] x) => (float[batch,24] y, float[batch,24] z)
        {
            extents = Shape (x)
            first = Constant <value_ints = [0]> ()
            rows = Gather (extents, first)
            rest = Constant <value_ints = [-1]> ()
            target = Concat <axis = 0> (rows, rest)
            y = Reshape (x, target)
            z = Flatten (x)
        }""",
    # Extents that nobody names, and parts of an axis whose extent is unknown.
    "nameless_extents": """
        <ir_version: 8, opset_import: ["" : 13]>
        nameless_extents (float[?,8] x) => (float[?,8] tail, float[?,8] last, float[?,3] some)
        {
            zero = Constant <value_ints = [0]> ()
            one = Constant <value_ints = [1]> ()
            two = Constant <value_ints = [2]> ()
            minus = Constant <value_ints = [-1]> ()
            seven = Constant <value_ints = [7]> ()
            far = Constant <value_ints = [9223372036854775807]> ()
            tail = Slice (x, two, far, zero)
            last = Slice (x, minus, far, zero)
            some = Slice (x, one, seven, one, two)
        }""",
    # Each way to limit: attributes' successors as constants, as tensors, and on integers.
    "clip": """
        <ir_version: 8, opset_import: ["" : 13]>
        clip (float[4] x, float high, int32[4] i) =>
            (float[4] a, float[4] b, int32[4] c, float[4] d)
        <float zero = {0}, float six = {6}, int32 least = {-3}>
        {
            a = Clip (x, zero, six)
            b = Clip (x, zero, high)
            c = Clip (i, least)
            d = Clip (x)
        }""",
    "gemm": """
        <ir_version: 8, opset_import: ["" : 13]>
        gemm (float[2,3] x) => (float[2,2] plain, float[2,2] scaled)
        <float[2,3] w = {1,2,3,4,5,6}, float[2] b = {1,2}>
        {
            plain = Gemm <transB = 1> (x, w, b)
            scaled = Gemm <alpha = 0.5, beta = 2.0, transB = 1> (x, w, b)
        }""",
    # Before opset 7: the second input is aligned by attributes.
    "old_broadcast": """
        <ir_version: 3, opset_import: ["" : 6]>
        old_broadcast (float[2,3,4] x, float[3] channel) => (float[2,3,4] y)
        {
            y = Add <broadcast = 1, axis = 1> (x, channel)
        }""",
    # Softmax over all axes from one on, as opsets before 13 mean it.
    "old_softmax": """
        <ir_version: 7, opset_import: ["" : 11]>
        old_softmax (float[n,3,4] x) => (float[n,3,4] y, float[n,3,4] z)
        {
            y = Softmax <axis = 1> (x)
            z = LogSoftmax <axis = 2> (x)
        }""",
    "split": """
        <ir_version: 8, opset_import: ["" : 18]>
        split (float[7,n] x) => (float[3,n] a, float[3,n] b, float[1,n] c, float[7,h] left)
        {
            a, b, c = Split <axis = 0, num_outputs = 3> (x)
            left, right = Split <axis = 1, num_outputs = 2> (x)
        }""",
    # A function whose node refers to the call's attribute, and one that leaves it out.
    "function": """
        <ir_version: 8, opset_import: ["" : 13, "own" : 1]>
        function (float[3] x) => (float[3] y, float[3] z)
        {
            y = own.Twice <slope = 0.25> (x)
            z = own.Twice (x)
        }
        <domain: "own", opset_import: ["" : 13]>
        Twice <slope> (a) => (c)
        {
            b = LeakyRelu <alpha: float = @slope> (a)
            c = Add (b, b)
        }""",
    "layer_norm": """
        <ir_version: 8, opset_import: ["" : 17]>
        layer_norm (float[2,4] x) => (float[2,4] y)
        <float[4] scale = {1,2,3,4}, float[4] bias = {0,0,0,1}>
        {
            y = LayerNormalization (x, scale, bias)
        }""",
    # Twice as large, along axes of known and unknown extent.
    "resize": """
        <ir_version: 8, opset_import: ["" : 13]>
        resize (float[1,1,2,w] x) => (float[1,1,4,v] y)
        <float[4] scales = {1, 1, 2, 2}>
        {
            y = Resize <mode = "nearest"> (x, , scales)
        }""",
    "pixel_shuffle": """
        <ir_version: 8, opset_import: ["" : 13]>
        pixel_shuffle (float[n,8,2,3] x) => (float[n,2,4,6] y, float[n,8,2,3] z)
        {
            y = DepthToSpace <blocksize = 2, mode = "CRD"> (x)
            z = SpaceToDepth <blocksize = 2> (y)
        }""",
    # Nodes in a wrong order, an output that is an input, one that is a constant, one given twice.
    "odd_outputs": """
        <ir_version: 8, opset_import: ["" : 13]>
        odd_outputs (float[2] x) => (float[2] x, float[2] y, float[2] w)
        <float[2] w = {1, 2}>
        {
            y = Neg (middle)
            middle = Add (x, w)
        }""",
    # Everything that is wrong is named in one go; what depends on it is passed over.
    "refused": """
        <ir_version: 8, opset_import: ["" : 13, "com.acme" : 1]>
        refused (float[2,2] x, string[1] words) => (float[2,2] e)
        {
            a = com.acme.Blur <radius = 3> (x)
            b = MaxPol (a)
            c = Add (x, nowhere)
            d = Softmax <axis = 5> (x)
            e = Add (a, d)
            f = MaxPool <kernel_shape = [2, 2], auto_pad = "SAME"> (x)
        }""",
    "too_new": """
        <ir_version: 8, opset_import: ["" : 13]>
        too_new (float[2,2] x) => (float[2,2] y)
        {
            y = Gelu (x)
        }""",
}


def old_initializers(model):
    """Lists initializers among the inputs, as IR version 3 demands."""
    for tensor in model.graph.initializer:
        model.graph.input.append(
            helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
        )
    model.ir_version = 3
    return model


def typed_constants():
    """Numbers in typed fields, of all types that are not raw."""
    kinds = {
        "f32": (TensorProto.FLOAT, [1.5, -2]),
        "f64": (TensorProto.DOUBLE, [0.1, 2]),
        "f16": (TensorProto.FLOAT16, [0.5, 65504]),
        "i8": (TensorProto.INT8, [-128, 127]),
        "u8": (TensorProto.UINT8, [0, 255]),
        "i16": (TensorProto.INT16, [-32768, 32767]),
        "i32": (TensorProto.INT32, [-(2**31), 2**31 - 1]),
        "i64": (TensorProto.INT64, [-(2**63), 2**63 - 1]),
        "bool": (TensorProto.BOOL, [True, False]),
    }
    tensors = [helper.make_tensor(name, kind, [2], v) for name, (kind, v) in kinds.items()]
    outputs = [helper.make_tensor_value_info(t.name, t.data_type, [2]) for t in tensors]
    graph = helper.make_graph([], "typed_constants", [], outputs, tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def main():
    models = {name: parser.parse_model(text) for name, text in MODELS.items()}
    models["old_initializers"] = old_initializers(parser.parse_model(MODELS["gemm"]))
    models["typed_constants"] = typed_constants()
    for name, model in models.items():
        onnx.save(model, HERE / f"{name}.onnx")


if __name__ == "__main__":
    main()
