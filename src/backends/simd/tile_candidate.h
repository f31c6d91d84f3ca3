// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the candidates share whose sums are made on tiles (AMX).
#pragma once

#include "backends/simd/node_candidate.h"
#include "backends/simd/run/tile_product.h"

namespace tenon::simd {

/// Why tiles do not serve: the machine, or the weights; empty where they do.
std::string refuse_tiles(const kernel::NodeInfo& node, const device::Target& target);

/// The blobs of TileProduct, for i8 weights [output][channel][tap].
std::vector<kernel::PackedBlob> pack_tiles(const ConvGeometry& g, const ops::QuantConvolution& op,
                                           std::span<const int8_t> weights,
                                           const ops::ConstantData& weight_scale,
                                           const ops::ConstantData* bias,
                                           const PackedLayout& layout);

/// A candidate for a QuantConvolution or QuantMatMul with constant weight.
class TileCandidate : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  /// Safe engines are for machines of which no more is asked than vectors.
  [[nodiscard]] uint32_t flags() const override;
  [[nodiscard]] std::vector<int> thread_counts() const override;
  [[nodiscard]] std::vector<int> absorbed_inputs() const override;
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic,
                                int threads, Diagnostics& diag) override;

 protected:
  /// At the profile's opt shape.
  [[nodiscard]] virtual ConvGeometry geometry() const = 0;
  [[nodiscard]] bool has(size_t input) const {
    return input < node_.inputs.size() && node_.inputs[input].present;
  }
  /// What TileProduct::read reads.
  void add_types(ByteWriter& params) const;
  /// pack_tiles() with the node's constants.
  [[nodiscard]] std::vector<kernel::PackedBlob> pack(const ops::QuantConvolution& op,
                                                     std::span<const int8_t> weights,
                                                     const PackedLayout& layout) const;
};

}  // namespace tenon::simd
