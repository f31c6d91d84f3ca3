// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Checks at load.
#include "backends/simd/run/loaded_kernel.h"

#include <algorithm>

#include "device/isa.h"

namespace tenon::simd {

Status damaged(const kernel::RecordView& record, Diagnostics& diag) {
  return diag.fail(
      Code::InvalidPlan,
      "layer '{}': the parameters of kernel simd/{} are damaged; build the engine anew",
      record.node_name, record.name);
}

Status no_memory(const kernel::RecordView& record, Diagnostics& diag) {
  return diag.fail(Code::OutOfMemory,
                   "layer '{}': kernel simd/{} finds no memory to be loaded into", record.node_name,
                   record.name);
}

kernel::Wanted moved_port(const kernel::RecordView& record) noexcept {
  return {record.outputs.empty() ? DType::F32 : record.outputs[0].dtype, kernel::Layout::linear()};
}

Status read_level(ByteReader& reader, const kernel::RecordView& record, Level& level,
                  Diagnostics& diag) {
  const auto number = reader.take<uint8_t>();
  if (!reader.ok() || number >= kLevels) return damaged(record, diag);
  level = static_cast<Level>(number);
  const uint32_t here = device::usable_isa();
  if (has_level(level, here)) return {};
  return diag.fail(Code::Unsupported,
                   "layer '{}': kernel simd/{} was built for {}, which this machine lacks (it has "
                   "{}); build the engine here, or for {}",
                   record.node_name, record.name, to_string(level), device::isa_names(here).view(),
                   to_string(best_level(here)));
}

Status expect_packed(const kernel::RecordView& record, size_t blob,
                     std::span<const std::byte> layout, size_t size, Diagnostics& diag) {
  if (blob < record.packed.size() && record.packed[blob].data.size() == size &&
      std::ranges::equal(record.packed[blob].layout, layout)) {
    return {};
  }
  return diag.fail(Code::InvalidPlan,
                   "layer '{}': constant {} is not packed as kernel simd/{}@{} of this build packs "
                   "it; build the engine anew",
                   record.node_name, blob, record.name, record.version);
}

}  // namespace tenon::simd
