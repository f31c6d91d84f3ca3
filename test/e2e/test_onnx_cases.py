# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Operators newer than Debian's test data: the onnx package's cases, on reference kernels."""

import re
import subprocess
import warnings

import pytest
import served
from onnx import numpy_helper

# Operators, and of each how many cases there are at least.
OPERATORS = {
    "AffineGrid": 4,
    "CausalConvWithState": 4,
    "Col2Im": 5,
    "CumProd": 6,
    "DFT": 6,
    "Det": 2,
    "MaxUnpool": 2,
    "MelWeightMatrix": 1,
    "STFT": 2,
    "SwiGLU": 2,
    "TensorScatter": 3,
}
PROGRAM = served.BUILD / "test" / "onnx_nodes_test"


@pytest.fixture(scope="module")
def cases():
    """Test cases by operator; those that are functions written out are other operators'."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.node import collect_testcases  # noqa: PLC0415

        found = {name: [] for name in OPERATORS}
        for case in collect_testcases(None):
            nodes = case.model.graph.node if case.model else []
            if len(nodes) == 1 and nodes[0].op_type in found:
                found[nodes[0].op_type].append(case)
    return found


def write(folder, case):
    """As the onnx package lays its data out in folders."""
    data = folder / case.name / "test_data_set_0"
    data.mkdir(parents=True)
    (folder / case.name / "model.onnx").write_bytes(case.model.SerializeToString())
    inputs, outputs = case.data_sets[0]
    graph = case.model.graph
    for kind, arrays, infos in (("input", inputs, graph.input), ("output", outputs, graph.output)):
        for i, (array, info) in enumerate(zip(arrays, infos, strict=True)):
            tensor = numpy_helper.from_array(array, info.name)
            (data / f"{kind}_{i}.pb").write_bytes(tensor.SerializeToString())


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_computes_what_its_cases_say(operator, cases, tmp_path):
    if not PROGRAM.exists():
        pytest.skip(f"no {PROGRAM.name}: build the tests")
    for case in cases[operator]:
        write(tmp_path, case)
    merged = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run([PROGRAM, f"--cases={tmp_path}"], cwd=served.ROOT, check=False, **merged)
    assert done.returncode == 0, done.stdout
    passed = re.search(r"(\d+) cases passed", done.stdout)
    assert int(passed[1]) == len(cases[operator]) >= OPERATORS[operator]
