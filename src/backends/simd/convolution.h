// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the candidates of convolutions share.
#pragma once

#include "backends/simd/node_candidate.h"
#include "backends/simd/run/convolution.h"

namespace tenon::simd {

/// The part of refuse() that all convolution kernels share: f32, one or two spatial axes, constant
/// weight and bias.
std::string refuse_convolution(const kernel::NodeInfo& node);

/// The part of it that is of the window and the image alone: no padding is negative, and places in
/// the image are small numbers.
std::string refuse_window(const ops::Convolution& op, const kernel::PortInfo& x);

/// Writes what open_convolution reads; called from add_params.
void add_convolution(const kernel::NodeInfo& node, ByteWriter& params);

/// A candidate for a Convolution with constant weight.
class ConvolutionCandidate : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;
  [[nodiscard]] std::vector<int> absorbed_inputs() const override;
  [[nodiscard]] std::vector<int> thread_counts() const override;

 protected:
  [[nodiscard]] const ops::Convolution& op() const { return std::get<ops::Convolution>(*node_.op); }
  [[nodiscard]] bool has(size_t input) const {
    return input < node_.inputs.size() && node_.inputs[input].present;
  }
  [[nodiscard]] ConvParams params() const;
  /// At the profile's opt shape.
  [[nodiscard]] ConvGeometry geometry() const;
  void add_params(const kernel::Configuration&, ByteWriter& params) const override {
    add_convolution(node_, params);
  }
};

}  // namespace tenon::simd
