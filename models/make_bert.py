#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Writes BERT-base (12 layers of 768, vocabulary 30522) with seeded random weights, opset 17.

One file of weights, two graphs: bert_base.onnx has LayerNormalization as an operator,
bert_base_decomposed.onnx spells it out as exporters for older opsets do. Batch and sequence are
symbolic unless --batch and --sequence fix them. Gelu is spelled out with Erf, heads are split with
Reshape and Transpose, positions are a slice of a table: the usual export.
"""

import argparse
from pathlib import Path

import netbuilder
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

VOCABULARY, POSITIONS, SEGMENTS = 30522, 512, 2
WIDTH, HEADS, FEED_FORWARD = 768, 12, 3072
HEAD = WIDTH // HEADS
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Bert(netbuilder.Net):
    """`decomposed`: layer normalization from its parts."""

    def __init__(self, decomposed, seed):
        super().__init__("bert_base", opset=17, seed=seed, ir_version=8)
        self.decomposed = decomposed
        self.shared = {}

    def number(self, value, kind=np.float32):
        """The name of a small constant, made once."""
        key = (kind, str(value))
        if key not in self.shared:
            self.shared[key] = f"constant{len(self.shared)}"
            # A scalar stays one: Net.constant would make it a list of one.
            self.weights.append(numpy_helper.from_array(np.array(value, kind), self.shared[key]))
        return self.shared[key]

    def integers(self, *values):
        return self.number(list(values), np.int64)

    def dense(self, x, name, inputs, outputs):
        """x · weights + bias for a name `x`, as MatMul and Add."""
        weights = self.constant(f"{name}.weight", self.random((inputs, outputs), inputs, 1.0))
        small = self.rng.standard_normal(outputs, np.float32) * np.float32(0.1)
        product = self.node("MatMul", [x, weights], f"{name}.matmul")
        return self.node("Add", [self.constant(f"{name}.bias", small), product], f"{name}.add")

    def normalize(self, x, name):
        scale = self.rng.uniform(0.8, 1.2, WIDTH).astype(np.float32)
        shift = self.rng.standard_normal(WIDTH, np.float32) * np.float32(0.1)
        scale = self.constant(f"{name}.scale", scale)
        shift = self.constant(f"{name}.shift", shift)
        if not self.decomposed:
            inputs = [x, scale, shift]
            return self.node("LayerNormalization", inputs, name, axis=-1, epsilon=1e-12)
        mean = self.node("ReduceMean", [x], f"{name}.mean", axes=[-1])
        centred = self.node("Sub", [x, mean], f"{name}.centred")
        square = self.node("Pow", [centred, self.number(2)], f"{name}.square")
        variance = self.node("ReduceMean", [square], f"{name}.variance", axes=[-1])
        safe = self.node("Add", [variance, self.number(1e-12)], f"{name}.safe")
        deviation = self.node("Sqrt", [safe], f"{name}.deviation")
        normal = self.node("Div", [centred, deviation], f"{name}.normal")
        scaled = self.node("Mul", [normal, scale], f"{name}.scaled")
        return self.node("Add", [scaled, shift], name)

    def gelu(self, x, name):
        inner = self.node("Div", [x, self.number(np.sqrt(2))], f"{name}.inner")
        erf = self.node("Erf", [inner], f"{name}.erf")
        one_more = self.node("Add", [erf, self.number(1)], f"{name}.one_more")
        product = self.node("Mul", [x, one_more], f"{name}.product")
        return self.node("Mul", [product, self.number(0.5)], name)

    def heads(self, x, name, perm):
        """[batch, sequence, width] to an order of [batch, sequence, head, part]."""
        shape = self.integers(0, 0, HEADS, HEAD)
        split = self.node("Reshape", [x, shape], f"{name}.split")
        return self.node("Transpose", [split], f"{name}.heads", perm=perm)

    def attention(self, x, mask, name):
        parts = {}
        for part, perm in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
            dense = self.dense(x, f"{name}.{part}", WIDTH, WIDTH)
            parts[part] = self.heads(dense, f"{name}.{part}", perm)
        scores = self.node("MatMul", [parts["query"], parts["key"]], f"{name}.scores")
        scaled = self.node("Div", [scores, self.number(np.sqrt(HEAD))], f"{name}.scaled")
        masked = self.node("Add", [scaled, mask], f"{name}.masked")
        weights = self.node("Softmax", [masked], f"{name}.softmax", axis=-1)
        mixed = self.node("MatMul", [weights, parts["value"]], f"{name}.mixed")
        back = self.node("Transpose", [mixed], f"{name}.back", perm=[0, 2, 1, 3])
        joined = self.node("Reshape", [back, self.integers(0, 0, WIDTH)], f"{name}.joined")
        return self.dense(joined, f"{name}.out", WIDTH, WIDTH)

    def layer(self, x, mask, name):
        attended = self.attention(x, mask, f"{name}.attention")
        x = self.node("Add", [attended, x], f"{name}.attention.sum")
        x = self.normalize(x, f"{name}.attention.norm")
        wide = self.gelu(self.dense(x, f"{name}.wide", WIDTH, FEED_FORWARD), f"{name}.gelu")
        narrow = self.dense(wide, f"{name}.narrow", FEED_FORWARD, WIDTH)
        return self.normalize(self.node("Add", [narrow, x], f"{name}.sum"), f"{name}.norm")

    def table(self, name, rows):
        return self.constant(name, self.rng.standard_normal((rows, WIDTH), np.float32))

    def embeddings(self):
        words = self.node("Gather", [self.table("words", VOCABULARY), "input_ids"], "word")
        kinds = self.node("Gather", [self.table("segments", SEGMENTS), "token_type_ids"], "segment")
        shape = self.node("Shape", ["input_ids"], "shape")
        length = self.node("Gather", [shape, self.number(1, np.int64)], "length", axis=0)
        ends = self.node("Unsqueeze", [length, self.integers(0)], "ends")
        numbers = self.constant("position_ids", np.arange(POSITIONS, dtype=np.int64)[None])
        bounds = [self.integers(0), ends, self.integers(1), self.integers(1)]
        places = self.node("Slice", [numbers, *bounds], "places")
        position = self.node("Gather", [self.table("positions", POSITIONS), places], "position")
        both = self.node("Add", [words, kinds], "word_and_segment")
        return self.normalize(self.node("Add", [both, position], "embedding"), "embedding.norm")

    def mask(self):
        """0 where a token counts, -10000 where not, as [batch, 1, 1, sequence]."""
        wide = self.node("Unsqueeze", ["attention_mask", self.integers(1, 2)], "mask.wide")
        real = self.node("Cast", [wide], "mask.real", to=TensorProto.FLOAT)
        inverse = self.node("Sub", [self.number(1), real], "mask.inverse")
        return self.node("Mul", [inverse, self.number(-10000)], "mask")

    def pooler(self, x):
        first = self.node("Gather", [x, self.number(0, np.int64)], "pooler.first", axis=1)
        dense = self.dense(first, "pooler.dense", WIDTH, WIDTH)
        return self.node("Tanh", [dense], "pooler_output")


def build(decomposed, layers, batch, sequence, seed):
    net = Bert(decomposed, seed)
    for name in INPUTS:
        net.inputs.append(helper.make_tensor_value_info(name, TensorProto.INT64, [batch, sequence]))
    x, mask = net.embeddings(), net.mask()
    for layer in range(layers):
        x = net.layer(x, mask, f"layer{layer}")
    net.node("Identity", [x], "last_hidden_state")
    net.output("last_hidden_state", [batch, sequence, WIDTH])
    net.output(net.pooler(x), [batch, WIDTH])
    return net.model(check=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, help="symbolic unless given")
    parser.add_argument("--sequence", type=int, help="symbolic unless given")
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=netbuilder.MODELS, help="folder")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    weights = args.out / "bert_base.weights"
    for suffix, decomposed in (("", False), ("_decomposed", True)):
        batch, sequence = args.batch or "N", args.sequence or "S"
        model = build(decomposed, args.layers, batch, sequence, args.seed)
        # Both graphs draw the same numbers in the same order, so both write the same file.
        weights.unlink(missing_ok=True)
        path = args.out / f"bert_base{suffix}.onnx"
        onnx.save(
            model,
            path,
            save_as_external_data=True,
            location=weights.name,
            size_threshold=1024,
            convert_attribute=False,
        )
        onnx.checker.check_model(str(path), full_check=True)
        print(f"{path}: {path.stat().st_size:,} bytes, weights {weights.stat().st_size:,}")


if __name__ == "__main__":
    main()
