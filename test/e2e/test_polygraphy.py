# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Polygraphy as it comes from its package: its subtools work on engines and models of ours."""

import os
import subprocess
import sys
from pathlib import Path

import catalog
import onnx
import pytest
import served

MNIST = str(served.ROOT / "models/mnist.onnx")
PATHS = [str(served.BUILD / "python"), str(served.ROOT / "python/compat")]
TRT_AGAINST_ORT = ("--trt", "--onnxrt")
PROGRAM = str(Path(sys.executable).parent / "polygraphy")

PATTERN = '''
"""Where a pooling layer without padding may be the plugin that does the same."""

import onnx_graphsurgeon as gs


def get_plugin_pattern():
    pattern = gs.GraphPattern()
    pooled = pattern.add("pool", "MaxPool", inputs=[pattern.variable()])
    pattern.set_output_tensors([pooled])
    return pattern


def get_matching_subgraphs(graph):
    def told(match):
        node = match.get("pool")
        kept = {name: node.attrs[name] for name in ("kernel_shape", "strides")}
        return {
            "inputs": [tensor.name for tensor in match.inputs],
            "outputs": [tensor.name for tensor in match.outputs],
            "attributes": {**kept, "pads": [0, 0]},
        }

    return [told(match) for match in get_plugin_pattern().match_all(graph)]


def get_plugin_metadata():
    return {"name": "MaxPoolPlugin", "op": "MaxPoolPlugin"}
'''


@pytest.fixture
def polygraphy(tmp_path):
    """Runs Polygraphy in a folder of the test's own, and answers what it said."""

    def run(*arguments, fails=False):
        done = subprocess.run(
            [PROGRAM, *map(str, arguments)],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(PATHS)},
            cwd=tmp_path,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout + done.stderr

    return run


def operators(path):
    return [node.op_type for node in onnx.load(path).graph.node]


def test_plugins_are_listed_matched_and_put_in(polygraphy, tmp_path):
    """Two pooling layers become plugins, and the network gives the answers it gave."""
    (tmp_path / "plugins/MaxPoolPlugin").mkdir(parents=True)
    (tmp_path / "plugins/MaxPoolPlugin/pattern.py").write_text(PATTERN)
    known = ("--plugin-dir", "plugins")
    assert "{'MaxPoolPlugin': 2}" in polygraphy("plugin", "list", MNIST, *known)
    polygraphy("plugin", "match", MNIST, *known, "-o", "found.yaml")
    replaced = tmp_path / "replaced.onnx"
    polygraphy("plugin", "replace", MNIST, *known, "--config", "found.yaml", "-o", replaced)
    assert operators(replaced).count("MaxPoolPlugin") == 2
    polygraphy("run", MNIST, "--onnxrt", "--save-outputs", "answers.json")
    library = served.BUILD / "lib/libmaxpool_plugin.so"
    options = ("--plugins", library, "--load-outputs", "answers.json")
    assert "PASSED" in polygraphy("run", replaced, "--trt", *options)


def test_models_from_surgery_run(polygraphy, tmp_path):
    part, inserted, clean = (str(tmp_path / f"{name}.onnx") for name in ("part", "more", "clean"))
    ends = ("--inputs", "relu1_out:[1,8,28,28]:float32", "--outputs", "relu2_out:float32")
    polygraphy("surgeon", "extract", MNIST, *ends, "-o", part)
    assert operators(part) == ["MaxPool", "Conv", "Add", "Relu"]
    new = ("--op", "Neg", "--name", "turned", "--inputs", "relu2_out", "--outputs", "relu2_out")
    polygraphy("surgeon", "insert", part, *new, "-o", inserted)
    assert operators(inserted)[-1] == "Neg"
    polygraphy("surgeon", "sanitize", MNIST, "--fold-constants", "--cleanup", "-o", clean)
    assert operators(clean).count("Reshape") == 1
    for model in (part, inserted, clean):
        assert "PASSED" in polygraphy("run", model, *TRT_AGAINST_ORT)


