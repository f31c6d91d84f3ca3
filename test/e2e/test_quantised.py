# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Quantised models against ONNX Runtime, and digits in int8 against digits in float32."""

import catalog
import digits
import int8_digits
import numpy as np
import pytest
import quantise
import served
from conftest import oracle
from onnxruntime.quantization import QuantType

SHARE_WITHIN_ONE_STEP = 0.999
MOST_POINTS_LOST = 0.003
BATCH = 500


def answer(engine, model, array):
    dims = (len(array), *model.output_dims)
    with served.Served(
        "tenon_bench", engine, {model.input: array[: len(array)]}, model.output, dims
    ) as side:
        return side.result()


@pytest.fixture(scope="module")
def test_set():
    pair = digits.find_pair(digits.DATA, "t10k")
    if pair is None:
        pytest.skip("no t10k digits in data/mnist: scripts/fetch_digits could not download them")
    return digits.to_input(pair[0]), pair[1]


@pytest.fixture(scope="module")
def examples():
    """A few digits to learn ranges from, none of them of the test set."""
    pair = digits.find_pair(digits.DATA, "train")
    if pair is None:
        pytest.skip("no training digits in data/mnist")
    pictures = digits.to_input(pair[0][:500])
    return [pictures[i : i + 1] for i in range(len(pictures))]


@pytest.mark.parametrize("activations", [QuantType.QUInt8, QuantType.QInt8], ids=["u8", "i8"])
def test_digits_agree_with_onnx_runtime(activations, examples, engines, tmp_path):
    model = catalog.MNIST
    batches = [{model.input: picture} for picture in examples]
    path = quantise.quantised(model.path(), tmp_path / "q.onnx", batches, activations=activations)
    step = quantise.output_step(path)
    assert step is not None
    engine = engines.build(f"--onnx={path}")
    ours = np.concatenate([answer(engine, model, picture) for picture in examples[:20]])
    theirs = np.concatenate([oracle(path)(picture) for picture in examples[:20]])
    assert quantise.share_within_one_step(ours, theirs, step) >= SHARE_WITHIN_ONE_STEP


@pytest.mark.parametrize("name", ["mobilenetv2", "resnet50"])
def test_networks_agree_with_onnx_runtime(name, engines, normal, tmp_path):
    model = next(m for m in catalog.MODELS if m.name == name)
    arrays = [normal((1, *model.input_dims)) for _ in range(4)]
    batches = [{model.input: array} for array in arrays]
    path = quantise.quantised(model.path(), tmp_path / "q.onnx", batches)
    step = quantise.output_step(path)
    engine = engines.build(f"--onnx={path}")
    ours = np.concatenate([answer(engine, model, array) for array in arrays])
    theirs = np.concatenate([oracle(path)(array) for array in arrays])
    assert quantise.share_within_one_step(ours, theirs, step) >= SHARE_WITHIN_ONE_STEP


def accuracy(engine, model, test_set):
    pictures, labels = test_set
    dims = (BATCH, *model.output_dims)
    first = {model.input: pictures[:BATCH]}
    with served.Served("tenon_bench", engine, first, model.output, dims) as side:
        scores = [side.result(pictures[i : i + BATCH]) for i in range(0, len(pictures), BATCH)]
    return (np.concatenate(scores).argmax(1) == labels).mean()


def profile(model):
    bounds = (("min", 1), ("opt", BATCH), ("max", BATCH))
    return [f"--{kind}Shapes={model.input}:{count}x1x28x28" for kind, count in bounds]


@pytest.fixture(scope="module")
def real_accuracy(test_set, examples):
    engine, small = int8_digits.build("float32", np.concatenate(examples))
    assert not small
    return int8_digits.accuracy(engine, test_set)


@pytest.mark.parametrize("way", int8_digits.WAYS)
def test_digits_lose_no_accuracy(way, test_set, examples, real_accuracy):
    engine, small = int8_digits.build(way, np.concatenate(examples))
    assert small, "nothing is quantised"
    assert int8_digits.accuracy(engine, test_set) >= real_accuracy - MOST_POINTS_LOST


def test_digits_lose_no_accuracy_by_a_cache(test_set, examples, engines, tmp_path):
    model = catalog.MNIST
    plain = model.path(dynamic=True)
    cache = tmp_path / "cache"
    cache.write_text(quantise.cache_text(quantise.ranges(plain, model.input, examples)))
    real = accuracy(engines.build(f"--onnx={plain}", *profile(model)), model, test_set)
    engine = engines.build(f"--onnx={plain}", "--int8", f"--calib={cache}", *profile(model))
    assert accuracy(engine, model, test_set) >= real - MOST_POINTS_LOST


def test_a_damaged_cache_is_refused(tmp_path):
    cache = tmp_path / "cache"
    cache.write_text("TRT-8601-EntropyCalibration2\nInput3: none\n")
    done = served.trtexec(
        f"--onnx={catalog.MNIST.path()}", "--int8", f"--calib={cache}", "--skipInference"
    )
    assert done.returncode != 0
    assert 'line 2 of the calibration cache is "Input3: none"' in done.stdout
