# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""ONNX models whose shapes come from network inputs, against ONNX Runtime: one engine each."""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper, numpy_helper

sys.path.append(str(Path(__file__).resolve().parent.parent / "python"))
from workshop import Heard, Workshop, tenon

FLOAT, INT64, BOOL = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64, onnx.TensorProto.BOOL
node = helper.make_node


def whole(*values):
    return np.array(values, np.int64)


def scalar(value):
    return np.array(value, np.int64)


def normal(*shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


def model_of(nodes, inputs, constants, outputs):
    kinds = {"f": FLOAT, "i": INT64, "b": BOOL}
    infos = [helper.make_tensor_value_info(n, kinds[k], s) for n, (k, s) in inputs.items()]
    found = [helper.make_tensor_value_info(n, onnx.TensorProto.UNDEFINED, None) for n in outputs]
    weights = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "shapes", infos, found, weights)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    made.ir_version = 9
    made = onnx.shape_inference.infer_shapes(made)
    return made.SerializeToString()


class Case:
    """An engine with one context, and ONNX Runtime's session of the same model."""

    def __init__(self, nodes, inputs, constants=None, outputs=("y",), profiles=()):
        self.outputs = outputs
        self.heard = Heard()
        model = model_of(nodes, inputs, constants or {}, outputs)
        self.session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        shop = Workshop(self.heard)
        parser = tenon.OnnxParser(shop.network, self.heard)
        assert parser.parse(model), self.heard.text()
        for ranges in profiles:
            profile = shop.builder.create_optimization_profile()
            for i in range(shop.network.num_inputs):
                tensor = shop.network.get_input(i)
                if tensor.name not in ranges:
                    continue
                give = profile.set_shape_input if tensor.is_shape_tensor else profile.set_shape
                give(tensor.name, *ranges[tensor.name])
            shop.config.add_optimization_profile(profile)
        plan = shop.build()
        assert plan is not None, self.heard.text()
        self.engine = shop.load(plan)
        self.context = self.engine.create_execution_context()

    def run(self, feeds, context=None):
        """Outputs by name, or None with what was said in `heard`."""
        context = context or self.context
        self.heard.said.clear()
        kept = {name: np.array(value, order="C") for name, value in feeds.items()}
        for name, value in kept.items():
            if not context.set_input_shape(name, value.shape):
                return None
            assert context.set_tensor_address(name, tenon.address_of(value))
        for name in self.outputs:
            room = np.full(context.get_max_output_size(name) + 8, 0x5A, np.uint8)
            kept[name] = room
            assert context.set_tensor_address(name, tenon.address_of(room))
        if not context.execute_async_v3(0):
            return None
        found = {}
        for name in self.outputs:
            kind = tenon.nptype(self.engine.get_tensor_dtype(name))
            shape = tuple(context.get_tensor_shape(name))
            count = int(np.prod(shape))
            found[name] = np.frombuffer(kept[name].tobytes(), kind, count).reshape(shape)
        return found

    def check(self, feeds, context=None):
        found = self.run(feeds, context)
        assert found is not None, self.heard.text()
        for name, wanted in zip(self.outputs, self.session.run(None, feeds), strict=True):
            assert found[name].shape == wanted.shape, feeds
            np.testing.assert_allclose(found[name], wanted, 1e-5, 1e-5, err_msg=name)

    def refuses(self, feeds, *words):
        """Both do; ours by name. What comes after is right again."""
        with pytest.raises(Exception):  # noqa: B017 - ONNX Runtime has a class for each refusal
            self.session.run(None, feeds)
        assert self.run(feeds) is None, feeds
        for word in words:
            assert word in self.heard.text()


