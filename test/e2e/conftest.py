# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What the end-to-end tests share: paths, engines built once a session, ONNX Runtime as oracle."""

import functools
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "models")]
import one_node as one_node_models  # noqa: E402
import served  # noqa: E402

# max|a - b| / max|b| in float32, by network: the deep ones sum more roundings.
TOLERANCE = {"mnist": 1e-5, "lenet": 1e-5, "chain1000": 1e-5, "resnet50": 1e-4, "mobilenetv2": 1e-4}


@functools.cache
def oracle(path):
    """ONNX Runtime's answer to a model file, as a function of the input array."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda array: session.run(None, {name: array})[0]


class Engines:
    """Builds an engine file once for each set of arguments."""

    def __init__(self, folder):
        self.folder = folder
        self.built = {}

    def build(self, *arguments, threads=1):
        key = (arguments, threads)
        if key not in self.built:
            path = self.folder / f"{len(self.built)}.engine"
            done = served.trtexec(
                *arguments, f"--saveEngine={path}", "--skipInference", threads=threads
            )
            assert done.returncode == 0, done.stdout
            self.built[key] = path
        return self.built[key]


@pytest.fixture(scope="session")
def engines(tmp_path_factory):
    return Engines(tmp_path_factory.mktemp("engines"))


@pytest.fixture
def normal():
    """Seeded normal float32 arrays of any shape."""
    rng = np.random.default_rng(11)
    return lambda shape: rng.standard_normal(shape, np.float32)


@pytest.fixture
def one_node(tmp_path):
    """Builds and runs models of one node."""
    return one_node_models.Runner(tmp_path)


@pytest.fixture
def rng():
    return np.random.default_rng(7)
