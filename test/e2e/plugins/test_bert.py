# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""The plugins of BERT and DeBERTa against their formulas in float64."""

import math

import numpy as np
import pytest
from onnx_answer import answer

F, INT = np.float32, np.int32
EMBEDDING = "CustomEmbLayerNormPluginDynamic"
PREFIX = "bert_embeddings_"


def tables(rng, row, words=20, kinds=2, longest=16):
    shapes = {
        "layernorm_beta": (row,),
        "layernorm_gamma": (row,),
        "word_embeddings": (words, row),
        "token_type_embeddings": (kinds, row),
        "position_embeddings": (longest, row),
    }
    return {name: rng.standard_normal(shape, F) for name, shape in shapes.items()}


def fields(arrays, **others):
    named = {PREFIX + name: array.ravel().tolist() for name, array in arrays.items()}
    return {**named, "output_fp16": 0, "full_mask": 0, "mha_type_id": 0, **others}


def tokens(rng, sequence, batch, words=20, kinds=2):
    lengths = rng.integers(1, sequence + 1, batch)
    mask = (np.arange(sequence)[:, None] < lengths).astype(INT)
    shape = (sequence, batch)
    return [rng.integers(0, words, shape, INT), rng.integers(0, kinds, shape, INT), mask], lengths


def embedded(ids, kinds, arrays):
    x = arrays["word_embeddings"][ids] + arrays["token_type_embeddings"][kinds].astype(np.float64)
    x += arrays["position_embeddings"][: len(ids), None]
    x -= x.mean(-1, keepdims=True)
    x /= np.sqrt((x**2).mean(-1, keepdims=True))
    return (x * arrays["layernorm_gamma"] + arrays["layernorm_beta"])[..., None, None]


@pytest.mark.parametrize("version", ["1", "6"])
@pytest.mark.parametrize(("sequence", "batch", "row"), [(12, 1, 8), (16, 3, 100), (1, 2, 768)])
def test_embedding(one_node, rng, sequence, batch, row, version):
    arrays = tables(rng, row)
    inputs, lengths = tokens(rng, sequence, batch)
    settings = fields(arrays, plugin_version=version)
    embedding, mask = one_node(EMBEDDING, inputs, (F, INT), **settings)
    np.testing.assert_allclose(embedding, embedded(*inputs[:2], arrays), atol=2e-5)
    np.testing.assert_array_equal(mask, lengths[:, None])


def test_embedding_with_any_sequence_in_float16(one_node, rng):
    arrays = tables(rng, 32)
    inputs, lengths = tokens(rng, 12, 2)
    settings = fields(arrays, output_fp16=1, plugin_version="6")
    embedding, mask = one_node(EMBEDDING, inputs, (np.float16, INT), dynamic=True, **settings)
    np.testing.assert_allclose(embedding, embedded(*inputs[:2], arrays), atol=8e-3)
    np.testing.assert_array_equal(mask, lengths[:, None])


def test_embedding_names_mistakes(one_node, rng):
    arrays = tables(rng, 8)
    inputs, _ = tokens(rng, 12, 2)

    def refusal(**changes):
        return one_node.refusal(EMBEDDING, inputs, (F, INT), **fields(arrays, **changes))

    assert "attribute full_mask is 1" in refusal(full_mask=1)
    assert "word_embeddings has 3 values" in refusal(**{PREFIX + "word_embeddings": [1.0] * 3})
    few = {PREFIX + "position_embeddings": [0.0] * 80}
    assert "the sequence has 12 tokens, but there are 10 position embeddings" in refusal(**few)
    inputs[0][3, 1] = 25
    assert "token 3 of batch 1 has id 25" in refusal()


@pytest.mark.parametrize("kind", [F, np.float16])
@pytest.mark.parametrize("with_bias", [False, True])
def test_gelu(one_node, rng, with_bias, kind):
    x = (rng.standard_normal((5, 2, 12)) * 3).astype(kind)
    bias = rng.standard_normal(12).astype(F)
    settings = {"type_id": int(kind != F)} | ({"bias": bias.tolist()} if with_bias else {})
    (got,) = one_node("CustomGeluPluginDynamic", [x], (kind,), dynamic=True, **settings)
    total = x.astype(np.float64) + (bias if with_bias else 0)
    want = 0.5 * total * (1 + np.tanh(np.sqrt(2 / np.pi) * (total + 0.044715 * total**3)))
    np.testing.assert_allclose(got, want, atol=2e-6 if kind == F else 8e-3)
    theirs = answer("Gelu", [total.astype(F)], 20, approximate="tanh")
    np.testing.assert_allclose(got, theirs, atol=2e-6 if kind == F else 8e-3)