def test_reshape_selects_in_each_run():
    ranges = {"x": ((1, 4), (3, 4), (8, 4)), "s": ((-1, -1), (2, 6), (12, 12))}
    inputs = {"x": ("f", ["n", 4]), "s": ("i", [2])}
    case = Case([node("Reshape", ["x", "s"], ["y"])], inputs, profiles=[ranges])
    x = normal(3, 4)
    for wanted in [(2, 6), (-1, 2), (0, -1), (4, -1), (12, 1), (0, 0), (0, 4)]:
        case.check({"x": x, "s": whole(*wanted)})
    case.refuses({"x": x, "s": whole(5, 3)}, "'y'", "15 elements", "there are 12", "s[0] = 5")
    case.check({"x": x, "s": whole(6, 2)})
    case.refuses({"x": x, "s": whole(5, -1)}, "10 elements", "there are 12")
    case.refuses({"x": x, "s": whole(-1, -1)}, "there are 12")
    case.refuses({"x": x, "s": whole(-2, -6)}, "-2", "s", "outside profile")
    case.check({"x": normal(8, 4), "s": whole(-1, 4)})
    case.check({"x": x, "s": whole(6, 2)})
    wrong = whole(7, 2)
    assert case.context.set_tensor_address("s", tenon.address_of(wrong))
    with pytest.raises(RuntimeError):
        case.context.infer_shapes()
    assert "14 elements are asked for" in case.heard.text()
    case.check({"x": x, "s": whole(6, 2)})


def test_reshape_that_allows_zero():
    ranges = {"x": ((0, 4), (3, 4), (8, 4)), "s": ((0, 0), (2, 6), (12, 12))}
    inputs = {"x": ("f", ["n", 4]), "s": ("i", [2])}
    nodes = [node("Reshape", ["x", "s"], ["y"], allowzero=1)]
    case = Case(nodes, inputs, profiles=[ranges])
    case.check({"x": normal(3, 4), "s": whole(2, 6)})
    case.check({"x": normal(0, 4), "s": whole(0, 7)})
    case.refuses({"x": normal(3, 4), "s": whole(0, 4)}, "0 elements", "there are 12")


def test_reshapes_in_a_row_check_each():
    """The one between is not merged away, though only its check is left of it."""
    ranges = {"s": ((-1, -1), (2, 6), (12, 12))}
    inputs = {"x": ("f", [3, 4]), "s": ("i", [2])}
    nodes = [node("Reshape", ["x", "s"], ["a"]), node("Reshape", ["a", "t"], ["y"])]
    case = Case(nodes, inputs, {"t": whole(2, 6)}, profiles=[ranges])
    case.check({"x": normal(3, 4), "s": whole(4, -1)})
    assert case.run({"x": normal(3, 4), "s": whole(2, 5)}) is None
    assert "'a': 10 elements are asked for, but there are 12" in case.heard.text()


def test_reshape_by_numbers_computed_from_both():
    nodes = [
        node("Shape", ["x"], ["extents"]),
        node("Gather", ["extents", "zero"], ["n"]),
        node("Concat", ["n", "k", "rest"], ["s"], axis=0),
        node("Reshape", ["x", "s"], ["y"]),
    ]
    ranges = {"x": ((1, 4), (3, 4), (8, 4)), "k": ((1,), (2,), (4,))}
    inputs = {"x": ("f", ["n", 4]), "k": ("i", [1])}
    case = Case(nodes, inputs, {"zero": whole(0), "rest": whole(-1)}, profiles=[ranges])
    for n, k in [(3, 2), (8, 1), (1, 4)]:
        case.check({"x": normal(n, 4), "k": whole(k)})
    case.refuses({"x": normal(3, 4), "k": whole(3)}, "9 elements", "there are 12")


def test_expand_broadcasts_both_ways():
    ranges = {"x": ((0, 1), (3, 1), (8, 1)), "s": ((-1, 0, 0), (2, 3, 4), (8, 8, 8))}
    inputs = {"x": ("f", ["n", 1]), "s": ("i", [3])}
    case = Case([node("Expand", ["x", "s"], ["y"])], inputs, profiles=[ranges])
    for n, wanted in [
        (3, (2, 3, 4)),
        (1, (2, 4, 4)),
        (3, (2, 1, 1)),
        (1, (1, 0, 1)),
        (0, (1, 1, 2)),
    ]:
        case.check({"x": normal(n, 1), "s": whole(*wanted)})
    case.refuses({"x": normal(3, 1), "s": whole(2, 4, 4)}, "'y'", "extent 3", "broadcast to 4")
    assert case.run({"x": normal(3, 1), "s": whole(-1, 3, 4)}) is None
    assert "would have extent -1" in case.heard.text()


