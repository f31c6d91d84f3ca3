// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers the rows of the list for GPUs.
#include "backends/cuda/register.h"

#include "backends/cuda/list.h"

namespace tenon::cuda {

namespace {

class Source final : public kernel::CandidateSource {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "cuda"; }
  [[nodiscard]] device::Kind device() const noexcept override { return device::Kind::Cuda; }
  void candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override {
    for (const Row& row : rows()) {
      if (!row.serves(*node.op)) continue;
      if (const std::string reason = row.refuse(node, target); !reason.empty()) {
        diag.info("cuda/{} cannot compute '{}': {}", row.name, node.name, reason);
      } else {
        out.push_back(row.create(row, node, target));
      }
    }
  }
};

}  // namespace

void register_kernels(kernel::Registry& registry) {
  registry.add_source(std::make_unique<Source>());
  registry.add_loader("cuda", &load);
}

}  // namespace tenon::cuda
