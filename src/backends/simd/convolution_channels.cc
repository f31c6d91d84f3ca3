// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers the convolution with lanes over output channels: the output lies channels-last, the input
// either way. Tactic 0 keeps a panel of weights and walks the image, tactic 1 keeps image rows and
// walks the panels.
#include <algorithm>

#include "backends/simd/convolution.h"
#include "backends/simd/run/convolution_channels.h"

namespace tenon::simd::convolution_channels {

namespace {

using kernel::Layout;

/// [group][panel][tap][lane]
std::vector<float> pack(std::span<const float> weight, const ConvParams& params, Level level,
                        TapOrder order) {
  const Panels panels = panels_of(params, level);
  const int64_t channels = params.weight[1];
  const int64_t depth = params.weight.volume() / params.weight[0];
  const int64_t taps = depth / channels;
  std::vector<float> packed(static_cast<size_t>(params.op.groups * panels.padded() * depth));
  for (int64_t group = 0; group < params.op.groups; ++group) {
    panels.pack(
        depth,
        [&](int64_t k, int64_t column) {
          if (order == TapOrder::ChannelsInside) k = k % channels * taps + k / channels;
          const int64_t m = group * panels.columns + column;
          return weight[static_cast<size_t>(m * depth + k)];
        },
        packed.data() + group * panels.padded() * depth);
  }
  return packed;
}

class Candidate final : public ConvolutionCandidate {
 public:
  using ConvolutionCandidate::ConvolutionCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    std::vector<kernel::Configuration> all;
    for (const Layout& x : {Layout::hwc(), Layout::linear()}) {
      kernel::Configuration& one = all.emplace_back(uniform(Layout::linear(), Layout::hwc()));
      one.inputs[ops::kConvX].layout = x;
      if (has(ops::kConvResidual)) one.inputs[ops::kConvResidual].layout = Layout::hwc();
    }
    return all;
  }
  std::vector<int32_t> tactics() override {
    const bool one_panel = panels_of(params(), level_).count() * op().groups == 1;
    return one_panel ? std::vector<int32_t>{0} : std::vector<int32_t>{0, 1};
  }

 protected:
  void add_params(const kernel::Configuration& configuration, ByteWriter& bytes) const override {
    ConvolutionCandidate::add_params(configuration, bytes);
    bytes.put(static_cast<uint8_t>(channels_last(configuration)));
  }
  Status add_packed(const kernel::Configuration& configuration, int32_t,
                    std::vector<kernel::PackedBlob>& packed, Diagnostics&) const override {
    const TapOrder order = order_for(params(), channels_last(configuration));
    const std::vector<float> weight = floats_of(*node_.inputs[ops::kConvWeight].constant);
    packed.push_back({bytes_of(layout_of(params(), level_, order)),
                      bytes_of(pack(weight, params(), level_, order))});
    if (!has(ops::kConvBias)) return {};
    const std::vector<float> bias = floats_of(*node_.inputs[ops::kConvBias].constant);
    const Panels panels = panels_of(params(), level_);
    std::vector<float> padded(static_cast<size_t>(op().groups * panels.padded()));
    for (int64_t group = 0; group < op().groups; ++group) {
      std::copy_n(bias.begin() + group * panels.columns, panels.columns,
                  padded.begin() + group * panels.padded());
    }
    packed.push_back({{}, bytes_of(padded)});
    return {};
  }

 private:
  static bool channels_last(const kernel::Configuration& configuration) {
    return configuration.inputs[ops::kConvX].layout == Layout::hwc();
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_convolution(node); !reason.empty()) return reason;
  const auto& op = std::get<ops::Convolution>(*node.op);
  if (op.kernel.rank() != 2) return "only images of two axes lie channels-last";
  const int64_t group_outputs = node.inputs[ops::kConvWeight].opt[0] / op.groups;
  if (op.groups > 1 && group_outputs < 4) {
    return fmt::format("a group has {} output channels, too few for a vector", group_outputs);
  }
  return {};
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::convolution_channels
