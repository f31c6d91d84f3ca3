# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""ScatterElements against NumPy's unbuffered operations, and against ONNX Runtime."""

import numpy as np
import pytest
from onnx_answer import answer

COMBINE = {
    "add": np.add.at,
    "mul": np.multiply.at,
    "min": np.minimum.at,
    "max": np.maximum.at,
    "none": lambda out, where, updates: out.__setitem__(where, updates),
}
CASES = [
    ((12,), (20,), 0),
    ((4, 10), (3, 25), 1),
    ((5, 4, 3), (9, 4, 2), 0),
    ((2, 3, 9), (2, 3, 4), -1),
]

# The plugin, not the operator of that name that is built in.
PLUGIN = {"plugin_namespace": ""}


def tensors(rng, shape, update_shape, axis, kind):
    size = shape[axis]
    data = rng.integers(-4, 5, shape).astype(kind)
    indices = rng.integers(-size, size, update_shape)
    updates = rng.integers(-4, 5, update_shape).astype(kind)
    return data, indices, updates


def reference(data, indices, updates, axis, reduction):
    where = list(np.indices(indices.shape))
    where[axis] = indices
    out = data.copy()
    COMBINE[reduction](out, tuple(where), updates)
    return out


@pytest.mark.parametrize("reduction", ["add", "mul", "min", "max"])
@pytest.mark.parametrize(("shape", "update_shape", "axis"), CASES)
@pytest.mark.parametrize("kind", [np.float32, np.int32, np.int64])
def test_reductions(one_node, rng, shape, update_shape, axis, reduction, kind):
    inputs = tensors(rng, shape, update_shape, axis, kind)
    (got,) = one_node("ScatterElements", inputs, (kind,), axis=axis, reduction=reduction, **PLUGIN)
    np.testing.assert_array_equal(got, reference(*inputs, axis, reduction))
    theirs = answer("ScatterElements", inputs, 18, axis=axis, reduction=reduction)
    np.testing.assert_array_equal(got, theirs)


def test_float16_with_dynamic_shapes_and_the_second_version(one_node, rng):
    inputs = tensors(rng, (4, 10), (4, 10), 1, np.float16)
    settings = {"axis": 1, "reduction": "add", "plugin_version": "2", **PLUGIN}
    (got,) = one_node("ScatterElements", inputs, (np.float16,), dynamic=True, **settings)
    np.testing.assert_array_equal(got, reference(*inputs, 1, "add"))


def test_the_operator_of_the_standard_without_reduction(one_node, rng):
    data = rng.standard_normal((3, 9), np.float32)
    indices = np.array([[1, -2], [0, 8], [5, 4]])
    updates = rng.standard_normal((3, 2), np.float32)
    (got,) = one_node("ScatterElements", [data, indices, updates], (np.float32,), axis=1)
    np.testing.assert_array_equal(got, reference(data, indices, updates, 1, "none"))


@pytest.mark.parametrize(
    ("axis", "reduction", "index", "says"),
    [
        (1, "mean", 0, 'attribute reduction is "mean", it must be'),
        (2, "add", 0, "attribute axis is 2, it must be from -2 to 1 for data of 2 dimensions"),
        (1, "add", 10, "element 3 of indices is 10, but axis 1 of data has 10 elements"),
    ],
)
def test_mistakes_are_named(one_node, rng, axis, reduction, index, says):
    data, indices, updates = tensors(rng, (4, 10), (3, 5), 1, np.float32)
    indices[0, 3] = index
    inputs = [data, indices, updates]
    told = one_node.refusal(
        "ScatterElements", inputs, (np.float32,), axis=axis, reduction=reduction, **PLUGIN
    )
    assert says in told
