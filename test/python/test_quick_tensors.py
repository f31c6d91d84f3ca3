# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What descriptions, shapes, expressions and tensors of quick plugins allow and refuse."""

import numpy as np
import pytest
import tenon as trt
from quick import clean, finish  # noqa: F401
from tenon import plugin as trtp
from workshop import run


def desc(*extents):
    return trtp.from_shape_expr(extents, trt.float32)


def copy(x, outputs, stream):
    np.copyto(np.asarray(outputs[0]), np.asarray(x))


UNKNOWN = ["shape", "format", "scale", "is_dynamic", "numel"]


@pytest.mark.parametrize("member", UNKNOWN)
def test_descriptions_know_shapes_in_later_stages_only(member):
    x = desc(2, 3)
    assert not x.has_shape
    assert x.has_shape_expr
    assert x.ndim == 2
    with pytest.raises(ValueError, match=f"{member} is not known yet"):
        value = getattr(x, member)
        value()


def test_descriptions_of_inputs_are_fixed_and_copies_are_not(workshop):
    seen = []

    @trtp.register("quick::fixed")
    def fixed(x: trtp.TensorDesc) -> trtp.TensorDesc:
        with pytest.raises(ValueError, match="TensorDesc is immutable: dtype cannot be set"):
            x.dtype = trt.int32
        with pytest.raises(ValueError, match="shape_expr cannot be set"):
            x.shape_expr = trtp.ShapeExprs(1)
        other = x.like()
        other.dtype = trt.float16
        other.shape_expr[0] += 1
        assert x.dtype == trt.float32
        assert not other.is_aliased
        assert other.get_aliased() is None
        shared = x.aliased()
        assert shared.is_aliased
        assert shared.get_aliased() is x
        with pytest.raises(ValueError, match="immutable"):
            shared.dtype = trt.int32
        if not other.shape_expr[0].is_fake:
            seen.append((x.shape_expr[0].constant_value(), other.shape_expr[0].constant_value()))
        return x.like()

    trtp.impl("quick::fixed")(copy)
    finish(workshop, trtp.op.quick.fixed(workshop.network.add_input("x", trt.float32, (2,))))
    assert set(seen) == {(2, 3)}


def test_size_tensors_are_scalars_that_must_be_outputs(workshop):
    size = trtp.size_tensor(1, 2)
    assert (size.ndim, size.dtype, size.is_size_tensor) == (0, trt.int32, True)
    size.dtype = trt.int64
    assert size.dtype == trt.int64
    assert not desc(2).is_size_tensor
    extent = size.expr()
    assert isinstance(extent, trtp.SizeTensorShapeExpr)
    assert not extent.is_constant
    for use in (lambda: extent + 1, lambda: 1 + extent, lambda: trtp.ShapeExpr(1) * extent):
        with pytest.raises(ValueError, match="takes no part in expressions"):
            use()

    @trtp.register("quick::forgotten")
    def forgotten(x: trtp.TensorDesc) -> trtp.TensorDesc:
        count = trtp.size_tensor(1, x.shape_expr.numel())
        return trtp.from_shape_expr((count.expr(),), trt.float32)

    trtp.impl("quick::forgotten")(copy)
    x = workshop.network.add_input("x", trt.float32, (2,))
    with pytest.raises(ValueError, match="used in a shape but is no output"):
        workshop.network.add_plugin(trtp.op.quick.forgotten(x))


def test_shapes_of_numbers():
    shape = trtp.Shape((2, 3))
    assert (tuple(shape), len(shape), shape[1], str(shape)) == ((2, 3), 2, 3, "(2, 3)")
    assert (shape.numel(), np.prod(shape), shape.is_dynamic) == (6, 6, False)
    shape[0] = 4
    assert tuple(shape) == (4, 3)
    assert tuple(trtp.Shape()) == ()
    for name in ("min", "opt", "max"):
        with pytest.raises(ValueError, match=f"{name} is only there for dynamic shapes"):
            getattr(shape, name)
        with pytest.raises(AttributeError, match=name):
            getattr(trtp.Shape((-1, 3)), name)
    with pytest.raises(ValueError, match="an extent that is not known"):
        trtp.Shape((-1, 3)).numel()
    with pytest.raises(ValueError, match="made of a tuple or description"):
        trtp.Shape([2, 3])


