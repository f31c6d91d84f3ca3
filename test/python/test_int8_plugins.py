# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Plugins between conversions: int8 on both sides, and scales wherever a tensor is described."""

import json

import numpy as np
import pytest
import tenon as trt
from scaling_plugin import Scaling
from workshop import Heard, Workshop, run

SHAPE = (2, 3)
X_SCALE, Y_SCALE = 0.125, 0.5
X = np.array([[-3, -1.5, 0], [0.25, 2, 15]], np.float32)
TOLD = {}  # what plugins were told last, by method: types and scales


def tell(where, *descs):
    TOLD[where] = [(desc.type, desc.scale) for desc in descs]


def fits(pos, in_out, takes_int8):
    desc = in_out[pos]
    kinds = (trt.float32, trt.int8) if takes_int8 else (trt.float32,)
    return (
        desc.type in kinds
        and desc.type == in_out[0].type
        and desc.format == trt.TensorFormat.LINEAR
    )


def scale_numbers(factor, given, made, inputs, outputs):
    source = trt.view(inputs[0], tuple(given.dims), given.type)
    result = trt.view(outputs[0], tuple(made.dims), made.type)
    if given.type == trt.float32:
        result[...] = source * factor
        return
    assert given.type == trt.int8 and made.type == trt.int8
    numbers = source.astype(np.float32) * np.float32(given.scale * factor) / np.float32(made.scale)
    result[...] = np.clip(np.rint(numbers), -128, 127)


class ScalingV3(Scaling):
    takes_int8 = True

    def supports_format_combination(self, pos, in_out, num_inputs):
        return fits(pos, [one.desc for one in in_out], self.takes_int8)

    def configure_plugin(self, inp, out):
        tell("configure", inp[0].desc, out[0].desc)

    def on_shape_change(self, inp, out):
        tell("shapes", inp[0], out[0])

    def enqueue(self, input_desc, output_desc, inputs, outputs, workspace, stream):
        tell("enqueue", input_desc[0], output_desc[0])
        scale_numbers(self.factor, input_desc[0], output_desc[0], inputs, outputs)

    def clone(self):
        copy = type(self)()
        copy.__dict__.update(self.__dict__)
        return copy


class FloatsOnly(ScalingV3):
    takes_int8 = False


class ScalingV2(trt.IPluginV2DynamicExt):
    def __init__(self, factor=2.0):
        trt.IPluginV2DynamicExt.__init__(self)
        self.num_outputs = 1
        self.plugin_type = "Scaling"
        self.plugin_version = "2"
        self.plugin_namespace = "tests"
        self.factor = factor

    def get_output_datatype(self, index, input_types):
        return input_types[0]

    def get_output_dimensions(self, index, inputs, expr_builder):
        return trt.DimsExprs(inputs[0])

    def supports_format_combination(self, pos, in_out, num_inputs):
        return fits(pos, in_out, True)

    def configure_plugin(self, inp, out):
        tell("configure", inp[0].desc, out[0].desc)

    def enqueue(self, input_desc, output_desc, inputs, outputs, workspace, stream):
        tell("enqueue", input_desc[0], output_desc[0])
        scale_numbers(self.factor, input_desc[0], output_desc[0], inputs, outputs)
        return 0

    def serialize(self):
        return str(self.factor)

    def clone(self):
        copy = ScalingV2()
        copy.__dict__.update(self.__dict__)
        return copy


class CreatorV3(trt.IPluginCreatorV3One):
    def __init__(self):
        trt.IPluginCreatorV3One.__init__(self)
        self.name, self.plugin_version, self.plugin_namespace = "Scaling", "1", "tests"
        self.field_names = trt.PluginFieldCollection(
            [trt.PluginField("factor", np.array([]), trt.PluginFieldType.FLOAT32)]
        )

    def create_plugin(self, name, fields, phase):
        return ScalingV3(float(fields[0].data[0]))


class CreatorV2(trt.IPluginCreator):
    def __init__(self):
        trt.IPluginCreator.__init__(self)
        self.name, self.plugin_version, self.plugin_namespace = "Scaling", "2", "tests"
        self.field_names = trt.PluginFieldCollection([])

    def deserialize_plugin(self, name, serialized_plugin):
        return ScalingV2(float(serialized_plugin))


@pytest.fixture(autouse=True)
def creators():
    made = [CreatorV3(), CreatorV2()]
    for one in made:
        assert trt.get_plugin_registry().register_creator(one, "tests")
    TOLD.clear()
    yield
    for one in made:
        assert trt.get_plugin_registry().deregister_creator(one)


class Conversions:
    """A network x -> ... -> y that the test fills."""

    def __init__(self, workshop):
        self.network, self.workshop = workshop.network, workshop
        self.workshop.config.profiling_verbosity = trt.ProfilingVerbosity.DETAILED
        self.tensor = self.network.add_input("x", trt.float32, SHAPE)

    def scale(self, value):
        return self.network.add_constant((), np.array(value, np.float32)).get_output(0)

    def quantize(self, scale):
        self.tensor = self.network.add_quantize(self.tensor, self.scale(scale)).get_output(0)

    def dequantize(self, scale):
        self.tensor = self.network.add_dequantize(self.tensor, self.scale(scale)).get_output(0)

    def plugin(self, plugin):
        if isinstance(plugin, trt.IPluginV3):
            layer = self.network.add_plugin_v3([self.tensor], [], plugin)
        else:
            layer = self.network.add_plugin_v2([self.tensor], plugin)
        layer.name = "the_plugin"
        self.tensor = layer.get_output(0)

    def engine(self):
        self.tensor.name = "y"
        self.network.mark_output(self.tensor)
        return self.workshop.engine()


