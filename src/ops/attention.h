// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attention over sequences, and what stands around it in transformers.
#pragma once

#include <cstdint>
#include <limits>

#include "ops/enums.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

enum AttentionInput : size_t {
  kAttentionQuery,
  kAttentionKey,
  kAttentionValue,
  kAttentionMask,          ///< optional
  kAttentionScale,         ///< of quantised weights; always absent: see the rule
  kAttentionQueryLengths,  ///< i32, packed queries: where each sequence begins, and the end
  kAttentionKeyLengths,    ///< i32, padded keys: how many places count; packed: as for queries
};

/// normalise(scale · query · keyᵀ + mask) · value, head by head. Padded tensors are [batch, heads,
/// places, size], packed ones [places, heads, size], those with places first [batch, places, heads,
/// size]; queries may have a multiple of the keys' heads, neighbours sharing one. The mask, [batch
/// or 1, heads or 1, queries, keys], is bool (true may be seen) or of the queries' type (added); it
/// stands neither with a causal kind nor with packed tensors. A query that may see nothing gives
/// zeros. Lengths that contradict the tensors fail the run. Source: nvinfer1::IAttention.
struct Attention {
  bool softmax = true;  ///< else the scores are the weights
  CausalKind causal = CausalKind::None;
  SequenceForm query_form = SequenceForm::Padded, key_form = SequenceForm::Padded;
  bool decomposable = false;  ///< a wish of the network's author; both ways are always tried here
  float scale = 1;
  static constexpr auto fields() {
    return std::tuple{
        Field{"softmax", &Attention::softmax},           Field{"causal", &Attention::causal},
        Field{"query_form", &Attention::query_form},     Field{"key_form", &Attention::key_form},
        Field{"decomposable", &Attention::decomposable}, Field{"scale", &Attention::scale}};
  }
};
Status infer(const Attention& op, Inference& inference);

/// Turns pairs of the first `size` elements (0: all) of every head by the angles of their place:
/// halves of a head, or neighbours when `interleaved`. Inputs: x [batch, heads, places, head],
/// cosines and sines [batch, places, size/2], or [rows, size/2] with the row of each place in input
/// 3, [batch, places] of i32 or i64. A row that is not there fails the run. Source: arXiv
/// 2104.09864, ONNX RotaryEmbedding.
struct RotaryEmbedding {
  bool interleaved = false;
  int64_t size = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"interleaved", &RotaryEmbedding::interleaved},
                      Field{"size", &RotaryEmbedding::size}};
  }
};
Status infer(const RotaryEmbedding& op, Inference& inference);

/// The cache with each sequence's update written from its place on. Inputs: cache [batch, heads,
/// places, size], update [batch, heads, new places, size] or packed [all new places, heads, size],
/// first place of each sequence (i32 [batch]), and for packed updates where each begins (i32
/// [batch + 1]). The output may be the cache's memory. A place outside fails the run. Source:
/// nvinfer1::IKVCacheUpdateLayer.
struct KvCacheUpdate {
  SequenceForm form = SequenceForm::Padded;
  static constexpr auto fields() { return std::tuple{Field{"form", &KvCacheUpdate::form}}; }
};
Status infer(const KvCacheUpdate& op, Inference& inference);

enum ExpertInput : size_t {
  kExpertTokens,    ///< […, hidden]
  kExpertChosen,    ///< i32 […, k]: numbers of experts
  kExpertScores,    ///< […, k]
  kExpertGate,      ///< [experts, hidden, inner]; this and the next two may come late, see the rule
  kExpertUp,        ///< [experts, hidden, inner]
  kExpertDown,      ///< [experts, inner, hidden]
  kExpertGateBias,  ///< [experts, inner]; all biases or none
  kExpertUpBias,    ///< [experts, inner]
  kExpertDownBias,  ///< [experts, hidden]
};

/// Sum over the chosen experts of score · down(g · sigmoid(alpha · g) · (u + beta)), or of score ·
/// down(g · (u + beta)) without the function; g = gate(token) at most `limit`, u = up(token) within
/// ±limit. An expert that is not there fails the run. Source: nvinfer1::IMoELayer.
struct MixtureOfExperts {
  bool silu = true;
  float limit = std::numeric_limits<float>::infinity(), alpha = 1, beta = 0;
  static constexpr auto fields() {
    return std::tuple{
        Field{"silu", &MixtureOfExperts::silu}, Field{"limit", &MixtureOfExperts::limit},
        Field{"alpha", &MixtureOfExperts::alpha}, Field{"beta", &MixtureOfExperts::beta}};
  }
};
Status infer(const MixtureOfExperts& op, Inference& inference);

}  // namespace tenon::ops
