# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Shipped plugins as programs of TensorRT's older interface use them: V2 creators and plugins."""

import json
import sys

import numpy as np
import pytest
import served
from test_efficient_nms import attributes, boxes_and_scores, expected, same

sys.path.insert(0, str(served.ROOT / "test" / "python"))
from workshop import Heard, Workshop, run
from workshop import tenon as trt

F = np.float32


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def registry(heard):
    assert trt.init_libnvinfer_plugins(heard, "")
    return trt.get_plugin_registry()


@pytest.fixture
def workshop(heard):
    return Workshop(heard)


def collection(settings):
    """The attributes as fields: int32 and float32, as scripts give them."""
    kinds = {int: (np.int32, trt.PluginFieldType.INT32), float: (F, trt.PluginFieldType.FLOAT32)}
    fields = []
    for name, value in settings.items():
        dtype, kind = kinds[type(value)]
        fields.append(trt.PluginField(name, np.array([value], dtype), kind))
    return trt.PluginFieldCollection(fields)


def suppression(registry, workshop, boxes, scores, settings):
    """A network of one EfficientNMS_TRT, any number of boxes."""
    creator = registry.get_plugin_creator("EfficientNMS_TRT", "1", "")
    plugin = creator.create_plugin("nms", collection(settings))
    free = [workshop.network.add_input("boxes", trt.float32, (-1, -1, 4))]
    free.append(workshop.network.add_input("scores", trt.float32, (-1, -1, scores.shape[2])))
    profile = workshop.builder.create_optimization_profile()
    for tensor, array in zip(free, (boxes, scores), strict=True):
        batch, count, row = array.shape
        profile.set_shape(tensor.name, (1, 1, row), array.shape, (2 * batch, 2 * count, row))
    workshop.config.add_optimization_profile(profile)
    layer = workshop.network.add_plugin_v2(free, plugin)
    assert layer.type == trt.LayerType.PLUGIN_V2
    for i, name in enumerate(("number", "boxes_kept", "scores_kept", "classes_kept")):
        layer.get_output(i).name = name
        workshop.network.mark_output(layer.get_output(i))
    return layer


def kept(answers):
    return [answers[n] for n in ("number", "boxes_kept", "scores_kept", "classes_kept")]


def test_the_old_lists_show_what_is_v2(registry):
    names = [(creator.name, creator.plugin_version) for creator in registry.plugin_creator_list]
    assert ("EfficientNMS_TRT", "1") in names
    assert ("ROIAlign_TRT", "1") in names
    assert ("ROIAlign_TRT", "2") not in names
    creator = registry.get_plugin_creator("EfficientNMS_TRT", "1", "")
    assert isinstance(creator, trt.IPluginCreator)
    assert "iou_threshold" in [field.name for field in creator.field_names]
    assert creator.plugin_namespace == ""
    assert isinstance(registry.get_creator("EfficientNMS_TRT", "1", ""), trt.IPluginCreator)
    assert registry.get_plugin_creator("ROIAlign_TRT", "2", "") is None
    assert isinstance(registry.get_creator("ROIAlign_TRT", "2", ""), trt.IPluginCreatorV3One)


