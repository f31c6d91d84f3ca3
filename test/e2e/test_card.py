# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""`tenon card`: what quantisation cost an engine, told by its record, its model and examples."""

import json
import subprocess
from xml.etree import ElementTree

import catalog
import digits
import numpy as np
import onnx
import pytest
import quantise
import served

MODEL = catalog.MNIST
PICTURES = catalog.ROOT / "models"


def card(*arguments):
    command = [served.BIN / "tenon", "card", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def pictures():
    """The ten shipped digits as inputs."""
    return [digits.to_input(digits.read_pgm(PICTURES / f"{digit}.pgm")) for digit in range(10)]


@pytest.fixture(scope="module")
def engine(pictures, engines, tmp_path_factory):
    """MNIST in int8, its tensors shown, by a cache of the ranges that the ten digits have."""
    cache = tmp_path_factory.mktemp("card") / "cache"
    cache.write_text(quantise.cache_text(quantise.ranges(MODEL.path(), MODEL.input, pictures)))
    return engines.build(
        f"--onnx={MODEL.path()}", "--int8", f"--calib={cache}", "--markUnfusedTensorsAsDebugTensors"
    )


def test_the_card_compares_an_engine_with_its_model(engine, pictures, tmp_path):
    page, plot = tmp_path / "card.json", tmp_path / "card.svg"
    done = card(engine, "--data", PICTURES, "--model", MODEL.path(), "--json", page, "--plot", plot)
    assert done.returncode == 0, done.stderr
    assert "accuracy  100.00 %, float32 100.00 %: 0.00 points lost" in done.stdout
    told = json.loads(page.read_text())
    assert (told["examples"], told["accuracy"], told["lost_points"]) == (10, 1, 0)
    assert told["notes"] == []
    assert told["output"]["name"] == MODEL.output and told["output"]["sqnr_db"] > 20
    assert len(told["tensors"]) > 3
    for tensor in told["tensors"]:
        assert tensor["source"] == "calibrator, EntropyCalibration2"
        assert tensor["stands_for"] in done.stdout
        assert tensor["saturated"] == 0, "ranges reach as far as these examples"
        assert 25 < tensor["grid_sqnr_db"] < 60
        assert 20 < tensor["engine_sqnr_db"] < tensor["grid_sqnr_db"] + 1
    given = next(tensor for tensor in told["tensors"] if tensor["stands_for"] == MODEL.input)
    most = max(np.abs(picture).max() for picture in pictures)
    assert given["scale"] == pytest.approx(most / 127) and given["greatest"] == pytest.approx(most)
    drawn = ElementTree.parse(plot).getroot()
    texts = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert all(tensor["stands_for"] in texts for tensor in told["tensors"])


def test_figures_are_those_of_numpy(engine, pictures, tmp_path):
    page = tmp_path / "card.json"
    assert not card(engine, "--data", PICTURES, "--model", MODEL.path(), "--json", page).returncode
    given = next(
        tensor
        for tensor in json.loads(page.read_text())["tensors"]
        if tensor["stands_for"] == MODEL.input
    )
    real = np.concatenate(pictures).astype(np.float64).ravel()
    rounded = np.clip(np.rint(real / given["scale"]), -128, 127) * given["scale"]
    decibels = 10 * np.log10((real**2).sum() / ((real - rounded) ** 2).sum())
    assert given["grid_sqnr_db"] == pytest.approx(decibels, abs=0.01)


def test_narrow_ranges_saturate(pictures, engines, tmp_path):
    found = quantise.ranges(MODEL.path(), MODEL.input, pictures)
    cache, page = tmp_path / "cache", tmp_path / "card.json"
    cache.write_text(quantise.cache_text({name: most / 2 for name, most in found.items()}))
    engine = engines.build(f"--onnx={MODEL.path()}", "--int8", f"--calib={cache}")
    done = card(engine, "--data", PICTURES, "--model", MODEL.path(), "--json", page)
    assert done.returncode == 0, done.stderr
    told = json.loads(page.read_text())
    given = next(one for one in told["tensors"] if one["stands_for"] == MODEL.input)
    real = np.concatenate(pictures).ravel()
    beyond = np.rint(real / given["scale"]) > 127
    assert given["saturated"] == pytest.approx(beyond.mean(), abs=1e-6) and beyond.any()
    assert given["engine_sqnr_db"] is None
    assert "--markUnfusedTensorsAsDebugTensors" in "".join(told["notes"])


def test_conversions_of_the_model_are_a_source(pictures, engines, tmp_path):
    batches = [{MODEL.input: picture} for picture in pictures]
    path = quantise.quantised(MODEL.path(), tmp_path / "q.onnx", batches)
    engine, page = engines.build(f"--onnx={path}"), tmp_path / "card.json"
    done = card(engine, "--data", PICTURES, "--model", MODEL.path(), "--json", page)
    assert done.returncode == 0, done.stderr
    tensors = json.loads(page.read_text())["tensors"]
    assert {(one["source"], one["type"]) for one in tensors} == {("conversions of the model", "u8")}
    assert any(one["grid_sqnr_db"] for one in tensors)
    refused = card(engine, "--data", PICTURES, "--model", path)
    assert refused.returncode == 2
    assert "is quantised itself: name the float32 model that it was made from" in refused.stderr


def test_an_engine_alone_says_what_is_missing(engine):
    done = card(engine, "--data", PICTURES)
    assert done.returncode == 0, done.stderr
    assert "accuracy  100.00 %\n" in done.stdout
    assert "name its float32 model with --model FILE" in done.stdout


def test_examples_of_numpy(engine, pictures, tmp_path):
    numbers = np.concatenate(pictures)
    np.savez(tmp_path / "digits.npz", Input3=numbers, labels=np.arange(10))
    done = card(engine, "--data", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "digits.npz, 10 examples" in done.stdout and "accuracy  100.00 %" in done.stdout
    wrong = np.arange(10)[::-1].copy()
    np.savez(tmp_path / "digits.npz", Input3=numbers, labels=wrong)
    assert "accuracy  0.00 %" in card(engine, "--data", tmp_path).stdout


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: None, "holds no examples: wanted are an idx pair"),
        (
            lambda folder: (folder / "x.pgm").write_bytes(b"P5\n1 1\n255\n\0"),
            "begin with its label",
        ),
        (lambda folder: (folder / "1.pgm").write_bytes(b"P2\n1 1"), "is no binary PGM"),
        (
            lambda folder: (folder / "1.pgm").write_bytes(b"P5\n1 3\n255\n\0\0\0"),
            "no whole examples of 3",
        ),
        (
            lambda folder: np.savez_compressed(folder / "x.npz", x=np.zeros((2, 784), np.float32)),
            "write it with np.savez, not np.savez_compressed",
        ),
        (
            lambda folder: np.savez(folder / "x.npz", x=np.zeros((2, 784), np.float64)),
            "of type <f8",
        ),
        (
            lambda folder: (folder / "t-images.idx3").write_bytes(b"\0\0\x08\x03"),
            "has no labels beside it",
        ),
    ],
    ids=["empty", "label", "pgm", "size", "compressed", "type", "pair"],
)
def test_data_that_cannot_be_read_is_explained(engine, tmp_path, make, said):
    make(tmp_path)
    done = card(engine, "--data", tmp_path)
    assert done.returncode == 2
    assert "there is no card of" in done.stderr and said in done.stderr


