// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The reference backend as the builder and the runtime see it.
#pragma once

#include "backends/ref/list.h"
#include "kernel/loader.h"

namespace tenon::ref {

inline constexpr uint32_t kVersion = 1;

/// Offers the row of a node's operator, in one configuration: linear, the node's own types.
class Source final : public kernel::CandidateSource {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "ref"; }
  void candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override;
};

/// The record of a supported node.
Result<kernel::Record> make_record(const Row& row, const kernel::NodeInfo& node, Diagnostics& diag);

/// The kernel of a record of family "ref".
Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag);

}  // namespace tenon::ref
