// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers the convolution with as many groups as channels, channels-last or in vectors of channels.
#include "backends/simd/run/convolution_depthwise.h"
#include "backends/simd/convolution.h"

namespace tenon::simd::convolution_depthwise {

namespace {

using kernel::Layout;

class Candidate final : public ConvolutionCandidate {
 public:
  using ConvolutionCandidate::ConvolutionCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    std::vector<kernel::Configuration> all;
    for (const Layout& layout : {Layout::hwc(), Layout::chw(16), Layout::chw(8)}) {
      kernel::Configuration& one = all.emplace_back(uniform(Layout::linear(), layout));
      one.inputs[ops::kConvX].layout = layout;
      if (has(ops::kConvResidual)) one.inputs[ops::kConvResidual].layout = layout;
    }
    return all;
  }

 protected:
  void add_params(const kernel::Configuration& configuration, ByteWriter& bytes) const override {
    ConvolutionCandidate::add_params(configuration, bytes);
    bytes.put(configuration.outputs[0].layout.order);
    bytes.put(configuration.outputs[0].layout.vector);
  }
  Status add_packed(const kernel::Configuration&, int32_t, std::vector<kernel::PackedBlob>& packed,
                    Diagnostics&) const override {
    const std::vector<float> weight = floats_of(*node_.inputs[ops::kConvWeight].constant);
    const int64_t channels = params().weight[0];
    const int64_t taps = params().weight.volume() / channels;
    std::vector<float> data(static_cast<size_t>(taps * padded(channels)));
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t tap = 0; tap < taps; ++tap) {
        data[static_cast<size_t>(tap * padded(channels) + c)] =
            weight[static_cast<size_t>(c * taps + tap)];
      }
    }
    packed.push_back({bytes_of(layout_of(params())), bytes_of(data)});
    if (!has(ops::kConvBias)) return {};
    std::vector<float> bias = floats_of(*node_.inputs[ops::kConvBias].constant);
    bias.resize(static_cast<size_t>(padded(channels)));
    packed.push_back({{}, bytes_of(bias)});
    return {};
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_convolution(node); !reason.empty()) return reason;
  const auto& op = std::get<ops::Convolution>(*node.op);
  const Dims& weight = node.inputs[ops::kConvWeight].opt;
  if (op.kernel.rank() != 2) return "only images of two axes lie channels-last";
  if (op.groups != weight[0] || weight[1] != 1 || op.groups < 2) {
    return "it has not one filter for each channel";
  }
  return {};
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::convolution_depthwise