def layers_of(engine):
    inspector = engine.create_engine_inspector()
    text = inspector.get_engine_information(trt.LayerInformationFormat.JSON)
    return json.loads(text)["Layers"]


def expect_int8(engine):
    """The plugin has int8 on both sides, and nothing stands there but the two conversions."""
    layers = layers_of(engine)
    assert len(layers) == 3, [layer["Name"] for layer in layers]
    given, made = layers[1]["Inputs"][0], layers[1]["Outputs"][0]
    assert given["Format/Datatype"] == made["Format/Datatype"] == "linear i8"
    assert (given["Scale"], made["Scale"]) == (X_SCALE, Y_SCALE)
    assert layers[0]["Outputs"][0]["Name"] == given["Name"], "no reformat before it"
    assert layers[2]["Inputs"][0]["Name"] == made["Name"], "no reformat behind it"


def expect_scales(*methods):
    wanted = [(trt.int8, X_SCALE), (trt.int8, Y_SCALE)]
    assert {method: TOLD[method] for method in methods} == dict.fromkeys(methods, wanted)


PLUGINS = pytest.mark.parametrize(
    ("make", "methods"),
    [
        (lambda: ScalingV3(2.0), ("configure", "shapes", "enqueue")),
        (lambda: ScalingV2(2.0), ("configure", "enqueue")),
    ],
    ids=["v3", "v2_dynamic"],
)


@PLUGINS
def test_conversions_around_a_plugin_are_absorbed(workshop, make, methods):
    network = Conversions(workshop)
    network.quantize(X_SCALE)
    network.dequantize(X_SCALE)
    network.plugin(make())
    network.quantize(Y_SCALE)
    network.dequantize(Y_SCALE)
    engine = network.engine()
    expect_int8(engine)
    expect_scales("configure")
    TOLD.clear()
    y = run(engine, x=X)["y"]
    expect_scales(*methods[1:])
    np.testing.assert_array_equal(y, np.rint(X * 2 / Y_SCALE) * Y_SCALE)


@PLUGINS
def test_a_plugin_of_integers_is_told_its_scales(workshop, make, methods):
    network = Conversions(workshop)
    network.quantize(X_SCALE)
    network.plugin(make())
    network.dequantize(Y_SCALE)
    engine = network.engine()
    expect_int8(engine)
    expect_scales("configure")
    TOLD.clear()
    y = run(engine, x=X)["y"]
    expect_scales(*methods[1:])
    np.testing.assert_array_equal(y, np.rint(X * 2 / Y_SCALE) * Y_SCALE)


@PLUGINS
def test_ranges_give_a_plugin_integers(workshop, make, methods):
    network = Conversions(workshop)
    network.tensor.set_dynamic_range(-127 * X_SCALE, 127 * X_SCALE)
    network.plugin(make())
    network.tensor.set_dynamic_range(-127 * Y_SCALE, 127 * Y_SCALE)
    # An output stays real: something has to read the integers.
    network.tensor = network.network.add_activation(
        network.tensor, trt.ActivationType.RELU
    ).get_output(0)
    workshop.config.set_flag(trt.BuilderFlag.INT8)
    y = run(network.engine(), x=X)["y"]
    expect_scales(*methods)
    np.testing.assert_array_equal(y, np.maximum(np.rint(X * 2 / Y_SCALE) * Y_SCALE, 0))


def test_a_plugin_that_refuses_integers_stays_real_and_is_named(workshop_that_hears):
    workshop, heard = workshop_that_hears
    network = Conversions(workshop)
    network.quantize(X_SCALE)
    network.dequantize(X_SCALE)
    network.plugin(FloatsOnly(2.0))
    network.quantize(Y_SCALE)
    network.dequantize(Y_SCALE)
    y = run(network.engine(), x=X)["y"]
    assert TOLD["enqueue"] == [(trt.float32, 0), (trt.float32, 0)]
    np.testing.assert_array_equal(y, np.rint(X * 2 / Y_SCALE) * Y_SCALE)
    warnings = [text for severity, text in heard.said if severity == trt.ILogger.WARNING]
    assert any("plugin 'the_plugin' computes in float32" in text for text in warnings), warnings


def test_a_plugin_that_refuses_what_the_model_gives_is_named(workshop_that_hears):
    workshop, heard = workshop_that_hears
    network = Conversions(workshop)
    network.quantize(X_SCALE)
    network.plugin(FloatsOnly(2.0))
    network.dequantize(Y_SCALE)
    network.network.mark_output(network.tensor)
    assert workshop.build() is None
    assert "the_plugin" in heard.text()
    assert "refuses every format of input 0 (position 0, type i8)" in heard.text()


@pytest.fixture
def workshop_that_hears():
    heard = Heard()
    return Workshop(heard), heard