def test_suppression_at_every_size_of_one_engine(registry, workshop, rng, tmp_path):
    boxes, scores = boxes_and_scores(rng, 2, 30, 3)
    layer = suppression(registry, workshop, boxes, scores, attributes())
    assert tuple(layer.get_output(1).shape) == (-1, 10, 4)
    assert (layer.plugin.plugin_type, layer.plugin.plugin_version) == ("EfficientNMS_TRT", "1")
    plan = workshop.build()
    engine = workshop.load(plan)
    rules = {"score": 0.3, "overlap": 0.5}
    for batch, count in ((2, 30), (1, 1), (4, 60), (2, 30)):
        some, likely = boxes_and_scores(rng, batch, count, 3)
        answers = run(engine, boxes=some, scores=likely)
        same(kept(answers), expected(some, likely, 10, **rules))

    (tmp_path / "nms.engine").write_bytes(bytes(plan))
    boxes.tofile(tmp_path / "boxes.raw")
    scores.tofile(tmp_path / "scores.raw")
    ran = served.trtexec(
        f"--loadEngine={tmp_path}/nms.engine",
        f"--loadInputs=boxes:{tmp_path}/boxes.raw,scores:{tmp_path}/scores.raw",
        "--shapes=boxes:2x30x4,scores:2x30x3",
        f"--exportOutput={tmp_path}/kept.json",
        "--iterations=1",
    )
    assert ran.returncode == 0, ran.stdout
    values = {
        one["name"]: one["values"] for one in json.loads((tmp_path / "kept.json").read_text())
    }
    want = expected(boxes, scores, 10, **rules)
    same([np.reshape(values[n], w.shape) for n, w in zip(values, want, strict=True)], want)


def test_a_plugin_comes_back_from_its_bytes(registry, workshop, rng):
    boxes, scores = boxes_and_scores(rng, 1, 20, 2)
    creator = registry.get_plugin_creator("EfficientNMS_TRT", "1", "")
    first = creator.create_plugin("nms", collection(attributes(most=4)))
    bytes_ = bytes(first.serialize())
    second = creator.deserialize_plugin("nms", bytes_)
    assert bytes(second.serialize()) == bytes_
    tensors = [
        workshop.network.add_input(n, trt.float32, v.shape)
        for n, v in (("boxes", boxes), ("scores", scores))
    ]
    layer = workshop.network.add_plugin_v2(tensors, second.clone())
    for i in range(4):
        layer.get_output(i).name = str(i)
        workshop.network.mark_output(layer.get_output(i))
    answers = run(workshop.engine(), boxes=boxes, scores=scores)
    want = expected(boxes, scores, 4, score=0.3, overlap=0.5)
    same([answers[str(i)] for i in range(4)], want)


@pytest.mark.parametrize(
    ("shapes", "why"),
    [
        ([(trt.int32, (1, 5, 4)), (trt.float32, (1, 5, 2))], "input 0 must be float32 or float16"),
        ([(trt.float32, (1, 5, 4))], "has 1 inputs, it must have 2 to 3"),
        ([(trt.float32, (1, 5, 4)), (trt.float32, (5, 2))], r"(scores) has 2 dimensions"),
    ],
)
def test_inputs_that_no_layer_may_have(registry, workshop, heard, shapes, why):
    creator = registry.get_plugin_creator("EfficientNMS_TRT", "1", "")
    plugin = creator.create_plugin("nms", collection(attributes()))
    inputs = [workshop.network.add_input(f"x{i}", *s) for i, s in enumerate(shapes)]
    with pytest.raises(RuntimeError, match="add_plugin_v2"):
        workshop.network.add_plugin_v2(inputs, plugin)
    assert f"EfficientNMS_TRT version 1: {why}" in heard.text() or why in heard.text()


def test_extents_that_do_not_go_together(registry, workshop, heard, rng):
    boxes, scores = boxes_and_scores(rng, 2, 30, 3)
    suppression(registry, workshop, boxes, scores, attributes())
    engine = workshop.engine()
    with pytest.raises(AssertionError):
        run(engine, boxes=boxes[:, :20], scores=scores)
    assert "EfficientNMS_TRT version 1: dimension 1 of scores is 30, it must be 20" in heard.text()


def test_attributes_that_are_wrong(registry, heard):
    creator = registry.get_plugin_creator("EfficientNMS_TRT", "1", "")
    assert creator.create_plugin("nms", collection({**attributes(), "box_coding": 2})) is None
    assert '(layer "nms"): attribute box_coding is 2, it must be from 0 to 1' in heard.text()
    assert creator.deserialize_plugin("nms", b"no such bytes") is None
    assert "13 bytes are not what such a plugin serialized" in heard.text()
