// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// CustomGeluPluginDynamic: the Gaussian error linear unit by its tanh formula, bias before it.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct GeluParameters {
  int32_t typeId = 0;  ///< the type of the network: 0 float32, 1 float16
  Floats bias;         ///< one number an element of a row, or none

  template <class Visitor>
  void visit(Visitor& v) {
    v("type_id", typeId, kSwitch, Need::Required);
    v("bias", bias);
  }
};

/// x of any shape in, whose rows are as long as the bias; the same shape out.
class Gelu final : public PluginOf<GeluParameters> {
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
