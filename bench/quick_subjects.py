# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Engines of quick plugins that plugin_overhead.py and plugin_soak.py measure."""

import os
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("TENON_BUILD", ROOT / "build/release"))
sys.path.insert(0, str(BUILD / "python"))

import tenon as trt  # noqa: E402
from tenon import plugin as trtp  # noqa: E402

LOGGER = trt.Logger(trt.Logger.ERROR)
Kernel = tuple[str, bytes, trtp.KernelLaunchParams, trtp.SymExprs]


@trtp.register("bench::touch")
def touch(x: trtp.TensorDesc) -> trtp.TensorDesc:
    return x.like()


@trtp.impl("bench::touch")
def touch_impl(x: trtp.Tensor, outputs: tuple[trtp.Tensor], stream: int) -> None:
    return None


@trtp.aot_impl("bench::touch")
def touch_kernel(x: trtp.TensorDesc, outputs, tactic: int) -> Kernel:
    kernel = trtp.host_kernel(
        "#include <stdint.h>\n"
        "void touch(const float* x, int32_t count, float* y) {\n"
        "  for (int32_t i = 0; i < count; ++i) y[i] = x[i] + 1;\n"
        "}\n"
    )
    count = trtp.SymInt32(x.shape_expr.numel())
    return *kernel, trtp.KernelLaunchParams(), trtp.SymIntExprs.from_tuple([count])


def chain(length, add, shape=(1,), profile=None):
    """The plan of `length` layers that `add(network, tensor)` makes, one after the other."""
    builder = trt.Builder(LOGGER)
    network = builder.create_network(0)
    config = builder.create_builder_config()
    tensor = network.add_input("x", trt.float32, shape)
    if profile is not None:
        bounds = builder.create_optimization_profile()
        bounds.set_shape("x", *profile)
        config.add_optimization_profile(bounds)
    for _ in range(length):
        tensor = add(network, tensor).get_output(0)
    tensor.name = "y"
    network.mark_output(tensor)
    return builder.build_serialized_network(network, config)


def called(network, tensor):
    return network.add_plugin(trtp.op.bench.touch(tensor), aot=False)


def compiled(network, tensor):
    return network.add_plugin(trtp.op.bench.touch(tensor), aot=True)


def load(plan):
    runtime = trt.Runtime(LOGGER)
    runtime.engine_host_code_allowed = True
    return runtime.deserialize_cuda_engine(plan)


def bound_context(engine, shape=(1,)):
    """A context with memory, and that memory."""
    context = engine.create_execution_context()
    x, y = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    context.set_input_shape("x", shape)
    context.set_tensor_address("x", trt.address_of(x))
    context.set_tensor_address("y", trt.address_of(y))
    return context, x, y
