# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""ModulatedDeformConv2d against its definition, and ONNX's reference of DeformConv."""

import numpy as np
import onnx.reference
import pytest
from onnx import helper

F = np.float32
OP = "ModulatedDeformConv2d"


def bilinear(plane, y, x):
    """Values at all (y, x); pixels outside are zero."""
    padded = np.pad(plane.astype(np.float64), 1)
    inside = (y > -1) & (x > -1) & (y < plane.shape[0]) & (x < plane.shape[1])
    y, x = np.where(inside, y, 0) + 1, np.where(inside, x, 0) + 1
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    down, right = y - top, x - left
    value = (1 - down) * ((1 - right) * padded[top, left] + right * padded[top, left + 1])
    value += down * ((1 - right) * padded[top + 1, left] + right * padded[top + 1, left + 1])
    return np.where(inside, value, 0)


def reference(x, offset, mask, weight, bias, a):
    (kh, kw), (oh, ow) = weight.shape[2:], offset.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    rows = np.arange(oh)[:, None] * a["stride"][0] - a["padding"][0]
    columns = np.arange(ow)[None, :] * a["stride"][1] - a["padding"][1]
    moved = offset.reshape(len(x), a["deformable_group"], kh * kw, 2, oh, ow)
    masks = mask.reshape(len(x), a["deformable_group"], kh * kw, oh, ow)
    channels = x.shape[1]
    for n, c, t in np.ndindex(len(x), channels, kh * kw):
        g = c // (channels // a["deformable_group"])
        y = rows + t // kw * a["dilation"][0] + moved[n, g, t, 0]
        z = columns + t % kw * a["dilation"][1] + moved[n, g, t, 1]
        value = bilinear(x[n, c], y, z) * masks[n, g, t]
        per_group = channels // a["group"]
        first = c // per_group * (len(weight) // a["group"])
        for o in range(first, first + len(weight) // a["group"]):
            out[n, o] += value * weight[o, c % per_group, t // kw, t % kw]
    return out + (0 if bias is None else bias.reshape(1, -1, 1, 1))


def tensors(rng, batch, channels, size, filters, kernel, a, bias=True):
    (kh, kw), d = kernel, a["deformable_group"]
    out = [
        (size[i] + 2 * a["padding"][i] - a["dilation"][i] * (kernel[i] - 1) - 1) // a["stride"][i]
        + 1
        for i in range(2)
    ]
    x = rng.standard_normal((batch, channels, *size), F)
    offset = rng.standard_normal((batch, 2 * d * kh * kw, *out), F) * 2
    mask = rng.uniform(0, 1, (batch, d * kh * kw, *out)).astype(F)
    weight = rng.standard_normal((filters, channels // a["group"], kh, kw), F)
    weight /= np.sqrt(weight[0].size).astype(F)
    return [x, offset, mask, weight, *([rng.standard_normal(filters, F)] if bias else [])]


def attributes(**changes):
    base = {"stride": [1, 1], "padding": [0, 0], "dilation": [1, 1], "group": 1}
    return {**base, "deformable_group": 1, **changes}


def onnx_answer(inputs, a):
    names = ["x", "w", "offset", "b", "mask"]
    x, offset, mask, weight, *rest = inputs
    bias = rest[0] if rest else np.zeros(len(weight), F)
    feeds = dict(zip(names, [x, weight, offset, bias, mask], strict=True))
    pads = [*a["padding"], *a["padding"]]
    node = helper.make_node(
        "DeformConv",
        names,
        ["y"],
        strides=a["stride"],
        pads=pads,
        dilations=a["dilation"],
        group=a["group"],
        offset_group=a["deformable_group"],
        kernel_shape=weight.shape[2:],
    )
    infos = [helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, None) for n in [*names, "y"]]
    graph = helper.make_graph([node], "deform", infos[:-1], infos[-1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)])
    return onnx.reference.ReferenceEvaluator(model).run(None, feeds)[0]


CASES = [
    (1, 3, (9, 10), 5, (3, 3), {"padding": [1, 1]}),
    (2, 4, (12, 11), 6, (3, 3), {"stride": [2, 1], "deformable_group": 2}),
    (1, 6, (10, 10), 4, (2, 3), {"group": 2, "dilation": [2, 1], "padding": [0, 2]}),
    (1, 4, (9, 9), 8, (1, 1), {"group": 4, "deformable_group": 4}),
]


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(("batch", "channels", "size", "filters", "kernel", "changes"), CASES)
def test_it_is_the_definition(
    one_node, rng, batch, channels, size, filters, kernel, changes, version
):
    a = attributes(**changes)
    inputs = tensors(rng, batch, channels, size, filters, kernel, a, bias=version == "2")
    fixed = {"constants": (3, 4), "dynamic": True} if version == "2" else {}
    (got,) = one_node(OP, inputs, (F,), plugin_version=version, **fixed, **a)
    want = reference(*inputs[:4], inputs[4] if version == "2" else None, a)
    np.testing.assert_allclose(got, want, atol=2e-5)


def test_it_is_the_operator_of_onnx(one_node, rng):
    a = attributes(padding=[1, 1], stride=[2, 2])
    inputs = tensors(rng, 1, 2, (7, 8), 3, (3, 3), a)
    (got,) = one_node(OP, inputs, (F,), plugin_version="2", **a)
    np.testing.assert_allclose(got, onnx_answer(inputs, a), atol=2e-5)


def test_without_offsets_it_is_a_convolution_in_float16(one_node, rng):
    a = attributes()
    x, offset, mask, weight, bias = tensors(rng, 1, 2, (9, 9), 3, (3, 3), a)
    inputs = [x, offset * 0, mask * 0 + 1, weight, bias]
    inputs = [t.astype(np.float16) for t in inputs]
    (got,) = one_node(OP, inputs, (np.float16,), plugin_version="2", **a)
    windows = np.lib.stride_tricks.sliding_window_view(inputs[0].astype(float), (3, 3), (2, 3))
    want = np.einsum("nchwij,ocij->nohw", windows, inputs[3].astype(float))
    np.testing.assert_allclose(got, want + inputs[4].reshape(1, -1, 1, 1), atol=4e-3)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"stride": [1]}, "attribute stride has 1 values, it must have 2"),
        ({"dilation": [0, 1]}, "attribute dilation is 0, it must be from 1"),
        ({"deformable_group": 3}, "dimension 1 of offset is 18, it must be 54"),
        ({"group": 2}, "attribute group must divide"),
    ],
)
def test_mistakes_are_named(one_node, rng, change, says):
    inputs = tensors(rng, 1, 3, (9, 9), 4, (3, 3), attributes())
    assert says in one_node.refusal(OP, inputs, (F,), **attributes(**change))
