# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The EfficientNMS plugins against suppression written with sets, and against ONNX's operator."""

import numpy as np
import pytest
from onnx_answer import answer

F, INT = np.float32, np.int32
FOUR = (INT, F, F, INT)


def boxes_and_scores(rng, batch, count, classes, per_class=False):
    """Clustered boxes as (x1, y1, x2, y2), corners of either order, and scores without ties."""
    shape = (batch, count, classes, 4) if per_class else (batch, count, 4)
    centre = rng.integers(1, 5, (*shape[:-1], 2)) / 5 + rng.normal(0, 0.03, (*shape[:-1], 2))
    half = rng.uniform(0.05, 0.2, (*shape[:-1], 2))
    boxes = np.concatenate([centre - half, centre + half], -1).astype(F)
    flip = rng.random(shape[:-1]) < 0.2
    boxes[flip] = boxes[flip][:, [2, 3, 0, 1]]
    scores = rng.permutation(batch * count * classes).reshape(batch, count, classes)
    return boxes, (scores.astype(F) + 0.5) / scores.size


def iou(a, b):
    low, high = np.minimum(a[:2], a[2:]), np.maximum(a[:2], a[2:])
    low_b, high_b = np.minimum(b[:2], b[2:]), np.maximum(b[:2], b[2:])
    common = np.prod(np.clip(np.minimum(high, high_b) - np.maximum(low, low_b), 0, None))
    union = np.prod(high - low) + np.prod(high_b - low_b) - common
    return common / union if common > 0 else 0.0


def corners(box, coding):
    box = box.astype(np.float64)
    if coding == 0:
        return box
    return np.concatenate([box[:2] - box[2:] / 2, box[:2] + box[2:] / 2])


def chosen(
    boxes, scores, score, overlap, most, per_class=None, background=-1, agnostic=False, coding=0
):
    """The kept (class, anchor) of one image, best first."""
    order = sorted(
        (s, c, a) for (a, c), s in np.ndenumerate(scores) if s >= score and c != background
    )[::-1]
    kept, given, count = [], [], {}
    for _, c, a in order:
        box = corners(boxes[a] if boxes.ndim == 2 else boxes[a, c % boxes.shape[1]], coding)
        if any((agnostic or c == k) and iou(box, b) >= overlap for k, b in kept):
            continue
        kept.append((c, box))
        count[c] = count.get(c, 0) + 1
        if per_class is None or count[c] <= per_class:
            given.append((c, a, box))
        if len(given) == most:
            break
    return given


def expected(boxes, scores, most, clip=False, activate=lambda s: s, **rules):
    batch = len(boxes)
    out = [np.zeros((batch, 1), INT), np.zeros((batch, most, 4)), np.zeros((batch, most))]
    out.append(np.zeros((batch, most), INT))
    for n in range(batch):
        found = chosen(boxes[n], activate(scores[n]), most=most, **rules)
        out[0][n] = len(found)
        for i, (c, a, box) in enumerate(found):
            out[1][n, i] = np.clip(box, 0, 1) if clip else box
            out[2][n, i] = activate(scores[n, a, c])
            out[3][n, i] = c
    return out


def same(got, want, tolerance=1e-5):
    for one, other in zip(got, want, strict=True):
        np.testing.assert_allclose(one, other, atol=tolerance, rtol=0)


def attributes(score=0.3, overlap=0.5, most=10, **others):
    return {
        "score_threshold": score,
        "iou_threshold": overlap,
        "max_output_boxes": most,
        "background_class": others.get("background", -1),
        "score_activation": 0,
        "box_coding": others.get("coding", 0),
        "class_agnostic": int(others.get("agnostic", False)),
    }


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize(
    ("batch", "count", "classes", "rules"),
    [
        (1, 40, 3, {}),
        (3, 25, 1, {"overlap": 0.2}),
        (2, 30, 4, {"agnostic": True}),
        (2, 30, 4, {"background": 2}),
        (1, 60, 2, {"score": 0.0, "most": 200}),
        (2, 20, 3, {"score": 1.5}),
    ],
)
def test_boxes_shared_by_all_classes(one_node, rng, batch, count, classes, rules, dynamic):
    boxes, scores = boxes_and_scores(rng, batch, count, classes)
    rules = {"score": 0.3, "overlap": 0.5, "most": 10, **rules}
    got = one_node(
        "EfficientNMS_TRT", [boxes, scores], FOUR, dynamic=dynamic, **attributes(**rules)
    )
    same(got, expected(boxes, scores, **rules))


