# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""trtexec with weights replaced or left out, and with tensors shown as they are made."""

import json
import re

import catalog
import numpy as np
import served
from conftest import TOLERANCE, oracle

MODEL = catalog.MNIST.path()
QUICK = ("--iterations=3", "--warmUp=0", "--duration=0")


def run(*arguments):
    done = served.trtexec(*map(str, arguments))
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_a_stripped_engine_answers_after_its_model_gave_it_weights(tmp_path, normal):
    full, stripped = tmp_path / "full.engine", tmp_path / "stripped.engine"
    run(f"--onnx={MODEL}", "--skipInference", f"--saveEngine={full}")
    run(f"--onnx={MODEL}", "--skipInference", "--stripWeights", f"--saveEngine={stripped}")
    assert stripped.stat().st_size < full.stat().st_size
    refused = served.trtexec(f"--loadEngine={stripped}")
    assert refused.returncode != 0
    assert "was stripped of its weights: refit it" in refused.stdout

    array = normal((1, 1, 28, 28))
    array.tofile(tmp_path / "input.raw")
    text = run(
        f"--loadEngine={stripped}",
        f"--refitFromOnnx={MODEL}",
        "--timeRefit",
        f"--loadInputs=Input3:{tmp_path}/input.raw",
        f"--exportOutput={tmp_path}/output.json",
        *QUICK,
    )
    assert re.search(r"Engine refitted in [\d.]+ ms", text)
    (output,) = json.loads((tmp_path / "output.json").read_text())
    result = np.array(output["values"], np.float32).reshape(1, 10)
    error = served.error(result, oracle(MODEL)(array))
    # The export is decimal text, so its own digits limit the comparison.
    assert error <= 10 * TOLERANCE["mnist"]


def test_debug_tensors_are_saved_as_they_are_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(
        f"--onnx={MODEL}",
        "--markUnfusedTensorsAsDebugTensors",
        "--saveAllDebugTensors=numpy",
        "--iterations=1",
        "--warmUp=0",
        "--duration=0",
    )
    saved = sorted(tmp_path.glob("*.npy"))
    assert len(saved) > 1
    assert all(np.isfinite(np.load(file)).all() for file in saved)