def test_expand_as_exporters_guard_it():
    nodes = [
        node("Equal", ["s", "minus"], ["kept"]),
        node("Where", ["kept", "one", "s"], ["t"]),
        node("Expand", ["x", "t"], ["y"]),
    ]
    ranges = {"x": ((1, 1), (3, 1), (8, 1)), "s": ((-1, -1), (3, 4), (8, 8))}
    inputs = {"x": ("f", ["n", 1]), "s": ("i", [2])}
    constants = {"minus": scalar(-1), "one": scalar(1)}
    case = Case(nodes, inputs, constants, profiles=[ranges])
    for n, wanted in [(3, (-1, 4)), (3, (3, 4)), (1, (5, -1))]:
        case.check({"x": normal(n, 1), "s": whole(*wanted)})
    case.refuses({"x": normal(3, 1), "s": whole(2, 2)}, "extent 3", "broadcast to 2")


def test_slice():
    ranges = {
        "x": ((1, 6), (4, 6), (8, 6)),
        "from": ((-100, -100), (1, 2), (8, 8)),
        "to": ((-100, -100), (3, 5), (100, 100)),
    }
    inputs = {"x": ("f", ["n", 6]), "from": ("i", [2]), "to": ("i", [2])}
    case = Case([node("Slice", ["x", "from", "to"], ["y"])], inputs, profiles=[ranges])
    for n, first, last in [
        (4, (1, 2), (3, 5)),
        (4, (-2, 0), (100, -1)),
        (4, (3, 3), (1, 6)),
        (2, (0, -100), (9, 9)),
    ]:
        case.check({"x": normal(n, 6), "from": whole(*first), "to": whole(*last)})


def test_slice_from_where_another_input_ends():
    nodes = [
        node("Shape", ["q"], ["extents"]),
        node("Gather", ["extents", "zero"], ["k"]),
        node("Slice", ["x", "k", "end", "zero"], ["y"]),
    ]
    ranges = {"x": ((1, 6), (4, 6), (8, 6)), "q": ((0,), (1,), (8,))}
    inputs = {"x": ("f", ["n", 6]), "q": ("f", ["m"])}
    case = Case(nodes, inputs, {"zero": whole(0), "end": whole(2**62)}, profiles=[ranges])
    for n, m in [(4, 1), (8, 3), (2, 4), (3, 0)]:
        feeds = {"x": normal(n, 6), "q": normal(m)}
        wanted = feeds["x"][m:]
        found = case.run(feeds)
        assert found is not None, case.heard.text()
        np.testing.assert_array_equal(found["y"], wanted)


def test_split():
    ranges = {"x": ((1, 6), (4, 6), (8, 6)), "s": ((0, 0), (2, 4), (6, 6))}
    inputs = {"x": ("f", ["n", 6]), "s": ("i", [2])}
    nodes = [node("Split", ["x", "s"], ["y", "z"], axis=1)]
    case = Case(nodes, inputs, outputs=("y", "z"), profiles=[ranges])
    for parts in [(2, 4), (6, 0), (5, 1)]:
        case.check({"x": normal(4, 6), "s": whole(*parts)})
    case.refuses({"x": normal(4, 6), "s": whole(3, 2)}, "5 elements", "there are 6")


def test_pad():
    ranges = {"x": ((1, 2), (3, 2), (8, 2)), "p": ((-1, 0, 0, 0), (0, 1, 0, 2), (4, 4, 4, 4))}
    inputs = {"x": ("f", ["n", 2]), "p": ("i", [4])}
    case = Case([node("Pad", ["x", "p"], ["y"])], inputs, profiles=[ranges])
    for pads in [(0, 1, 0, 2), (1, 0, 2, 0), (0, 0, 0, 0)]:
        case.check({"x": normal(3, 2), "p": whole(*pads)})
    assert case.run({"x": normal(3, 2), "p": whole(-1, 0, 0, 0)}) is None
    assert "would have extent -1" in case.heard.text()


