# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Whole networks against ONNX Runtime: fixed and dynamic batch, one and two threads."""

import os

import catalog
import pytest
import served
from conftest import TOLERANCE, oracle

THREADS = [t for t in (1, 2) if t <= (os.cpu_count() or 1)]
GREATEST_BATCH = 4


def answer(engine, model, array, threads):
    """Tenon's output for one input array, in a process of its own."""
    dims = (len(array), *model.output_dims)
    inputs = {model.input: array}
    with served.Served("tenon_bench", engine, inputs, model.output, dims, threads) as side:
        return side.result()


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("model", catalog.MODELS, ids=lambda m: m.name)
def test_fixed_batch(model, threads, engines, normal):
    engine = engines.build(f"--onnx={model.path()}", threads=threads)
    array = normal((1, *model.input_dims))
    error = served.error(answer(engine, model, array, threads), oracle(model.path())(array))
    assert error <= TOLERANCE[model.name]


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("model", catalog.MODELS, ids=lambda m: m.name)
def test_dynamic_batch(model, threads, engines, normal):
    def shape(batch):
        return f"{model.input}:{'x'.join(map(str, (batch, *model.input_dims)))}"

    profile = (f"--minShapes={shape(1)}", f"--optShapes={shape(2)}")
    profile += (f"--maxShapes={shape(GREATEST_BATCH)}",)
    path = model.path(dynamic=True)
    engine = engines.build(f"--onnx={path}", *profile, threads=threads)
    for batch in (1, 3, GREATEST_BATCH):
        array = normal((batch, *model.input_dims))
        error = served.error(answer(engine, model, array, threads), oracle(path)(array))
        assert error <= TOLERANCE[model.name], f"batch {batch}"


def test_a_batch_outside_the_profile_is_refused(engines, normal):
    shape = "Input3:{}x1x28x28"
    profile = [f"--{k}Shapes={shape.format(n)}" for k, n in (("min", 1), ("opt", 2), ("max", 4))]
    engine = engines.build(f"--onnx={catalog.MNIST.path(dynamic=True)}", *profile)
    with pytest.raises(RuntimeError, match="Input3"):
        answer(engine, catalog.MNIST, normal((5, 1, 28, 28)), 1)
