// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers the product of small integers with constant ones on tiles (AMX).
#include "backends/simd/quant_mat_mul.h"
#include "backends/simd/tile_candidate.h"

namespace tenon::simd::quant_mat_mul_tiles {

namespace {

using kernel::Layout;
using quant_mat_mul::Extents;

class Candidate final : public TileCandidate {
 public:
  using TileCandidate::TileCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(Layout::linear(), Layout::linear())};
  }

 protected:
  void add_params(const kernel::Configuration&, ByteWriter& params) const override {
    const Extents extents = quant_mat_mul::extents_of(node_);
    params.put(extents.depth);
    params.put(extents.columns);
    add_types(params);
  }
  Status add_packed(const kernel::Configuration&, int32_t, std::vector<kernel::PackedBlob>& packed,
                    Diagnostics&) const override {
    const auto& op = std::get<ops::QuantMatMul>(*node_.op);
    packed = pack(quant_mat_mul::as_convolution(op), quant_mat_mul::columns_of(node_),
                  quant_mat_mul::layout_of(quant_mat_mul::extents_of(node_), "tiles"));
    return {};
  }
  [[nodiscard]] ConvGeometry geometry() const override {
    const Extents extents = quant_mat_mul::extents_of(node_);
    const int64_t rows = node_.outputs[0].opt.volume() / extents.columns;
    return product_geometry(rows, extents.depth, extents.columns);
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target& target) {
  std::string reason = refuse_tiles(node, target);
  return reason.empty() ? quant_mat_mul::refuse_product(node) : reason;
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::quant_mat_mul_tiles