def test_a_network_from_a_template_is_built(polygraphy, tmp_path):
    network, config = tmp_path / "network.py", tmp_path / "config.py"
    polygraphy("template", "trt-network", MNIST, "-o", network)
    polygraphy("template", "trt-config", "-o", config)
    script = ("--model-type", "trt-network-script", "--trt-config-script", config)
    polygraphy("run", network, *script, "--trt", "--save-engine", "made.engine")
    polygraphy("run", MNIST, "--onnxrt", "--save-outputs", "answers.json")
    engine = ("made.engine", "--model-type", "engine", "--load-outputs", "answers.json")
    assert "PASSED" in polygraphy("run", *engine, "--trt")


def test_a_model_is_cut_into_parts_that_are_supported(polygraphy, tmp_path):
    """Of four nodes the second and the last are of operators that nobody knows."""
    steps = zip(("Neg", "Bend", "Relu", "Fold"), "abcd", "bcde", strict=True)
    nodes = [onnx.helper.make_node(kind, [x], [y], name=kind) for kind, x, y in steps]
    told = [onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [2]) for n in "abcde"]
    graph = onnx.helper.make_graph(nodes, "parts", told[:1], told[-1:], value_info=told[1:-1])
    onnx.save(onnx.helper.make_model(graph, ir_version=8), tmp_path / "parts.onnx")
    said = polygraphy("inspect", "capability", "--with-partitioning", "parts.onnx", "-o", "parts")
    assert "Bend" in said and "Fold" in said
    made = {path.name: operators(path) for path in (tmp_path / "parts").glob("*.onnx")}
    assert made == {
        "supported_subgraph-nodes-0-0.onnx": ["Neg"],
        "supported_subgraph-nodes-2-2.onnx": ["Relu"],
        "unsupported_subgraph-nodes-1-1.onnx": ["Bend"],
        "unsupported_subgraph-nodes-3-3.onnx": ["Fold"],
    }


def test_engines_are_built_again_until_a_check_has_said_enough(polygraphy):
    command = ("debug", "build", MNIST, "--until", "2", "--check")
    check = (PROGRAM, "run", "polygraphy_debug.engine", "--trt", "--model-type", "engine")
    assert "Passed: 2/2" in polygraphy(*command, *check)


def test_a_failing_model_is_reduced_to_the_node(polygraphy, tmp_path):
    """The check fails wherever there is a pooling layer: what is left is one."""
    check = "import onnx, sys; nodes = onnx.load('polygraphy_debug.onnx').graph.node; "
    check += "sys.exit(any(node.op_type == 'MaxPool' for node in nodes))"
    (tmp_path / "check.py").write_text(check)
    reduced = tmp_path / "reduced.onnx"
    command = (
        "debug",
        "reduce",
        MNIST,
        "-o",
        reduced,
        "--model-input-shapes",
        "Input3:[1,1,28,28]",
    )
    polygraphy(*command, "--check", sys.executable, "check.py")
    assert operators(reduced) == ["MaxPool"]
    assert "PASSED" in polygraphy("run", reduced, *TRT_AGAINST_ORT)


def test_layers_are_marked_for_a_higher_precision(polygraphy):
    command = ("debug", "precision", MNIST, "--fp16", "--mode", "bisect", "--check")
    check = (PROGRAM, "run", "polygraphy_debug.engine", "--trt", "--model-type", "engine")
    polygraphy("run", MNIST, "--onnxrt", "--save-outputs", "answers.json")
    options = ("--load-outputs", "answers.json", "--atol", "0.1", "--rtol", "0.1")
    said = polygraphy(*command, *check, *options)
    assert "Passed:" in said


@pytest.mark.skipif(not (catalog.OCR / "rec.onnx").exists(), reason="scripts/fetch_ocr_models")
def test_a_recogniser_with_dynamic_shapes_agrees_with_onnx_runtime(polygraphy):
    shapes = {"min": "1,3,48,160", "opt": "1,3,48,320", "max": "1,3,48,640"}
    profile = [p for k, s in shapes.items() for p in (f"--trt-{k}-shapes", f"x:[{s}]")]
    options = ("--input-shapes", "x:[1,3,48,240]", *profile)
    said = polygraphy("run", catalog.OCR / "rec.onnx", *TRT_AGAINST_ORT, *options)
    assert "PASSED" in said
