// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The frame of a loaded kernel: what its record says, checked, and the objects around it.
#pragma once

#include <memory>
#include <utility>

#include "backends/simd/run/level.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "base/short_bytes.h"
#include "kernel/ports.h"
#include "kernel/record.h"
#include "ops/unpack.h"

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
Status expect_packed(const kernel::RecordView& record, size_t blob,
                     std::span<const std::byte> layout, size_t size, Diagnostics& diag);
/// What a kernel wants that moves elements of any one type: the output's type, at all its ports.
kernel::Wanted moved_port(const kernel::RecordView& record) noexcept;
/// What describes a packing, shorter than any that are made.
using PackedLayout = ShortByteWriter<128>;
/// The sentence for a damaged record.
Status damaged(const kernel::RecordView& record, Diagnostics& diag);
/// The sentence for a kernel that found no memory.
Status no_memory(const kernel::RecordView& record, Diagnostics& diag);
/// What on_shapes answers when it found none.
inline constexpr Status kNoMemory = {Code::OutOfMemory, "a kernel finds no memory for its tables"};

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
class LoadedKernel final : public kernel::Loaded, public Allocated {
 public:
  explicit LoadedKernel(Kernel kernel) : kernel_(std::move(kernel)) {}
  [[nodiscard]] size_t workspace(
      std::span<const kernel::TensorDesc> inputs,
      std::span<const kernel::TensorDesc> outputs) const noexcept override {
    return kernel_.workspace(inputs, outputs);
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    std::unique_ptr<kernel::Instance> instance(new InstanceOf(kernel_));
    if (instance == nullptr) return kNoMemory;
    return instance;
  }

 private:
  const Kernel kernel_;
};

template <class InstanceOf, class Kernel>
Result<std::unique_ptr<kernel::Loaded>> make_loaded(Kernel kernel, const kernel::RecordView& record,
                                                    Diagnostics& diag) {
  std::unique_ptr<kernel::Loaded> loaded(new LoadedKernel<Kernel, InstanceOf>(std::move(kernel)));
  if (loaded == nullptr) return no_memory(record, diag);
  return loaded;
}

}  // namespace tenon::simd
