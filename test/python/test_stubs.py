# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The typed stub says what the bindings are."""

import ast
import inspect
import sys

import tenon as trt
from tenon import _core
from workshop import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import python_stubs


def test_the_stub_is_up_to_date():
    assert python_stubs.STUB.read_text() == python_stubs.stub(), "run scripts/python_stubs.py"


def test_the_stub_is_python_and_complete():
    tree = ast.parse(python_stubs.STUB.read_text())
    named = {node.name for node in tree.body if hasattr(node, "name")}
    named |= {node.targets[0].id for node in tree.body if isinstance(node, ast.Assign)}
    bound = {n for n, v in vars(_core).items() if isinstance(v, type) and not n.startswith("_")}
    assert bound <= named


def test_classes_are_documented():
    silent = [
        name for name, cls in vars(trt).items() if inspect.isclass(cls) and not inspect.getdoc(cls)
    ]
    assert silent == []
