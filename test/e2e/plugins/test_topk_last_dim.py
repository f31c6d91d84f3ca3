# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""TopkLastDim against a stable sort, and against ONNX Runtime's TopK."""

import numpy as np
import pytest
from onnx_answer import answer

F, INT = np.float32, np.int32


def settings(k, largest, axis):
    return {"type_id": 0, "k": k, "is_largest": largest, "axis": axis}


def reference(x, k, largest, axis):
    order = np.argsort(-x if largest else x, axis=axis, kind="stable")
    order = np.take(order, range(k), axis)
    return np.take_along_axis(x, order, axis), order


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("largest", [0, 1])
@pytest.mark.parametrize("kind", [F, np.float16, INT, np.int64])
@pytest.mark.parametrize(
    ("shape", "k", "axis"), [((12,), 3, -1), ((4, 20), 20, 1), ((10, 3), 4, 0), ((2, 9, 3), 1, -2)]
)
def test_it_is_a_stable_sort(one_node, rng, shape, k, axis, kind, largest, dynamic):
    dynamic = dynamic and k < shape[axis]  # The least shape has one element less.
    x = rng.integers(-9, 10, shape).astype(kind)
    a = settings(k, largest, axis)
    got, where = one_node("TopkLastDim", [x], (kind, INT), dynamic=dynamic, **a)
    want, order = reference(x, k, largest, axis)
    np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(where, order)
    if kind != np.float16:
        inputs = [x, np.array([k])]
        theirs = answer("TopK", inputs, 11, outputs=2, axis=axis, largest=largest)
        np.testing.assert_array_equal(got, theirs)


def test_mistakes_are_named(one_node, rng):
    x = rng.standard_normal((2, 5), F)
    told = one_node.refusal("TopkLastDim", [x], (F, INT), **settings(6, 1, -1))
    assert "attribute k is 6, but axis 1 of the input has 5 elements" in told
    told = one_node.refusal("TopkLastDim", [x], (F, INT), **settings(1, 1, 2))
    assert "attribute axis is 2, but the input has 2 dimensions" in told
