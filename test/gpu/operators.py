# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Loops, conditionals, recurrent layers, experts, random numbers and what finds out sizes: engines
for the GPU give what engines for the processor give, run after run: operators.py [name…]."""

import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import tensorrt as trt
import torch
from engines import DEVICE, Runner, ask, build, difference, exit_with, one_time, say
from onnx import numpy_helper

RANDOM = np.random.default_rng(1)


def numbers(*shape, kind=np.float32):
    """Such that products of matrices stay about as large."""
    return np.asarray(RANDOM.standard_normal(shape) / (shape or (1,))[-1] ** 0.5, kind)


def model(text, opset=17, **weights):
    """A function that gives the file of a model of ONNX's text format, in a folder."""

    def write(folder):
        made = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : {opset}]>\n' + text)
        made.graph.initializer.extend(
            numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()
        )
        path = Path(folder) / "model.onnx"
        onnx.save(made, path)
        return path

    return write


EITHER = model(
    """either (float[B, 16] x, bool c) => (float[B, 16] y) {
      h = MatMul(x, v)
      t = If(c) <
        then_branch = yes () => (float[B, 16] a) { m = MatMul(h, w)  a = Tanh(m) },
        else_branch = no () => (float[B, 16] b) { r = Relu(h)  b = Add(r, x) }
      >
      y = MatMul(t, w)
    }""",
    v=numbers(16, 16),
    w=numbers(16, 16),
)
UNLIKE = model(
    """unlike (float[4, 6] x, bool c) => (float[M, 6] y) {
      t = If(c) <
        then_branch = yes () => (float[8, 6] a) { a = Concat <axis = 0> (x, x) },
        else_branch = no () => (float[4, 6] b) { b = Sigmoid(x) }
      >
      y = MatMul(t, w)
    }""",
    w=numbers(6, 6),
)
UNTIL = model(
    """until (float[16] x, float limit) => (float[16] last, float[T, 16] all) {
      last, all = Loop(most, go, x) <
        body = step (int64 i, bool c, float[16] s) => (bool more, float[16] next, float[16] row) {
          grown = Mul(s, by)
          next = Add(grown, x)
          size = ReduceMax <keepdims = 0> (next)
          more = Less(size, limit)
          row = Identity(next)
        }
      >
    }""",
    most=np.int64(60),
    go=np.array(True),
    by=np.float32(1.1),
)
SCAN = model(
    """scan (float[8] s, float[3, 12, 8] x) => (float[8] last, float[3, 12, 8] all) {
      xt = Transpose <perm = [1, 0, 2]> (x)
      last, at, back = Scan <num_scan_inputs = 1, scan_input_axes = [1],
                             scan_input_directions = [1], scan_output_axes = [1, 0],
                             scan_output_directions = [0, 1],
        body = step (float[8] a, float[3, 8] r) => (float[8] b, float[3, 8] u, float[8] z) {
          m = MatMul(r, w)
          u = Tanh(m)
          sum = ReduceSum <keepdims = 0> (u, axis)
          b = Add(a, sum)
          z = Neg(b)
        }
      > (s, x)
      tail = Unsqueeze(back, axis)
      all = Add(at, tail)
    }""",
    w=numbers(8, 8),
    axis=np.array([0]),
)
NESTED = model(
    """nested (float[6, 10] x) => (float[10] y, float[6, 10] all) {
      one = Gather <axis = 0> (x, zero)
      first = Squeeze(one, zero)
      y, all = Scan <num_scan_inputs = 1,
        body = step (float[10] a, float[10] r) => (float[10] b, float[10] z) {
          size = ReduceSum <keepdims = 0> (r)
          up = Greater(size, none)
          b = If(up) <
            then_branch = yes () => (float[10] p) {
              p, unused = Loop(three, go, a) <
                body = again (int64 i, bool c, float[10] s)
                    => (bool more, float[10] n, float[10] row) {
                  half = Mul(s, by)
                  n = Add(half, r)
                  row = Identity(n)
                  more = Identity(c)
                }
              >
            },
            else_branch = no () => (float[10] q) { q = Sub(a, r) }
          >
          z = Abs(b)
        }
      > (first, x)
    }""",
    zero=np.array([0]),
    none=np.float32(0),
    three=np.int64(3),
    go=np.array(True),
    by=np.float32(0.5),
)
UNIQUE = model(
    """unique (int64[B, 3] x) => (int64[M, 3] y, int64[M] first, int64[B] place, int64[M] count,
                                int64[K] flat) {
      y, first, place, count = Unique <axis = 0> (x)
      flat = Unique <sorted = 0> (x)
    }"""
)
RANDOM_NUMBERS = model(
    """random (float[B, 100] x) => (float[B, 100] u, float[B, 100] n, float[B, 100] both) {
      u = RandomUniformLike <seed = 3.0, low = -1.0, high = 2.0> (x)
      n = RandomNormalLike <seed = 4.0, mean = 1.0, scale = 3.0> (x)
      both = Add(u, n)
    }"""
)


