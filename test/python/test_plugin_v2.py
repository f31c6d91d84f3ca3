# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Plugins of the V2DynamicExt family written in Python."""

import gc
import json

import numpy as np
import pytest
import tenon as trt
from workshop import run


class Shift(trt.IPluginV2DynamicExt):
    """Adds a number; its shape grows by nothing."""

    alive = 0

    def __init__(self, by=1.0):
        trt.IPluginV2DynamicExt.__init__(self)
        self.num_outputs = 1
        self.plugin_type = "Shift"
        self.plugin_version = "1"
        self.plugin_namespace = ""
        self.by = by
        self.log = []
        Shift.alive += 1

    def __del__(self):
        Shift.alive -= 1

    def get_output_datatype(self, index, input_types):
        return input_types[index]

    def get_output_dimensions(self, index, inputs, expr_builder):
        shape = trt.DimsExprs(inputs[0])
        shape[0] = expr_builder.operation(
            trt.DimensionOperation.SUM, inputs[0][0], expr_builder.constant(0)
        )
        return shape

    def supports_format_combination(self, pos, in_out, num_inputs):
        assert num_inputs == 1
        return in_out[pos].type == trt.float32 and in_out[pos].format == trt.TensorFormat.LINEAR

    def configure_plugin(self, inp, out):
        self.log.append("configure_plugin")

    def initialize(self):
        self.log.append("initialize")

    def enqueue(self, input_desc, output_desc, inputs, outputs, workspace, stream):
        source = trt.view(inputs[0], input_desc[0].dims, input_desc[0].type)
        trt.view(outputs[0], output_desc[0].dims, output_desc[0].type)[...] = source + self.by
        return 0

    def serialize(self):
        return json.dumps({"by": self.by})

    def clone(self):
        copy = Shift(self.by)
        copy.__dict__.update(self.__dict__)
        return copy


class ShiftCreator(trt.IPluginCreator):
    def __init__(self):
        trt.IPluginCreator.__init__(self)
        self.name = "Shift"
        self.plugin_version = "1"
        self.plugin_namespace = ""
        self.field_names = trt.PluginFieldCollection(
            [trt.PluginField("by", np.array([]), trt.PluginFieldType.FLOAT32)]
        )

    def create_plugin(self, name, field_collection):
        return Shift(float(field_collection[0].data[0]))

    def deserialize_plugin(self, name, serialized_plugin):
        return Shift(json.loads(serialized_plugin)["by"])


@pytest.fixture
def creator():
    made = ShiftCreator()
    assert trt.get_plugin_registry().register_creator(made, "")
    yield made
    assert trt.get_plugin_registry().deregister_creator(made)


def add_shift(workshop, plugin, shape=(2, 3)):
    x = workshop.network.add_input("x", trt.float32, shape)
    layer = workshop.network.add_plugin_v2([x], plugin)
    layer.get_output(0).name = "y"
    workshop.network.mark_output(layer.get_output(0))
    return layer


def test_builds_serializes_and_runs(workshop, creator):
    layer = add_shift(workshop, Shift(0.5))
    assert layer.plugin.by == 0.5
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(run(workshop.engine(), x=x)["y"], x + 0.5)


def test_objects_end_with_their_owners(workshop, creator):
    gc.collect()
    before = Shift.alive
    add_shift(workshop, Shift(2.0))
    x = np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(run(workshop.engine(), x=x)["y"], x + 2)
    workshop.network = workshop.config = workshop.builder = None
    gc.collect()
    assert Shift.alive == before


def test_the_registry_finds_the_creator(creator):
    registry = trt.get_plugin_registry()
    assert registry.get_plugin_creator("Shift", "1", "") is creator
    assert creator in registry.plugin_creator_list
    field = trt.PluginField("by", np.array([3], np.float32), trt.PluginFieldType.FLOAT32)
    plugin = creator.create_plugin("p", trt.PluginFieldCollection([field]))
    assert (plugin.by, plugin.serialization_size) == (3.0, len('{"by": 3.0}'))
