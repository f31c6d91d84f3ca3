# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Loops and conditionals of ONNX models against ONNX Runtime; engines run in another process."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
import served
from one_node import array
from onnx import helper, numpy_helper

FLOAT, INT64, BOOL = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64, onnx.TensorProto.BOOL


def info(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def constant(name, value, kind):
    return numpy_helper.from_array(np.array(value, kind), name)


class Case:
    """A model, its engine and ONNX Runtime's session."""

    def __init__(self, folder, graph, ranges=(), extra=()):
        self.folder = folder
        self.refit_from = None
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        path = folder / "model.onnx"
        onnx.save(model, path)
        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        self.engine = folder / "model.engine"
        names = ("min", "opt", "max")
        shapes = [
            f"--{name}Shapes={','.join(r[0] + ':' + r[1 + i] for r in ranges)}"
            for i, name in enumerate(names)
            if ranges
        ]
        done = served.trtexec(
            f"--onnx={path}", f"--saveEngine={self.engine}", "--skipInference", *shapes, *extra
        )
        assert done.returncode == 0, done.stdout

    def run(self, feeds, shapes=""):
        """Outputs of the engine, by name."""
        files = []
        for name, value in feeds.items():
            file = self.folder / f"{name}.raw"
            np.ascontiguousarray(value).tofile(file)
            files.append(f"{name}:{file}")
        out = self.folder / "out.json"
        arguments = [f"--loadEngine={self.engine}", f"--loadInputs={','.join(files)}"]
        arguments += [f"--exportOutput={out}", "--iterations=1", "--warmUp=0", "--duration=0"]
        if shapes:
            arguments.append(f"--shapes={shapes}")
        if self.refit_from is not None:
            arguments.append(f"--refitFromOnnx={self.refit_from}")
        done = served.trtexec(*arguments)
        assert done.returncode == 0, done.stdout
        return {row["name"]: row for row in json.loads(out.read_text())}

    def check(self, feeds, shapes=""):
        rows = self.run(feeds, shapes)
        for output, wanted in zip(
            self.session.get_outputs(), self.session.run(None, feeds), strict=True
        ):
            found = array(rows[output.name], wanted.dtype)
            if found.shape != wanted.shape:
                found = found.reshape(wanted.shape)
            np.testing.assert_allclose(found, wanted, 1e-5, 1e-5, err_msg=output.name)


def recurrent_body():
    """One step of an RNN: h = tanh(x[t] w + h u)."""
    nodes = [
        helper.make_node("Gather", ["x", "t"], ["slice"], axis=0),
        helper.make_node("MatMul", ["slice", "w"], ["a"]),
        helper.make_node("MatMul", ["h", "u"], ["b"]),
        helper.make_node("Add", ["a", "b"], ["c"]),
        helper.make_node("Tanh", ["c"], ["next"]),
        helper.make_node("Identity", ["next"], ["seen"]),
        helper.make_node("Identity", ["go"], ["still"]),
    ]
    inputs = [info("t", INT64, []), info("go", BOOL, []), info("h", FLOAT, ["N", 6])]
    outputs = [
        info("still", BOOL, []),
        info("next", FLOAT, ["N", 6]),
        info("seen", FLOAT, ["N", 6]),
    ]
    return helper.make_graph(nodes, "step", inputs, outputs)


def test_rnn_by_loop(tmp_path, normal):
    nodes = [helper.make_node("Loop", ["steps", "", "h0"], ["last", "all"], body=recurrent_body())]
    graph = helper.make_graph(
        nodes,
        "rnn",
        [info("x", FLOAT, [5, "N", 4]), info("h0", FLOAT, ["N", 6])],
        [info("last", FLOAT, ["N", 6]), info("all", FLOAT, [5, "N", 6])],
        [
            numpy_helper.from_array(normal((4, 6)), "w"),
            numpy_helper.from_array(normal((6, 6)), "u"),
            constant("steps", 5, np.int64),
        ],
    )
    case = Case(tmp_path, graph, [("x", "5x1x4", "5x2x4", "5x7x4"), ("h0", "1x6", "2x6", "7x6")])
    for batch in (1, 2, 7):
        feeds = {"x": normal((5, batch, 4)), "h0": normal((batch, 6))}
        case.check(feeds, f"x:5x{batch}x4,h0:{batch}x6")


def rnn_in_a_branch(normal):
    """An RNN by a loop, inside a branch that has weights of its own, behind a product outside."""
    one = helper.make_graph(
        [
            helper.make_node("Loop", ["steps", "", "h0"], ["last", "all"], body=recurrent_body()),
            helper.make_node("MatMul", ["last", "v"], ["taken"]),
        ],
        "one",
        [],
        [info("taken", FLOAT, ["N", 6])],
        [numpy_helper.from_array(normal((6, 6)), "v")],
    )
    other = helper.make_graph(
        [helper.make_node("MatMul", ["h0", "u"], ["left"])],
        "other",
        [],
        [info("left", FLOAT, ["N", 6])],
    )
    nodes = [
        helper.make_node("If", ["which"], ["chosen"], then_branch=one, else_branch=other),
        helper.make_node("MatMul", ["chosen", "u"], ["y"]),
    ]
    return helper.make_graph(
        nodes,
        "rnn",
        [info("x", FLOAT, [5, 2, 4]), info("h0", FLOAT, [2, 6]), info("which", BOOL, [])],
        [info("y", FLOAT, [2, 6])],
        [
            numpy_helper.from_array(normal((4, 6)), "w"),
            numpy_helper.from_array(normal((6, 6)), "u"),
            constant("steps", 5, np.int64),
        ],
    )


@pytest.mark.parametrize("how", ["--refit", "--stripWeights"])
def test_weights_inside_are_replaced(how, tmp_path, normal):
    case = Case(tmp_path, rnn_in_a_branch(normal), extra=[how])
    after = tmp_path / "after"
    after.mkdir()
    model = tmp_path / "model.onnx"
    if how == "--refit":
        model = after / "model.onnx"
        other = Case(after, rnn_in_a_branch(normal))
        case.session = other.session
    else:
        written = case.engine.read_bytes()
        loop, branch = onnx.load(model).graph, onnx.load(model).graph.node[0].attribute
        for weights in (*loop.initializer[:2], *(w for a in branch for w in a.g.initializer)):
            assert weights.raw_data[:16] not in written, weights.name
        assert "was stripped of its weights" in served.trtexec(f"--loadEngine={case.engine}").stdout
    case.refit_from = model
    feeds = {"x": normal((5, 2, 4)), "h0": normal((2, 6))}
    for which in (True, False):
        case.check(feeds | {"which": np.array(which)})


def test_rnn_by_scan(tmp_path, normal):
    body = helper.make_graph(
        [
            helper.make_node("MatMul", ["slice", "w"], ["a"]),
            helper.make_node("Add", ["a", "h"], ["c"]),
            helper.make_node("Tanh", ["c"], ["next"]),
            helper.make_node("Identity", ["next"], ["seen"]),
        ],
        "step",
        [info("h", FLOAT, ["N", 6]), info("slice", FLOAT, ["N", 4])],
        [info("next", FLOAT, ["N", 6]), info("seen", FLOAT, ["N", 6])],
    )
    node = helper.make_node(
        "Scan",
        ["h0", "x"],
        ["last", "all"],
        body=body,
        num_scan_inputs=1,
        scan_input_axes=[1],
        scan_input_directions=[1],
        scan_output_axes=[1],
        scan_output_directions=[1],
    )
    graph = helper.make_graph(
        [node],
        "rnn",
        [info("x", FLOAT, ["N", "T", 4]), info("h0", FLOAT, ["N", 6])],
        [info("last", FLOAT, ["N", 6]), info("all", FLOAT, ["N", "T", 6])],
        [numpy_helper.from_array(normal((4, 6)), "w")],
    )
    case = Case(tmp_path, graph, [("x", "1x1x4", "2x3x4", "4x9x4"), ("h0", "1x6", "2x6", "4x6")])
    for batch, steps in ((1, 1), (2, 9), (4, 3)):
        feeds = {"x": normal((batch, steps, 4)), "h0": normal((batch, 6))}
        case.check(feeds, f"x:{batch}x{steps}x4,h0:{batch}x6")


def decoder_body():
    """Looks the token up, moves the state, takes the likeliest token; goes on until it is 0."""
    nodes = [
        helper.make_node("Gather", ["embedding", "token"], ["e"], axis=0),
        helper.make_node("MatMul", ["h", "u"], ["m"]),
        helper.make_node("Add", ["e", "m"], ["s"]),
        helper.make_node("Tanh", ["s"], ["h_next"]),
        helper.make_node("MatMul", ["h_next", "out"], ["scores"]),
        helper.make_node("ArgMax", ["scores"], ["token_next"], axis=1, keepdims=0),
        helper.make_node("ReduceMax", ["token_next"], ["most"], keepdims=0),
        helper.make_node("Greater", ["most", "zero"], ["go_next"]),
        helper.make_node("Identity", ["token_next"], ["said"]),
    ]
    inputs = [info("t", INT64, []), info("go", BOOL, [])]
    inputs += [info("token", INT64, [1]), info("h", FLOAT, [1, 8])]
    outputs = [info("go_next", BOOL, []), info("token_next", INT64, [1])]
    outputs += [info("h_next", FLOAT, [1, 8]), info("said", INT64, [1])]
    return helper.make_graph(nodes, "step", inputs, outputs)


def test_greedy_decoder(tmp_path, normal):
    graph = helper.make_graph(
        [
            helper.make_node(
                "Loop",
                ["most_steps", "", "first", "h0"],
                ["token_last", "h_last", "text"],
                body=decoder_body(),
            )
        ],
        "decoder",
        [info("h0", FLOAT, [1, 8]), info("first", INT64, [1])],
        [info("text", INT64, ["L", 1])],
        [
            numpy_helper.from_array(normal((10, 8)), "embedding"),
            numpy_helper.from_array(normal((8, 8)), "u"),
            numpy_helper.from_array(normal((8, 10)), "out"),
            constant("most_steps", 12, np.int64),
            constant("zero", 0, np.int64),
        ],
    )
    case = Case(tmp_path, graph)
    lengths = set()
    for first in range(6):
        feeds = {"h0": normal((1, 8)), "first": np.array([first], np.int64)}
        case.check(feeds)
        lengths.add(len(case.session.run(None, feeds)[0]))
    assert len(lengths) > 1, "every text has the same length: the test shows nothing"


@pytest.mark.parametrize("taken", [True, False])
def test_if(tmp_path, normal, taken):
    holds = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["p"])], "p", [], [info("p", FLOAT, ["N", 3])]
    )
    fails = helper.make_graph(
        [
            helper.make_node("Neg", ["x"], ["n"]),
            helper.make_node("Concat", ["n", "n"], ["q"], axis=0),
        ],
        "q",
        [],
        [info("q", FLOAT, ["M", 3])],
    )
    nodes = [
        helper.make_node("ReduceSum", ["x"], ["sum"], keepdims=0),
        helper.make_node("Greater", ["sum", "limit"], ["c"]),
        helper.make_node("If", ["c"], ["y"], then_branch=holds, else_branch=fails),
    ]
    graph = helper.make_graph(
        nodes,
        "either",
        [info("x", FLOAT, ["N", 3])],
        [info("y", FLOAT, ["K", 3])],
        [numpy_helper.from_array(normal((3, 3)), "w"), constant("limit", 0, np.float32)],
    )
    case = Case(tmp_path, graph, [("x", "1x3", "2x3", "5x3")])
    for rows in (1, 5):
        x = np.abs(normal((rows, 3))) * (1 if taken else -1)
        case.check({"x": x}, f"x:{rows}x3")


