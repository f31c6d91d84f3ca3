# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""trtexec with weights replaced or left out, and with tensors shown as they are made."""

import json
import re

import catalog
import numpy as np
import onnx
import onnxruntime
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


def test_weights_that_may_be_replaced_are_listed():
    text = run(f"--onnx={MODEL}", "--refit", "--dumpRefit", "--skipInference")
    listed = text.partition("Refittable weights:")[2]
    for line in ("conv1 Kernel", "conv2 Kernel", "bias3 Constant"):
        assert re.search(rf"\] {line}$", listed, re.MULTILINE), listed
    for name in ("filters1", "bias1", "filters2", "bias2", "dense", "bias3"):
        assert f"{name} by name" in listed
    assert "flat_shape" not in listed  # integers, which are shapes


def test_named_debug_tensors_hold_what_the_layer_made(tmp_path, normal):
    array = normal((1, 1, 28, 28))
    array.tofile(tmp_path / "input.raw")
    run(
        f"--onnx={MODEL}",
        "--markDebug=relu1_out,pool2_out",
        f"--saveDebugTensors=relu1_out:{tmp_path}/relu.raw,pool2_out:{tmp_path}/pool.raw",
        f"--loadInputs=Input3:{tmp_path}/input.raw",
        *QUICK,
    )
    model = onnx.load(MODEL)
    for name, file in (("relu1_out", "relu.raw"), ("pool2_out", "pool.raw")):
        model.graph.output.append(onnx.ValueInfoProto(name=name))
        answer = onnxruntime.InferenceSession(
            model.SerializeToString(), providers=["CPUExecutionProvider"]
        ).run([name], {"Input3": array})[0]
        got = np.fromfile(tmp_path / file, np.float32).reshape(answer.shape)
        assert served.error(got, answer) <= TOLERANCE["mnist"]


def test_precisions_by_name_are_obeyed_or_refused():
    given = (f"--onnx={MODEL}", "--skipInference")
    run(*given, "--layerPrecisions=conv1:fp32,relu*:fp32", "--precisionConstraints=obey")
    preferred = run(*given, "--layerPrecisions=conv1:fp16", "--precisionConstraints=prefer")
    assert "layer 'conv1' computes in f32, not in f16 as preferred" in preferred
    refused = served.trtexec(
        *map(str, given), "--layerPrecisions=conv1:fp16", "--precisionConstraints=obey"
    )
    assert refused.returncode != 0
    assert "layer 'conv1' is to compute in f16, but its kernels compute in f32" in refused.stdout
    assert "relu1" not in refused.stdout  # a name means that layer alone
    unknown = served.trtexec(
        *map(str, given), "--layerPrecisions=conv9:fp16", "--precisionConstraints=obey"
    )
    assert unknown.returncode != 0
    assert "--layerPrecisions names conv9, which is no layer of the model" in unknown.stdout
