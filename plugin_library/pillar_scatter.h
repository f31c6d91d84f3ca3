// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// PillarScatterPlugin: puts the features of pillars at their places on a dense map.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct PillarScatterParameters {
  Integers denseShape{1, 1};  ///< height, width

  template <class Visitor>
  void visit(Visitor& v) {
    v("dense_shape", denseShape, kPositive, Need::Required);
  }
  void check(AttributeReader& reader) const;
};

/// Features [frames, pillars, channels], coordinates (frame, z, y, x) [frames, pillars, 4] and the
/// number of valid pillars [frames] in; [frames, channels, height, width] out, zero elsewhere.
class PillarScatter final : public PluginOf<PillarScatterParameters> {
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