def mean_model(path, batch):
    """One number of all digits that the model takes."""
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("ReduceMean", [MODEL.input], ["mean"], keepdims=0)],
        "mean",
        [value(MODEL.input, onnx.TensorProto.FLOAT, (batch, 1, 28, 28))],
        [value("mean", onnx.TensorProto.FLOAT, ())],
    )
    opset = [onnx.helper.make_opsetid("", 17)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=8), path)
    return path


def test_an_output_without_scores_of_each_example_is_refused(engines, tmp_path):
    path = mean_model(tmp_path / "mean.onnx", 2)
    done = card(engines.build(f"--onnx={path}"), "--data", PICTURES)
    assert done.returncode == 2
    assert "output 'mean' has 1 numbers, which are no scores of 2 examples" in done.stderr


def test_an_output_whose_size_the_run_tells_is_refused(engines, tmp_path):
    value, node = onnx.helper.make_tensor_value_info, onnx.helper.make_node
    nodes = [
        node("NonZero", [MODEL.input], ["where"]),
        node("Transpose", ["where"], ["at"], perm=(1, 0)),
        node("GatherND", [MODEL.input, "at"], ["found"]),
    ]
    given = value(MODEL.input, onnx.TensorProto.FLOAT, (1, 1, 28, 28))
    made = value("found", onnx.TensorProto.FLOAT, (None,))
    opset = [onnx.helper.make_opsetid("", 17)]
    graph = onnx.helper.make_graph(nodes, "found", [given], [made])
    path = tmp_path / "found.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=8), path)
    done = card(engines.build(f"--onnx={path}"), "--data", PICTURES)
    assert done.returncode == 2
    assert "how large tensor found is, only a run tells" in done.stderr


def test_a_model_with_another_output_is_refused(engine, tmp_path):
    path = mean_model(tmp_path / "mean.onnx", 1)
    done = card(engine, "--data", PICTURES, "--model", path)
    assert done.returncode == 2
    assert "is no model of this engine: its first output 'mean' has 1 numbers" in done.stderr


def test_engines_that_are_none_or_not_quantised(engines, tmp_path):
    done = card(MODEL.path(), "--data", PICTURES)
    assert done.returncode == 2 and "it is a model: build an engine of it" in done.stderr
    assert card(tmp_path / "nowhere", "--data", PICTURES).returncode == 2
    done = card(engines.build(f"--onnx={MODEL.path()}"), "--data", PICTURES)
    assert done.returncode == 0
    assert "no tensor of the engine is quantised" in done.stdout
