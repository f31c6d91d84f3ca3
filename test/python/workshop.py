# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The package as this build made it, and small networks."""

import os
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("TENON_BUILD", ROOT / "build/release"))
sys.path[:0] = [str(BUILD / "python"), str(ROOT / "python/compat")]

import tenon  # noqa: E402


class Heard(tenon.ILogger):
    """A logger that keeps what it hears: pairs of severity and text."""

    def __init__(self):
        tenon.ILogger.__init__(self)
        self.said = []

    def log(self, severity, msg):
        self.said.append((severity, msg))

    def text(self):
        return "\n".join(text for _, text in self.said)

    def warnings(self):
        """Warnings and what is graver."""
        return "\n".join(text for kind, text in self.said if kind <= tenon.ILogger.WARNING)


class Workshop:
    """A builder, a network under construction, and what runs it."""

    def __init__(self, logger):
        self.logger = logger
        self.builder = tenon.Builder(logger)
        self.network = self.builder.create_network(0)
        self.config = self.builder.create_builder_config()

    def build(self):
        return self.builder.build_serialized_network(self.network, self.config)

    def load(self, plan):
        return tenon.Runtime(self.logger).deserialize_cuda_engine(plan)

    def engine(self):
        return self.load(self.build())


def run(engine, **inputs):
    """Runs an engine on arrays; the outputs by name."""
    context = engine.create_execution_context()
    arrays = {}
    for name, array in inputs.items():
        assert context.set_input_shape(name, array.shape)
        arrays[name] = np.ascontiguousarray(array)
    for i in range(engine.num_io_tensors):
        name = engine.get_tensor_name(i)
        if engine.get_tensor_mode(name) == tenon.TensorIOMode.OUTPUT:
            dtype = tenon.nptype(engine.get_tensor_dtype(name))
            arrays[name] = np.zeros(tuple(context.get_tensor_shape(name)), dtype)
        assert context.set_tensor_address(name, tenon.address_of(arrays[name]))
    assert context.execute_async_v3(0)
    return {name: array for name, array in arrays.items() if name not in inputs}
