// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// CustomQKVToContextPluginDynamic: attention of many heads for BERT, sequences of one length.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct QkvToContextParameters {
  int32_t typeId = 0;  ///< the type of the network: 0 float32, 1 float16
  int32_t hiddenSize = 1, heads = 1;
  int32_t hasMask = 0;
  float int8Scale = 1.0F / 127.0F;  ///< of the int8 form; taken and not needed

  template <class Visitor>
  void visit(Visitor& v) {
    v("type_id", typeId, kAny, Need::Required);
    v("hidden_size", hiddenSize, kPositive, Need::Required);
    v("num_heads", heads, kPositive, Need::Required);
    v("has_mask", hasMask, kSwitch, Need::Required);
    v("dq_probs", int8Scale, kAboveZero);
  }
  void check(AttributeReader& reader) const;
};

/// [sequence, batch, 3 × hidden size, 1, 1] in: of each head its query, key and value one after
/// the other; and, if it has a mask, the number of tokens that count, from the first one on,
/// [batch, 1]. [sequence, batch, hidden size, 1, 1] out, zero for a batch in which none counts.
class QkvToContext final : public PluginOf<QkvToContextParameters> {
 public:
  using PluginOf::PluginOf;

 protected:
  Signature signature() const noexcept override;
  bool shapes(ShapeRules const& rules,
              std::span<nvinfer1::DimsExprs> outputs) const noexcept override;
  bool fits(std::span<Tensor const> in) const noexcept override;
  size_t scratchBytes(std::span<Tensor const> in,
                      std::span<Tensor const> out) const noexcept override;
  bool compute(Run const& run) const noexcept override;
};

}  // namespace shipped
