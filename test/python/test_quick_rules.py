# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What definitions of quick plugins may be, and what their functions are given."""

import numpy as np
import numpy.typing as npt
import pytest
import tenon as trt
from quick import clean, finish  # noqa: F401
from tenon import plugin as trtp
from tenon.plugin import _registry
from tenon.plugin._autotune import united
from workshop import run

Desc = trtp.TensorDesc


def one(x: Desc) -> Desc:
    return x.like()


def copy(x, outputs, stream):
    np.copyto(np.asarray(outputs[0]), np.asarray(x))


def test_decorators_give_the_function_back():
    def kernel(
        x, outputs, tactic
    ) -> tuple[str, bytes, trtp.KernelLaunchParams, trtp.SymIntExprs]: ...
    def tune(x, outputs) -> list[trtp.AutoTuneCombination]: ...

    assert trtp.register("quick::one")(one) is one
    assert trtp.impl("quick::one")(copy) is copy
    assert trtp.aot_impl("quick::one")(kernel) is kernel
    assert trtp.autotune("quick::one")(tune) is tune
    assert type(trtp.op.quick.one).__name__ == "PluginDef"


def test_the_last_implementation_counts(workshop):
    trtp.register("quick::one")(one)

    @trtp.impl("quick::one")
    def first(x, outputs, stream, tactic):
        raise AssertionError("this one was replaced")

    trtp.impl("quick::one")(copy)
    finish(workshop, trtp.op.quick.one(workshop.network.add_input("x", trt.float32, (2,))))
    array = np.array([1, 2], np.float32)
    np.testing.assert_array_equal(run(workshop.engine(), x=array)["y0"], array)


def test_attributes_may_be_keywords_alone_and_left_out(workshop):
    @trtp.register("quick::keywords")
    def keywords(x: Desc, *, by: int, times: float, name: str) -> Desc:
        return x.like()

    @trtp.impl("quick::keywords")
    def keywords_impl(x, by: int, name: str, *, outputs, stream):
        assert name == "given"
        np.asarray(outputs[0])[...] = np.asarray(x) + by

    x = workshop.network.add_input("x", trt.float32, (2,))
    layer = finish(workshop, trtp.op.quick.keywords(x, by=3, times=0.5, name="given"))
    result = run(workshop.engine(), x=np.zeros(2, np.float32))["y0"]
    np.testing.assert_array_equal(result, [3, 3])
    creator = trt.get_plugin_registry().get_creator("keywords", "1", "quick")
    assert [field.name for field in creator.field_names] == ["by", "times", "name"]
    kept = layer.plugin.get_fields_to_serialize()
    assert [field.name for field in kept] == ["by", "name"], "what impl does not want is not kept"


def test_a_plugin_may_have_no_inputs():
    @trtp.register("quick::none")
    def none() -> Desc:
        return trtp.from_shape_expr((2,), trt.float32)

    definition = _registry.QDP_REGISTRY["quick::none"]
    assert (definition.tensors, definition.attributes) == ([], {})
    assert (definition.namespace, definition.name) == ("quick", "none")
    assert definition.num_outputs == 1


def test_a_call_is_a_promise_that_makes_plugins(workshop):
    trtp.register("quick::one")(one)
    trtp.impl("quick::one")(copy)
    x = workshop.network.add_input("x", trt.float32, (2,))
    tensors, shape_inputs, plugin = trtp.op.quick.one(x)()
    assert tensors == [x]
    assert shape_inputs == []
    assert isinstance(plugin, trt.IPluginV3)
    layer = workshop.network.add_plugin((tensors, shape_inputs, plugin))
    assert layer.type == trt.LayerType.PLUGIN_V3
    assert layer.get_output(0).shape == (2,)


def test_outputs_come_as_a_list_and_the_stream_as_a_number(workshop):
    given = []
    trtp.register("quick::one")(one)

    @trtp.impl("quick::one")
    def seen(x, outputs, stream):
        given.append((type(outputs), len(outputs), type(stream)))
        copy(x, outputs, stream)

    finish(workshop, trtp.op.quick.one(workshop.network.add_input("x", trt.float32, (2,))))
    run(workshop.engine(), x=np.zeros(2, np.float32))
    assert given == [(list, 1, int)]


def test_combinations_are_asked_for_once_and_may_be_none(workshop):
    asked = []
    trtp.register("quick::one")(one)
    trtp.impl("quick::one")(copy)

    @trtp.autotune("quick::one")
    def tune(x, outputs):
        asked.append((x.has_shape, tuple(x.shape), x.format, tuple(outputs[0].shape)))
        return []

    finish(workshop, trtp.op.quick.one(workshop.network.add_input("x", trt.float32, (2,))))
    array = np.array([1, 2], np.float32)
    np.testing.assert_array_equal(run(workshop.engine(), x=array)["y0"], array)
    assert asked == [(True, (2,), trt.TensorFormat.LINEAR, (2,))]


def test_where_every_tactic_fails_the_error_is_told(workshop):
    trtp.register("quick::one")(one)

    @trtp.autotune("quick::one")
    def tune(x, outputs):
        return [trtp.AutoTuneCombination("FP32, FP32", "LINEAR", [1, 2])]

    @trtp.impl("quick::one")
    def failing(x, outputs, stream, tactic):
        raise ImportError(f"tactic {tactic} lacks something")

    finish(workshop, trtp.op.quick.one(workshop.network.add_input("x", trt.float32, (2,))))
    with pytest.raises(ImportError, match=r"tactic [12] lacks something") as told:
        workshop.build()
    assert told.value.__notes__[0] == "raised in enqueue of QuickPlugin 'one'"


