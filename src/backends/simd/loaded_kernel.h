// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The frame of a loaded kernel: what its record says, checked, and the objects around it.
#pragma once

#include <memory>
#include <utility>

#include "backends/simd/level.h"
#include "kernel/ports.h"
#include "kernel/record.h"
#include "ops/op.h"

namespace tenon::simd {

/// What every record of this backend says.
template <class OpStruct>
struct Opened {
  OpStruct op;
  Level level;
  ByteReader rest;  ///< what NodeCandidate::add_params wrote
};

/// Reads and checks the level; fails, naming both, when this machine lacks it.
Status read_level(ByteReader& reader, const kernel::RecordView& record, Level& level,
                  Diagnostics& diag);
/// Refuses a blob that is absent, or that another packing or size made.
Status expect_packed(const kernel::RecordView& record, size_t blob, const Bytes& layout,
                     size_t size, Diagnostics& diag);
/// What a kernel wants that moves elements of any one type: the output's type, at all its ports.
kernel::Wanted moved_port(const kernel::RecordView& record) noexcept;
/// The sentence for a damaged record.
Status damaged(const kernel::RecordView& record, Diagnostics& diag);

template <class OpStruct>
Result<Opened<OpStruct>> open(const kernel::RecordView& record, Diagnostics& diag) {
  ByteReader reader(record.params);
  auto op = ops::unpack<OpStruct>(reader);
  if (!op.ok()) return damaged(record, diag);
  Level level{};
  TENON_TRY(read_level(reader, record, level, diag));
  return Opened<OpStruct>{std::move(op).value(), level, reader};
}

/// Kernel: what the contexts share; has `size_t workspace(inputs, outputs) const noexcept`.
/// InstanceOf: made from `const Kernel&`, which outlives it.
template <class Kernel, class InstanceOf>
class LoadedKernel final : public kernel::Loaded {
 public:
  explicit LoadedKernel(Kernel kernel) : kernel_(std::move(kernel)) {}
  [[nodiscard]] size_t workspace(
      std::span<const kernel::TensorDesc> inputs,
      std::span<const kernel::TensorDesc> outputs) const noexcept override {
    return kernel_.workspace(inputs, outputs);
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<InstanceOf>(kernel_));
  }

 private:
  const Kernel kernel_;
};

template <class InstanceOf, class Kernel>
std::unique_ptr<kernel::Loaded> make_loaded(Kernel kernel) {
  return std::make_unique<LoadedKernel<Kernel, InstanceOf>>(std::move(kernel));
}

}  // namespace tenon::simd