def test_engines_are_built_alike(tmp_path, normal):
    graph = helper.make_graph(
        [helper.make_node("Loop", ["steps", "", "h0"], ["last", "all"], body=recurrent_body())],
        "rnn",
        [info("x", FLOAT, [5, 2, 4]), info("h0", FLOAT, [2, 6])],
        [info("last", FLOAT, [2, 6])],
        [
            numpy_helper.from_array(normal((4, 6)), "w"),
            numpy_helper.from_array(normal((6, 6)), "u"),
            constant("steps", 5, np.int64),
        ],
    )
    cache = f"--timingCacheFile={tmp_path}/cache"
    first = Case(tmp_path, graph, extra=[cache]).engine.read_bytes()
    assert Case(tmp_path, graph, extra=[cache]).engine.read_bytes() == first


def test_a_plugin_in_a_body(tmp_path, normal):
    """InstanceNormalization by its plugin, in each iteration."""
    body = helper.make_graph(
        [
            helper.make_node("InstanceNormalization", ["h", "scale", "bias"], ["n"], name="norm"),
            helper.make_node("Add", ["n", "h"], ["next"]),
            helper.make_node("Identity", ["go"], ["still"]),
        ],
        "step",
        [info("t", INT64, []), info("go", BOOL, []), info("h", FLOAT, [1, 2, 4, 4])],
        [info("still", BOOL, []), info("next", FLOAT, [1, 2, 4, 4])],
    )
    graph = helper.make_graph(
        [helper.make_node("Loop", ["steps", "", "x"], ["y"], body=body)],
        "norms",
        [info("x", FLOAT, [1, 2, 4, 4])],
        [info("y", FLOAT, [1, 2, 4, 4])],
        [
            numpy_helper.from_array(normal((2,)), "scale"),
            numpy_helper.from_array(normal((2,)), "bias"),
            constant("steps", 3, np.int64),
        ],
    )
    case = Case(tmp_path, graph, extra=["--pluginInstanceNorm"])
    assert b"InstanceNormalization_TRT" in case.engine.read_bytes()
    case.check({"x": normal((1, 2, 4, 4))})