def contexts(x, heads, lengths):
    """Attention of heads whose query, key and value lie one after the other."""
    sequence, batch, row = x.shape[:3]
    q, k, v = np.moveaxis(x.astype(np.float64).reshape(sequence, batch, heads, 3, -1), 3, 0)
    scores = np.einsum("ibhd,jbhd->bhij", q, k) / np.sqrt(q.shape[-1])
    counted = np.arange(sequence) < lengths[:, None, None, None]
    scores = np.where(counted, scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    return np.einsum("bhij,jbhd->ibhd", weights, v).reshape(sequence, batch, row // 3, 1, 1)


def attention(heads, row, masked, **others):
    return {"type_id": 0, "hidden_size": row, "num_heads": heads, "has_mask": masked, **others}


@pytest.mark.parametrize("version", ["1", "4"])
@pytest.mark.parametrize("masked", [0, 1])
@pytest.mark.parametrize(
    ("sequence", "batch", "heads", "size"), [(7, 3, 2, 8), (128, 1, 12, 64), (1, 2, 3, 5)]
)
def test_attention(one_node, rng, sequence, batch, heads, size, masked, version):
    x = rng.standard_normal((sequence, batch, 3 * heads * size, 1, 1), F)
    lengths = rng.integers(1, sequence + 1, batch) if masked else np.full(batch, sequence)
    inputs = [x, lengths.astype(INT)[:, None]] if masked else [x]
    settings = attention(heads, heads * size, masked, plugin_version=version)
    (got,) = one_node("CustomQKVToContextPluginDynamic", inputs, (F,), dynamic=True, **settings)
    np.testing.assert_allclose(got, contexts(x, heads, lengths), atol=2e-6)


def test_attention_in_float16(one_node, rng):
    x = rng.standard_normal((9, 2, 48, 1, 1)).astype(np.float16)
    settings = attention(2, 16, 0, type_id=1)
    (got,) = one_node("CustomQKVToContextPluginDynamic", [x], (np.float16,), **settings)
    np.testing.assert_allclose(got, contexts(x, 2, np.full(2, 9)), atol=2e-3)


def test_attention_to_nothing_is_zero_and_to_more_than_there_is_to_all(one_node, rng):
    x = rng.standard_normal((6, 3, 24, 1, 1), F)
    inputs = [x, np.array([[0], [100], [-3]], INT)]
    settings = attention(2, 8, 1)
    (got,) = one_node("CustomQKVToContextPluginDynamic", inputs, (F,), **settings)
    assert not got[:, [0, 2]].any()
    every = contexts(x, 2, np.full(3, 6))
    np.testing.assert_allclose(got[:, 1], every[:, 1], atol=2e-6)


def test_attention_names_mistakes(one_node, rng):
    x, mask = rng.standard_normal((6, 2, 24, 1, 1), F), np.full((2, 1), 6, INT)

    def refusal(inputs, **changes):
        settings = attention(2, 8, len(inputs) - 1) | changes
        return one_node.refusal("CustomQKVToContextPluginDynamic", inputs, (F,), **settings)

    assert "num_heads is 3, it must divide hidden_size, which is 8" in refusal([x], num_heads=3)
    assert "type_id is 2" in refusal([x], type_id=2)
    assert "dimension 2 of input is 24, it must be 48" in refusal([x], hidden_size=16)
    assert "has 2 inputs, it must have 1" in refusal([x, mask], has_mask=0)
    packed = np.zeros((2, 512), INT)
    assert "dimension 1 of input_mask is 512, it must be 1" in refusal([x, packed])


def place(distance, span):
    """DeBERTa v2's place of a distance: logarithmic beyond half the span."""
    half = span // 2
    if abs(distance) <= half:
        bucket = distance
    else:
        log = math.log(abs(distance) / half) / math.log((2 * span - 1) / half) * (half - 1)
        bucket = (math.ceil(log * (1 - 1e-7)) + half) * (1 if distance > 0 else -1)
    return min(max(bucket + span, 0), 2 * span - 1)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(("heads", "length", "span"), [(2, 9, 4), (3, 40, 8), (1, 12, 64)])
def test_disentangled_attention(one_node, rng, heads, length, span, version):
    content = rng.standard_normal((heads, length, length), F)
    c2p, p2c = (rng.standard_normal((heads, length, 2 * span), F) for _ in range(2))
    settings = {"span": span, "factor": 0.125, "plugin_version": version}
    (got,) = one_node("DisentangledAttention_TRT", [content, c2p, p2c], (F,), **settings)
    places = np.array([[place(i - j, span) for j in range(length)] for i in range(length)])
    want = content.copy()
    for i, j in np.ndindex(length, length):
        want[:, i, j] += c2p[:, i, places[i, j]] + p2c[:, j, places[i, j]]
    np.testing.assert_allclose(got, want * 0.125, atol=1e-6)


def test_disentangled_attention_names_what_does_not_fit(one_node, rng):
    content, other = rng.standard_normal((1, 9, 9), F), rng.standard_normal((1, 9, 8), F)
    op, inputs = "DisentangledAttention_TRT", [content, other, other]
    told = one_node.refusal(op, inputs, (F,), span=5, factor=0.1)
    assert "dimension 2 of data1 is 8, it must be 10" in told
    told = one_node.refusal(op, inputs, (F,), span=4)
    assert "attribute factor is missing" in told
