// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Parameters and records of convolutions.
#include "backends/simd/convolution.h"

#include <algorithm>

namespace tenon::simd {

std::string refuse_convolution(const kernel::NodeInfo& node) {
  const auto& op = std::get<ops::Convolution>(*node.op);
  if (std::string reason = refuse_unless_f32(node); !reason.empty()) return reason;
  if (op.kernel.rank() < 1 || op.kernel.rank() > 2) {
    return fmt::format("it has {} spatial axes, and only one or two are served here",
                       op.kernel.rank());
  }
  const auto& inputs = node.inputs;
  if (inputs[ops::kConvWeight].constant == nullptr) return "its weight is no constant";
  if (inputs.size() > ops::kConvBias && inputs[ops::kConvBias].present &&
      inputs[ops::kConvBias].constant == nullptr) {
    return "its bias is no constant";
  }
  return refuse_window(op, inputs[0]);
}

std::string refuse_window(const ops::Convolution& op, const kernel::PortInfo& x) {
  const auto negative = [](int64_t pad) { return pad < 0; };
  if (std::ranges::any_of(op.pads_begin, negative) || std::ranges::any_of(op.pads_end, negative)) {
    return "a padding is negative";
  }
  constexpr int64_t kMost = int64_t{1} << 30;
  if (x.max.volume() / std::max<int64_t>(x.max[0], 1) > kMost) {
    return "one image has more than 2^30 elements";
  }
  return {};
}

void add_convolution(const kernel::NodeInfo& node, ByteWriter& params) {
  const Dims& weight = node.inputs[ops::kConvWeight].opt;
  params.put(static_cast<uint8_t>(weight.rank()));
  for (const int64_t extent : weight) params.put(extent);
  for (const size_t input : {ops::kConvBias, ops::kConvResidual}) {
    params.put(static_cast<uint8_t>(input < node.inputs.size() && node.inputs[input].present));
  }
}

ConvParams ConvolutionCandidate::params() const {
  return {.op = op(),
          .weight = node_.inputs[ops::kConvWeight].opt,
          .bias = has(ops::kConvBias),
          .residual = has(ops::kConvResidual)};
}

ConvGeometry ConvolutionCandidate::geometry() const {
  return params().geometry(node_.inputs[0].opt, node_.outputs[0].opt);
}

std::vector<int> ConvolutionCandidate::absorbed_inputs() const {
  std::vector<int> absorbed = {ops::kConvWeight};
  if (has(ops::kConvBias)) absorbed.push_back(ops::kConvBias);
  return absorbed;
}

std::vector<int> ConvolutionCandidate::thread_counts() const {
  return threads_for(geometry().operations());
}

}  // namespace tenon::simd
