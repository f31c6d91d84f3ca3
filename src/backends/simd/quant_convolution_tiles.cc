// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers the convolution of small integers on tiles (AMX), channels last.
#include "backends/simd/run/quant_convolution_tiles.h"

#include "backends/simd/convolution.h"
#include "backends/simd/tile_candidate.h"

namespace tenon::simd::quant_convolution_tiles {

namespace {

using kernel::Layout;

class Candidate final : public TileCandidate {
 public:
  using TileCandidate::TileCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    kernel::Configuration one = uniform(Layout::linear(), Layout::hwc());
    one.inputs[ops::kQuantX].layout = Layout::hwc();
    if (has(ops::kQuantResidual)) one.inputs[ops::kQuantResidual].layout = Layout::hwc();
    return {one};
  }
  /// A residual is read where it is overwritten.
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override {
    if (!has(ops::kQuantResidual) || op().to == DType::F32) return {};
    return {{0, static_cast<int>(ops::kQuantResidual), false}};
  }

 protected:
  void add_params(const kernel::Configuration&, ByteWriter& params) const override {
    add_convolution(node_, params);
    add_types(params);
  }
  Status add_packed(const kernel::Configuration&, int32_t, std::vector<kernel::PackedBlob>& packed,
                    Diagnostics&) const override {
    const std::span<const std::byte> bytes = node_.inputs[ops::kQuantWeight].constant->bytes();
    const auto* weights = reinterpret_cast<const int8_t*>(bytes.data());
    packed = pack(op(), {weights, bytes.size()}, layout_of(params()));
    return {};
  }
  [[nodiscard]] ConvGeometry geometry() const override {
    return params().geometry(node_.inputs[0].opt, node_.outputs[0].opt);
  }

 private:
  [[nodiscard]] const ops::QuantConvolution& op() const {
    return std::get<ops::QuantConvolution>(*node_.op);
  }
  [[nodiscard]] ConvParams params() const {
    return {.op = op().convolution,
            .weight = node_.inputs[ops::kQuantWeight].opt,
            .bias = has(ops::kQuantBias),
            .residual = has(ops::kQuantResidual)};
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target& target) {
  const ops::Convolution& op = std::get<ops::QuantConvolution>(*node.op).convolution;
  if (std::string reason = refuse_tiles(node, target); !reason.empty()) {
    return reason;
  }
  if (op.groups != 1) return "it has groups";
  if (op.kernel.rank() != 2) return "only images of two axes lie channels-last";
  const Dims& weight = node.inputs[ops::kQuantWeight].opt;
  if (weight.volume() / weight[0] >= int64_t{1} << 16) return "its sums may not fit 32 bits";
  return refuse_window(op, node.inputs[0]);
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::quant_convolution_tiles
