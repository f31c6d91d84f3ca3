# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""How often implementations of quick plugins are called, and what they are given."""

import ctypes
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
import tenon as trt
from quick import clean, finish  # noqa: F401
from tenon import plugin as trtp
from workshop import BUILD, ROOT, run

X = np.arange(32, dtype=np.float32).reshape(1, 2, 4, 4)


def define_double(calls, combinations=None):
    @trtp.register("quick::double")
    def double(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.like()

    if combinations is not None:

        @trtp.autotune("quick::double")
        def double_autotune(x, outputs) -> list[trtp.AutoTuneCombination]:
            return combinations

    @trtp.impl("quick::double")
    def double_impl(x, outputs, stream, tactic) -> None:
        calls.append((x.format.name, tactic))
        np.multiply(np.asarray(x), 2, out=np.asarray(outputs[0]))


def double_engine(workshop):
    finish(workshop, trtp.op.quick.double(workshop.network.add_input("x", trt.float32, X.shape)))
    return workshop.engine()


def test_without_choice_it_is_called_once_a_run_and_never_in_a_build(workshop):
    calls = []
    define_double(calls)
    engine = double_engine(workshop)
    assert calls == []
    np.testing.assert_array_equal(run(engine, x=X)["y0"], 2 * X)
    assert calls == [("LINEAR", 0)]


def test_one_combination_is_no_choice(workshop):
    calls = []
    define_double(calls, [trtp.AutoTuneCombination("FP32, FP32", "LINEAR", [7])])
    engine = double_engine(workshop)
    assert calls == []
    run(engine, x=X)
    assert calls == [("LINEAR", 7)]


def test_every_combination_is_timed_alike_and_the_winner_runs_once(workshop):
    calls = []
    define_double(calls, [trtp.AutoTuneCombination("FP32, FP32", "LINEAR*HWC", [1, 2])])
    engine = double_engine(workshop)
    timed = Counter(calls)
    # Both tensors alike or each of them in another format, by either tactic: sixteen candidates.
    assert set(timed) == {(f, t) for f in ("LINEAR", "HWC") for t in (1, 2)}
    calls.clear()
    np.testing.assert_array_equal(run(engine, x=X)["y0"], 2 * X)
    assert len(calls) == 1


def test_level_0_times_nothing(workshop):
    calls = []
    workshop.config.builder_optimization_level = 0
    define_double(calls, [trtp.AutoTuneCombination("FP32, FP32", "LINEAR", [1, 2])])
    engine = double_engine(workshop)
    assert calls == []
    run(engine, x=X)
    assert calls == [("LINEAR", 1)]


@pytest.mark.parametrize("guard", ["", "plugins"])
def test_the_guard_runs_it_in_the_build(guard):
    """Each call of an implementation is a line of the sample."""
    paths = [str(BUILD / "python"), str(ROOT / "python/compat")]
    done = subprocess.run(
        [sys.executable, str(ROOT / "samples/quick_plugins/qdp_runner.py"), "add", "-v"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "TENON_GUARD": guard or "off"},
        check=False,
    )
    assert "Inference result is correct!" in done.stdout, done.stdout + done.stderr
    calls = done.stderr.count("quick_plugins: add:")
    assert calls > 2 if guard else calls == 1


def test_an_error_without_choice_reaches_the_caller_of_the_run(workshop):
    define_double([])

    @trtp.impl("quick::double")
    def failing(x, outputs, stream) -> None:
        raise LookupError("nothing to double with")

    engine = double_engine(workshop)
    with pytest.raises(LookupError, match="nothing to double with") as told:
        run(engine, x=X)
    assert any("double" in note for note in told.value.__notes__)


def test_tensors_speak_dlpack_both_ways(workshop):
    """NumPy's arrays are given over as DLPack, and make arrays of tensors by it: no copy."""
    seen = []

    @trtp.register("quick::shared")
    def shared(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.like()

    @trtp.impl("quick::shared")
    def shared_impl(x, outputs, stream) -> None:
        source, result = np.from_dlpack(x), np.from_dlpack(outputs[0])
        seen.append(source.ctypes.data == x.data_ptr and result.ctypes.data == outputs[0].data_ptr)
        assert x.__dlpack_device__() == (1, 0)
        writable = np.asarray(outputs[0])
        writable[...] = source[::-1]

    class DLPackOnly:
        def __init__(self, array):
            self.array = array

        def __dlpack__(self, **options):
            return self.array.__dlpack__(**options)

        def __dlpack_device__(self):
            return self.array.__dlpack_device__()

    x = workshop.network.add_input("x", trt.float32, (3, 2))
    finish(workshop, trtp.op.quick.shared(x))
    engine = workshop.engine()
    context = engine.create_execution_context()
    source, result = np.arange(6, dtype=np.float32).reshape(3, 2), np.zeros((3, 2), np.float32)
    for name, array in (("x", source), ("y0", result)):
        assert context.set_tensor_address(name, trt.address_of(DLPackOnly(array)))
    assert context.execute_async_v3(0)
    np.testing.assert_array_equal(result, source[::-1])
    assert seen == [True]


@pytest.mark.parametrize("dtype", ["float32", "float16", "int8", "int32", "int64", "uint8", "bool"])
def test_element_types_that_numpy_has(workshop, dtype):
    given = []

    @trtp.register("quick::copy")
    def copy(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.like()

    @trtp.impl("quick::copy")
    def copy_impl(x, outputs, stream) -> None:
        given.append(x.dtype)
        np.copyto(np.asarray(outputs[0]), np.asarray(x))

    kind = getattr(trt, dtype)
    finish(workshop, trtp.op.quick.copy(workshop.network.add_input("x", kind, (4,))))
    array = np.array([0, 1, 1, 0]).astype(dtype)
    np.testing.assert_array_equal(run(workshop.engine(), x=array)["y0"], array)
    assert given == [kind]


def test_bfloat16_is_there_by_its_address(workshop):
    @trtp.register("quick::raw")
    def raw(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.like()

    @trtp.impl("quick::raw")
    def raw_impl(x, outputs, stream) -> None:
        with pytest.raises(ValueError, match="use data_ptr"):
            np.asarray(x)
        ctypes.memmove(outputs[0].data_ptr, x.data_ptr, 2 * x.numel())

    finish(workshop, trtp.op.quick.raw(workshop.network.add_input("x", trt.bfloat16, (3,))))
    context = workshop.engine().create_execution_context()
    source, result = np.array([1, 2, 3], np.uint16), np.zeros(3, np.uint16)
    for name, array in (("x", source), ("y0", result)):
        assert context.set_tensor_address(name, trt.address_of(array))
    assert context.execute_async_v3(0)
    np.testing.assert_array_equal(result, source)


def test_two_outputs_lie_on_two_inputs(workshop):
    """Outputs in the other order than inputs, and one that lies nowhere."""
    workshop.config.set_preview_feature(trt.PreviewFeature.ALIASED_PLUGIN_IO_10_03, True)
    seen = []

    @trtp.register("quick::swap")
    def swap(
        x: trtp.TensorDesc, y: trtp.TensorDesc
    ) -> tuple[trtp.TensorDesc, trtp.TensorDesc, trtp.TensorDesc]:
        return y.aliased(), x.like(), x.aliased()

    @trtp.impl("quick::swap")
    def swap_impl(x, y, outputs, stream) -> None:
        on_y, apart, on_x = outputs
        partners = (on_y.get_aliased(), apart.get_aliased(), on_x.get_aliased())
        seen.append(partners == (y, None, x) and not apart.is_aliased and x.get_aliased() is on_x)
        np.asarray(apart)[...] = np.asarray(x) + np.asarray(y)
        np.asarray(on_x)[...] += 10
        np.asarray(on_y)[...] += 20

    tensors = [workshop.network.add_input(name, trt.float32, (2,)) for name in "ab"]
    finish(workshop, trtp.op.quick.swap(*tensors))
    a, b = np.array([1, 2], np.float32), np.array([3, 4], np.float32)
    answers = run(workshop.engine(), a=a.copy(), b=b.copy())
    np.testing.assert_array_equal(answers["y0"], b + 20)
    np.testing.assert_array_equal(answers["y1"], a + b)
    np.testing.assert_array_equal(answers["y2"], a + 10)
    assert seen == [True]


def test_writing_over_an_input_must_be_allowed(workshop, capfd):
    @trtp.register("quick::over")
    def over(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.aliased()

    @trtp.impl("quick::over")
    def over_impl(x, outputs, stream) -> None:
        np.asarray(outputs[0])[...] += 1

    finish(workshop, trtp.op.quick.over(workshop.network.add_input("x", trt.float32, (2,))))
    assert workshop.build() is None
    assert "set PreviewFeature::kALIASED_PLUGIN_IO_10_03" in "".join(capfd.readouterr())


def test_annotations_may_be_text_and_a_combination_may_stand_alone(workshop):
    text = """
from __future__ import annotations
import numpy as np
import numpy.typing as npt
from tenon import plugin as trtp

@trtp.register("quick::text")
def text(x: trtp.TensorDesc, by: npt.NDArray[np.int32]) -> tuple[trtp.TensorDesc]:
    return (x.like(),)

@trtp.autotune("quick::text")
def text_autotune(
    x: trtp.TensorDesc, outputs: tuple[trtp.TensorDesc]
) -> trtp.AutoTuneCombination:
    return trtp.AutoTuneCombination("FP32, FP32", "LINEAR", [3])

@trtp.impl("quick::text")
def text_impl(
    x: trtp.Tensor, by: npt.NDArray[np.int32], outputs: tuple[trtp.Tensor], stream: int, tactic: int
) -> None:
    assert tactic == 3
    assert x.__cuda_array_interface__["stream"] == 1
    np.asarray(outputs[0])[...] = np.asarray(x) + by
"""
    exec(compile(text, "text.py", "exec"), {})
    x = workshop.network.add_input("x", trt.float32, (2,))
    finish(workshop, trtp.op.quick.text(x, by=np.array([1, 2], np.int32)))
    result = run(workshop.engine(), x=np.zeros(2, np.float32))["y0"]
    np.testing.assert_array_equal(result, [1, 2])
