// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// InstanceNormalization_TRT, GroupNormalizationPlugin and CustomSkipLayerNormPluginDynamic.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct InstanceNormParameters {
  float epsilon = 1e-5F;
  Floats scales, bias;  ///< one number a channel
  int32_t relu = 0;
  float alpha = 0;  ///< slope below zero, if `relu`

  template <class Visitor>
  void visit(Visitor& v) {
    v("epsilon", epsilon, kNotNegative);
    v("scales", scales, kAny, Need::Required);
    v("bias", bias, kAny, Need::Required);
    v("relu", relu, kSwitch);
    v("alpha", alpha);
  }
  void check(AttributeReader& reader) const;
};

/// Each channel of each image of x [batch, channels, …] for itself.
class InstanceNorm final : public PluginOf<InstanceNormParameters> {
 public:
  using PluginOf::PluginOf;

 protected:
  Signature signature() const noexcept override;
  bool shapes(ShapeRules const& rules,
              std::span<nvinfer1::DimsExprs> outputs) const noexcept override;
  bool fits(std::span<Tensor const> in) const noexcept override;
  bool compute(Run const& run) const noexcept override;
};

struct GroupNormParameters {
  float eps = 1e-5F;
  int32_t groups = 1;

  template <class Visitor>
  void visit(Visitor& v) {
    v("eps", eps, kAboveZero);
    v("num_groups", groups, kPositive);
  }
};

/// Groups of channels of each image of x [batch, channels, …]; scale and bias [channels].
class GroupNorm final : public PluginOf<GroupNormParameters> {
 public:
  using PluginOf::PluginOf;

 protected:
  Signature signature() const noexcept override;
  bool shapes(ShapeRules const& rules,
              std::span<nvinfer1::DimsExprs> outputs) const noexcept override;
  bool fits(std::span<Tensor const> in) const noexcept override;
  bool compute(Run const& run) const noexcept override;
};

/// `Fixed`: the versions for one length of sequence, which also name the length of a row.
template <bool Fixed>
struct SkipLayerNormParameters {
  int32_t typeId = 0;  ///< the type of the network: 0 float32, 1 float16
  int32_t ld = 0;
  Floats beta, gamma, bias;  ///< one number an element of a row; bias may be empty

  template <class Visitor>
  void visit(Visitor& v) {
    v("type_id", typeId, kAny, Need::Required);
    if (Fixed) v("ld", ld, kPositive, Need::Required);
    v("beta", beta, kAny, Need::Required);
    v("gamma", gamma, kAny, Need::Required);
    v("bias", bias);
  }
  void check(AttributeReader& reader) const;
};

/// Rows of x + skip + bias are normalized; a row is as long as beta.
template <bool Fixed>
class SkipLayerNorm final : public PluginOf<SkipLayerNormParameters<Fixed>> {
 public:
  using PluginOf<SkipLayerNormParameters<Fixed>>::PluginOf;

 protected:
  Signature signature() const noexcept override;
  bool shapes(ShapeRules const& rules,
              std::span<nvinfer1::DimsExprs> outputs) const noexcept override;
  bool fits(std::span<Tensor const> in) const noexcept override;
  bool compute(Run const& run) const noexcept override;
};

}  // namespace shipped
