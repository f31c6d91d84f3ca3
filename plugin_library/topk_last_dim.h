// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// TopkLastDim: the greatest or least numbers along an axis, and where they were.
#pragma once

#include "plugin_library/base/plugin.h"

namespace shipped {

struct TopkLastDimParameters {
  int32_t typeId = 0;  ///< the type of the network, a nvinfer1::DataType; tensors decide
  int32_t k = 1, isLargest = 1, axis = -1;

  template <class Visitor>
  void visit(Visitor& v) {
    v("type_id", typeId, Range{0, 7}, Need::Required);
    v("k", k, kPositive, Need::Required);
    v("is_largest", isLargest, kSwitch, Need::Required);
    v("axis", axis, Range{-8, 7});
  }
};

/// A tensor in; the best numbers, best first, and their indices out, both k long on the axis. Equal
/// numbers come in the order of their indices; NaN is greater than all numbers.
class TopkLastDim final : public PluginOf<TopkLastDimParameters> {
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

 private:
  int32_t axisOf(int32_t rank) const noexcept;
};

}  // namespace shipped
