// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// ModulatedDeformConv2d: a convolution whose taps are moved by offsets and weighed by a mask.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct DeformConvParameters {
  Integers stride{1, 1}, padding{0, 0}, dilation{1, 1};  ///< height, width
  int32_t group = 1, deformableGroup = 1;

  template <class Visitor>
  void visit(Visitor& v) {
    v("stride", stride, kPositive, Need::Required);
    v("padding", padding, kNotNegative, Need::Required);
    v("dilation", dilation, kPositive, Need::Required);
    v("group", group, kPositive, Need::Required);
    v("deformable_group", deformableGroup, kPositive, Need::Required);
  }
  void check(AttributeReader& reader) const;
};

/// x [batch, channels, height, width], offset [batch, 2 × deformable groups × taps, out height, out
/// width] as (y, x) for each tap, mask with half as many channels, weight [out channels, channels /
/// group, kernel height, kernel width] and perhaps bias [out channels] in.
class DeformConv final : public PluginOf<DeformConvParameters> {
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
