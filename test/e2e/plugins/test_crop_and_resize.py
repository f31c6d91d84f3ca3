# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""CropAndResizeDynamic against bilinear sampling between corner pixels."""

import itertools

import numpy as np
import pytest

F = np.float32
OP = "CropAndResizeDynamic"


def positions(first, last, cells, size):
    if cells == 1:
        return np.array([0.5 * (first + last) * (size - 1)])
    return np.linspace(first * (size - 1), last * (size - 1), cells)


def reference(maps, rois, height, width):
    batch, channels, rows, columns = maps.shape
    out = np.zeros((batch, rois.shape[1], channels, height, width))
    for n, b in np.ndindex(batch, rois.shape[1]):
        y1, x1, y2, x2 = rois[n, b].ravel().astype(np.float64)
        ys, xs = positions(y1, y2, height, rows), positions(x1, x2, width, columns)
        for (i, y), (j, x) in itertools.product(enumerate(ys), enumerate(xs)):
            if 0 <= y <= rows - 1 and 0 <= x <= columns - 1:
                out[n, b, :, i, j] = between(maps[n], y, x)
    return out


def between(maps, y, x):
    top, left = int(np.floor(y)), int(np.floor(x))
    bottom, right = int(np.ceil(y)), int(np.ceil(x))
    upper = maps[:, top, left] * (1 - (x - left)) + maps[:, top, right] * (x - left)
    lower = maps[:, bottom, left] * (1 - (x - left)) + maps[:, bottom, right] * (x - left)
    return upper * (1 - (y - top)) + lower * (y - top)


def tensors(rng, batch, channels, size, count):
    maps = rng.standard_normal((batch, channels, *size), F)
    corner = rng.uniform(-0.15, 0.7, (batch, count, 2))
    extent = rng.uniform(0.05, 0.5, (batch, count, 2))
    return maps, np.concatenate([corner, corner + extent], -1).astype(F)[..., None]


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    ("batch", "channels", "size", "count", "crop"),
    [(1, 3, (12, 10), 5, (4, 3)), (2, 2, (9, 9), 12, (1, 5)), (1, 1, (1, 20), 9, (2, 2))],
)
def test_it_is_the_definition(one_node, rng, batch, channels, size, count, crop, version):
    inputs = tensors(rng, batch, channels, size, count)
    settings = {"crop_height": crop[0], "crop_width": crop[1], "plugin_version": version}
    (got,) = one_node(OP, inputs, (F,), dynamic=version == "2", **settings)
    np.testing.assert_allclose(got, reference(*inputs, *crop), atol=2e-5)


def test_the_whole_map_is_itself(one_node, rng):
    maps = rng.standard_normal((2, 3, 7, 6), F)
    rois = np.tile(np.array([0, 0, 1, 1], F), (2, 1, 1))[..., None]
    (got,) = one_node(OP, [maps, rois], (F,), crop_height=7, crop_width=6)
    np.testing.assert_allclose(got[:, 0], maps, atol=1e-6)


def test_mistakes_are_named(one_node, rng):
    inputs = tensors(rng, 1, 2, (9, 9), 3)
    told = one_node.refusal(OP, inputs, (F,), crop_height=0, crop_width=2)
    assert "attribute crop_height is 0, it must be from 1" in told
    told = one_node.refusal(OP, [inputs[0], inputs[1][:, :, :3]], (F,), crop_height=2, crop_width=2)
    assert "dimension 2 of rois is 3, it must be 4" in told
