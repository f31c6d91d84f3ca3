# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""A dozen mistakes of plugin users: each message names the true cause first, then the mend."""

import catalog
import onnx
import pytest
import served
from onnx import helper

LIBRARIES = served.BUILD / "lib"
MAXPOOL = LIBRARIES / "libmaxpool_plugin.so"
SQUARE = LIBRARIES / "libsquare_plugin.so"


def network(folder, op_type="MaxPoolPlugin", domain="", **attributes):
    """The digit network with its plugin nodes changed; an attribute given as None is dropped."""
    model = onnx.load(catalog.ROOT / "models" / "mnist_plugin.onnx")
    for node in model.graph.node:
        if node.op_type != "MaxPoolPlugin":
            continue
        node.op_type, node.domain = op_type, domain
        kept = [a for a in node.attribute if a.name not in attributes]
        del node.attribute[:]
        node.attribute.extend(kept)
        node.attribute.extend(
            helper.make_attribute(k, v) for k, v in attributes.items() if v is not None
        )
    if domain:
        model.opset_import.append(helper.make_opsetid(domain, 1))
    onnx.save(model, folder / "model.onnx")
    return f"--onnx={folder}/model.onnx"


def refusal(*arguments):
    done = served.trtexec(*arguments, "--skipInference")
    assert done.returncode != 0, done.stdout
    return done.stdout


def in_order(text, *phrases):
    """Do the phrases stand in the text, one after the other?"""
    position = 0
    for phrase in phrases:
        position = text.find(phrase, position)
        if position < 0:
            return False
    return True


MISTAKES = {
    "wrong version": (
        {"plugin_version": "1.0"},
        MAXPOOL,
        [
            'version "1.0"',
            "The version differs",
            '"1" and "1.0" are two versions',
            'plugin_version to "1"',
        ],
    ),
    "wrong namespace": (
        {"plugin_namespace": "acme"},
        MAXPOOL,
        ['namespace "acme"', "The namespace differs", 'plugin_namespace to ""'],
    ),
    "both wrong": (
        {"plugin_version": "2", "plugin_namespace": "acme"},
        MAXPOOL,
        ["The version differs", "The namespace differs"],
    ),
    "misspelt": (
        {"op_type": "MaxPolPlugin"},
        MAXPOOL,
        ["The name is unknown", "a near one is registered", '"MaxPoolPlugin"'],
    ),
    "wrong case": (
        {"op_type": "maxpoolplugin"},
        MAXPOOL,
        ["a near one is registered", '"MaxPoolPlugin"'],
    ),
    "misspelt operator": (
        {"op_type": "MaxPol"},
        None,
        ["the operator MaxPool is near"],
    ),
    "library not loaded": (
        {},
        None,
        ["nor like any registered plugin", "--dynamicPlugins="],
    ),
    "another library loaded": (
        {},
        SQUARE,
        ["--dynamicPlugins=", "Registered plugins", "Square"],
    ),
    "a native operator that is missing": (
        {"op_type": "MaxRoiPool"},
        None,
        ["MaxRoiPool is an operator of the ONNX standard that Tenon does not have"],
    ),
    "an unknown domain": (
        {"op_type": "Wavelet", "domain": "acme.ops"},
        MAXPOOL,
        ['domain "acme.ops"', "pass the library that brings it"],
    ),
    "a file that is not there": (
        {},
        "no_such_library.so",
        ["no_such_library.so"],
    ),
    "a library without plugins": (
        {},
        LIBRARIES / "libcount_allocations.so",
        ["libcount_allocations.so"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_true_cause_comes_first(mistake, tmp_path):
    changes, library, phrases = MISTAKES[mistake]
    arguments = [network(tmp_path, **changes)]
    if library:
        arguments.append(f"--dynamicPlugins={library}")
    text = refusal(*arguments)
    assert in_order(text, *phrases), text


def test_a_creator_that_terminates_no_program(tmp_path):
    """Without kernel_shape the plugin cannot be made: that is a message, not a crash."""
    text = refusal(network(tmp_path, kernel_shape=None), f"--dynamicPlugins={MAXPOOL}")
    assert "FAILED" in text
    assert "kernel_shape" in text
