// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers the rows of the list, and finds the row of a record.
#include "backends/simd/register.h"

#include "backends/simd/list.h"
#include "backends/simd/reorder.h"

namespace tenon::simd {

namespace {

class Source final : public kernel::CandidateSource {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "simd"; }
  void candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override {
    for (const Row& row : rows()) {
      if (!row.serves(*node.op)) continue;
      if (const std::string reason = row.refuse(node, target); !reason.empty()) {
        diag.info("simd/{} cannot compute '{}': {}", row.name, node.name, reason);
      } else {
        out.push_back(row.create(row, node, target));
      }
    }
  }
};

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  if (record.name == kReorderName) return load_reorder(record, diag);
  for (const Row& row : rows()) {
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

}  // namespace

void register_kernels(kernel::Registry& registry) {
  registry.add_source(std::make_unique<Source>());
  registry.add_loader("simd", &load);
}

}  // namespace tenon::simd
