# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Models quantised by ONNX Runtime, and caches of ranges measured with it."""

import struct

import numpy as np
import onnx
import onnx.version_converter
import onnxruntime
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

LEAST_OPSET = 13  # the first that has scales by channel
PRODUCTS = ("MatMul", "Gemm")


class Batches(CalibrationDataReader):
    """Arrays by input, one dictionary a batch."""

    def __init__(self, batches):
        self.rest = iter(batches)

    def get_next(self):
        return next(self.rest, None)


def quantised(path, to, batches, *, activations=QuantType.QUInt8):
    """Writes the model, normalisations folded, with int8 weights by output channel.

    Ranges reach from the least to the greatest number. Of a transformer the products alone work on
    integers, and give real numbers: quantised sums, softmaxes and norms leave little of its answer.
    """
    model = onnx.load(str(path))
    transformer = any(node.op_type == "LayerNormalization" for node in model.graph.node)
    if model.opset_import[0].version < LEAST_OPSET:
        model = onnx.version_converter.convert_version(model, LEAST_OPSET)
    raised, prepared = to.with_suffix(".raised.onnx"), to.with_suffix(".prepared.onnx")
    onnx.save(model, str(raised))
    quant_pre_process(str(raised), str(prepared), skip_symbolic_shape=True)
    quantize_static(
        str(prepared),
        str(to),
        Batches(batches),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=activations,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.MinMax,
        op_types_to_quantize=list(PRODUCTS) if transformer else None,
        extra_options={
            "ActivationSymmetric": activations == QuantType.QInt8,
            "QDQDisableWeightAdjustForInt32Bias": True,  # fails on scales by channel
            "OpTypesToExcludeOutputQuantization": list(PRODUCTS) if transformer else [],
        },
    )
    return to


def output_step(path):
    """What one quantisation step of the first output is; None when it is not quantised."""
    graph = onnx.load(str(path)).graph
    made_by = {name: node for node in graph.node for name in node.output}
    numbers = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    node = made_by[graph.output[0].name]
    return float(numbers[node.input[1]]) if node.op_type == "DequantizeLinear" else None


def ranges(path, name, arrays):
    """The greatest magnitude of every tensor of real numbers, by name."""
    model = onnx.load(str(path))
    constants = {one.name for one in model.graph.initializer}
    known = {one.name for one in model.graph.output}
    for node in model.graph.node:
        for made in node.output:
            if made and made not in known and made not in constants:
                model.graph.output.append(onnx.ValueInfoProto(name=made))
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    found = {name: max(float(np.abs(array).max()) for array in arrays)}
    for array in arrays:
        for output, value in zip(session.get_outputs(), session.run(None, {name: array})):
            if value.dtype == np.float32:
                found[output.name] = max(found.get(output.name, 0.0), float(np.abs(value).max()))
    return found


def cache_text(found):
    """The text of a calibration cache for these ranges."""
    lines = ["TRT-101600-EntropyCalibration2"]
    for name, most in sorted(found.items()):
        bits = struct.unpack("<I", struct.pack("<f", most / 127))[0]
        lines.append(f"{name}: {bits:08x}")
    return "\n".join(lines) + "\n"


def share_within_one_step(ours, theirs, step):
    """How many values differ by one quantisation step at most, or by rounding alone.

    Of an output that is not quantised, a step is the 255th part of its range.
    """
    slack = 1e-5 * float(np.abs(theirs).max())
    if step is None:
        step = float(theirs.max() - theirs.min()) / 255
    return float((np.abs(ours - theirs) <= step * 1.01 + slack).mean())


def own_share(path, inputs, output):
    """share_within_one_step of ONNX Runtime with and without its optimisations.

    Where one number falls on the other side of a rounding, all behind it differ: in deep networks
    no two orders of summing agree better than this.
    """
    levels = onnxruntime.GraphOptimizationLevel
    answers = []
    for level in (levels.ORT_DISABLE_ALL, levels.ORT_ENABLE_ALL):
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = level
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        answers.append(session.run([output], inputs)[0])
    return share_within_one_step(*answers, output_step(path))
