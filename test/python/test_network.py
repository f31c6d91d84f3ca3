# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""Networks made and walked in Python."""

import gc

import numpy as np
import pytest
import tenon as trt
from workshop import ROOT, run


def test_layers_take_the_class_of_their_type(workshop):
    x = workshop.network.add_input("x", trt.float32, (1, 2, 4, 4))
    pooling = workshop.network.add_pooling_nd(x, trt.PoolingType.MAX, (2, 2))
    pooling.stride_nd = (2, 2)
    workshop.network.add_activation(pooling.get_output(0), trt.ActivationType.RELU)
    seen = workshop.network[0]
    assert type(seen) is trt.ILayer
    seen.__class__ = trt.IPoolingLayer
    assert seen.type == trt.PoolingType.MAX
    assert seen.stride_nd == (2, 2)
    seen.window_size_nd = (4, 4)
    assert pooling.window_size_nd == [4, 4]
    other = workshop.network[-1]
    other.__class__ = trt.IActivationLayer
    assert other.type == trt.ActivationType.RELU
    assert [layer.name for layer in workshop.network] == [pooling.name, other.name]


def test_every_layer_class_has_the_same_layout(workshop):
    x = workshop.network.add_input("x", trt.float32, (2, 2))
    layer = workshop.network.add_identity(x)
    classes = [
        cls for cls in vars(trt).values() if isinstance(cls, type) and issubclass(cls, trt.ILayer)
    ]
    assert len(classes) > 50
    for cls in classes:
        layer.__class__ = cls
        assert trt.ILayer.name.__get__(layer) == layer.name


def test_weights_are_shared_and_kept_alive(workshop):
    kernel = np.arange(4, dtype=np.float32).reshape(1, 1, 2, 2)
    x = workshop.network.add_input("x", trt.float32, (1, 1, 2, 2))
    layer = workshop.network.add_convolution_nd(x, 1, (2, 2), kernel.copy())
    layer.get_output(0).name = "y"
    workshop.network.mark_output(layer.get_output(0))
    gc.collect()
    np.testing.assert_array_equal(layer.kernel.reshape(kernel.shape), kernel)
    x = np.ones((1, 1, 2, 2), np.float32)
    np.testing.assert_allclose(run(workshop.engine(), x=x)["y"].ravel(), [6.0])


def test_weights_of_arrays():
    array = np.arange(6, dtype=np.int64)
    weights = trt.Weights(array)
    assert (weights.dtype, weights.size, weights.nbytes) == (trt.int64, 6, 48)
    array[0] = 7
    assert weights.numpy()[0] == 7, "a view, not a copy"
    assert trt.Weights().size == 0
    with pytest.raises(ValueError, match="contiguous"):
        trt.Weights(array[::2])
    with pytest.raises(TypeError, match="float64"):
        trt.Weights(np.zeros(2))


def test_dims_are_sequences():
    dims = trt.Dims((1, -1, 3))
    assert dims == (1, -1, 3)
    assert dims == [1, -1, 3]
    assert dims != (1, 2, 3)
    assert (len(dims), dims[-1], dims[1:], str(dims)) == (3, 3, (-1, 3), "(1, -1, 3)")
    assert trt.volume(dims) == -1
    assert trt.volume((2, 3)) == 6
    assert isinstance(trt.Dims4(1, 2, 3, 4), trt.Dims)
    assert np.zeros(tuple(trt.DimsHW(2, 3))).shape == (2, 3)
    with pytest.raises(IndexError):
        dims[3]
    with pytest.raises(ValueError, match="at most 8"):
        trt.Dims(range(9))


def test_enumerations_behave_as_known():
    assert trt.float32 == trt.DataType.FLOAT
    assert int(trt.BuilderFlag.TF32) == 6
    assert 1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED) == 2
    assert trt.DataType.__members__["HALF"] is trt.float16
    assert trt.BuilderFlag.WEIGHTLESS is trt.BuilderFlag.STRIP_PLAN
    assert trt.Logger.WARNING < trt.Logger.INFO
    assert trt.ILogger.Severity.ERROR == trt.Logger.ERROR
    assert {trt.float32: 1}[trt.DataType.FLOAT] == 1
    assert trt.float32.itemsize == 4
    assert trt.nptype(trt.int64) is np.int64
    with pytest.raises(TypeError):
        trt.nptype(trt.bfloat16)


def test_refusals_raise_with_the_reason(workshop):
    x = workshop.network.add_input("x", trt.float32, (2, 3))
    y = workshop.network.add_input("y", trt.float32, (4, 5))
    with pytest.raises(RuntimeError, match=r"add_elementwise: .+"):
        workshop.network.add_elementwise(x, y, trt.ElementWiseOperation.SUM)


def test_parser_reads_files_and_bytes(workshop, logger):
    path = ROOT / "models/mnist.onnx"
    parser = trt.OnnxParser(workshop.network, logger)
    assert parser.parse_from_file(str(path))
    assert workshop.network.num_layers > 5
    other = workshop.builder.create_network(0)
    assert trt.OnnxParser(other, logger).parse(path.read_bytes())
    assert other.num_layers == workshop.network.num_layers


