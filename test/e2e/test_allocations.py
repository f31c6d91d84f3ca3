# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Running an engine allocates nothing: our code never, and small networks not at all."""

import catalog
import compare
import pytest
import served

COUNTER = served.BUILD / "lib" / "libcount_allocations.so"
OWN_KERNELS_ONLY = ("mnist", "lenet")
DEEP = ("resnet50", "mobilenetv2")


@pytest.mark.parametrize("model", catalog.MODELS, ids=lambda m: m.name)
def test_nothing_is_allocated_while_running(model, engines, normal):
    engine = engines.build(f"--onnx={model.path()}")
    inputs = {model.input: normal((1, *model.input_dims))}
    dims = (1, *model.output_dims)
    with served.Served("tenon_bench", engine, inputs, model.output, dims, preload=COUNTER) as side:
        ours, total = side.allocations(100 if model.name in DEEP else 1000)
    assert ours == 0
    if model.name in OWN_KERNELS_ONLY:
        assert total == 0


def test_the_counter_counts(normal):
    """ONNX Runtime allocates in every run, so a counter that sees nothing would be broken."""
    model = catalog.MNIST
    inputs = {model.input: normal((1, *model.input_dims))}
    io = (inputs, model.output, (1, *model.output_dims))
    libraries = [compare.PEERS[0].path()]
    with served.Served(
        "ort_bench", model.path(), *io, libraries=libraries, preload=COUNTER
    ) as side:
        assert side.allocations(10)[0] > 0
