// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers the convolution of row-major tensors with lanes along output rows. The tactic is the
// number of vectors in a register tile; the fewer vectors, the more output channels share each
// input.
#include "backends/simd/run/convolution_rows.h"
#include "backends/simd/convolution.h"

namespace tenon::simd::convolution_rows {

namespace {

using kernel::Layout;

/// [group][block][tap][channel of the block]
std::vector<float> pack(std::span<const float> weight, const ConvParams& params, Level level,
                        int vectors) {
  const int64_t group_outputs = params.weight[0] / params.op.groups;
  const int64_t taps = params.weight.volume() / params.weight[0];
  const Blocks blocks(group_outputs, level, vectors);
  std::vector<float> packed;
  packed.reserve(weight.size());
  for (int64_t group = 0; group < params.op.groups; ++group) {
    for (int64_t block = 0; block < blocks.count; ++block) {
      for (int64_t tap = 0; tap < taps; ++tap) {
        for (int64_t m = blocks.begin(block); m < blocks.begin(block + 1); ++m) {
          packed.push_back(weight[static_cast<size_t>((group * group_outputs + m) * taps + tap)]);
        }
      }
    }
  }
  return packed;
}

class Candidate final : public ConvolutionCandidate {
 public:
  using ConvolutionCandidate::ConvolutionCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(Layout::linear(), Layout::linear())};
  }
  /// Wide tiles reuse weights, high ones inputs; a tile wider than the image wastes registers.
  std::vector<int32_t> tactics() override {
    const ConvGeometry g = geometry();
    const int64_t half = lanes(level_) / 2;
    const int64_t vectors = ((g.out_width + half - 1) / half * g.out_height + 1) / 2;
    std::vector<int32_t> all;
    for (const int32_t tactic : {2, 3, 4, 1}) {
      if (tactic <= vectors && tactic <= row_loops(level_).max_vectors) all.push_back(tactic);
    }
    if (all.empty()) all.push_back(1);
    return all;
  }

 protected:
  Status add_packed(const kernel::Configuration&, int32_t tactic,
                    std::vector<kernel::PackedBlob>& packed, Diagnostics&) const override {
    const std::vector<float> weight = floats_of(*node_.inputs[ops::kConvWeight].constant);
    packed.push_back({bytes_of(layout_of(params(), level_, tactic)),
                      bytes_of(pack(weight, params(), level_, tactic))});
    if (has(ops::kConvBias)) {
      packed.push_back({{}, bytes_of(floats_of(*node_.inputs[ops::kConvBias].constant))});
    }
    return {};
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_convolution(node);
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::convolution_rows
