# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The shipped digit network on the 10,000 MNIST test digits, none of which it was trained on."""

import catalog
import digits
import numpy as np
import pytest
import served
from conftest import TOLERANCE, oracle

BATCH = 500
LEAST_ACCURACY = 0.989


@pytest.fixture(scope="module")
def test_set():
    pair = digits.find_pair(digits.DATA, "t10k")
    if pair is None:
        pytest.skip("no t10k digits in data/mnist: scripts/fetch_digits could not download them")
    return digits.to_input(pair[0]), pair[1]


@pytest.mark.parametrize("batch", [1, BATCH])
def test_accuracy(batch, test_set, engines):
    pictures, labels = test_set
    model, path = catalog.MNIST, catalog.MNIST.path(dynamic=True)
    shapes = [
        f"--{k}Shapes=Input3:{n}x1x28x28" for k, n in (("min", 1), ("opt", BATCH), ("max", BATCH))
    ]
    engine = engines.build(f"--onnx={path}", *shapes)
    first = {model.input: pictures[:batch]}
    dims = (batch, *model.output_dims)
    count = len(pictures) if batch > 1 else 1000
    with served.Served("tenon_bench", engine, first, model.output, dims) as side:
        scores = np.concatenate(
            [side.result(pictures[i : i + batch]) for i in range(0, count, batch)]
        )
    assert served.error(scores, oracle(path)(pictures[:count])) <= TOLERANCE["mnist"]
    accuracy = (scores.argmax(1) == labels[:count]).mean()
    assert accuracy >= LEAST_ACCURACY if count == len(pictures) else accuracy > 0.98


@pytest.mark.parametrize("digit", range(10))
def test_shipped_pictures_are_named_for_sure(digit, engines):
    model = catalog.MNIST
    picture = digits.to_input(digits.read_pgm(catalog.ROOT / "models" / f"{digit}.pgm"))
    engine = engines.build(f"--onnx={model.path()}")
    with served.Served(
        "tenon_bench", engine, {model.input: picture}, model.output, (1, 10)
    ) as side:
        scores = side.result()[0]
    shares = np.exp(scores - scores.max())
    assert shares[digit] / shares.sum() > 0.9
