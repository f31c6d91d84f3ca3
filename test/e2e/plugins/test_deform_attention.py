# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""MultiscaleDeformableAttnPlugin_TRT against bilinear sampling point by point."""

import numpy as np
import pytest
from test_deform_conv import bilinear

F = np.float32
OP = "MultiscaleDeformableAttnPlugin_TRT"


def tensors(rng, batch, heads, depth, queries, maps, points, kind=np.int32):
    sizes = np.array(maps)
    lengths = sizes.prod(1)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    value = rng.standard_normal((batch, lengths.sum(), heads, depth), F)
    where = rng.uniform(-0.1, 1.1, (batch, queries, heads, len(maps), points, 2)).astype(F)
    weights = rng.uniform(0, 1, where.shape[:-1]).astype(F)
    weights /= weights.sum((-1, -2), keepdims=True)
    return [value, sizes.astype(kind), starts.astype(kind), where, weights]


def reference(value, sizes, starts, where, weights):
    batch, _, heads, depth = value.shape
    out = np.zeros((batch, where.shape[1], heads, depth))
    for level, ((height, width), start) in enumerate(zip(sizes, starts, strict=True)):
        for n, m, d in np.ndindex(batch, heads, depth):
            plane = value[n, start : start + height * width, m, d].reshape(height, width)
            points = where[n, :, m, level].astype(np.float64)
            sampled = bilinear(plane, points[..., 1] * height - 0.5, points[..., 0] * width - 0.5)
            out[n, :, m, d] += (sampled * weights[n, :, m, level]).sum(-1)
    return out


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    ("batch", "heads", "depth", "queries", "maps", "points"),
    [
        (1, 2, 4, 5, [(3, 4)], 2),
        (2, 3, 9, 11, [(6, 5), (3, 3), (1, 2)], 4),
        (1, 8, 32, 9, [(8, 8), (4, 4)], 4),
    ],
)
def test_it_is_the_definition(one_node, rng, batch, heads, depth, queries, maps, points, version):
    kind = np.int32 if version == "1" else np.int64
    inputs = tensors(rng, batch, heads, depth, queries, maps, points, kind)
    (got,) = one_node(OP, inputs, (F,), plugin_version=version)
    np.testing.assert_allclose(got, reference(*inputs), atol=2e-5)


def test_any_number_of_queries(one_node, rng):
    inputs = tensors(rng, 1, 2, 4, 10, [(2, 3), (1, 1)], 2)
    (got,) = one_node(OP, inputs, (F,), dynamic=True, constants=(1, 2))
    np.testing.assert_allclose(got, reference(*inputs), atol=2e-5)


def test_float16(one_node, rng):
    inputs = tensors(rng, 1, 2, 8, 6, [(4, 4)], 2)
    inputs = [t.astype(np.float16) if t.dtype == F else t for t in inputs]
    (got,) = one_node(OP, inputs, (np.float16,))
    np.testing.assert_allclose(got, reference(*inputs), atol=4e-3)


def test_a_map_outside_the_values_is_named(one_node, rng):
    inputs = tensors(rng, 1, 2, 4, 5, [(3, 4), (2, 2)], 2)
    inputs[2][1] = 14
    told = one_node.refusal(OP, inputs, (F,))
    assert "map 1 of 2 x 2 pixels from pixel 14 on does not lie in value, which has 16" in told


def test_extents_that_do_not_fit_are_named(one_node, rng):
    inputs = tensors(rng, 1, 2, 4, 5, [(3, 4)], 2)
    inputs[4] = inputs[4][:, :4]
    told = one_node.refusal(OP, inputs, (F,))
    assert "dimension 1 of attention_weights is 4, it must be 5" in told