def test_range():
    ends = {"from": ((-4,), (0,), (16,)), "to": ((-4,), (5,), (16,)), "by": ((-2,), (1,), (4,))}
    inputs = {name: ("i", []) for name in ends}
    case = Case([node("Range", list(ends), ["y"])], inputs, profiles=[ends])
    for values in [(0, 5, 1), (2, 9, 3), (9, 2, -2), (3, 3, 1), (5, 2, 1)]:
        case.check(dict(zip(ends, map(scalar, values), strict=True)))
    case.refuses(dict(zip(ends, map(scalar, (0, 5, 0)), strict=True)), "by[0] = 0")


def test_positions_of_a_sequence():
    """Numbers up to a dynamic extent, as whole and as real ones."""
    nodes = [
        node("Shape", ["x"], ["extents"]),
        node("Gather", ["extents", "axis"], ["length"]),
        node("Cast", ["length"], ["real"], to=FLOAT),
        node("Range", ["zero", "real", "one"], ["places"]),
        node("Add", ["x", "places"], ["y"]),
    ]
    constants = {
        "axis": scalar(1),
        "zero": np.float32([0])[0:1].reshape(()),
        "one": np.ones((), "f"),
    }
    ranges = {"x": ((1, 1), (2, 4), (4, 8))}
    case = Case(nodes, {"x": ("f", ["n", "t"])}, constants, profiles=[ranges])
    for length in (4, 1, 8):
        case.check({"x": normal(2, length)})


def test_one_hot():
    inputs = {"x": ("i", [3, 2]), "d": ("i", [])}
    constants = {"v": np.float32([0, 1])}
    nodes = [node("OneHot", ["x", "d", "v"], ["y"], axis=1)]
    case = Case(nodes, inputs, constants, profiles=[{"d": ((1,), (3,), (8,))}])
    for depth in (3, 5, 1):
        case.check({"x": whole(0, 2, -1, 3, 4, 0).reshape(3, 2), "d": scalar(depth)})


@pytest.mark.parametrize("upper", [0, 1])
def test_triangles_of_dynamic_matrices(upper):
    nodes = [node("Trilu", ["x", "k"], ["y"], upper=upper), node("EyeLike", ["x"], ["z"], k=1)]
    ranges = {"x": ((1, 1), (3, 4), (8, 8))}
    inputs = {"x": ("f", ["n", "m"]), "k": ("i", [])}
    case = Case(nodes, inputs, outputs=("y", "z"), profiles=[ranges])
    for rows, columns, diagonal in [(3, 4, 0), (5, 2, 1), (8, 8, -2)]:
        case.check({"x": normal(rows, columns), "k": scalar(diagonal)})


@pytest.mark.parametrize("found", [(1, 0, 2, 0, 0, 3), (0,) * 6, (1,) * 6], ids=str)
@pytest.mark.parametrize("what", ["ConstantOfShape", "Expand", "Range", "Tile"])
def test_sizes_that_a_run_finds(what, found):
    nodes = [
        node("NonZero", ["x"], ["places"]),
        node("Shape", ["places"], ["extents"]),
        node("Gather", ["extents", "one"], ["count"]),
        node("Squeeze", ["count"], ["number"]),
    ]
    nodes.append(
        {
            "ConstantOfShape": node("ConstantOfShape", ["extents"], ["y"]),
            "Expand": node("Expand", ["w", "extents"], ["y"]),
            "Range": node("Range", ["first", "number", "step"], ["y"]),
            "Tile": node("Tile", ["v", "count"], ["y"]),
        }[what]
    )
    constants = {
        "one": whole(1),
        "first": scalar(0),
        "step": scalar(1),
        "w": normal(1, 1),
        "v": normal(2),
    }
    case = Case(nodes, {"x": ("f", [6])}, constants)
    case.check({"x": np.float32(found)})


