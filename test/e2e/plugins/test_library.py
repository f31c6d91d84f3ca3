# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The library of shipped plugins, as programs meet it."""

import json
import re
import subprocess

import numpy as np
import pytest
import served

F = np.float32
GELU = ("CustomGeluPluginDynamic", [np.linspace(-3, 3, 12, dtype=F)], (F,), {"type_id": 0})
PAGE = served.ROOT / "docs" / "plugins.md"


@pytest.fixture
def model(one_node):
    op, inputs, outputs, attributes = GELU
    return one_node.model(op, inputs, outputs, attributes, False, ())


def test_an_engine_goes_from_one_process_to_another(model, tmp_path):
    engine = tmp_path / "gelu.engine"
    built = served.trtexec(f"--onnx={model}", f"--saveEngine={engine}", "--skipInference")
    assert built.returncode == 0, built.stdout
    GELU[1][0].tofile(tmp_path / "x.raw")
    io = (f"--loadInputs=x0:{tmp_path}/x.raw", f"--exportOutput={tmp_path}/y.json")
    ran = served.trtexec(f"--loadEngine={engine}", *io, "--iterations=1")
    assert ran.returncode == 0, ran.stdout
    got = json.loads((tmp_path / "y.json").read_text())[0]["values"]
    x = GELU[1][0]
    want = 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    np.testing.assert_allclose(got, want, atol=2e-6)


def test_the_library_can_be_handed_over_as_well(model):
    library = served.BUILD / "lib" / "libnvinfer_plugin.so"
    done = served.trtexec(f"--onnx={model}", f"--dynamicPlugins={library}", "--iterations=1")
    assert done.returncode == 0, done.stdout


def test_the_names_of_other_libraries_lead_to_it():
    folder = served.BUILD / "lib"
    for name in ("libnvinfer_plugin.so.10", "libnvinfer_plugin.so.11"):
        assert (folder / name).resolve() == (folder / "libnvinfer_plugin.so").resolve()


def test_tenon_why_knows_the_plugins(model):
    command = [served.BIN / "tenon", "why", model]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "libnvinfer_plugin" in done.stdout


def test_the_documentation_lists_what_is_registered():
    catalogue = (served.ROOT / "plugin_library" / "catalogue.cc").read_text()
    registered = re.findall(r'(v[23])<[\w<>]+>\("(\w+)", "(\d+)"\)', catalogue)
    assert len(registered) > 20
    rows = {}
    for name, versions in re.findall(r"^\| `(\w+)` \| (\d[\d,; ()V]*) \|", PAGE.read_text(), re.M):
        rows[name] = {
            ("v3" if mark else "v2", version)
            for version, mark in re.findall(r"\b(\d+)( \(V3\))?", versions)
        }
    for name in {name for _, name, _ in registered}:
        assert rows[name] == {(face, version) for face, one, version in registered if one == name}