def test_dynamic_shapes_show_their_profile(workshop):
    seen = []

    @trtp.register("quick::ranged")
    def ranged(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.like()

    @trtp.autotune("quick::ranged")
    def tune(x, outputs):
        assert x.is_dynamic
        assert outputs[0].is_dynamic
        seen.append((tuple(x.shape), x.shape.min, x.shape.opt, x.shape.max))
        return [trtp.AutoTuneCombination("FP32, FP32")]

    trtp.impl("quick::ranged")(copy)
    finish(workshop, trtp.op.quick.ranged(workshop.network.add_input("x", trt.float32, (-1, 3))))
    profile = workshop.builder.create_optimization_profile()
    profile.set_shape("x", (1, 3), (4, 3), (9, 3))
    workshop.config.add_optimization_profile(profile)
    assert workshop.build() is not None
    assert seen == [((-1, 3), (1, 3), (4, 3), (9, 3))]


def test_lists_of_expressions():
    sizes = trtp.SymExprs(2)
    sizes[0], sizes[1] = 3, trtp.SymInt32(4)
    assert [type(size) for size in sizes] == [trtp.SymInt32] * 2
    with pytest.raises(IndexError, match="there are 2 expressions, none at 2"):
        sizes[2] = 1
    with pytest.raises(ValueError, match=r"1\.5 is neither an integer nor symbolic"):
        sizes[0] = 1.5
    with pytest.raises(ValueError, match="at most 8 dimensions, not 9"):
        trtp.ShapeExprs(9)
    shape = trtp.ShapeExprs.from_tuple((2, trtp.ShapeExpr(3)))
    assert [type(extent) for extent in shape] == [trtp.ShapeExpr] * 2
    assert shape.numel().is_fake
    assert len(trtp.SymIntExprs.from_tuple([1, trtp.SymInt8(2), trtp.SymInt16(3)])) == 3
    with pytest.raises(ValueError, match="shape_expr is a tuple or ShapeExprs"):
        trtp.from_shape_expr([2], trt.float32)


@pytest.mark.parametrize("kind", [trtp.SymInt8, trtp.SymInt16, trtp.SymInt32, trtp.ShapeExpr])
def test_fake_expressions_tell_nothing(kind):
    fake = kind(3)
    assert fake.is_fake
    assert not fake.is_size_tensor
    for ask in (lambda: fake.is_constant, fake.constant_value, lambda: bool(fake)):
        with pytest.raises(RuntimeError, match="is not known while shapes are not"):
            ask()
    with pytest.raises(ValueError, match="made of an int or expression, not 'three'"):
        kind("three")
    for name in ("cdiv", "max", "min"):
        assert getattr(trtp, name)(fake, 2).is_fake
        with pytest.raises(ValueError, match=f"{name} needs a symbolic operand"):
            getattr(trtp, name)(1, 2)
    with pytest.raises(TypeError, match="unhashable"):
        hash(fake)
    with pytest.raises(TypeError, match="unsupported operand"):
        fake + 1.5


def test_launches_have_seven_numbers():
    launch = trtp.KernelLaunchParams(grid_x=2, shared_mem=trtp.ShapeExpr(3))
    for name in ("grid_x", "grid_y", "grid_z", "block_x", "block_y", "block_z", "shared_mem"):
        assert type(getattr(launch, name)) is trtp.SymInt32
    launch.block_y = 4
    with pytest.raises(AttributeError, match="KernelLaunchParams has no 'blocks'"):
        launch.blocks = 4


def test_tensors_are_fixed_and_show_their_memory(workshop):
    told = {}

    @trtp.register("quick::shown")
    def shown(x: trtp.TensorDesc) -> trtp.TensorDesc:
        return x.like()

    @trtp.impl("quick::shown")
    def shown_impl(x, outputs, stream):
        for name in ("shape", "dtype", "data_ptr"):
            with pytest.raises(ValueError, match=f"Tensor is immutable: {name} cannot be set"):
                setattr(x, name, None)
        with pytest.raises(ValueError, match="a shape is a tuple, Shape or PluginTensorDesc"):
            x.aliased([3, 2])
        with pytest.raises(AttributeError, match="Tensor has no 'size'"):
            x.size  # noqa: B018
        other = x.aliased((3, 2))
        assert other.data_ptr == x.data_ptr
        assert tuple(x.shape) == (2, 3)
        other.dtype = trt.int32
        assert x.dtype == trt.float32
        interface = x.__cuda_array_interface__
        told.update(
            shape=tuple(other.shape),
            strides=tuple(x.strides),
            numbers=(x.ndim, x.numel(), x.is_data_dependent, x.is_aliased),
            bytes=interface["strides"],
            typestr=interface["typestr"],
            version=interface["version"],
            data=interface["data"] == (x.data_ptr, False),
        )
        copy(x, outputs, stream)

    finish(workshop, trtp.op.quick.shown(workshop.network.add_input("x", trt.float32, (2, 3))))
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(run(workshop.engine(), x=array)["y0"], array)
    assert told == {
        "shape": (3, 2),
        "strides": (3, 1),
        "numbers": (2, 6, False, False),
        "bytes": (12, 4),
        "typestr": "<f4",
        "version": 3,
        "data": True,
    }
