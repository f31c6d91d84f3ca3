// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// ScatterND: combines slices into a copy of the data, as ONNX's operator.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct ScatterNdParameters {
  std::string reduction = "none";  ///< none, add, mul, min or max

  template <class Visitor>
  void visit(Visitor& v) {
    v("reduction", reduction);
  }
  void check(AttributeReader& reader) const;
};

/// data, indices [count…, depth] and updates [count…, the extents of data from `depth` on] in; a
/// tensor like data out. An index counts from the end when negative.
class ScatterNd final : public PluginOf<ScatterNdParameters> {
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