def test_contexts_and_profiles_keep_their_own_numbers():
    small = {"x": ((1, 4), (2, 4), (4, 4)), "s": ((-1, -1), (-1, 2), (4, 4))}
    large = {"x": ((4, 4), (6, 4), (8, 4)), "s": ((1, 1), (8, 4), (32, 32))}
    inputs = {"x": ("f", ["n", 4]), "s": ("i", [2])}
    nodes = [node("Reshape", ["x", "s"], ["y"])]
    case = Case(nodes, inputs, profiles=[small, large])
    assert case.engine.is_shape_inference_io("s")
    for i, ranges in enumerate((small, large)):
        given = [tuple(values) for values in case.engine.get_tensor_profile_values(i, "s")]
        assert given == [tuple(values) for values in ranges["s"]]
    other = case.engine.create_execution_context()
    assert other.set_optimization_profile_async(1, 0)
    for _ in range(2):
        case.check({"x": normal(2, 4), "s": whole(-1, 2)})
        case.check({"x": normal(8, 4), "s": whole(16, 2)}, other)
        case.check({"x": normal(2, 4), "s": whole(4, 2)})
    assert case.run({"x": normal(8, 4), "s": whole(-1, 2)}, other) is None
    assert "shape input 's': value -1 of element 0 is outside profile 1" in case.heard.text()
    case.check({"x": normal(8, 4), "s": whole(8, 4)}, other)


def test_other_numbers_are_doubted_until_they_are_read():
    """No shape is told from numbers that may have changed, and outputs get room for all."""
    ranges = {"s": ((1, 1), (2, 3), (5, 6))}
    case = Case([node("ConstantOfShape", ["s"], ["y"])], {"s": ("i", [2])}, profiles=[ranges])
    context, wished, room = case.context, whole(2, 3), np.zeros(64, np.float32)
    for name, array in (("s", wished), ("y", room)):
        assert context.set_tensor_address(name, tenon.address_of(array))
    assert tuple(context.get_tensor_shape("y")) == (-1, -1)
    assert context.get_max_output_size("y") == 5 * 6 * 4
    assert context.infer_shapes() == []
    assert tuple(context.get_tensor_shape("y")) == (2, 3)
    assert context.get_max_output_size("y") == 2 * 3 * 4
    larger = whole(5, 6)
    assert context.set_tensor_address("s", tenon.address_of(larger))
    assert tuple(context.get_tensor_shape("y")) == (-1, -1)
    assert context.get_max_output_size("y") == 5 * 6 * 4
    assert context.execute_async_v3(0)
    assert tuple(context.get_tensor_shape("y")) == (5, 6)
    larger[:] = 6, 6
    assert not context.execute_async_v3(0), "outside the profile"


def test_opt_values_that_contradict_each_other_are_told_in_the_build():
    ranges = {"s": ((1, 1), (5, 3), (12, 12))}
    inputs = {"x": ("f", [3, 4]), "s": ("i", [2])}
    heard = Heard()
    shop = Workshop(heard)
    model = model_of([node("Reshape", ["x", "s"], ["y"])], inputs, {}, ("y",))
    assert tenon.OnnxParser(shop.network, heard).parse(model)
    profile = shop.builder.create_optimization_profile()
    profile.set_shape_input("s", *ranges["s"])
    shop.config.add_optimization_profile(profile)
    assert shop.build() is None
    assert '"y": 15 elements are asked for, but there are 12' in heard.text()


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (node("Unsqueeze", ["x", "s"], ["y"]), "the axes"),
        (node("ReduceSum", ["x", "s"], ["y"]), "the axes"),
        (node("Pad", ["x", "s"], ["y"], mode="edge"), "the pads"),
        (node("Slice", ["x", "one", "one", "one", "s"], ["y"]), "the steps"),
    ],
    ids=lambda value: value.op_type if hasattr(value, "op_type") else "",
)
def test_what_stays_refused_is_named(made, word):
    heard = Heard()
    shop = Workshop(heard)
    size = 4 if made.op_type == "Pad" else 1
    inputs = {"x": ("f", [3, 4]), "s": ("i", [size])}
    model = model_of([made], inputs, {"one": whole(1)}, ("y",))
    assert not tenon.OnnxParser(shop.network, heard).parse(model)
    assert word in heard.text() and "make it a constant" in heard.text()
