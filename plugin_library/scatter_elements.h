// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// ScatterElements: combines updates into a copy of the data, as ONNX's operator with a reduction.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct ScatterElementsParameters {
  std::string reduction = "none";  ///< none, add, mul, min or max
  int32_t axis = 0;                ///< counted from the end when negative

  template <class Visitor>
  void visit(Visitor& v) {
    v("reduction", reduction, kAny);
    v("axis", axis, Range{-8, 7});
  }
  void check(AttributeReader& reader) const;
};

/// data, indices and updates in; a tensor like data out. The element of an update along the axis is
/// what its index says, counted from the end when negative.
class ScatterElements final : public PluginOf<ScatterElementsParameters> {
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
