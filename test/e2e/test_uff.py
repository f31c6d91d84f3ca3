# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""UFF networks from file to answer: the sample whose pooling is a plugin with int8 I/O."""

import shutil
import subprocess

import catalog
import pytest
import served

SAMPLE = served.BUILD / "bin" / "sample_int8_io_plugin"
MODELS = catalog.ROOT / "models"


def run(*arguments):
    return subprocess.run(
        [SAMPLE, *arguments], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("precision", [[], ["--fp16"], ["--int8"]], ids=["f32", "fp16", "int8"])
def test_names_ten_digits(precision):
    done = run(f"--datadir={MODELS}", *precision)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" : ***") == 10
    assert "Average over 10 runs is " in done.stdout
    assert "&&&& PASSED TensorRT.sample_int8_io_plugin" in done.stdout


def test_takes_folders_as_the_known_sample_does():
    assert run("-d", str(MODELS)).returncode == 0
    done = run("--help")
    assert done.returncode == 0
    for option in ("--datadir", "--int8", "--fp16"):
        assert option in done.stdout


def test_names_what_a_broken_model_lacks(tmp_path):
    for digit in range(10):
        shutil.copy(MODELS / f"{digit}.pgm", tmp_path)
    whole = (MODELS / "lenet5_custom_pool.uff").read_bytes()
    model = tmp_path / "lenet5_custom_pool.uff"
    model.write_bytes(whole[: len(whole) // 2])
    done = run(f"--datadir={tmp_path}")
    assert done.returncode == 1
    assert "this is no sound UFF file" in done.stderr
    model.write_bytes(whole.replace(b"_MaxPool", b"_MinPool"))
    done = run(f"--datadir={tmp_path}")
    assert done.returncode == 1
    assert "MinPool" in done.stderr
