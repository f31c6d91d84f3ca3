# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The Python samples, as a user starts them."""

import os
import subprocess
import sys

import pytest
from workshop import BUILD, ROOT

RUNNER = ROOT / "samples/quick_plugins/qdp_runner.py"


def start(*arguments):
    paths = [str(BUILD / "python"), str(ROOT / "python/compat")]
    return subprocess.run(
        [sys.executable, str(RUNNER), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "--autotune"),
        ("inplace_add",),
        ("non_zero",),
        ("circ_pad", "--mode", "inetdef", "--multi_tactic"),
    ],
    ids=" ".join,
)
def test_modes(arguments):
    done = start("-v", *arguments)
    assert "Inference result is correct!" in done.stdout, done.stdout + done.stderr
    assert "quick_plugins: " in done.stderr


def test_engines_of_onnx_models_load_in_another_process(tmp_path):
    pad = ("circ_pad", "--mode", "onnx", "--artifacts_dir", str(tmp_path))
    for flag in ("--save_engine", "--load_engine"):
        done = start(*pad, flag, "-v")
        assert "Inference result is correct!" in done.stdout, done.stdout + done.stderr
    assert done.stderr.count("circ_pad: (1, 3, 6, 6)") == 1, "a loaded engine runs it once"
