// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Finding the kernel of a record.
#include "backends/simd/run/list.h"

#include "backends/simd/run/reorder.h"

namespace tenon::simd {

namespace {

struct RunRow {
  std::string_view name;
  uint32_t version;
  Result<std::unique_ptr<kernel::Loaded>> (*load)(const kernel::RecordView& record,
                                                  Diagnostics& diag);
};
constexpr RunRow kRunRows[] = {
#define TENON_ROW(name, version) {#name, version, &name::load},
    TENON_SIMD_KERNELS(TENON_ROW)
#ifndef TENON_SAFE
        TENON_SIMD_TILE_KERNELS(TENON_ROW)
#endif
#undef TENON_ROW
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  if (record.name == kReorderName) return load_reorder(record, diag);
  for (const RunRow& row : kRunRows) {
    if (record.name != row.name) continue;
    if (record.version == row.version) return row.load(record, diag);
    return diag.fail(Code::InvalidPlan,
                     "layer '{}' was built for kernel simd/{}@{}, but this build has version {}; "
                     "build the engine anew",
                     record.node_name, record.name, record.version, row.version);
  }
  return diag.fail(
      Code::InvalidPlan,
      "layer '{}' was built for kernel simd/{}@{}, which this build has not; build the "
      "engine anew",
      record.node_name, record.name, record.version);
}

}  // namespace tenon::simd
