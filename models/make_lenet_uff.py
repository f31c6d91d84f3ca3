#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Trains a LeNet with 2x2 pooling; writes models/lenet5.uff and lenet5_custom_pool.uff.

Input `in` (1 x 28 x 28, ink 1, paper 0), output `out` (ten scores). The second file has custom
nodes `_MaxPool`, which are a plugin's, where the first has Pool. Filters lie as frameworks with
channels last keep them ("+CK"), pictures with channels first ("NC+").
"""

import argparse
from pathlib import Path

import digits
import numpy as np
import trainer
import uff_writer as uff

HERE = Path(__file__).resolve().parent
POOL = 2  # window and stride of both poolings: 28 -> 14 -> 7
NAMES = ("w1", "b1", "w2", "b2", "w3", "b3")


def build(p, custom):
    """The file's bytes; `p` are the trainer's parameters."""
    graph = uff.Graph("lenet5")
    both = uff.integer_list([POOL, POOL])
    none = uff.integer_list([0, 0])
    window = {"kernel": both, "strides": both, "padding": none}
    x = graph.input("in", [-1, 1, 28, 28])
    channels = 1
    for i, wide in enumerate(trainer.HIDDEN, 1):
        shape = (trainer.KERNEL, trainer.KERNEL, channels, wide)
        filters = graph.constant(f"w{i}", p[f"w{i}"].reshape(shape))
        x = graph.node(
            f"conv{i}",
            "Conv",
            [x, filters],
            orders=graph.orders("NC+", "+CK"),
            number_groups=uff.integer(1),
            strides=uff.integer_list([1, 1]),
            padding=uff.integer_list([trainer.KERNEL // 2] * 2),
        )
        bias = graph.constant(f"b{i}", p[f"b{i}"].reshape(-1, 1, 1))
        x = graph.node(f"plus{i}", "Binary", [x, bias], func=uff.text("add"))
        x = graph.node(f"relu{i}", "Activation", [x], func=uff.text("relu"))
        if custom:
            x = graph.node(f"pool{i}", "_MaxPool", [x], **window)
        else:
            func, axes = uff.text("max"), graph.orders("NC+")
            x = graph.node(f"pool{i}", "Pool", [x], func=func, orders=axes, **window)
        channels = wide
    flat = channels * 7 * 7
    shape = graph.constant("flat_shape", np.array([-1, flat], np.int32))
    x = graph.node("flat", "Reshape", [x, shape])
    # The trainer has channels last, the file's pictures first.
    dense = p["w3"].reshape(7, 7, channels, 10).transpose(2, 0, 1, 3).reshape(flat, 10)
    fields = {"orders": graph.orders("NC", "CK")}
    x = graph.node("times", "FullyConnected", [x, graph.constant("w3", dense)], **fields)
    x = graph.node("out", "Binary", [x, graph.constant("b3", p["b3"])], func=uff.text("add"))
    graph.node("MarkOutput_0", "MarkOutput", [x])
    return graph.to_bytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=digits.DATA, help="folder with the idx files")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weights", type=Path, help="a .npz with weights: train nothing")
    parser.add_argument("--keep-weights", type=Path, help="write the trained weights here")
    parser.add_argument("--out", type=Path, default=HERE)
    args = parser.parse_args()

    trainer.POOL, trainer.FLAT = (POOL, POOL), trainer.HIDDEN[1] * 7 * 7
    if args.weights:
        kept = np.load(args.weights)
        p = {name: kept[name] for name in NAMES}
    else:
        images, labels = digits.load(args.data, "train")
        pictures = digits.to_input(images).reshape(-1, 28, 28, 1)
        p = trainer.train(pictures, labels, args.epochs, args.seed)
    if args.keep_weights:
        np.savez(args.keep_weights, **p)
    (args.out / "lenet5.uff").write_bytes(build(p, custom=False))
    (args.out / "lenet5_custom_pool.uff").write_bytes(build(p, custom=True))
    images, labels = digits.load(args.data, "t10k")
    test = digits.to_input(images).reshape(-1, 28, 28, 1)
    print(f"test digits named right: {trainer.accuracy(p, test, labels):.2%}")


if __name__ == "__main__":
    main()
