# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""PillarScatterPlugin against assignment by index."""

import numpy as np
import pytest

F = np.float32
OP = "PillarScatterPlugin"


def tensors(rng, frames, pillars, channels, height, width, valid, kind=F):
    features = rng.standard_normal((frames, pillars, channels)).astype(kind)
    coords = np.zeros((frames, pillars, 4), np.int32)
    for n in range(frames):
        cells = rng.permutation(height * width)[:pillars]
        coords[n, :, 0], coords[n, :, 2], coords[n, :, 3] = n, cells // width, cells % width
    return [features, coords, np.array(valid, np.int32)]


def reference(features, coords, valid, height, width):
    out = np.zeros((len(features), features.shape[2], height, width), features.dtype)
    for n, count in enumerate(valid):
        y, x = coords[n, :count, 2], coords[n, :count, 3]
        out[n][:, y, x] = features[n, :count].T
    return out


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("kind", [F, np.float16])
@pytest.mark.parametrize(
    ("frames", "pillars", "channels", "size", "valid"),
    [(1, 20, 6, (9, 7), [13]), (3, 12, 4, (5, 8), [12, 0, 5]), (2, 10, 64, (4, 4), [10, 10])],
)
def test_only_valid_pillars_are_put(
    one_node, rng, frames, pillars, channels, size, valid, kind, dynamic
):
    inputs = tensors(rng, frames, pillars, channels, *size, valid, kind)
    (got,) = one_node(OP, inputs, (kind,), dynamic=dynamic, dense_shape=list(size))
    np.testing.assert_array_equal(got, reference(*inputs, *size))


def test_mistakes_are_named(one_node, rng):
    inputs = tensors(rng, 1, 5, 3, 4, 4, [5])
    told = one_node.refusal(OP, inputs, (F,), dense_shape=[4])
    assert "attribute dense_shape has 1 values, it must have 2" in told
    inputs[1][0, 3] = [0, 0, 2, 9]
    told = one_node.refusal(OP, inputs, (F,), dense_shape=[4, 4])
    assert "pillar 3 of frame 0 lies at y = 2, x = 9, outside dense_shape" in told
