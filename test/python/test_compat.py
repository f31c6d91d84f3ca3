# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The known name, and Polygraphy as it comes from its package."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tenon
from workshop import BUILD, ROOT

POLYGRAPHY = Path(sys.executable).parent / "polygraphy"
MNIST = str(ROOT / "models/mnist.onnx")


def environment():
    paths = [str(BUILD / "python"), str(ROOT / "python/compat")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def polygraphy(*arguments):
    done = subprocess.run(
        [str(POLYGRAPHY), *arguments],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_known_name_gives_the_same_objects(monkeypatch):
    monkeypatch.setenv("LD_LIBRARY_PATH", "")
    import tensorrt  # noqa: PLC0415
    from tensorrt import plugin as trtp  # noqa: PLC0415

    assert tensorrt.Builder is tenon.Builder
    assert tensorrt.tensorrt.Dims is tenon.Dims
    assert tensorrt.__version__.startswith("10.16.")
    assert tensorrt.float32 is tenon.DataType.FLOAT
    assert len(trtp.__all__) == 24
    assert trtp.op is sys.modules["tenon.plugin"].op


def test_polygraphy_compares_with_onnx_runtime():
    assert "PASSED" in polygraphy("run", MNIST, "--trt", "--onnxrt")


def test_polygraphy_saves_loads_and_inspects_engines(tmp_path):
    engine = str(tmp_path / "mnist.engine")
    polygraphy("convert", MNIST, "-o", engine, "--convert-to", "trt")
    answers = str(tmp_path / "answers.json")
    polygraphy("run", MNIST, "--onnxrt", "--save-outputs", answers)
    polygraphy("run", engine, "--trt", "--model-type", "engine", "--load-outputs", answers)
    assert json.loads(Path(answers).read_text())
    told = polygraphy("inspect", "model", engine, "--model-type", "engine", "--show", "layers")
    assert "Layer 0" in told


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("inspect", "model", MNIST, "--display-as", "trt", "--show", "layers", "attrs"), "Layer"),
        (("inspect", "capability", MNIST), "fully supported"),
    ],
)
def test_polygraphy_inspects_networks(arguments, says, tmp_path):
    done = subprocess.run(
        [str(POLYGRAPHY), *arguments],
        capture_output=True,
        text=True,
        env=environment(),
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert says in done.stdout
