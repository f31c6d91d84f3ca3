# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""BatchedNMSDynamic_TRT and BatchedNMS_TRT against suppression class by class."""

import numpy as np
import pytest

F, INT = np.float32, np.int32
OUTPUTS = (INT, F, F, F)


def tensors(rng, batch, count, classes, shared, scale=1.0):
    shape = (batch, count, 1 if shared else classes)
    centre = rng.integers(1, 5, (*shape, 2)) / 5 + rng.normal(0, 0.03, (*shape, 2))
    half = rng.uniform(0.05, 0.3, (*shape, 2))
    boxes = np.concatenate([centre - half, centre + half], -1) * scale
    scores = rng.permutation(batch * count * classes).reshape(batch, count, classes)
    return boxes.astype(F), (scores.astype(F) + 0.5) / scores.size


def overlap(a, b, pixel):
    sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    if (sides < 0).any():
        return 0.0
    common = np.prod(sides + pixel)
    return common / (np.prod(a[2:] - a[:2] + pixel) + np.prod(b[2:] - b[:2] + pixel) - common)


def one_class(boxes, scores, top, score, iou, pixel):
    kept = []
    order = [i for i in np.argsort(-scores) if scores[i] > score][:top]
    for i in order:
        if all(overlap(boxes[i], boxes[k], pixel) <= iou for k in kept):
            kept.append(i)
    return kept


def reference(boxes, scores, a):
    batch, keep = len(boxes), a["keepTopK"]
    pixel = 1.0 if not a.get("isNormalized", 1) and a.get("caffeSemantics", 1) else 0.0
    out = [np.zeros((batch, 1)), np.zeros((batch, keep, 4)), np.zeros((batch, keep))]
    out.append(np.full((batch, keep), -1.0))
    for n in range(batch):
        found = []
        for c in range(a["numClasses"]):
            if c == a["backgroundLabelId"]:
                continue
            own = boxes[n, :, 0 if a["shareLocation"] else c].astype(float)
            limits = (a["topK"], a["scoreThreshold"], a["iouThreshold"], pixel)
            found += [
                (scores[n, i, c], c, own[i]) for i in one_class(own, scores[n, :, c], *limits)
            ]
        found.sort(key=lambda f: -f[0])
        out[0][n] = min(len(found), keep)
        for i, (score, c, box) in enumerate(found[:keep]):
            clip = a.get("isNormalized", 1) and a.get("clipBoxes", 1)
            out[1][n, i] = np.clip(box, 0, 1) if clip else box
            out[2][n, i], out[3][n, i] = score, c
    return out


def attributes(classes, **changes):
    return {
        "shareLocation": 1,
        "backgroundLabelId": -1,
        "numClasses": classes,
        "topK": 30,
        "keepTopK": 12,
        "scoreThreshold": 0.2,
        "iouThreshold": 0.5,
        **changes,
    }


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize(
    ("batch", "count", "classes", "changes"),
    [
        (1, 40, 3, {}),
        (3, 25, 2, {"shareLocation": 0}),
        (2, 30, 3, {"backgroundLabelId": 0, "keepTopK": 30}),
        (1, 60, 2, {"topK": 6, "keepTopK": 6, "scoreThreshold": 0.0}),
        (2, 20, 2, {"clipBoxes": 0, "iouThreshold": 0.1}),
        (1, 20, 2, {"scoreThreshold": 2.0}),
    ],
)
def test_normalized_boxes(one_node, rng, batch, count, classes, changes, dynamic):
    a = attributes(classes, **changes)
    inputs = tensors(rng, batch, count, classes, a["shareLocation"])
    got = one_node("BatchedNMSDynamic_TRT", inputs, OUTPUTS, dynamic=dynamic, **a)
    for one, other in zip(got, reference(*inputs, a), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("shared", [0, 1])
def test_the_form_with_one_number_an_image(one_node, rng, shared, dynamic):
    a = attributes(3, shareLocation=shared)
    boxes, scores = tensors(rng, 2, 30, 3, shared)
    got = one_node("BatchedNMS_TRT", [boxes, scores[..., None]], OUTPUTS, dynamic=dynamic, **a)
    number, *others = reference(boxes, scores, a)
    np.testing.assert_array_equal(got[0], number[:, 0])
    for one, other in zip(got[1:], others, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("caffe", [0, 1])
def test_boxes_in_pixels(one_node, rng, caffe):
    a = attributes(2, isNormalized=0, caffeSemantics=caffe, iouThreshold=0.3)
    inputs = tensors(rng, 2, 30, 2, True, scale=12.0)
    got = one_node("BatchedNMSDynamic_TRT", inputs, OUTPUTS, **a)
    for one, other in zip(got, reference(*inputs, a), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_mistakes_are_named(one_node, rng):
    inputs = tensors(rng, 1, 20, 2, True)
    a = attributes(2, topK=5)
    told = one_node.refusal("BatchedNMSDynamic_TRT", inputs, OUTPUTS, **a)
    assert "attribute keepTopK is 12, it must be at most topK, which is 5" in told
    told = one_node.refusal("BatchedNMSDynamic_TRT", inputs, OUTPUTS, **attributes(3))
    assert "dimension 2 of scores is 2, it must be 3" in told
