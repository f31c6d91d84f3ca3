# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""ONNX's own tests of quantised operators, as engines: what passes, and what is refused by name."""

import json
import re
import warnings

import numpy as np
import onnx
import pytest
import served
from one_node import array

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from onnx.backend.test.case.node import collect_testcases

    # ONNX draws the inputs of its tests: any seed will do, but always the same one.
    np.random.seed(0)
    TESTS = {case.name: case for case in collect_testcases(None)}

QUANTISED = re.compile("quantizelinear|qlinear|convinteger|matmulinteger")
CASES = sorted(name for name in TESTS if QUANTISED.search(name) and "expanded" not in name)
# Conversions between types that data are only kept in and others. FNUZ types are not there.
STORAGE = re.compile("test_cast_.*(FLOAT8E4M3FN|FLOAT8E5M2|FLOAT8E8M0|FLOAT4E2M1|U?INT[24])(_|$)")
CASTS = sorted(name for name in TESTS if STORAGE.match(name) and "FNUZ" not in name)
UNSATURATED = [name for name in CASTS if "no_saturate" in name]

# Inputs of an engine; others become weights.
INPUT_TYPES = {
    onnx.TensorProto.FLOAT: np.float32,
    onnx.TensorProto.UINT8: np.uint8,
    onnx.TensorProto.INT8: np.int8,
    onnx.TensorProto.INT32: np.int32,
}


# What outputs of types that no engine can have, or that NumPy lacks, end as.
END_AS = {
    onnx.TensorProto.INT16: onnx.TensorProto.INT32,
    onnx.TensorProto.UINT16: onnx.TensorProto.INT32,
    onnx.TensorProto.INT4: onnx.TensorProto.INT32,
    onnx.TensorProto.UINT4: onnx.TensorProto.INT32,
    onnx.TensorProto.INT2: onnx.TensorProto.INT32,
    onnx.TensorProto.UINT2: onnx.TensorProto.INT32,
    onnx.TensorProto.FLOAT8E4M3FN: onnx.TensorProto.FLOAT,
    onnx.TensorProto.FLOAT8E5M2: onnx.TensorProto.FLOAT,
    onnx.TensorProto.FLOAT4E2M1: onnx.TensorProto.FLOAT,
    onnx.TensorProto.FLOAT8E8M0: onnx.TensorProto.FLOAT,
}


def cast_outputs(model):
    """Casts outputs of small types to types that hold their numbers."""
    for i, output in enumerate(model.graph.output):
        end = END_AS.get(element_type(output))
        if end is not None:
            name = f"cast_{i}"
            cast = onnx.helper.make_node("Cast", [output.name], [name], to=end)
            model.graph.node.append(cast)
            output.name = name
            output.type.tensor_type.elem_type = end


KNOWN = [np.float32, np.float16, np.uint8, np.int8, np.int32, np.int64]


def element_type(value):
    return value.type.tensor_type.elem_type


def save(case, folder, constant, cast):
    """The model with all inputs but the first as weights, or with those alone that must be."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    feeds = {}
    graph = model.graph
    for i, (info, value) in enumerate(zip(case.model.graph.input, case.data_sets[0][0])):
        if element_type(info) in INPUT_TYPES and not (constant and i > 0):
            proto = isinstance(value, onnx.TensorProto)
            feeds[info.name] = onnx.numpy_helper.to_array(value) if proto else value
            continue
        tensor = value if isinstance(value, onnx.TensorProto) else None
        if tensor is None:
            tensor = onnx.numpy_helper.from_array(value, info.name)
        tensor.name = info.name
        graph.initializer.append(tensor)
        graph.input.remove(next(x for x in graph.input if x.name == info.name))
    if cast:
        cast_outputs(model)
    path = folder / "node.onnx"
    onnx.save(model, path)
    return path, feeds


def run(case, folder, constant, cast=True):
    path, feeds = save(case, folder, constant, cast)
    files = []
    for name, value in feeds.items():
        np.ascontiguousarray(value).tofile(folder / f"{name}.raw")
        files.append(f"{name}:{folder / name}.raw")
    arguments = [f"--onnx={path}", "--iterations=1", "--warmUp=0", "--duration=0"]
    arguments.append(f"--exportOutput={folder}/out.json")
    if files:
        arguments.append(f"--loadInputs={','.join(files)}")
    return served.trtexec(*arguments)


@pytest.mark.parametrize("constant", [False, True], ids=["inputs", "weights"])
@pytest.mark.parametrize("name", CASES + [name for name in CASTS if name not in UNSATURATED])
def test_answers_as_onnx_says(name, constant, tmp_path):
    case = TESTS[name]
    done = run(case, tmp_path, constant)
    assert done.returncode == 0, done.stdout
    rows = json.loads((tmp_path / "out.json").read_text())
    for row, given in zip(rows, case.data_sets[0][1], strict=True):
        proto = isinstance(given, onnx.TensorProto)
        expected = onnx.numpy_helper.to_array(given) if proto else given
        if expected.dtype not in map(np.dtype, KNOWN):
            expected = expected.astype(np.float32)
        ours = array(row, expected.dtype).reshape(expected.shape)
        if expected.dtype.kind == "f":
            np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-6)
        else:
            np.testing.assert_array_equal(ours, expected)


@pytest.mark.parametrize("name", UNSATURATED)
def test_refuses_casts_that_do_not_saturate(name, tmp_path):
    done = run(TESTS[name], tmp_path, True)
    assert done.returncode != 0, done.stdout
    assert "attribute saturate is 0, which is not supported" in done.stdout, done.stdout


def test_refuses_outputs_without_a_word_in_the_interface(tmp_path):
    done = run(TESTS["test_quantizelinear_int16"], tmp_path, True, cast=False)
    assert done.returncode != 0, done.stdout
    assert "output 'y' of the network is i16" in done.stdout, done.stdout
