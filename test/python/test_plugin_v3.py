# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Plugins of version 3 written in Python: one class with all faces, and who owns whom."""

import gc

import numpy as np
import pytest
import tenon as trt
from scaling_plugin import Scaling, ScalingCreator
from workshop import Workshop, run


@pytest.fixture
def creator():
    made = ScalingCreator()
    registry = trt.get_plugin_registry()
    assert registry.register_creator(made, "tests")
    yield made
    assert registry.deregister_creator(made)


def add_scaling(workshop, plugin, shape=(2, 3)):
    x = workshop.network.add_input("x", trt.float32, shape)
    layer = workshop.network.add_plugin_v3([x], [], plugin)
    layer.name = "the_node"
    layer.get_output(0).name = "y"
    workshop.network.mark_output(layer.get_output(0))
    return layer


def test_one_class_with_all_faces_runs(workshop, creator):
    add_scaling(workshop, Scaling(3.0))
    engine = workshop.engine()
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(run(engine, x=x)["y"], x * 3)
    assert creator.phases == [trt.TensorRTPhase.RUNTIME]


def test_the_engine_owns_its_clones_and_lets_them_go(workshop, creator):
    gc.collect()
    before = Scaling.alive
    add_scaling(workshop, Scaling(0.5))
    gc.collect()
    assert Scaling.alive > before, "the network's clone lives without the original"
    engine = workshop.engine()
    x = np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(run(engine, x=x)["y"], x / 2)
    del engine
    workshop.network = workshop.config = workshop.builder = None
    gc.collect()
    assert Scaling.alive == before


def test_the_layer_shows_the_python_object(workshop):
    layer = add_scaling(workshop, Scaling(7.0))
    assert isinstance(layer.plugin, Scaling)
    assert layer.plugin.factor == 7.0
    assert layer.type == trt.LayerType.PLUGIN_V3


def test_creator_is_kept_alive_and_found(creator):
    registry = trt.get_plugin_registry()
    found = registry.get_creator("Scaling", "1", "tests")
    assert found is creator
    assert found in registry.all_creators
    field = trt.PluginField("factor", np.array([4], np.float32), trt.PluginFieldType.FLOAT32)
    plugin = found.create_plugin("p", trt.PluginFieldCollection([field]), trt.TensorRTPhase.BUILD)
    assert isinstance(plugin, Scaling)
    assert plugin.factor == 4.0
    assert registry.get_creator("Scaling", "2", "tests") is None


def test_interface_info_of_python_objects(creator):
    assert creator.interface_info.kind == "PLUGIN CREATOR_V3ONE"
    assert creator.api_language == trt.APILanguage.PYTHON


def test_dynamic_shapes(workshop, creator):
    add_scaling(workshop, Scaling(2.0), (-1, 3))
    profile = workshop.builder.create_optimization_profile()
    profile.set_shape("x", (1, 3), (2, 3), (4, 3))
    workshop.config.add_optimization_profile(profile)
    engine = workshop.engine()
    for rows in (1, 4):
        x = np.full((rows, 3), rows, np.float32)
        np.testing.assert_array_equal(run(engine, x=x)["y"], x * 2)


@pytest.mark.parametrize("where", ["get_output_data_types", "supports_format_combination"])
def test_an_error_while_building_reaches_the_caller(workshop, where):
    with pytest.raises(ValueError, match=where) as caught:
        add_scaling(workshop, Scaling(fail_in=where))
        workshop.build()
    text = " ".join(getattr(caught.value, "__notes__", []))
    assert f"{where} of Scaling 'Scaling'" in text


@pytest.mark.parametrize("where", ["enqueue", "attach_to_context"])
def test_an_error_while_running_reaches_the_caller(workshop, creator, where):
    add_scaling(workshop, Scaling())
    plan = workshop.build()
    creator.fail_in = where
    engine = workshop.load(plan)
    with pytest.raises(ValueError, match=where) as caught:
        run(engine, x=np.ones((2, 3), np.float32))
    notes = " ".join(getattr(caught.value, "__notes__", []))
    assert f"{where} of Scaling 'Scaling'" in notes
    if where == "enqueue":
        assert "the_node" in notes


def test_an_error_in_a_creator_reaches_the_caller(workshop, creator):
    add_scaling(workshop, Scaling(2.0))
    plan = workshop.build()
    creator.create_plugin = None
    with pytest.raises(TypeError):
        workshop.load(plan)


def test_unimplemented_methods_are_named(workshop):
    class Incomplete(trt.IPluginV3):
        def __init__(self):
            trt.IPluginV3.__init__(self)

    x = workshop.network.add_input("x", trt.float32, (2,))
    with pytest.raises(NotImplementedError, match="clone"):
        workshop.network.add_plugin_v3([x], [], Incomplete())


def test_names_never_set_are_said():
    class Nameless(trt.IPluginV3OneCore):
        def __init__(self):
            trt.IPluginV3OneCore.__init__(self)

    with pytest.raises(AttributeError, match="plugin_name"):
        _ = Nameless().plugin_name


def test_plugins_of_the_library_work_from_python(logger):
    assert trt.init_libnvinfer_plugins(logger, "")
    creators = trt.get_plugin_registry().all_creators
    kinds = {type(creator).__name__ for creator in creators}
    assert "IPluginCreatorV3One" in kinds
    creator = next(c for c in creators if isinstance(c, trt.IPluginCreatorV3One))
    assert creator.name
    assert all(isinstance(field.name, str) for field in creator.field_names)


def test_many_loads_leave_nothing_behind(logger, creator):
    workshop = Workshop(logger)
    add_scaling(workshop, Scaling(2.0))
    plan = workshop.build()
    gc.collect()
    before = Scaling.alive
    for _ in range(50):
        run(workshop.load(plan), x=np.ones((2, 3), np.float32))
    gc.collect()
    assert Scaling.alive == before
