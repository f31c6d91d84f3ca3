#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Quick plugins from the simplest to one that the engine keeps compiled: six cases, each a
function that can be read alone. NumPy and this package are all it needs."""

import numpy as np
import numpy.typing as npt
import tensorrt as trt
import tensorrt.plugin as trtp

LOGGER = trt.Logger(trt.Logger.ERROR)
X = np.arange(60, dtype=np.float32).reshape(3, 4, 5)


class Outputs(trt.IOutputAllocator):
    """Memory for an output whose size is known after the run."""

    def reallocate_output(self, tensor_name, memory, size, alignment):
        self.memory = np.zeros(max(size, 1), np.uint8)
        return self.memory.ctypes.data

    def notify_shape(self, tensor_name, shape):
        self.shape = tuple(shape)


def build(add_plugin, shape=X.shape):
    """An engine around what `add_plugin(network, tensor)` adds; `shape` may be dynamic."""
    builder = trt.Builder(LOGGER)
    network = builder.create_network()
    config = builder.create_builder_config()
    config.set_preview_feature(trt.PreviewFeature.ALIASED_PLUGIN_IO_10_03, True)
    tensor = network.add_input("x", trt.float32, shape)
    if -1 in shape:
        profile = builder.create_optimization_profile()
        profile.set_shape("x", (1, 1, 1), X.shape, (6, 8, 10))
        config.add_optimization_profile(profile)
    layer = add_plugin(network, tensor)
    layer.get_output(0).name = "y"
    network.mark_output(layer.get_output(0))
    plan = builder.build_serialized_network(network, config)
    runtime = trt.Runtime(LOGGER)
    runtime.engine_host_code_allowed = True  # for the kernel of the last case
    return runtime.deserialize_cuda_engine(plan)


def infer(engine, x=X):
    context = engine.create_execution_context()
    assert context.set_input_shape("x", x.shape)
    context.set_tensor_address("x", trt.address_of(x))
    allocator = Outputs()
    context.set_output_allocator("y", allocator)
    assert context.execute_async_v3(0)
    kind = np.dtype(trt.nptype(engine.get_tensor_dtype("y")))
    size = int(np.prod(allocator.shape)) * kind.itemsize
    return allocator.memory[:size].view(kind).reshape(allocator.shape)


def case_add():
    """Two functions make a plugin: shapes, and the computation. A static shape."""

    @trtp.register("basic::add")
    def add(x: trtp.TensorDesc, by: float) -> trtp.TensorDesc:
        return x.like()

    @trtp.impl("basic::add")
    def add_impl(x: trtp.Tensor, by: float, outputs: tuple[trtp.Tensor], stream: int) -> None:
        np.add(np.asarray(x), np.float32(by), out=np.asarray(outputs[0]))

    engine = build(lambda network, x: network.add_plugin(trtp.op.basic.add(x, by=1.5)))
    return np.array_equal(infer(engine), X + 1.5)


def case_dynamic():
    """The same plugin where every extent is known at run time only."""
    engine = build(
        lambda network, x: network.add_plugin(trtp.op.basic.add(x, by=2.0)), (-1, -1, -1)
    )
    part = np.ascontiguousarray(X[:2, :, 1:4])
    return np.array_equal(infer(engine), X + 2) and np.array_equal(infer(engine, part), part + 2)


def case_in_place():
    """An output that lies where an input lies; two of them, one after the other."""

    @trtp.register("basic::grow")
    def grow(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.aliased()

    @trtp.impl("basic::grow")
    def grow_impl(x: trtp.Tensor, outputs: tuple[trtp.Tensor], stream: int) -> None:
        array = np.asarray(outputs[0])
        array += 1

    def twice(network, x):
        first = network.add_plugin(trtp.op.basic.grow(x))
        return network.add_plugin(trtp.op.basic.grow(first.get_output(0)))

    context = build(twice).create_execution_context()
    memory = X.copy()
    for name in ("x", "y"):
        context.set_tensor_address(name, trt.address_of(memory))
    return context.execute_async_v3(0) and np.array_equal(memory, X + 2)


def case_data_dependent():
    """How many rows the output has depends on the data: a size tensor tells."""

    @trtp.register("basic::non_zero")
    def non_zero(x: trtp.TensorDesc) -> tuple[trtp.TensorDesc, trtp.TensorDesc]:
        bound = x.shape_expr.numel()
        count = trtp.size_tensor(bound // 2, bound)
        return trtp.from_shape_expr((count.expr(), x.ndim), trt.int32), count

    @trtp.impl("basic::non_zero")
    def non_zero_impl(x: trtp.Tensor, outputs: tuple[trtp.Tensor, trtp.Tensor], stream: int):
        found = np.argwhere(np.asarray(x))
        np.asarray(outputs[0].aliased((len(found), x.ndim)))[...] = found
        np.asarray(outputs[1])[...] = len(found)

    engine = build(lambda network, x: network.add_plugin(trtp.op.basic.non_zero(x)))
    x = np.where(X % 3 == 0, X, 0).astype(np.float32)
    return np.array_equal(infer(engine, x), np.argwhere(x))


def case_tactics():
    """Two ways to compute, which are timed while the engine is built."""

    @trtp.register("basic::scale")
    def scale(x: trtp.TensorDesc, by: npt.NDArray[np.float32]) -> trtp.TensorDesc:
        return x.like()

    @trtp.autotune("basic::scale")
    def scale_autotune(x: trtp.TensorDesc, outputs) -> list[trtp.AutoTuneCombination]:
        return [trtp.AutoTuneCombination("FP32, FP32", "LINEAR", tactics=[1, 2])]

    @trtp.impl("basic::scale")
    def scale_impl(x, by: npt.NDArray[np.float32], outputs, stream: int, tactic: int) -> None:
        source, result = np.asarray(x), np.asarray(outputs[0])
        if tactic == 1:
            np.multiply(source, by, out=result)
        else:
            for i, factor in enumerate(by):
                result[..., i] = source[..., i] * factor

    by = np.array([1, 2, 3, 4, 5], np.float32)
    engine = build(lambda network, x: network.add_plugin(trtp.op.basic.scale(x, by=by)))
    return np.array_equal(infer(engine), X * by)


def case_ahead_of_time():
    """A kernel that the engine keeps: Python is needed to build, not to run."""

    @trtp.register("basic::square")
    def square(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.like()

    @trtp.aot_impl("basic::square")
    def square_kernel(
        x: trtp.TensorDesc, outputs: tuple[trtp.TensorDesc], tactic: int
    ) -> tuple[str, bytes, trtp.KernelLaunchParams, trtp.SymExprs]:
        name, code = trtp.host_kernel(
            """
            #include <stdint.h>
            void square(const float* x, int32_t count, float* y) {
              for (int32_t i = 0; i < count; ++i) y[i] = x[i] * x[i];
            }
            """
        )
        count = trtp.SymInt32(x.shape_expr.numel())
        return name, code, trtp.KernelLaunchParams(), trtp.SymIntExprs.from_tuple([count])

    engine = build(lambda network, x: network.add_plugin(trtp.op.basic.square(x)), (-1, -1, -1))
    return np.array_equal(infer(engine), X * X)


def main():
    cases = (
        case_add,
        case_dynamic,
        case_in_place,
        case_data_dependent,
        case_tactics,
        case_ahead_of_time,
    )
    failed = 0
    for case in cases:
        right = case()
        failed += not right
        print(f"{case.__name__}: {'correct' if right else 'WRONG'}")
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
