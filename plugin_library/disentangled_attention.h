// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// DisentangledAttention_TRT: the attention scores of DeBERTa, content and relative place together.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct DisentangledAttentionParameters {
  int32_t span = 0;  ///< places on each side that have numbers of their own
  float factor = 1;

  template <class Visitor>
  void visit(Visitor& v) {
    v("span", span, kPositive, Need::Required);
    v("factor", factor, kAboveZero, Need::Required);
  }
};

/// Content to content [heads, sequence, sequence], content to place and place to content [heads,
/// sequence, 2 × span] in; their sum times the factor [heads, sequence, sequence] out. Distances
/// beyond half the span share places, the more the farther.
class DisentangledAttention final : public PluginOf<DisentangledAttentionParameters> {
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
