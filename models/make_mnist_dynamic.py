#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Writes the digit networks with a symbolic batch N: data/models/mnist[_plugin]_dynamic.onnx."""

import make_mnist
import netbuilder
import onnx


def main():
    netbuilder.MODELS.mkdir(parents=True, exist_ok=True)
    weights = make_mnist.weights_of(make_mnist.HERE / "mnist.onnx")
    for name, plugin in (("mnist_dynamic", False), ("mnist_plugin_dynamic", True)):
        model = make_mnist.build(weights, plugin, batch="N").model(check=not plugin)
        onnx.save(model, netbuilder.MODELS / f"{name}.onnx")


if __name__ == "__main__":
    main()
