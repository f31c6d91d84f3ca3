# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""ScatterND against NumPy's unbuffered operations, and against ONNX Runtime."""

import numpy as np
import pytest
from onnx_answer import answer
from test_scatter_elements import COMBINE

F = np.float32
CASES = [((9,), (4,), 1), ((4, 10), (3, 2), 2), ((5, 4, 3), (6,), 2), ((10, 3), (2, 3), 1)]

# The plugin, not the operator of that name that is built in.
PLUGIN = {"plugin_namespace": ""}


def tensors(rng, shape, count, depth, kind):
    data = rng.integers(-4, 5, shape).astype(kind)
    indices = np.stack([rng.integers(-n, n, count) for n in shape[:depth]], -1)
    updates = rng.integers(-4, 5, (*count, *shape[depth:])).astype(kind)
    return data, indices, updates


def reference(data, indices, updates, reduction):
    out = data.copy()
    flat = indices.reshape(-1, indices.shape[-1])
    for where, update in zip(flat, updates.reshape(len(flat), -1), strict=True):
        part = out[tuple(where)]
        COMBINE[reduction](out, tuple(where), update.reshape(np.shape(part)))
    return out


@pytest.mark.parametrize("reduction", ["none", "add", "mul", "min", "max"])
@pytest.mark.parametrize(("shape", "count", "depth"), CASES)
@pytest.mark.parametrize("kind", [F, np.int32, np.int64])
def test_reductions(one_node, rng, shape, count, depth, reduction, kind):
    inputs = tensors(rng, shape, count, depth, kind)
    (got,) = one_node("ScatterND", inputs, (kind,), reduction=reduction, **PLUGIN)
    np.testing.assert_array_equal(got, reference(*inputs, reduction))
    if reduction != "none":  # ONNX leaves open which of two updates of one element stays.
        theirs = answer("ScatterND", inputs, 18, reduction=reduction)
        np.testing.assert_array_equal(got, theirs)


def test_dynamic_shapes_without_attributes_in_float16(one_node, rng):
    data, _, updates = tensors(rng, (12, 3), (4,), 1, np.float16)
    inputs = data, rng.permutation(12)[:4, None], updates
    (got,) = one_node("ScatterND", inputs, (np.float16,), dynamic=True, **PLUGIN)
    np.testing.assert_array_equal(got, reference(*inputs, "none"))
    np.testing.assert_array_equal(got, answer("ScatterND", inputs, 18))


def test_mistakes_are_named(one_node, rng):
    data, indices, updates = tensors(rng, (4, 10), (3,), 2, F)
    told = one_node.refusal("ScatterND", [data, indices, updates[:2]], (F,), **PLUGIN)
    assert "dimension 0 of updates is 2, it must be 3" in told
    told = one_node.refusal("ScatterND", [data, indices, updates], (F,), reduction="mean", **PLUGIN)
    assert 'attribute reduction is "mean", it must be' in told
    indices[1] = [2, 10]
    told = one_node.refusal("ScatterND", [data, indices, updates], (F,), **PLUGIN)
    assert "row 1 of indices names an element that data has not" in told
