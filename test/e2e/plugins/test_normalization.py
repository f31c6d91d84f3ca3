# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The normalizing plugins against their formulas in float64, and ONNX Runtime where it has them."""

import numpy as np
import pytest
from onnx_answer import answer

F = np.float32


def normalized(x, axes, epsilon):
    x = x.astype(np.float64)
    mean = x.mean(axes, keepdims=True)
    return (x - mean) / np.sqrt(((x - mean) ** 2).mean(axes, keepdims=True) + epsilon)


def per_channel(values, rank):
    return np.asarray(values, np.float64).reshape(1, -1, *[1] * (rank - 2))


@pytest.mark.parametrize("version", ["1", "2", "3"])
@pytest.mark.parametrize("shape", [(2, 3, 17), (1, 5, 9, 13), (2, 2, 3, 4, 5), (1, 1, 1, 1)])
def test_instance_normalization(one_node, rng, shape, version):
    x = rng.standard_normal(shape, F) * 3 + 10
    scales, bias = (rng.standard_normal(shape[1]).astype(F) for _ in range(2))
    settings = {"epsilon": 1e-3, "scales": scales.tolist(), "bias": bias.tolist()}
    settings |= {"relu": 0, "alpha": 0.0, "plugin_version": version}
    (got,) = one_node("InstanceNormalization_TRT", [x], (F,), dynamic=version == "3", **settings)
    want = normalized(x, tuple(range(2, x.ndim)), 1e-3)
    want = want * per_channel(scales, x.ndim) + per_channel(bias, x.ndim)
    np.testing.assert_allclose(got, want, atol=2e-5)
    theirs = answer("InstanceNormalization", [x, scales, bias], 6, epsilon=1e-3)
    np.testing.assert_allclose(got, theirs, atol=1e-4)


def test_instance_normalization_with_leaky_relu_and_float16(one_node, rng):
    x = rng.standard_normal((2, 3, 9, 11)).astype(np.float16)
    settings = {"epsilon": 1e-5, "scales": [1.0, 2.0, 0.5], "bias": [0.0, 0.3, -0.2]}
    settings |= {"relu": 1, "alpha": 0.1, "plugin_version": "3"}
    (got,) = one_node("InstanceNormalization_TRT", [x], (np.float16,), **settings)
    want = normalized(x, (2, 3), 1e-5)
    want = want * per_channel(settings["scales"], 4) + per_channel(settings["bias"], 4)
    np.testing.assert_allclose(got, np.where(want < 0, 0.1 * want, want), atol=4e-3)


def test_instance_normalization_names_what_does_not_fit(one_node, rng):
    x = rng.standard_normal((1, 3, 9), F)
    settings = {"scales": [1.0, 1.0], "bias": [0.0, 0.0]}
    told = one_node.refusal("InstanceNormalization_TRT", [x], (F,), **settings)
    assert "dimension 1 of x is 3, it must be 2" in told
    settings["bias"] = [0.0]
    told = one_node.refusal("InstanceNormalization_TRT", [x], (F,), **settings)
    assert "attribute scales has 2 values and bias has 1" in told


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize(
    ("shape", "groups"), [((2, 6, 9, 10), 3), ((1, 8, 13), 1), ((3, 4, 5, 5), 4)]
)
def test_group_normalization(one_node, rng, shape, groups, dynamic):
    x = rng.standard_normal(shape, F) * 2 - 5
    scale, bias = (rng.standard_normal(shape[1]).astype(F) for _ in range(2))
    settings = {"eps": 1e-3, "num_groups": groups}
    inputs = [x, scale, bias]
    (got,) = one_node("GroupNormalizationPlugin", inputs, (F,), dynamic=dynamic, **settings)
    split = x.reshape(shape[0], groups, -1)
    want = normalized(split, (2,), 1e-3).reshape(shape)
    want = want * per_channel(scale, x.ndim) + per_channel(bias, x.ndim)
    np.testing.assert_allclose(got, want, atol=2e-5)
    theirs = answer("GroupNormalization", inputs, 21, epsilon=1e-3, num_groups=groups)
    np.testing.assert_allclose(got, theirs, atol=1e-4)


def test_group_normalization_names_groups_that_do_not_divide(one_node, rng):
    inputs = [rng.standard_normal((1, 6, 9), F), np.ones(6, F), np.ones(6, F)]
    told = one_node.refusal("GroupNormalizationPlugin", inputs, (F,), eps=1e-5, num_groups=4)
    assert "attribute num_groups is 4, it must divide the 6 channels of x" in told


@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("version", ["1", "2", "5", "6"])
@pytest.mark.parametrize("shape", [(7, 2, 24, 1, 1), (3, 1, 1000, 1, 1)])
def test_skip_layer_normalization(one_node, rng, shape, version, with_bias):
    x, skip = (rng.standard_normal(shape, F) for _ in range(2))
    row = shape[2]
    beta, gamma, bias = (rng.standard_normal(row).astype(F) for _ in range(3))
    settings = {"type_id": 0, "beta": beta.tolist(), "gamma": gamma.tolist()}
    settings |= {"bias": bias.tolist()} if with_bias else {}
    settings |= {"ld": row} if version in ("1", "5") else {}
    op = "CustomSkipLayerNormPluginDynamic"
    (got,) = one_node(op, [x, skip], (F,), plugin_version=version, **settings)
    total = (x.astype(np.float64) + skip).reshape(-1, row) + (bias if with_bias else 0)
    want = (normalized(total, (1,), 1e-7) * gamma + beta).reshape(shape)
    np.testing.assert_allclose(got, want, atol=3e-5)


def test_skip_layer_normalization_in_float16(one_node, rng):
    x, skip = (rng.standard_normal((5, 2, 32, 1, 1)).astype(np.float16) for _ in range(2))
    settings = {"type_id": 1, "ld": 32, "beta": [0.5] * 32, "gamma": [2.0] * 32}
    op = "CustomSkipLayerNormPluginDynamic"
    (got,) = one_node(op, [x, skip], (np.float16,), plugin_version="5", **settings)
    want = normalized(x.astype(float) + skip, (2,), 1e-7) * 2 + 0.5
    np.testing.assert_allclose(got, want, atol=8e-3)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"type_id": 2}, "attribute type_id is 2, it must be 0 (float32) or 1 (float16)"),
        ({"ld": 5}, "must have one for each of the 5 elements of a row"),
        ({"gamma": [1.0]}, "beta, gamma and bias have 4, 1 and 0 values"),
    ],
)
def test_skip_layer_normalization_names_mistakes(one_node, rng, change, says):
    x = rng.standard_normal((2, 1, 4, 1, 1), F)
    settings = {"type_id": 0, "ld": 4, "beta": [0.0] * 4, "gamma": [1.0] * 4, "plugin_version": "5"}
    op = "CustomSkipLayerNormPluginDynamic"
    assert says in one_node.refusal(op, [x, x], (F,), **(settings | change))