def ramps(network):
    """Of the input's extents, from a number and by steps that the GPU computes."""
    data = network.add_input("x", trt.float32, (-1, 3))
    start = network.add_input("start", trt.float32, ())
    steps = network.add_input("steps", trt.float32, (2,))
    for name, given in (("y", True), ("z", False)):
        layer = network.add_fill((4, 3), trt.FillOperation.LINSPACE, trt.float32)
        layer.set_input(0, network.add_shape(data).get_output(0))
        layer.set_input(1, start)
        layer.set_input(2, steps)
        made = layer.get_output(0)
        if given:
            made = network.add_elementwise(made, data, trt.ElementWiseOperation.SUM).get_output(0)
        made.name = name
        network.mark_output(made)


def recurrent(op, gates, directions, extra="", more="", outputs="y, h", **attributes):
    size, features = 48, 32
    listed = ", ".join(f"{k} = {v}" for k, v in {"hidden_size": size, **attributes}.items())
    cell = f", float[{directions}, B, {size}] c" if outputs.endswith("c") else ""
    return model(
        f"""{op.lower()} (float[T, B, {features}] x, int32[B] n) =>
            (float[T, {directions}, B, {size}] y, float[{directions}, B, {size}] h{cell}) {{
          {outputs} = {op} <{listed}{extra}> (x, w, r, b, n{more})
        }}""",
        w=numbers(directions, gates * size, features),
        r=numbers(directions, gates * size, size),
        b=numbers(directions, 2 * gates * size),
        p=numbers(directions, 3 * size),
    )


EXPERTS = [numbers(8, 96, 160), numbers(8, 96, 160), numbers(8, 160, 96)]


def experts(network):
    tokens = network.add_input("x", trt.float32, (64, 96))
    chosen = network.add_input("chosen", trt.int32, (64, 2))
    scores = network.add_input("scores", trt.float32, (64, 2))
    layer = network.add_moe(tokens, chosen, scores)
    parts = [network.add_constant(part.shape, part).get_output(0) for part in EXPERTS]
    layer.set_gated_weights(*parts, trt.MoEActType.SILU)
    layer.get_output(0).name = "y"
    network.mark_output(layer.get_output(0))


def inputs_by(**shapes):
    return {name: numbers(*shape) for name, shape in shapes.items()}


def with_lengths(time, batch):
    return {
        "x": numbers(time, batch, 32),
        "n": RANDOM.integers(0, time + 1, batch).astype(np.int32),
    }


