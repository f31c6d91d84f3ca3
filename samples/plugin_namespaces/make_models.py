#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Makes all_brighten.onnx and wrong_brighten.onnx with onnx-graphsurgeon.

Each node says by its attributes plugin_version and plugin_namespace which plugin it means. Needs
the packages onnx-graphsurgeon, onnx and numpy; the models are kept beside this script.
"""

from pathlib import Path

import numpy as np
import onnx
import onnx_graphsurgeon as gs

HERE = Path(__file__).resolve().parent
SHAPE = (1, 4)


def chain(name, nodes):
    """A model that sends x through one Brighten node after the other."""
    tensors = [gs.Variable("x", np.float32, SHAPE)]
    graph_nodes = []
    for i, attributes in enumerate(nodes, 1):
        last = i == len(nodes)
        tensors.append(gs.Variable("y" if last else f"t{i}", np.float32, SHAPE))
        graph_nodes.append(
            gs.Node("Brighten", f"brighten{i}", attributes, tensors[i - 1 : i], tensors[i : i + 1])
        )
    graph = gs.Graph(graph_nodes, tensors[:1], tensors[-1:], name=name, opset=13)
    model = gs.export_onnx(graph)
    model.ir_version = 8
    onnx.save(model, HERE / f"{name}.onnx")


def plugin(version, name_space, **fields):
    return {"plugin_version": version, "plugin_namespace": name_space, **fields}


def main():
    # y = ((x * 2) * 3) + 10: each plugin leaves its mark on the numbers.
    chain(
        "all_brighten",
        [plugin("1", "acme"), plugin("2", "acme", gain=3.0), plugin("1", "zenith")],
    )
    # Nobody registers version "1.0", and nobody registers under "zenit".
    chain("wrong_brighten", [plugin("1.0", "acme"), plugin("1", "zenit")])


if __name__ == "__main__":
    main()
