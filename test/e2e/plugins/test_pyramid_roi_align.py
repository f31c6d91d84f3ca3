# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""PyramidROIAlign_TRT against its definition in float64, and against ONNX's RoiAlign."""

import numpy as np
import pytest
from onnx_answer import answer

F = np.float32
OP = "PyramidROIAlign_TRT"
IMAGE = (128, 96)


def pyramid(rng, batch=2, channels=3):
    sizes = [(IMAGE[0] >> level, IMAGE[1] >> level) for level in (2, 3, 4, 5)]
    return [rng.standard_normal((batch, channels, *size), F) for size in sizes]


def regions(rng, batch=2, count=12):
    """Corners in pixels, of all sizes, some of them outside; in either order."""
    centre = rng.uniform(0, 1, (batch, count, 2)) * [IMAGE[1], IMAGE[0]]
    half = 2.0 ** rng.uniform(0, 6, (batch, count, 2))
    boxes = np.concatenate([centre - half, centre + half], -1)
    boxes[:, ::3] = boxes[:, ::3][..., [2, 3, 0, 1]]
    return boxes.astype(F)


def settings(**changes):
    defaults = {"fpn_scale": 32, "pooled_size": 4, "image_size": list(IMAGE)}
    return {**defaults, "sampling_ratio": 2, "roi_coords_transform": 2, **changes}


def level_of(y1, x1, y2, x2, a):
    """Of a region in parts of the image."""
    extra = a.get("roi_coords_plusone", 0)
    height, width = a["image_size"]
    area = (y2 - y1 + extra / height) * (x2 - x1 + extra / width)
    first = a["fpn_scale"] ** 2 / (height * width) / 4
    return sum(area > first * 4**i for i in range(3))


def line(first, last, size, a):
    """The places of the samples along one axis: [cells, samples]."""
    kind, cells = a["roi_coords_transform"], a["pooled_size"]
    extent = size - 1 if kind == -1 else size
    shift = 0.5 if kind == 2 else 0.0
    start, end = first * extent - shift, last * extent - shift
    step = (end - start) / (cells - 1 if kind == -1 else cells)
    count = a["sampling_ratio"] or max(1, int(np.ceil((end - start) / cells)))
    inner = (np.arange(count) + (0.5 if kind > 0 else 0.0)) / count
    return np.clip(start + step * (np.arange(cells)[:, None] + inner), 0, size - 1)


def sampled(image, ys, xs):
    """Bilinear samples of [channels, height, width] at all pairs of places."""
    y0, x0 = ys.astype(int), xs.astype(int)
    y1, x1 = np.minimum(y0 + 1, image.shape[1] - 1), np.minimum(x0 + 1, image.shape[2] - 1)
    v, u = (ys - y0)[:, None], xs - x0
    top = image[:, y0][..., x0] * (1 - u) + image[:, y0][..., x1] * u
    bottom = image[:, y1][..., x0] * (1 - u) + image[:, y1][..., x1] * u
    return top * (1 - v) + bottom * v


def expected(boxes, maps, a):
    cells, channels = a["pooled_size"], maps[0].shape[1]
    out = np.zeros((*boxes.shape[:2], channels, cells, cells))
    limits = a["image_size"][::-1] if a.get("roi_coords_absolute", 1) else (1, 1)
    for n, r in np.ndindex(boxes.shape[:2]):
        corners = boxes[n, r].astype(np.float64)
        if a.get("roi_coords_swap", 0):
            corners = corners[[1, 0, 3, 2]]
        low, high = np.minimum(corners[:2], corners[2:]), np.maximum(corners[:2], corners[2:])
        (x1, y1), (x2, y2) = (np.clip(c, 0, limits) / limits for c in (low, high))
        image = maps[level_of(y1, x1, y2, x2, a)][n].astype(np.float64)
        ys, xs = line(y1, y2, image.shape[1], a), line(x1, x2, image.shape[2], a)
        values = sampled(image, ys.ravel(), xs.ravel())
        grid = values.reshape(channels, *ys.shape, *xs.shape)
        out[n, r] = grid.mean((2, 4))
    return out


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("transform", [-1, 0, 1, 2])
@pytest.mark.parametrize("ratio", [0, 2])
def test_every_way_to_place_samples(one_node, rng, transform, ratio, dynamic):
    a = settings(roi_coords_transform=transform, sampling_ratio=ratio)
    boxes, maps = regions(rng), pyramid(rng)
    (got,) = one_node(OP, [boxes, *maps], (F,), dynamic=dynamic, **a)
    np.testing.assert_allclose(got, expected(boxes, maps, a), atol=2e-4)


