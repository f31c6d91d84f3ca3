// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// MultiscaleDeformableAttnPlugin_TRT: each query looks at a few points of several feature maps.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct DeformAttentionParameters {
  template <class Visitor>
  void visit(Visitor&) {}
};

/// value [batch, pixels of all maps, heads, depth], the maps' (height, width) [maps, 2], the first
/// pixel of each [maps], points as (x, y) in [0, 1] [batch, queries, heads, maps, points, 2] and
/// their weights [batch, queries, heads, maps, points] in; [batch, queries, heads, depth] out.
class DeformAttention final : public PluginOf<DeformAttentionParameters> {
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
