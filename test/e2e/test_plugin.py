# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""A model with a plugin, from file to answer: built in one process, run in another."""

import catalog
import digits
import netbuilder
import onnx
import pytest
import served
from conftest import TOLERANCE, oracle

MODEL = catalog.ROOT / "models" / "mnist_plugin.onnx"
LIBRARIES = served.BUILD / "lib"
LIBRARY = LIBRARIES / "libmaxpool_plugin.so"
# One plugin in three generations of the interface, V3, V2DynamicExt and V2IOExt, and in few words.
GENERATIONS = [
    LIBRARIES / f"libmaxpool_{name}.so"
    for name in ("plugin", "dynamic_plugin", "io_plugin", "quick_plugin")
]


@pytest.fixture(scope="module")
def engine(engines):
    return engines.build(f"--onnx={MODEL}", f"--dynamicPlugins={LIBRARY}")


@pytest.mark.parametrize("library", GENERATIONS, ids=lambda library: library.stem)
def test_answers_like_the_network_without_the_plugin(engines, library):
    engine = engines.build(f"--onnx={MODEL}", f"--dynamicPlugins={library}")
    model = catalog.MNIST
    expected = oracle(model.path())
    start = digits.to_input(digits.read_pgm(catalog.ROOT / "models" / "0.pgm"))
    io = ({model.input: start}, model.output, (1, 10))
    with served.Served("tenon_bench", engine, *io, libraries=[library]) as side:
        for digit in range(10):
            picture = digits.to_input(digits.read_pgm(catalog.ROOT / "models" / f"{digit}.pgm"))
            error = served.error(side.result(picture), expected(picture))
            assert error <= TOLERANCE["mnist"], digit


@pytest.mark.parametrize("library", GENERATIONS, ids=lambda library: library.stem)
@pytest.mark.parametrize("how", ["--dynamicPlugins", "--staticPlugins"])
def test_trtexec_runs_the_engine_with_the_library(engines, library, how):
    engine = engines.build(f"--onnx={MODEL}", f"--dynamicPlugins={library}")
    done = served.trtexec(f"--loadEngine={engine}", f"{how}={library}", "--iterations=3")
    assert done.returncode == 0, done.stdout
    assert "PASSED" in done.stdout


def test_another_generation_of_the_plugin_is_refused_by_name(engine):
    others = [f"--dynamicPlugins={GENERATIONS[1]}", "--iterations=1"]
    done = served.trtexec(f"--loadEngine={engine}", *others)
    assert done.returncode != 0
    assert "from a creator of kind V3 (IPluginCreatorV3One)" in done.stdout
    assert "is of kind V1 (IPluginCreator)" in done.stdout


@pytest.mark.parametrize("what", ["build", "load"])
def test_without_the_library_the_message_names_the_plugin_and_the_mend(what, engine):
    source = f"--onnx={MODEL}" if what == "build" else f"--loadEngine={engine}"
    done = served.trtexec(source, "--skipInference" if what == "build" else "--iterations=1")
    assert done.returncode != 0
    assert "MaxPoolPlugin" in done.stdout
    assert "--dynamicPlugins" in done.stdout


def test_a_missing_ptype_is_warned_about():
    done = served.trtexec(f"--onnx={MODEL}", f"--dynamicPlugins={LIBRARY}", "--skipInference")
    assert done.returncode == 0, done.stdout
    assert "Attribute pType not found in plugin node" in done.stdout


def test_the_first_plugin_of_the_readme(engines, tmp_path, normal):
    net = netbuilder.Net("square", opset=13)
    x = net.input("x", ["N", 7])
    net.output(net.node("Square", [x.name], "y"), ["N", 7])
    onnx.save(net.model(check=False), tmp_path / "square.onnx")
    library = LIBRARIES / "libsquare_plugin.so"
    shapes = [f"--{k}Shapes=x:{n}x7" for k, n in (("min", 1), ("opt", 2), ("max", 3))]
    arguments = [f"--onnx={tmp_path}/square.onnx", f"--dynamicPlugins={library}", *shapes]
    engine = engines.build(*arguments)
    array = normal((3, 7))
    with served.Served(
        "tenon_bench", engine, {"x": array}, "y", (3, 7), libraries=[library]
    ) as side:
        assert (side.result() == array * array).all()
