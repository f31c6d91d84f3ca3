# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""ROIAlign_TRT against its definition sample by sample, and against ONNX Runtime's RoiAlign."""

import itertools
import math

import numpy as np
import pytest
from onnx_answer import answer

F = np.float32


def sample(plane, y, x, average):
    height, width = plane.shape
    if not (-1 <= y <= height and -1 <= x <= width):
        return 0.0
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    parts = []
    for row, column in itertools.product(
        {math.floor(y), math.ceil(y)}, {math.floor(x), math.ceil(x)}
    ):
        parts.append((1 - abs(y - row)) * (1 - abs(x - column)) * plane[row, column])
    # Neighbours beyond the border, or of weight zero, still count for a maximum.
    return sum(parts) if average else max([*parts, 0.0] if len(parts) < 4 else parts)


def reference(x, rois, images, shift, average, size, ratio, scale):
    out = np.zeros((len(rois), x.shape[1], *size))
    for r, (roi, image) in enumerate(zip(rois, images, strict=True)):
        start = roi[[1, 0]].astype(float) * scale - (0.5 if shift else 0)
        length = roi[[3, 2]].astype(float) * scale - (0.5 if shift else 0) - start
        if not shift:
            length = np.maximum(length, 1)
        cell = length / size
        count = [ratio or max(0, math.ceil(c)) for c in cell]
        for c, i, j in np.ndindex(out.shape[1:]):
            at = [
                [start[k] + cell[k] * (p + (s + 0.5) / count[k]) for s in range(count[k])]
                for k, p in ((0, i), (1, j))
            ]
            values = [sample(x[image, c], y, z, average) for y in at[0] for z in at[1]]
            if values:
                out[r, c, i, j] = np.mean(values) if average else max(values)
    return out


def regions(rng, count, batch, extent):
    corner = rng.uniform(-3, extent, (count, 2))
    size = rng.uniform(0.5, extent, (count, 2))
    images = rng.integers(0, batch, count)
    return np.concatenate([corner, corner + size], 1).astype(F), images


CASES = [
    ((2, 3, 12, 10), 10, {}),
    ((1, 2, 9, 9), 5, {"output_height": 3, "output_width": 2}),
    ((3, 1, 16, 12), 9, {"output_height": 2, "output_width": 4, "sampling_ratio": 2}),
    ((1, 2, 9, 9), 5, {"coordinate_transformation_mode": 0, "output_height": 3, "output_width": 3}),
    ((2, 2, 20, 20), 9, {"spatial_scale": 0.25, "output_height": 2, "output_width": 2}),
]


def settings(attributes):
    return {
        "coordinate_transformation_mode": 1,
        "mode": 1,
        "output_height": 1,
        "output_width": 1,
        "sampling_ratio": 0,
        "spatial_scale": 1.0,
        **attributes,
    }


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(("shape", "count", "attributes"), CASES)
def test_average(one_node, rng, shape, count, attributes, version):
    a = settings(attributes)
    x = rng.standard_normal(shape, F)
    rois, images = regions(rng, count, shape[0], 10 / a["spatial_scale"])
    inputs = [x, rois, images.astype(np.int32)]
    dynamic = version == "2"
    (got,) = one_node("ROIAlign_TRT", inputs, (F,), dynamic=dynamic, plugin_version=version, **a)
    size = (a["output_height"], a["output_width"])
    names = ("coordinate_transformation_mode", "mode")
    want = reference(
        x, rois, images, *(a[n] for n in names), size, a["sampling_ratio"], a["spatial_scale"]
    )
    np.testing.assert_allclose(got, want, atol=2e-5)
    mode = "half_pixel" if a["coordinate_transformation_mode"] else "output_half_pixel"
    shared = {k: v for k, v in a.items() if k not in names}
    theirs = answer(
        "RoiAlign", [x, rois, images], 16, mode="avg", coordinate_transformation_mode=mode, **shared
    )
    np.testing.assert_allclose(got, theirs, atol=2e-5)


def test_maximum(one_node, rng):
    x = np.abs(rng.standard_normal((2, 2, 12, 12), F))
    rois, images = regions(rng, 9, 2, 8)
    a = settings({"mode": 0, "output_height": 2, "output_width": 2, "sampling_ratio": 2})
    (got,) = one_node("ROIAlign_TRT", [x, rois, images], (F,), plugin_version="2", **a)
    want = reference(x, rois, images, True, False, (2, 2), 2, 1.0)
    np.testing.assert_allclose(got, want, atol=2e-5)


def test_float16(one_node, rng):
    x = rng.standard_normal((1, 2, 9, 9)).astype(np.float16)
    rois, images = regions(rng, 4, 1, 8)
    rois = rois.astype(np.float16)
    a = settings({"output_height": 2, "output_width": 2, "sampling_ratio": 2})
    (got,) = one_node("ROIAlign_TRT", [x, rois, images], (np.float16,), **a)
    want = reference(x.astype(float), rois, images, True, True, (2, 2), 2, 1.0)
    np.testing.assert_allclose(got, want, atol=2e-3)


def test_no_regions(one_node, rng):
    rois, images = regions(rng, 0, 1, 8)
    x = rng.standard_normal((1, 2, 9, 9), F)
    (got,) = one_node("ROIAlign_TRT", [x, rois, images], (F,), **settings({}))
    assert got.shape == (0, 2, 1, 1)


def test_an_image_that_is_not_there_is_named(one_node, rng):
    rois, images = regions(rng, 4, 1, 8)
    images[2] = 5
    x = rng.standard_normal((1, 2, 9, 9), F)
    told = one_node.refusal("ROIAlign_TRT", [x, rois, images], (F,), **settings({}))
    assert "batch_indices[2] is 5, but X has 1 images" in told


def test_a_wrong_attribute_is_named(one_node, rng):
    rois, images = regions(rng, 4, 1, 8)
    x = rng.standard_normal((1, 2, 9, 9), F)
    a = settings({"spatial_scale": -1.0})
    told = one_node.refusal("ROIAlign_TRT", [x, rois, images], (F,), **a)
    assert "attribute spatial_scale is -1, it must be above 0" in told
