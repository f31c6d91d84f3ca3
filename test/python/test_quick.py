# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Quick plugins: built, tuned, saved, loaded and run."""

import sys
import typing

import numpy as np
import numpy.typing as npt
import pytest
import tenon as trt
from quick import clean, finish  # noqa: F401
from tenon import plugin as trtp
from tenon.plugin._autotune import united
from workshop import run

FLAGS = trt.PreviewFeature.ALIASED_PLUGIN_IO_10_03


def define_pad(calls):
    """Circular padding of the last two dimensions."""

    @trtp.register("quick::pad")
    def pad(x: trtp.TensorDesc, pads: npt.NDArray[np.int32]) -> trtp.TensorDesc:
        padded = x.like()
        for i in range(len(pads) // 2):
            padded.shape_expr[padded.ndim - i - 1] += int(pads[i * 2] + pads[i * 2 + 1])
        return padded

    @trtp.impl("quick::pad")
    def pad_impl(
        x: trtp.Tensor, pads: npt.NDArray[np.int32], outputs: tuple[trtp.Tensor], stream: int
    ) -> None:
        calls.append(tuple(x.shape))
        width = [(0, 0)] * (x.ndim - 2) + [(pads[2], pads[3]), (pads[0], pads[1])]
        np.asarray(outputs[0])[...] = np.pad(np.asarray(x), width, "wrap")


def test_arrays_by_an_alias_of_a_type(workshop):
    """As NumPy itself spells NDArray from 2.5 on."""
    extensions = pytest.importorskip("typing_extensions")
    element = typing.TypeVar("element", bound=np.generic)
    spelled = np.ndarray[typing.Any, np.dtype[element]]
    named = extensions.TypeAliasType("named", spelled, type_params=(element,))

    @trtp.register("quick::by_alias")
    def by_alias(x: trtp.TensorDesc, by: named[np.int32]) -> trtp.TensorDesc:
        return x.like()

    @trtp.impl("quick::by_alias")
    def by_alias_impl(
        x: trtp.Tensor, by: named[np.int32], outputs: tuple[trtp.Tensor], stream: int
    ) -> None:
        np.asarray(outputs[0])[...] = np.asarray(x) * by.sum()

    x = workshop.network.add_input("x", trt.float32, (2, 3))
    finish(workshop, trtp.op.quick.by_alias(x, by=np.array([1, 2], np.int32)))
    array = np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(run(workshop.engine(), x=array)["y0"], array * 3)


def test_padding_with_dynamic_shapes(workshop):
    calls, pads = [], np.array([1, 1, 2, 0], np.int32)
    define_pad(calls)
    x = workshop.network.add_input("x", trt.float32, (1, -1, 4))
    layer = finish(workshop, trtp.op.quick.pad(x, pads=pads))
    assert layer.get_output(0).shape == (1, -1, 6)
    profile = workshop.builder.create_optimization_profile()
    profile.set_shape("x", (1, 2, 4), (1, 3, 4), (1, 5, 4))
    workshop.config.add_optimization_profile(profile)
    engine = workshop.engine()
    calls.clear()
    array = np.arange(20, dtype=np.float32).reshape(1, 5, 4)
    expected = np.pad(array, [(0, 0), (2, 0), (1, 1)], "wrap")
    np.testing.assert_array_equal(run(engine, x=array)["y0"], expected)
    assert calls == [(1, 5, 4)]


def test_attributes_of_all_types_survive_the_engine(workshop):
    seen = {}

    @trtp.register("quick::all")
    def every(
        x: trtp.TensorDesc,
        a: int,
        b: float,
        c: bytes,
        d: bool,
        e: str,
        f: npt.NDArray[np.float16],
        g: npt.NDArray[np.int64],
    ) -> trtp.TensorDesc:
        return x.like()

    @trtp.impl("quick::all")
    def every_impl(x, a, b, c, d, e, f, g, outputs, stream):
        seen.update(a=a, b=b, c=c, d=d, e=e, f=f, g=g)
        np.asarray(outputs[0])[...] = np.asarray(x)

    given = {
        "a": -(1 << 40),
        "b": 0.1,
        "c": b"\0\1",
        "d": True,
        "e": "säge",
        "f": np.array([0.5], np.float16),
        "g": np.array([1, 2]),
    }
    x = workshop.network.add_input("x", trt.float32, (2,))
    finish(workshop, trtp.op.quick.all(x, **given))
    engine = workshop.load(bytes(workshop.build()))
    seen.clear()
    run(engine, x=np.ones(2, np.float32))
    for name, value in given.items():
        assert type(seen[name]) is type(value), name
        np.testing.assert_array_equal(seen[name], value)


def test_in_place(workshop):
    workshop.config.set_preview_feature(FLAGS, True)
    partners = []

    @trtp.register("quick::grow")
    def grow(x: trtp.TensorDesc, by: int) -> trtp.TensorDesc:
        return x.aliased()

    @trtp.impl("quick::grow")
    def grow_impl(x, by: int, outputs, stream):
        partners.append(outputs[0].get_aliased() is x and outputs[0].data_ptr == x.data_ptr)
        np.asarray(outputs[0])[...] += by

    x = workshop.network.add_input("x", trt.float32, (3,))
    finish(workshop, trtp.op.quick.grow(x, by=2))
    engine = workshop.engine()
    context = engine.create_execution_context()
    array = np.array([1, 2, 3], np.float32)
    for name in ("x", "y0"):
        assert context.set_tensor_address(name, trt.address_of(array))
    partners.clear()
    assert context.execute_async_v3(0)
    np.testing.assert_array_equal(array, [3, 4, 5])
    assert partners == [True]


@pytest.mark.parametrize("dtype", [trt.int32, trt.int64])
def test_data_dependent_sizes(workshop, dtype):
    @trtp.register("quick::non_zero")
    def non_zero(x: trtp.TensorDesc) -> tuple[trtp.TensorDesc, trtp.TensorDesc]:
        bound = x.shape_expr.numel()
        count = trtp.size_tensor(bound // 2, bound)
        count.dtype = dtype
        return trtp.from_shape_expr((count.expr(), x.ndim), trt.int32), count

    @trtp.impl("quick::non_zero")
    def non_zero_impl(x, outputs, stream):
        found = np.argwhere(np.asarray(x))
        np.asarray(outputs[1])[...] = len(found)
        np.asarray(outputs[0].aliased((len(found), x.ndim)))[...] = found

    class Allocator(trt.IOutputAllocator):
        def reallocate_output(self, tensor_name, memory, size, alignment):
            self.memory = np.zeros(max(size, 1), np.uint8)
            return self.memory.ctypes.data

        def notify_shape(self, tensor_name, shape):
            self.shape = tuple(shape)

    x = workshop.network.add_input("x", trt.float32, (2, 3))
    finish(workshop, trtp.op.quick.non_zero(x))
    context = workshop.engine().create_execution_context()
    array = np.array([[0, 1, 0], [2, 0, 3]], np.float32)
    context.set_tensor_address("x", trt.address_of(array))
    allocators = {name: Allocator() for name in ("y0", "y1")}
    for name, allocator in allocators.items():
        assert context.set_output_allocator(name, allocator)
    assert context.execute_async_v3(0)
    found = allocators["y0"]
    assert found.shape == (3, 2)
    values = found.memory[: 3 * 2 * 4].view(np.int32).reshape(3, 2)
    np.testing.assert_array_equal(values, np.argwhere(array))


def test_tactics_are_timed_and_a_failing_one_dropped(workshop, monkeypatch):
    timed = []

    @trtp.register("quick::choose")
    def choose(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.like()

    @trtp.autotune("quick::choose")
    def choose_autotune(x: trtp.TensorDesc, outputs) -> list[trtp.AutoTuneCombination]:
        assert outputs[0].has_shape
        return [trtp.AutoTuneCombination("FP32, FP32", "LINEAR", [1, 2])]

    @trtp.impl("quick::choose")
    def choose_impl(x, outputs, stream: int, tactic: int) -> None:
        timed.append(tactic)
        if tactic == 1:
            raise ImportError("tactic 1 lacks something")
        np.copyto(np.asarray(outputs[0]), np.asarray(x))

    x = workshop.network.add_input("x", trt.float32, (4,))
    finish(workshop, trtp.op.quick.choose(x))
    shown = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: shown.append(str(told.exc_value)))
    engine = workshop.engine()
    assert shown == ["tactic 1 lacks something"]
    assert set(timed) == {1, 2}
    timed.clear()
    array = np.arange(4, dtype=np.float32)
    np.testing.assert_array_equal(run(engine, x=array)["y0"], array)
    assert timed == [2]


def test_lazy_plugins_wait_for_their_first_use(workshop):
    @trtp.register("quick::lazy", lazy_register=True)
    def lazy(x: trtp.TensorDesc, table: np.ndarray) -> trtp.TensorDesc:
        return x.like()

    @trtp.impl("quick::lazy")
    def lazy_impl(x, table, outputs, stream):
        np.add(np.asarray(x), table, out=np.asarray(outputs[0]))

    registry = trt.get_plugin_registry()
    assert registry.get_creator("lazy", "1", "quick") is None
    x = workshop.network.add_input("x", trt.float32, (2,))
    finish(workshop, trtp.op.quick.lazy(x, table=np.array([1, 2], np.float32)))
    assert registry.get_creator("lazy", "1", "quick") is not None
    result = run(workshop.engine(), x=np.zeros(2, np.float32))["y0"]
    np.testing.assert_array_equal(result, [1, 2])


EXPANSIONS = [
    ("FP32|FP16, FP32|FP16", "LINEAR", ["FF", "HH"]),
    ("FP32|FP16,FP32|FP16,FP32*FP16", "LINEAR", ["FFF", "HHF", "FFH", "HHH"]),
    ("FP32|FP16, INT32, INT64", "LINEAR", ["FII", "HII"]),
]


@pytest.mark.parametrize(("types", "layouts", "expected"), EXPANSIONS)
def test_combinations_of_types(types, layouts, expected):
    rows = trtp.AutoTuneCombination(types, layouts).expand()
    assert ["".join(t.name[0] for t in row[0]) for row in rows] == expected


def test_combinations_of_layouts():
    rows = trtp.AutoTuneCombination("FP32, FP32", "LINEAR*HWC").expand()
    assert ["".join(f.name[0] for f in row[1]) for row in rows] == ["LL", "HL", "LH", "HH"]
    combination = trtp.AutoTuneCombination()
    assert combination.expand() == []
    combination.pos([0, 1], "FP32|FP16")
    combination.tactics([3])
    assert [row[2] for row in combination.expand()] == [[3], [3]]
    with pytest.raises(ValueError, match="set already"):
        combination.pos([1], "FP32")
    one, two = (trtp.AutoTuneCombination("FP32", tactics=[tactic]) for tactic in (1, 2))
    assert list(united([one, two]).values()) == [[1, 2]]


@pytest.mark.parametrize("types", ["FP32|FP16, FP32|FP16|BF16", "FP32|FP16*BF16"])
def test_wrong_combinations(types):
    with pytest.raises(ValueError):
        trtp.AutoTuneCombination(types).expand()


def test_expressions_without_shapes_are_fake():
    fake = trtp.ShapeExpr(3)
    assert fake.is_fake
    for result in (fake + 1, 1 + fake, 2 - fake, fake % 2, -fake, fake >= 1, trtp.cdiv(fake, 2)):
        assert result.is_fake
    with pytest.raises(RuntimeError):
        bool(fake)
    with pytest.raises(ValueError):
        trtp.max(1, 2)
    with pytest.raises(TypeError):
        hash(fake)


def test_expressions_with_shapes_compute(workshop):
    answers = {}

    @trtp.register("quick::sums")
    def sums(x: trtp.TensorDesc) -> trtp.TensorDesc:
        n = x.shape_expr[0]
        if not n.is_fake:
            values = {
                "sum": 1 + n,
                "difference": 10 - n,
                "product": n * 3,
                "quotient": n // 2,
                "rest": n % 3,
                "negative": -n,
                "up": trtp.cdiv(n, 2),
                "greater": trtp.max(n, 6),
                "lesser": trtp.min(4, n),
                "equal": n == 5,
                "other": n != 5,
                "less": n < 6,
                "at_most": n <= 5,
                "more": n > 5,
                "at_least": n >= 5,
            }
            answers.update({name: value.constant_value() for name, value in values.items()})
        return x.like()

    @trtp.impl("quick::sums")
    def sums_impl(x, outputs, stream):
        np.copyto(np.asarray(outputs[0]), np.asarray(x))

    x = workshop.network.add_input("x", trt.float32, (5,))
    finish(workshop, trtp.op.quick.sums(x))
    numbers = [6, 5, 15, 2, 2, -5, 3, 6, 4, 1, 0, 1, 1, 0, 1]
    assert list(answers.values()) == numbers
