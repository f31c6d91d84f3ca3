// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// CustomEmbLayerNormPluginDynamic: the first layer of BERT, three embeddings added and normalized.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

/// Tables are [rows, length of beta], one row after the other.
struct EmbeddingParameters {
  int32_t outputFp16 = 0, fullMask = 0, attentionType = 0;
  Floats beta, gamma, words, kinds, positions;

  template <class Visitor>
  void visit(Visitor& v) {
    v("output_fp16", outputFp16, kSwitch);
    v("full_mask", fullMask, kSwitch);
    v("mha_type_id", attentionType, Range{0, 2});
    v("bert_embeddings_layernorm_beta", beta, kAny, Need::Required);
    v("bert_embeddings_layernorm_gamma", gamma, kAny, Need::Required);
    v("bert_embeddings_word_embeddings", words, kAny, Need::Required);
    v("bert_embeddings_token_type_embeddings", kinds, kAny, Need::Required);
    v("bert_embeddings_position_embeddings", positions, kAny, Need::Required);
  }
  void check(AttributeReader& reader) const;
};

/// Token ids, segment ids and mask [sequence, batch] in; the embeddings [sequence, batch, length,
/// 1, 1] and, for each batch, the place of the first token masked out [batch, 1] out.
class Embedding final : public PluginOf<EmbeddingParameters> {
 public:
  using PluginOf::PluginOf;

 protected:
  Signature signature() const noexcept override;
  bool shapes(ShapeRules const& rules,
              std::span<nvinfer1::DimsExprs> outputs) const noexcept override;
  bool fits(std::span<Tensor const> in) const noexcept override;
  bool compute(Run const& run) const noexcept override;
};

}  // namespace shipped
