// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Packing for tiles.
#include "backends/simd/tile_candidate.h"

#include "device/isa.h"

namespace tenon::simd {

namespace {

/// Where the weight of output m, channel c and a tap lies.
size_t place_of(const ConvGeometry& g, const TileRuns& runs, int64_t m, int64_t c, int64_t tap) {
  const bool joined = g.dilation_w == 1;
  const int64_t run = joined ? tap / g.kernel_w : tap;
  const int64_t k = (joined ? tap % g.kernel_w * g.channels : 0) + c;
  const int64_t block = run * runs.blocks_each() + k / kTileDepth, inside = k % kTileDepth;
  const int64_t n = m % kTileColumns;
  return static_cast<size_t>((m / kTileColumns * runs.blocks() + block) * kTileBlock +
                             n / kTile * kTile * kTileDepth + inside / 4 * kTileDepth +
                             n % kTile * 4 + inside % 4);
}

}  // namespace

std::string refuse_tiles(const kernel::NodeInfo& node, const device::Target& target) {
  if (!target.has(device::Isa::Amx) || best_level(target) != Level::Avx512) {
    return "the machine has no tiles of integers (amx)";
  }
  for (const size_t i : {ops::kQuantWeight, ops::kQuantBias, ops::kQuantWeightScale}) {
    if (i < node.inputs.size() && node.inputs[i].present && node.inputs[i].constant == nullptr) {
      return "its weights, their scales or its bias are no constants";
    }
  }
  if (node.inputs[ops::kQuantWeight].constant->count() == 0) return "its weights are empty";
  return {};
}

uint32_t TileCandidate::flags() const {
  return NodeCandidate::flags() & ~static_cast<uint32_t>(kernel::Flag::Safe);
}

std::vector<int> TileCandidate::thread_counts() const {
  constexpr int64_t kAtOnce = 16;  // products in the time of one elsewhere
  return threads_for(geometry().operations() / kAtOnce);
}

std::vector<int> TileCandidate::absorbed_inputs() const {
  std::vector<int> absorbed;
  for (const size_t i : {ops::kQuantWeight, ops::kQuantBias, ops::kQuantWeightScale}) {
    if (has(i)) absorbed.push_back(static_cast<int>(i));
  }
  return absorbed;
}

Result<kernel::Record> TileCandidate::record(const kernel::Configuration& configuration,
                                             int32_t tactic, int threads, Diagnostics& diag) {
  TENON_ASSIGN(kernel::Record record, NodeCandidate::record(configuration, tactic, threads, diag));
  record.isa |= device::isa_bit(device::Isa::Amx);
  record.metadata = device::to_string(device::Isa::Amx);
  return record;
}

void TileCandidate::add_types(ByteWriter& params) const {
  const size_t residual = has(ops::kQuantResidual) ? ops::kQuantResidual : ops::kQuantX;
  params.put(node_.inputs[ops::kQuantX].dtype);
  params.put(node_.inputs[residual].dtype);
  params.put(uint8_t{1});
}

std::vector<kernel::PackedBlob> pack_tiles(const ConvGeometry& g, const ops::QuantConvolution& op,
                                           std::span<const int8_t> weights,
                                           const ops::ConstantData& weight_scale,
                                           const ops::ConstantData* bias,
                                           const PackedLayout& layout) {
  const TileRuns runs(g);
  const auto padded = static_cast<size_t>(TileProduct::padded(g.outputs));
  std::vector<int8_t> packed(padded / kTileColumns * static_cast<size_t>(runs.blocks()) *
                             kTileBlock);
  std::vector<int32_t> sums(padded);
  std::vector<float> scales(padded), starts(padded);
  // What sums are first counted in.
  const ops::Grid& grid = op.rounds_between ? op.between : op.y;
  const bool real = counts_real(op) && !op.rounds_between;
  const double step = real ? 1.0 : static_cast<double>(grid.scale);
  const int64_t taps = g.kernel_h * g.kernel_w, depth = g.channels * taps;
  for (int64_t m = 0; m < g.outputs; ++m) {
    const auto at = static_cast<size_t>(m);
    int64_t sum = 0;
    for (int64_t i = 0; i < depth; ++i) {
      const int8_t value = weights[static_cast<size_t>(m * depth + i)];
      packed[place_of(g, runs, m, i / taps, i % taps)] = value;
      sum += value;
    }
    sums[at] = static_cast<int32_t>(-op.x.zero * sum);
    const double scale = weight_scale.real(weight_scale.count() == 1 ? 0 : m);
    scales[at] = static_cast<float>(scale * static_cast<double>(op.x.scale) / step);
    if (bias == nullptr) continue;
    starts[at] = static_cast<float>(bias->real(bias->count() == 1 ? 0 : m) / step);
  }
  std::vector<kernel::PackedBlob> blobs;
  blobs.push_back({bytes_of(layout), bytes_of_all(packed)});
  blobs.push_back({{}, bytes_of_all(sums)});
  blobs.push_back({{}, bytes_of_all(scales)});
  blobs.push_back({{}, bytes_of_all(starts)});
  return blobs;
}

std::vector<kernel::PackedBlob> TileCandidate::pack(const ops::QuantConvolution& op,
                                                    std::span<const int8_t> weights,
                                                    const PackedLayout& layout) const {
  return pack_tiles(geometry(), op, weights, *node_.inputs[ops::kQuantWeightScale].constant,
                    has(ops::kQuantBias) ? node_.inputs[ops::kQuantBias].constant : nullptr,
                    layout);
}

}  // namespace tenon::simd