def test_parser_errors_name_node_and_operator(workshop):
    from onnx import TensorProto, helper  # noqa: PLC0415

    node = helper.make_node("NoSuchOperator", ["x"], ["y"], "the_node", domain="nowhere")
    value = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [2]) for n in "xy"]
    graph = helper.make_graph([node], "g", value[:1], value[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("nowhere", 1)])
    quiet = trt.Logger(trt.Logger.INTERNAL_ERROR)
    parser = trt.OnnxParser(workshop.network, quiet)
    assert not parser.parse(model.SerializeToString())
    assert parser.num_errors == 1
    error = parser.get_error(0)
    assert error.node_name() == "the_node"
    assert error.node_operator() == "NoSuchOperator"
    assert error.code() == trt.ErrorCode.UNSUPPORTED_NODE
    assert "NoSuchOperator" in str(error)


def shape_model(operator, inputs):
    """A model of one node that reads these inputs, the last one telling a shape."""
    from onnx import TensorProto, helper  # noqa: PLC0415

    kinds = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int64): TensorProto.INT64}
    given = [
        helper.make_tensor_value_info(name, kinds[array.dtype], array.shape)
        for name, array in inputs.items()
    ]
    read = ["x", "", "", "s"] if operator == "Resize" else list(inputs)
    node = helper.make_node(operator, read, ["y", "i"] if operator == "TopK" else ["y"])
    told = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    graph = helper.make_graph([node], "g", given, told)
    opset = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()


def numbers(*values):
    return np.array(values, np.int64)


X = np.arange(12, dtype=np.float32)
SHAPES = [
    ("Expand", X[:3].reshape(3, 1), [(3, 2), (1, 5), (3, 1)], lambda x, s: x * np.ones(s)),
    ("Tile", X.reshape(4, 3), [(1, 2), (3, 1)], np.tile),
    ("ConstantOfShape", None, [(2, 3), (4, 1)], lambda x, s: np.zeros(s)),
    ("TopK", X, [(2,), (12,)], lambda x, s: -np.sort(-x)[: s[0]]),
    (
        "Resize",
        X.reshape(4, 3),
        [(8, 3), (4, 6)],
        lambda x, s: x.repeat(s[0] // 4, 0).repeat(s[1] // 3, 1),
    ),
]


@pytest.mark.parametrize(("operator", "x", "asked", "expected"), SHAPES, ids=[r[0] for r in SHAPES])
def test_inputs_of_models_that_tell_shapes(workshop, logger, operator, x, asked, expected):
    """They become shape inputs: one engine, and a shape by numbers for each run."""
    rank = len(asked[0])
    arrays = {"s": numbers(*asked[0])} if x is None else {"x": x, "s": numbers(*asked[0])}
    parser = trt.OnnxParser(workshop.network, logger)
    assert parser.parse(shape_model(operator, arrays))
    told = workshop.network.get_input(workshop.network.num_inputs - 1)
    assert told.is_shape_tensor
    profile = workshop.builder.create_optimization_profile()
    profile.set_shape_input("s", (1,) * rank, asked[0], (12,) * rank)
    workshop.config.add_optimization_profile(profile)
    engine = workshop.engine()
    context = engine.create_execution_context()
    result = np.zeros(200, np.float32)
    for shape in asked:
        arrays["s"] = numbers(*shape)
        for name, array in {**arrays, "y": result}.items():
            assert context.set_tensor_address(name, trt.address_of(array))
        assert context.infer_shapes() == []
        wanted = expected(x, shape)
        assert tuple(context.get_tensor_shape("y")) == wanted.shape
        assert context.execute_async_v3(0)
        np.testing.assert_array_equal(result[: wanted.size].reshape(wanted.shape), wanted)
    arrays["s"] = numbers(*(13,) * rank)
    assert context.set_tensor_address("s", trt.address_of(arrays["s"]))
    assert not context.execute_async_v3(0), "outside the profile"


def test_a_cache_is_found_behind_steps_that_lack_inputs(workshop):
    """Kernels hold packed weights themselves: their steps have no tensor in that place."""
    network, sizes = workshop.network, (1, 32, 1, 32)
    cache = network.add_input("cache", trt.float32, (1, 32, 4, 32))
    update = network.add_input("update", trt.float32, sizes)
    place = network.add_input("place", trt.int32, (1,))
    weights = np.eye(32, dtype=np.float32).reshape(32, 32, 1, 1)
    made = network.add_convolution_nd(update, 32, (1, 1), weights).get_output(0)
    written = network.add_kv_cache_update(cache, made, place, trt.KVCacheMode.LINEAR).get_output(0)
    written.name = "written"
    network.mark_output(written)
    assert workshop.engine().get_aliased_input_tensor("written") == "cache"