LENGTHS = [with_lengths(30, 5), with_lengths(1, 1), with_lengths(64, 8)]
ANY_LENGTH = {"x": ((1, 1, 32), (30, 5, 32), (64, 8, 32)), "n": ((1,), (5,), (8,))}
BATCHES = {"x": ((1, 16), (4, 16), (9, 16))}
# By name: the model, one set of inputs a run, and the profile.
WORKS = {
    "If": (
        EITHER,
        [{"x": numbers(b, 16), "c": np.array(c)} for b, c in ((4, True), (9, False), (1, True))],
        BATCHES,
    ),
    "If of unlike shapes": (
        UNLIKE,
        [{"x": numbers(4, 6), "c": np.array(c)} for c in (True, False)],
        None,
    ),
    "Loop that ends by itself": (
        UNTIL,
        [{"x": numbers(16), "limit": np.array(m, np.float32)} for m in (3, -1000, 20, 1e9)],
        None,
    ),
    "Scan": (SCAN, [inputs_by(s=(8,), x=(3, 12, 8))], None),
    "Loop in If in Scan": (NESTED, [inputs_by(x=(6, 10)) for _ in range(2)], None),
    "Unique": (
        UNIQUE,
        [{"x": RANDOM.integers(0, 4, (b, 3))} for b in (50, 1, 5000)],
        {"x": ((1, 3), (50, 3), (5000, 3))},
    ),
    "random numbers": (
        RANDOM_NUMBERS,
        [inputs_by(x=(b, 100)) for b in (7, 1, 300)],
        {"x": ((1, 100), (7, 100), (300, 100))},
    ),
    "ramps": (
        ramps,
        [inputs_by(x=(b, 3), start=(), steps=(2,)) for b in (7, 1, 300)],
        {"x": ((1, 3), (7, 3), (300, 3))},
    ),
    "LSTM": (recurrent("LSTM", 4, 1, outputs="y, h, c"), LENGTHS, ANY_LENGTH),
    "LSTM of both directions, peepholes": (
        recurrent(
            "LSTM", 4, 2, ', direction = "bidirectional"', ", , , p", outputs="y, h, c", clip=3.0
        ),
        LENGTHS,
        ANY_LENGTH,
    ),
    "GRU": (
        recurrent("GRU", 3, 2, ', direction = "bidirectional"', linear_before_reset=1),
        LENGTHS,
        ANY_LENGTH,
    ),
    "GRU backwards": (recurrent("GRU", 3, 1, ', direction = "reverse"'), LENGTHS, ANY_LENGTH),
    "RNN": (recurrent("RNN", 1, 1), LENGTHS, ANY_LENGTH),
    "experts": (
        experts,
        [
            {
                "x": numbers(64, 96),
                "chosen": RANDOM.integers(0, 8, (64, 2)).astype(np.int32),
                "scores": numbers(64, 2),
            }
        ],
        None,
    ),
}


def runner_of(engine, arrays, device):
    inputs = {name: torch.from_numpy(a.copy()).to(device) for name, a in arrays.items()}
    return Runner(engine, inputs, device)


def furthest(made, expected):
    return max(difference(made[name].cpu(), expected[name]) for name in expected)


def compare(name, work, tolerance=2e-5):
    fill, runs, shapes = work
    with tempfile.TemporaryDirectory() as folder:
        given = fill(folder) if fill.__name__ == "write" else fill
        made, seconds = build(given, device=DEVICE, tf32=False, profiles=shapes)
        plain, _ = build(given, device="cpu", profiles=shapes)
    apart, us = 0.0, None
    for arrays in runs:
        expected = runner_of(plain, arrays, "cpu")
        expected()
        runner = runner_of(made, arrays, DEVICE)
        for _ in range(3):  # step by step, while a graph is made, replayed
            runner()
            apart = max(apart, furthest(runner.answers(), expected.answers()))
        us = us or min(one_time(runner) for _ in range(5))
    row = {"section": "operators", "what": name, "max difference": f"{apart:.1e}", "us": round(us)}
    assert apart <= tolerance, apart
    say({**row, "build s": round(seconds, 1), "ok": True})


if __name__ == "__main__":
    wanted = sys.argv[1:] or WORKS
    exit_with(all([ask("operators", n, lambda n=n: compare(n, WORKS[n])) for n in wanted]))
