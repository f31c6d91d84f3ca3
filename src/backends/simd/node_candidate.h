// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What all candidates of this backend share: flags, keys, and the frame of a record.
#pragma once

#include "backends/simd/list.h"
#include "backends/simd/run/level.h"
#include "backends/simd/run/loaded_kernel.h"

namespace tenon::simd {

/// A candidate whose record is: ops::pack(op), the level, then what add_params writes.
class NodeCandidate : public kernel::Candidate {
 public:
  NodeCandidate(const Row& row, const kernel::NodeInfo& node, const device::Target& target)
      : row_(row), node_(node), target_(target), level_(best_level(target)) {}

  [[nodiscard]] kernel::KernelId id() const override { return {"simd", row_.name, row_.version}; }
  [[nodiscard]] uint32_t flags() const override;
  [[nodiscard]] std::optional<std::string> timing_key() const override;
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic,
                                int threads, Diagnostics& diag) override;

 protected:
  /// The operator a record begins with.
  [[nodiscard]] virtual ops::Op packed_op() const { return *node_.op; }
  /// Appends the kernel's own parameters.
  virtual void add_params(const kernel::Configuration& configuration, ByteWriter& params) const {
    (void)configuration, (void)params;
  }
  /// Appends the packed constants.
  virtual Status add_packed(const kernel::Configuration& configuration, int32_t tactic,
                            std::vector<kernel::PackedBlob>& packed, Diagnostics& diag) const {
    (void)configuration, (void)tactic, (void)packed, (void)diag;
    return {};
  }
  /// {1}, and the powers of two up to target.cores when a run takes at least `operations` sums or
  /// moves: smaller ones only lose.
  [[nodiscard]] std::vector<int> threads_for(int64_t operations) const;
  /// Every port in the node's own type; inputs and outputs in these layouts.
  [[nodiscard]] kernel::Configuration uniform(kernel::Layout input, kernel::Layout output) const;

  const Row& row_;
  const kernel::NodeInfo& node_;
  const device::Target& target_;
  const Level level_;
};

/// Values of a constant f32 input, row-major, as floats.
std::vector<float> floats_of(const ops::ConstantData& constant);
/// Bytes of `values`.
Bytes bytes_of(std::span<const float> values);
template <class T>
Bytes bytes_of_all(const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}
inline Bytes bytes_of(const PackedLayout& layout) {
  return {layout.bytes().begin(), layout.bytes().end()};
}
/// "input 1 is i64: only f32 is served here"; empty when all present ports are f32.
std::string refuse_unless_f32(const kernel::NodeInfo& node);

}  // namespace tenon::simd
