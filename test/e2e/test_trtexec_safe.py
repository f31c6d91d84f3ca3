# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Safe engines with trtexec: built, checked, run through the proxy, refused where they must be."""

import json

import catalog
import digits
import numpy as np
import onnx
import pytest
import served
from onnx import TensorProto, helper

MODEL = catalog.ROOT / "models" / "mnist_plugin.onnx"
# Any batch; made when the data is laid out.
DYNAMIC = catalog.ROOT / "data" / "safe_plugin" / "mnist_safe_plugin_ds.onnx"
LIBRARY = served.BUILD / "lib" / "libsample_safe_plugin_v3.so"
PLUGIN = f"--safetyPlugins={LIBRARY}[::MaxPoolPlugin]"
QUICK = ("--iterations=3", "--warmUp=0", "--duration=0")


def passes(*arguments):
    done = served.trtexec(*map(str, arguments))
    assert done.returncode == 0, done.stdout
    assert "&&&& PASSED" in done.stdout
    return done.stdout


def fails(*arguments):
    done = served.trtexec(*map(str, arguments))
    assert done.returncode != 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    path = tmp_path_factory.mktemp("safe") / "sample.engine"
    text = passes(
        f"--onnx={MODEL}",
        "--safe",
        "--skipInference",
        "--fp16",
        "--consistency",
        PLUGIN,
        "--dumpKernelText",
        f"--saveEngine={path}",
    )
    assert "Consistency check passed." in text
    return path


def test_kernel_text_lists_safe_kernels_alone(engine):
    lines = (engine.parent / "sample.engine.txt").read_text().splitlines()
    kernels = [line.split()[1] for line in lines[1:]]
    assert any(kernel.startswith("plugin.safe/MaxPoolPlugin@") for kernel in kernels)
    assert all(kernel.startswith(("simd/", "plugin.safe/")) for kernel in kernels)


# Shows S-TOOL-1.
@pytest.mark.parametrize("digit", range(10))
def test_proxy_names_the_digits(digit, engine, tmp_path):
    picture = digits.to_input(digits.read_pgm(catalog.ROOT / "models" / f"{digit}.pgm"))
    np.ascontiguousarray(picture, np.float32).tofile(tmp_path / "digit.raw")
    out = tmp_path / "out.json"
    passes(
        "--safe",
        f"--loadEngine={engine}",
        PLUGIN,
        f"--loadInputs=Input3:{tmp_path}/digit.raw",
        f"--exportOutput={out}",
        *QUICK,
    )
    assert np.argmax(json.loads(out.read_text())[0]["values"]) == digit


# Shows S-CHK-1.
def test_loaded_engine_is_checked_too(engine):
    text = passes("--safe", f"--loadEngine={engine}", "--consistency", "--skipInference", PLUGIN)
    assert "Consistency check passed." in text


# Shows S-CHK-1.
def test_a_damaged_engine_is_not_consistent(engine, tmp_path):
    damaged = bytearray(engine.read_bytes())
    damaged[-100] ^= 1  # The network stands last.
    path = tmp_path / "damaged.engine"
    path.write_bytes(damaged)
    text = fails("--safe", f"--loadEngine={path}", "--consistency", "--skipInference", PLUGIN)
    assert "checksum of section 'network'" in text


def test_several_shapes_are_several_profiles(tmp_path):
    shapes = []
    for number, batch in enumerate((1, 5)):
        shapes += [f"--profile={number}", f"--optShapes=Input3:{batch}x1x28x28"]
    built = tmp_path / "two.engine"
    passes(
        f"--onnx={DYNAMIC}",
        "--safe",
        "--consistency",
        PLUGIN,
        *shapes,
        "--skipInference",
        f"--saveEngine={built}",
    )
    for profile, batch in enumerate((1, 5)):
        text = passes(
            "--safe",
            f"--loadEngine={built}",
            PLUGIN,
            f"--useProfile={profile}",
            f"--shapes=Input3:{batch}x1x28x28",
            *QUICK,
        )
        assert f"Input Input3: {batch}x1x28x28" in text
    ranged = fails(
        f"--onnx={DYNAMIC}",
        "--safe",
        PLUGIN,
        "--minShapes=Input3:1x1x28x28",
        "--optShapes=Input3:2x1x28x28",
        "--maxShapes=Input3:5x1x28x28",
        "--skipInference",
    )
    assert 'SAFE-03: profile 0, input "Input3"' in ranged


# Shows S-BLD-3.
def test_standard_runtime_refuses_and_names_the_mend(engine):
    text = fails(f"--loadEngine={engine}", PLUGIN)
    assert "it is a safe engine" in text
    assert "createTRTGraph" in text


def test_proxy_refuses_standard_engines(engines):
    built = engines.build(f"--onnx={catalog.MNIST.path()}")
    assert "built with EngineCapability::kSTANDARD" in fails("--safe", f"--loadEngine={built}")


# Shows S-REG-5.
def test_engine_needs_its_plugin(engine):
    text = fails("--safe", f"--loadEngine={engine}", *QUICK)
    assert 'the engine needs safe plugin name "MaxPoolPlugin"' in text


def test_standard_build_refuses_safe_plugins_by_name():
    text = fails(f"--onnx={MODEL}", PLUGIN, "--skipInference")
    assert "plugin MaxPoolPlugin version 1 namespace '' is a safe plugin" in text


def test_other_namespace_is_refused_or_unknown():
    text = fails(
        f"--onnx={MODEL}",
        "--safe",
        "--skipInference",
        f"--safePlugins={LIBRARY}[elsewhere::MaxPoolPlugin]",
    )
    assert "elsewhere::MaxPoolPlugin" in text


# Shows S-BLD-1.
def test_scope_report_names_every_node_outside(tmp_path):
    nodes = [
        helper.make_node("CumSum", ["x", "axis"], ["a"], name="sum1"),
        helper.make_node("Relu", ["a"], ["b"], name="relu1"),
        helper.make_node("NonZero", ["b"], ["y"], name="found1"),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4, 5, 5])
    axis = helper.make_tensor("axis", TensorProto.INT64, [], [1])
    y = helper.make_tensor_value_info("y", TensorProto.INT64, [4, "n"])
    graph = helper.make_graph(nodes, "outside", [x], [y], [axis])
    path = tmp_path / "outside.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)
    text = fails(f"--onnx={path}", "--safe", "--skipInference")
    assert 'SAFE-09: node "sum1"' in text
    assert 'SAFE-08: node "found1"' in text
    assert "2 findings by rules SAFE-08, SAFE-09" in text


def test_reports_of_layers_are_refused_with_inference(engine):
    text = fails("--safe", f"--loadEngine={engine}", PLUGIN, "--dumpProfile")
    assert "--dumpProfile is refused with --safe" in text


def test_rules_between_flags():
    assert "--dumpKernelText needs --safe" in fails(f"--onnx={MODEL}", "--dumpKernelText")
    assert "exclude each other" in fails(f"--onnx={MODEL}", "--safe", "--stripWeights")
    text = passes(f"--onnx={catalog.MNIST.path()}", "--consistency", "--skipInference")
    assert "--consistency has no effect without --safe" in text