def test_no_boxes_at_all(one_node, rng):
    boxes, scores = np.zeros((2, 0, 4), F), np.zeros((2, 0, 3), F)
    got = one_node("EfficientNMS_TRT", [boxes, scores], FOUR, **attributes())
    same(got, expected(boxes, scores, 10, score=0.3, overlap=0.5))


def test_a_box_for_each_class(one_node, rng):
    boxes, scores = boxes_and_scores(rng, 2, 20, 3, per_class=True)
    got = one_node("EfficientNMS_TRT", [boxes, scores], FOUR, **attributes())
    same(got, expected(boxes, scores, 10, score=0.3, overlap=0.5))


def test_centres_and_sizes(one_node, rng):
    boxes, scores = boxes_and_scores(rng, 2, 30, 2)
    low, high = (
        np.minimum(boxes[..., :2], boxes[..., 2:]),
        np.maximum(boxes[..., :2], boxes[..., 2:]),
    )
    coded = np.concatenate([(low + high) / 2, high - low], -1)
    got = one_node("EfficientNMS_TRT", [coded, scores], FOUR, **attributes(coding=1))
    same(got, expected(coded, scores, 10, score=0.3, overlap=0.5, coding=1))


def test_scores_before_the_sigmoid(one_node, rng):
    boxes, scores = boxes_and_scores(rng, 2, 30, 2)
    logits = np.log(scores / (1 - scores))
    settings = {**attributes(), "score_activation": 1}
    got = one_node("EfficientNMS_TRT", [boxes, logits], FOUR, **settings)
    same(got, expected(boxes, scores, 10, score=0.3, overlap=0.5))


@pytest.mark.parametrize("coding", [0, 1])
@pytest.mark.parametrize("anchor_batch", [1, 2])
def test_corrections_of_anchors(one_node, rng, coding, anchor_batch):
    centre = rng.uniform(0.2, 0.8, (anchor_batch, 30, 2))
    size = rng.uniform(0.1, 0.3, (anchor_batch, 30, 2))
    change = rng.normal(0, 0.1, (2, 30, 4))
    _, scores = boxes_and_scores(rng, 2, 30, 2)
    if coding == 1:
        anchors = np.concatenate([centre, size], -1)
        decoded = np.concatenate(
            [change[..., :2] * size + centre, np.exp(change[..., 2:]) * size], -1
        )
    else:
        anchors = np.concatenate([centre - size / 2, centre + size / 2], -1)
        change[..., 2:] += 0.5
        decoded = change + anchors
    inputs = [change.astype(F), scores, anchors.astype(F)]
    got = one_node("EfficientNMS_TRT", inputs, FOUR, **attributes(coding=coding))
    same(got, expected(decoded, scores, 10, score=0.3, overlap=0.5, coding=coding))


def test_float16(one_node, rng):
    boxes, scores = boxes_and_scores(rng, 1, 20, 2)
    boxes, scores = boxes.astype(np.float16), scores.astype(np.float16)
    kinds = (INT, np.float16, np.float16, INT)
    got = one_node("EfficientNMS_TRT", [boxes, scores], kinds, **attributes())
    same(got, expected(boxes, scores, 10, score=0.3, overlap=0.5))