@pytest.mark.parametrize("changes", [{"roi_coords_plusone": 1}, {"roi_coords_swap": 1}])
def test_other_corners(one_node, rng, changes):
    a = settings(pooled_size=3, **changes)
    boxes, maps = regions(rng), pyramid(rng)
    (got,) = one_node(OP, [boxes, *maps], (F,), **a)
    np.testing.assert_allclose(got, expected(boxes, maps, a), atol=2e-4)


def test_corners_in_parts_of_the_image(one_node, rng):
    a = settings(roi_coords_absolute=0)
    boxes, maps = (regions(rng) / [*IMAGE[::-1], *IMAGE[::-1]]).astype(F), pyramid(rng)
    (got,) = one_node(OP, [boxes, *maps], (F,), **a)
    np.testing.assert_allclose(got, expected(boxes, maps, a), atol=2e-4)


def test_the_legacy_form(one_node, rng):
    """Its scale is 224 / √2 in an image of 1024 by 1024, whatever the image."""
    boxes = (regions(rng) / [*IMAGE[::-1], *IMAGE[::-1]])[..., [1, 0, 3, 2]].astype(F)
    maps = pyramid(rng)
    (got,) = one_node(OP, [boxes, *maps], (F,), pooled_size=4, legacy=1)
    told = {"image_size": [1024, 1024], "fpn_scale": 224 / 2**0.5, "roi_coords_transform": -1}
    told |= {"roi_coords_absolute": 0, "roi_coords_swap": 1, "sampling_ratio": 1}
    want = expected(boxes, maps, {**told, "pooled_size": 4})
    np.testing.assert_allclose(got, want, atol=2e-4)


def test_one_map_is_the_operator_of_onnx(one_node, rng):
    """Where all regions are small and inside, each sample is RoiAlign's of the first map."""
    maps = pyramid(rng, batch=1)
    corner = rng.uniform(8, 60, (1, 6, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(4, 14, (1, 6, 2))], -1).astype(F)
    (got,) = one_node(OP, [boxes, *maps], (F,), **settings())
    nodes = {"output_height": 4, "output_width": 4, "sampling_ratio": 2, "spatial_scale": 0.25}
    theirs = answer(
        "RoiAlign",
        [maps[0], boxes[0], np.zeros(6, np.int64)],
        16,
        coordinate_transformation_mode="half_pixel",
        **nodes,
    )
    np.testing.assert_allclose(got[0], theirs, atol=2e-5)


def test_mistakes_are_named(one_node, rng):
    boxes, maps = regions(rng), pyramid(rng)
    told = one_node.refusal(OP, [boxes, *maps], (F,), **settings(image_size=[3, 4, 5]))
    assert "attribute image_size has 3 values, it must have two" in told
    told = one_node.refusal(OP, [boxes, *maps], (F,), **settings(pooled_size=1, legacy=1))
    assert "attribute pooled_size is 1, it must be at least 2" in told
    told = one_node.refusal(OP, [boxes, *maps[:3]], (F,), **settings())
    assert "has 4 inputs, it must have 5" in told
    maps[2] = maps[2][:, :2]
    told = one_node.refusal(OP, [boxes, *maps], (F,), **settings())
    assert "dimension 1 of a feature_map is 2, it must be 3" in told
