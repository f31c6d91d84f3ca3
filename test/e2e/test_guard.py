# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""trtexec --guard: ten faulty plugins are named with node and place, sound ones are left alone."""

import os
import subprocess

import catalog
import numpy as np
import onnx
import pytest
import served
from onnx import TensorProto, helper

LIBRARY = served.BUILD / "lib" / "libfaulty_plugins.so"

# What each of test/faults/guard/faulty_plugins.cc is said to do.
FAULTS = {
    "PastTheEnd": 'writes past the end of output 0 "y"',
    "Neighbour": 'reads past the end of input 0 "x"',
    "InPlace": 'writes into input 0 "x"',
    "Vectors": 'of output 0 "y" unwritten',
    "Scratch": "writes past the end of the workspace",
    "Offset": "loses something when it is serialized",
    "Peak": "keeps state in common with its clones",
    "Sum": "gives another result when it runs again",
    "Copy": "allocates in its run",
    "Odd": 'node "node": plugin FaultyOdd version 1: enqueue threw',
}


def guarded(folder, op_type):
    """trtexec with a model of one node of `op_type`, [2, 5] float32."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 5])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    node = helper.make_node(op_type, ["x"], ["y"], name="node", offset=3.0)
    graph = helper.make_graph([node], "guarded", [x], [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 9
    onnx.save(model, folder / "model.onnx")
    file = folder / "x.raw"
    np.arange(1, 11, dtype=np.float32).tofile(file)
    return served.trtexec(
        f"--onnx={folder}/model.onnx",
        f"--dynamicPlugins={LIBRARY}",
        f"--loadInputs=x:{file}",
        "--guard",
        "--iterations=1",
        "--warmUp=0",
        "--duration=0",
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_the_faulty_one_is_named(tmp_path, fault):
    done = guarded(tmp_path, f"Faulty{fault}")
    lines = [line for line in done.stdout.splitlines() if FAULTS[fault] in line]
    assert lines, done.stdout
    assert any(f"Faulty{fault}" in line for line in lines), lines
    assert 'node "node"' in done.stdout
    assert (done.returncode == 0) == (fault == "Copy")


@pytest.mark.parametrize("fault", FAULTS)
def test_the_correct_twin_passes(tmp_path, fault):
    done = guarded(tmp_path, f"Correct{fault}")
    assert done.returncode == 0, done.stdout
    assert "guard," not in done.stdout


@pytest.mark.parametrize("whom", ["1", "all"])
def test_the_digits_pass(whom):
    """The max-pool sample, and with `all` every kernel of the engine beside it."""
    done = subprocess.run(
        [
            served.BUILD / "bin" / "trtexec",
            f"--onnx={catalog.ROOT / 'models' / 'mnist_plugin.onnx'}",
            f"--dynamicPlugins={served.BUILD / 'lib' / 'libmaxpool_plugin.so'}",
            "--iterations=2",
            "--warmUp=0",
            "--duration=0",
        ],
        env={**os.environ, "TENON_GUARD": whom},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "guard," not in done.stdout, done.stdout