@pytest.mark.parametrize("clip", [0, 1])
@pytest.mark.parametrize(("per_class", "total", "pad"), [(2, 7, 0), (2, 100, 1), (-1, 5, 1)])
def test_the_form_of_tensorflow(one_node, rng, per_class, total, pad, clip):
    boxes, scores = boxes_and_scores(rng, 2, 30, 3)
    boxes += np.float32(0.3)
    settings = {"iou_threshold": 0.4, "score_threshold": 0.1, "pad_per_class": pad}
    settings |= {
        "max_output_size_per_class": per_class,
        "max_total_size": total,
        "clip_boxes": clip,
    }
    got = one_node("EfficientNMS_Explicit_TF_TRT", [boxes, scores], FOUR, **settings)
    most = min(total, per_class * 3) if pad and per_class > 0 else total
    limit = per_class if per_class > 0 else None
    rules = {"score": 0.1, "overlap": 0.4, "per_class": limit}
    same(got, expected(boxes, scores, most, clip=bool(clip), **rules))


@pytest.mark.parametrize("per_class_boxes", [False, True])
def test_the_form_of_tensorflow_for_one_image(one_node, rng, per_class_boxes):
    boxes, scores = boxes_and_scores(rng, 1, 30, 3, per_class_boxes)
    settings = {"iou_threshold": 0.4, "score_threshold": 0.1, "pad_per_class": 1}
    settings |= {"max_output_size_per_class": 2, "max_total_size": 100, "clip_boxes": 1}
    got = one_node("EfficientNMS_Implicit_TF_TRT", [boxes[0], scores[0]], FOUR, **settings)
    want = expected(boxes, scores, 6, clip=True, score=0.1, overlap=0.4, per_class=2)
    assert got[0].shape == ()
    same(got, [w[0] if i else w[0, 0] for i, w in enumerate(want)])


@pytest.mark.parametrize("center", [0, 1])
def test_the_form_of_onnx(one_node, rng, center):
    boxes, scores = boxes_and_scores(rng, 2, 30, 1)
    if center:
        low, high = boxes[..., :2], boxes[..., 2:]
        boxes = np.concatenate([(low + high) / 2, abs(high - low)], -1)
    settings = {"score_threshold": 0.2, "iou_threshold": 0.4, "center_point_box": center}
    settings["max_output_boxes_per_class"] = 25
    (got,) = one_node("EfficientNMS_ONNX_TRT", [boxes, scores], (INT,), **settings)
    limits = [np.array([25]), F([0.4]), F([0.2])]
    inputs = [boxes, scores.transpose(0, 2, 1), *limits]
    want = answer("NonMaxSuppression", inputs, 11, center_point_box=center)
    assert got.shape == (50, 3)
    assert len(want) < 50
    np.testing.assert_array_equal(got[: len(want)], want)
    assert (got[len(want) :] == want[-1]).all()


def test_no_box_in_the_form_of_onnx(one_node, rng):
    boxes, scores = boxes_and_scores(rng, 1, 12, 2)
    settings = {"score_threshold": 2.0, "max_output_boxes_per_class": 3}
    (got,) = one_node("EfficientNMS_ONNX_TRT", [boxes, scores], (INT,), **settings)
    assert (got == -1).all()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"score_threshold": -0.5}, "attribute score_threshold is -0.5, it must be at least 0"),
        ({"iou_threshold": 0.0}, "attribute iou_threshold is 0, it must be above 0"),
        ({"box_coding": 2}, "attribute box_coding is 2, it must be from 0 to 1"),
        ({"max_output_boxes": 1.5}, "attribute max_output_boxes must be of integers"),
        ({"background_class": None}, "attribute background_class is missing"),
    ],
)
def test_a_wrong_attribute_is_named(one_node, rng, change, says):
    settings = {k: v for k, v in (attributes() | change).items() if v is not None}
    told = one_node.refusal("EfficientNMS_TRT", boxes_and_scores(rng, 1, 12, 2), FOUR, **settings)
    assert says in told


def test_shapes_that_do_not_fit_are_named(one_node, rng):
    boxes, scores = boxes_and_scores(rng, 1, 12, 2)
    told = one_node.refusal("EfficientNMS_TRT", [boxes[0], scores], FOUR, **attributes())
    assert "input 0 (boxes) has 2 dimensions, it must have 3 or 4" in told
    told = one_node.refusal("EfficientNMS_TRT", [boxes[:, :11], scores], FOUR, **attributes())
    assert "dimension 1 of scores is 12, it must be 11" in told
