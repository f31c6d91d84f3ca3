# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""`tenon compare`: the tuned engine against the reference kernels, tensor by tensor."""

import json
import subprocess

import catalog
import pytest
import served


def compare(*arguments):
    command = [served.BIN / "tenon", "compare", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("model", [catalog.MNIST], ids=lambda m: m.name)
def test_a_model_agrees_with_its_reference(model):
    done = compare(model.path(), "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["agrees"] and answer["first_difference"] is None
    assert len(answer["tensors"]) > 3
    assert all(tensor["layer"] for tensor in answer["tensors"])
    assert any(tensor["max_value"] > 0 for tensor in answer["tensors"])


def test_the_first_difference_is_named_with_its_layer_and_element():
    """No sum of floats in another order is the same to the last bit."""
    done = compare(catalog.MNIST.path(), "--rtol=0", "--atol=0")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "the first that differs is '" in done.stdout
    assert "kernel " in done.stdout and "the reference has" in done.stdout
    answer = json.loads(compare(catalog.MNIST.path(), "--rtol=0", "--atol=0", "--json").stdout)
    first = answer["first_difference"]
    assert first == next(tensor for tensor in answer["tensors"] if not tensor["agrees"])
    assert first["max_difference"] > 0 and first["found"] != first["reference"]


def test_what_cannot_be_compared_is_explained():
    done = compare("nowhere.onnx")
    assert done.returncode == 2
    assert "cannot compare 'nowhere.onnx'" in done.stderr
    done = compare(catalog.MNIST.path(), "--shapes=Input3")
    assert done.returncode == 2 and "name:1x3x8x8" in done.stderr