@pytest.mark.parametrize(
    ("failing", "method"),
    [("register", "get_output_data_types"), ("autotune", "get_supported_format_combinations")],
)
def test_what_a_function_raises_in_a_build_names_the_plugin(workshop, failing, method):
    def raising(*tensors, **named):
        raise LookupError("nothing to choose from")

    @trtp.register("quick::fails")
    def fails(x: Desc) -> Desc:
        return raising() if failing == "register" else x.like()

    @trtp.autotune("quick::fails")
    def tune(x, outputs):
        return raising() if failing == "autotune" else []

    trtp.impl("quick::fails")(copy)
    x = workshop.network.add_input("x", trt.float32, (2,))
    with pytest.raises(LookupError, match="nothing to choose from") as told:
        finish(workshop, trtp.op.quick.fails(x))
        workshop.build()
    assert f"raised in {method} of QuickPlugin 'fails'" in told.value.__notes__


@pytest.mark.parametrize("formats", ["LINEAR", "LINEAR*HWC", "HWC"])
def test_two_plugins_in_place_grow_one_array_in_its_order(workshop, formats):
    """Whatever format is chosen between them: the tensors of the network are linear."""
    workshop.config.set_preview_feature(trt.PreviewFeature.ALIASED_PLUGIN_IO_10_03, True)

    @trtp.register("quick::grow")
    def grow(x: Desc, by: int) -> Desc:
        return x.aliased()

    @trtp.autotune("quick::grow")
    def tune(x, outputs):
        return [trtp.AutoTuneCombination("FP32, FP32", formats)]

    @trtp.impl("quick::grow")
    def grow_impl(x, by: int, outputs, stream):
        assert outputs[0].data_ptr == x.data_ptr
        np.asarray(outputs[0])[...] += by

    shape = (1, 3, 2, 4)
    x = workshop.network.add_input("x", trt.float32, shape)
    between = workshop.network.add_plugin(trtp.op.quick.grow(x, by=1)).get_output(0)
    finish(workshop, trtp.op.quick.grow(between, by=1))
    context = workshop.engine().create_execution_context()
    array = np.arange(24, dtype=np.float32).reshape(shape)
    expected = array + 2
    for name in ("x", "y0"):
        assert context.set_tensor_address(name, trt.address_of(array))
    assert context.execute_async_v3(0)
    np.testing.assert_array_equal(array, expected)


LAZY_TYPES = ["float32", "int64", "float16", "bool", "int8"]


def test_lazy_arrays_keep_their_types(workshop):
    """Each call has arrays of its own type, the creator being the first call's."""
    seen = []

    @trtp.register("quick::lazy", lazy_register=True)
    def lazy(x: Desc, table: np.ndarray) -> Desc:
        seen.append(table)
        return x.like()

    trtp.impl("quick::lazy")(lambda x, table, outputs, stream: None)
    x = workshop.network.add_input("x", trt.float32, (2,))
    for name in LAZY_TYPES:
        seen.clear()
        table = np.array([1, 0], name)
        workshop.network.add_plugin(trtp.op.quick.lazy(x, table=table))
        assert seen[0].dtype == table.dtype, name
        np.testing.assert_array_equal(seen[0], table)
    creator = trt.get_plugin_registry().get_creator("lazy", "1", "quick")
    assert [field.type for field in creator.field_names] == [trt.PluginFieldType.FLOAT32]


def test_positions_by_number_or_by_list():
    combination = trtp.AutoTuneCombination()
    combination.pos(0, "FP32|FP16")
    combination.pos((1, 2), "FP32|FP16", "HWC")
    rows = combination.expand()
    assert ["".join(t.name[0] for t in row[0]) for row in rows] == ["FFF", "HHH"]
    assert [row[1] for row in rows] == 2 * [
        (trt.TensorFormat.LINEAR, trt.TensorFormat.HWC, trt.TensorFormat.HWC)
    ]
    with pytest.raises(ValueError, match="position 0 is set already"):
        combination.pos(0, "FP32")
    gap = trtp.AutoTuneCombination()
    gap.pos([1], "FP32")
    with pytest.raises(AttributeError, match="position 0 was never set"):
        gap.expand()


def test_names_and_counts_of_combinations():
    with pytest.raises(AttributeError, match="FP23"):
        trtp.AutoTuneCombination("FP23").expand()
    with pytest.raises(AttributeError, match="SQUARE"):
        trtp.AutoTuneCombination("FP32", "SQUARE").expand()
    with pytest.raises(AssertionError, match="as many layouts as types"):
        trtp.AutoTuneCombination("FP32, FP32", "LINEAR, HWC, HWC")
    for name in ("BF16", "INT8", "INT32", "INT64", "BOOL", "UINT8", "FP8", "INT4", "FP4", "HALF"):
        ((types, _, tactics),) = trtp.AutoTuneCombination(name).expand()
        assert types == (getattr(trt.DataType, name),)
        assert tactics == [0]
    same = [trtp.AutoTuneCombination("FP32|FP16", tactics=[1]), trtp.AutoTuneCombination("FP32")]
    linear = (trt.TensorFormat.LINEAR,)
    assert united(same) == {
        ((trt.float32,), linear): [1, 0],
        ((trt.float16,), linear): [1],
    }


def test_a_refused_definition_leaves_the_plugin_as_it_was():
    @trtp.register("quick::typed")
    def typed(x: Desc, table: npt.NDArray[np.int32]) -> Desc: ...

    with pytest.raises(ValueError, match=r"attribute 'table' is .*int64.* in the registration"):

        @trtp.impl("quick::typed")
        def wrong(x, table: npt.NDArray[np.int64], outputs, stream): ...

    assert _registry.QDP_REGISTRY["quick::typed"].impl_func is None
