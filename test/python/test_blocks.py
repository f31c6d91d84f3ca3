# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Quantisation by blocks, and products of stacks of vectors, against NumPy and ml_dtypes."""

import ml_dtypes
import numpy as np
import pytest
import tenon as trt
from workshop import run

FP4, FP8, E8M0 = ml_dtypes.float4_e2m1fn, ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e8m0fnu
GREATEST = {FP4: np.float32(6), FP8: np.float32(448)}
KINDS = {FP4: trt.DataType.FP4, FP8: trt.DataType.FP8, E8M0: trt.DataType.E8M0}


def spread(scales, block, shape):
    """Each scale as often as its block has elements."""
    for axis, extent in enumerate(block):
        scales = np.repeat(scales, extent, axis)
    return scales[tuple(slice(extent) for extent in shape)]


def as_power(value):
    """The next power of two that is not less."""
    fraction, exponent = np.frexp(value)
    return np.ldexp(np.float32(1), exponent - (fraction == 0.5))


def quantised(x, block, kind, scale_kind, of_scales):
    """Numbers and scales, both as float32."""
    shape = [-(-extent // size) for extent, size in zip(x.shape, block, strict=True)]
    scales = np.zeros(shape, np.float32)
    for place in np.ndindex(*shape):
        part = tuple(slice(p * size, (p + 1) * size) for p, size in zip(place, block, strict=True))
        scales[place] = np.abs(x[part]).max() / GREATEST[kind] / of_scales
    kept = as_power(scales) if scale_kind is E8M0 else scales.astype(scale_kind).astype(np.float32)
    numbers = x / (spread(kept, block, x.shape) * of_scales)
    most = GREATEST[kind]
    return np.clip(numbers, -most, most).astype(kind).astype(np.float32), kept


def ends(workshop, layer, names):
    for i, name in enumerate(names):
        cast = workshop.network.add_cast(layer.get_output(i), trt.float32).get_output(0)
        cast.name = name
        workshop.network.mark_output(cast)


@pytest.mark.parametrize(
    ("shape", "block", "kind", "scale_kind"),
    [
        ((4, 64), (1, 16), FP4, FP8),
        ((3, 2, 40), (1, 1, 16), FP4, FP8),
        ((2, 96), (1, 32), FP8, E8M0),
        ((64, 48), (16, 16), FP4, FP8),
        ((5, 7), (2, 3), FP8, E8M0),
        ((5, 7), (5, 7), FP8, FP8),
    ],
)
@pytest.mark.parametrize("of_scales", [None, 0.0625])
def test_dynamic_quantisation(workshop, shape, block, kind, scale_kind, of_scales):
    random = np.random.default_rng(7)
    x = (random.standard_normal(shape) * random.uniform(0.1, 20, shape)).astype(np.float32)
    tensor = workshop.network.add_input("x", trt.float32, shape)
    layer = workshop.network.add_dynamic_quantize_v2(tensor, block, KINDS[kind], KINDS[scale_kind])
    assert tuple(layer.block_shape) == block
    if of_scales is not None:
        weights = np.array([of_scales], np.float32)
        layer.set_input(1, workshop.network.add_constant((1,), weights).get_output(0))
    ends(workshop, layer, ["numbers", "scales"])
    found = run(workshop.engine(), x=x)
    numbers, scales = quantised(x, block, kind, scale_kind, np.float32(of_scales or 1))
    np.testing.assert_array_equal(found["scales"].reshape(scales.shape), scales)
    np.testing.assert_array_equal(found["numbers"].reshape(shape), numbers)


def test_blocks_come_back(workshop):
    x = np.random.default_rng(8).standard_normal((4, 64)).astype(np.float32)
    network = workshop.network
    layer = network.add_dynamic_quantize(
        network.add_input("x", trt.float32, x.shape), 1, 16, trt.DataType.FP4, trt.DataType.FP8
    )
    one = network.add_constant((), np.ones((), np.float32)).get_output(0)
    scale = network.add_dequantize(layer.get_output(1), one, trt.float32)
    back = network.add_dequantize(layer.get_output(0), scale.get_output(0), trt.float32)
    assert tuple(back.block_shape) == (1, 16)
    back.get_output(0).name = "y"
    network.mark_output(back.get_output(0))
    numbers, scales = quantised(x, (1, 16), FP4, FP8, np.float32(1))
    wanted = numbers * spread(scales, (1, 16), x.shape)
    found = run(workshop.engine(), x=x)["y"].reshape(x.shape)
    np.testing.assert_array_equal(found, wanted)
    assert np.abs(found - x).max() < 0.3 * np.abs(x).max()


VECTOR, NONE, TURNED = (
    trt.MatrixOperation.VECTOR,
    trt.MatrixOperation.NONE,
    trt.MatrixOperation.TRANSPOSE,
)


def as_matrices(value, operation, left):
    if operation == VECTOR:
        return value[..., None, :] if left else value[..., None]
    return value.swapaxes(-1, -2) if operation == TURNED else value


def product(a, op_a, b, op_b):
    made = np.matmul(as_matrices(a, op_a, True), as_matrices(b, op_b, False))
    if op_b == VECTOR:
        made = made[..., 0]
    if op_a == VECTOR:
        made = made[..., 0] if op_b == VECTOR else made[..., 0, :]
    return made


@pytest.mark.parametrize(
    ("a", "op_a", "b", "op_b"),
    [
        ((3, 4, 5), NONE, (3, 5), VECTOR),
        ((3, 5, 4), TURNED, (1, 5), VECTOR),
        ((3, 5), VECTOR, (3, 5, 4), NONE),
        ((1, 5), VECTOR, (3, 4, 5), TURNED),
        ((2, 3, 5), VECTOR, (2, 3, 5), VECTOR),
        ((2, 1, 4, 5), NONE, (2, 3, 5), VECTOR),
        ((5,), VECTOR, (3, 5), VECTOR),
    ],
)
@pytest.mark.parametrize("dynamic", [False, True])
def test_products_of_stacks_of_vectors(workshop, a, op_a, b, op_b, dynamic):
    random = np.random.default_rng(9)
    values = {"a": random.standard_normal(a), "b": random.standard_normal(b)}
    values = {name: value.astype(np.float32) for name, value in values.items()}
    network = workshop.network
    profile = workshop.builder.create_optimization_profile()
    tensors = []
    for name, value in values.items():
        open_axis = dynamic and value.ndim > 1 and value.shape[0] > 1
        shape = (-1, *value.shape[1:]) if open_axis else value.shape
        tensors.append(network.add_input(name, trt.float32, shape))
        profile.set_shape(name, *([value.shape] * 3))
    layer = network.add_matrix_multiply(tensors[0], op_a, tensors[1], op_b)
    assert (layer.op0, layer.op1) == (op_a, op_b)
    layer.get_output(0).name = "y"
    network.mark_output(layer.get_output(0))
    workshop.config.add_optimization_profile(profile)
    wanted = product(values["a"], op_a, values["b"], op_b)
    found = run(workshop.engine(), **values)["y"]
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, 1e-5, 1e-5)
