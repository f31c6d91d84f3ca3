# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The Python samples, as a user starts them."""

import os
import subprocess
import sys

import pytest
from workshop import BUILD, ROOT

RUNNER = ROOT / "samples/quick_plugins/qdp_runner.py"


def start(*arguments, script=RUNNER):
    paths = [str(BUILD / "python"), str(ROOT / "python/compat")]
    return subprocess.run(
        [sys.executable, str(script), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        check=False,
    )


PAD, MODES = ("circ_pad", "--mode"), ("onnx", "inetdef")


@pytest.mark.parametrize(
    "arguments",
    [
        ("add",),
        ("add", "--autotune"),
        ("inplace_add",),
        ("inplace_add", "--autotune"),
        ("non_zero",),
        (*PAD, "inetdef"),
        (*PAD, "inetdef", "--multi_tactic"),
        (*PAD, "inetdef", "--aot"),
        (*PAD, "inetdef", "--aot", "--multi_tactic"),
        (*PAD, "onnx"),
        (*PAD, "onnx", "--multi_tactic"),
        (*PAD, "onnx", "--aot"),
        (*PAD, "onnx", "--aot", "--multi_tactic"),
    ],
    ids=" ".join,
)
def test_modes(arguments):
    done = start("-v", *arguments)
    assert "Inference result is correct!" in done.stdout, done.stdout + done.stderr
    calls = done.stderr.count("quick_plugins: ")
    # One for each of two formats or tactics while they are timed, and one in the run.
    choice = {"add --autotune", *(" ".join((*PAD, m, "--multi_tactic")) for m in MODES)}
    if "--aot" in arguments:
        assert calls >= 1, done.stderr
    elif " ".join(arguments) in choice:
        assert calls >= 3, done.stderr
    else:
        assert calls == (2 if arguments[0] == "inplace_add" else 1), done.stderr


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("aot", [(), ("--aot",)], ids=["jit", "aot"])
def test_engines_load_in_another_process(tmp_path, mode, aot):
    pad = (*PAD, mode, *aot, "--artifacts_dir", str(tmp_path))
    for flag in ("--save_engine", "--load_engine"):
        done = start(*pad, flag, "-v")
        assert "Inference result is correct!" in done.stdout, done.stdout + done.stderr
    calls = done.stderr.count("circ_pad: (1, 3, 6, 6)")
    assert calls == (0 if aot else 1), "a loaded engine calls it once, or never: it has the kernel"


def test_the_basic_sample():
    done = start(script=ROOT / "samples/quick_plugins_basic/main.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("correct") == 6, done.stdout


@pytest.mark.parametrize("family", ["v3", "v2"])
def test_plugins_as_classes(tmp_path, family):
    script, saved = ROOT / f"samples/python_plugins/circ_pad_{family}.py", tmp_path / "pad.engine"
    for flag in ("--save_engine", "--load_engine"):
        done = start("-v", flag, str(saved), script=script)
        assert "Inference result is correct!" in done.stdout, done.stdout + done.stderr
        assert "enqueue" in done.stderr
