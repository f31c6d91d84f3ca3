#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Trains the digit network we ship; writes models/mnist.onnx, mnist_plugin.onnx, 0.pgm to 9.pgm.

The network has the shape of the well-known ONNX zoo digit network: input `Input3` (ink 1, paper 0),
output `Plus214_Output_0` (ten scores, no softmax), opset 8. The second file has `MaxPoolPlugin`
where the first has MaxPool. Training uses the 60,000 MNIST training digits, never the 10,000 test
digits. One seed, one NumPy and one BLAS give the same bytes; another version or processor rounds
differently, and gives a network equally good but not identical.
"""

import argparse
from pathlib import Path

import digits
import netbuilder
import numpy as np
import onnx
import trainer

HERE = Path(__file__).resolve().parent
SURE = 0.99  # the least probability of a digit that we ship as a picture


def pooling(net, x, name, output, size, plugin):
    """Max-pool by the native operator or by the plugin, which counts floor((H - K) / S) + 1 too."""
    common = {"kernel_shape": [size] * 2, "strides": [size] * 2}
    if plugin:
        # No pType on purpose: the plugin's creator then takes its default, and the parser warns.
        registry = {"plugin_version": "1", "plugin_namespace": ""}
        return net.node("MaxPoolPlugin", [x], name, output, **common, pads=[0, 0], **registry)
    return net.node("MaxPool", [x], name, output, **common, pads=[0] * 4)


def build(weights, plugin=False, batch=1):
    """The network as a Net; `weights` as trainer.export gives them."""
    net = netbuilder.Net("mnist", opset=8)
    x = net.input("Input3", [batch, 1, 28, 28]).name
    flat = [-1 if isinstance(batch, str) else batch, trainer.FLAT]
    for i, size in enumerate(trainer.POOL, 1):
        filters = net.constant(f"filters{i}", weights[f"filters{i}"])
        same = {"kernel_shape": [trainer.KERNEL] * 2, "strides": [1, 1], "auto_pad": "SAME_UPPER"}
        x = net.node("Conv", [x, filters], f"conv{i}", f"conv{i}_out", **same)
        bias = net.constant(f"bias{i}", weights[f"bias{i}"])
        x = net.node("Add", [x, bias], f"plus{i}", f"plus{i}_out")
        x = net.node("Relu", [x], f"relu{i}", f"relu{i}_out")
        x = pooling(net, x, f"pool{i}", f"pool{i}_out", size, plugin)
    x = net.node(
        "Reshape", [x, net.constant("flat_shape", np.array(flat, np.int64))], "flat", "flat_out"
    )
    # The dense weights are reshaped inside the graph, as in the zoo's file: folded at build.
    dense = [
        net.constant("dense", weights["dense"]),
        net.constant("dense_shape", np.array([trainer.FLAT, 10])),
    ]
    dense = net.node("Reshape", dense, "dense_matrix", "dense_matrix_out")
    x = net.node("MatMul", [x, dense], "times", "times_out")
    bias = net.constant("bias3", weights["bias3"])
    net.output(net.node("Add", [x, bias], "plus3", "Plus214_Output_0"), [batch, 10])
    return net


def weights_of(path):
    """Reads the weights back from a network that `build` made."""
    return {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}


def pick(parameters, images, labels):
    """For each digit the first picture that the network names with at least SURE probability."""
    scores = trainer.logits(parameters, digits.to_input(images[:1000]).reshape(-1, 28, 28, 1))[0]
    shares = np.exp(scores - scores.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    return [np.flatnonzero((labels[:1000] == d) & (shares[:, d] >= SURE))[0] for d in range(10)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=digits.DATA, help="folder with the idx files")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=HERE)
    args = parser.parse_args()

    images, labels = digits.load(args.data, "train")
    test_images, test_labels = digits.load(args.data, "t10k")
    pictures = digits.to_input(images).reshape(-1, 28, 28, 1)
    parameters = trainer.train(pictures, labels, args.epochs, args.seed)
    test = digits.to_input(test_images).reshape(-1, 28, 28, 1)
    print(f"test digits named right: {trainer.accuracy(parameters, test, test_labels):.2%}")

    weights = trainer.export(parameters)
    onnx.save(build(weights).model(), args.out / "mnist.onnx")
    onnx.save(build(weights, plugin=True).model(check=False), args.out / "mnist_plugin.onnx")
    for digit, index in enumerate(pick(parameters, test_images, test_labels)):
        digits.write_pgm(args.out / f"{digit}.pgm", test_images[index])


if __name__ == "__main__":
    main()
