// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// All a backend must have, around a kernel that computes nothing.
#include "backends/null/register.h"

namespace tenon::null {

namespace {

constexpr uint32_t kVersion = 1;

/// In one context: here a backend would keep what depends on shapes.
class Instance final : public kernel::Instance {
 public:
  Status on_shapes(std::span<const kernel::TensorDesc>,
                   std::span<const kernel::TensorDesc>) noexcept override {
    return {};
  }
  Status run(const kernel::RunArgs&) noexcept override { return {}; }
};

/// In an engine: here a backend would keep its parameters and packed constants.
class Loaded final : public kernel::Loaded {
 public:
  [[nodiscard]] size_t workspace(std::span<const kernel::TensorDesc>,
                                 std::span<const kernel::TensorDesc>) const noexcept override {
    return 0;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<Instance>());
  }
};

/// In a build.
class Candidate final : public kernel::Candidate {
 public:
  explicit Candidate(const kernel::NodeInfo& node) noexcept : node_(node) {}

  [[nodiscard]] kernel::KernelId id() const override {
    return {"null", std::string(ops::name_of(*node_.op)), kVersion};
  }
  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    kernel::Configuration only;
    for (const auto& input : node_.inputs) only.inputs.push_back({input.dtype, {}, 0});
    for (const auto& output : node_.outputs) only.outputs.push_back({output.dtype, {}, 0});
    return {only};
  }
  /// Nothing takes the same time everywhere.
  [[nodiscard]] std::optional<std::string> timing_key() const override { return "nothing"; }
  Result<kernel::Record> record(const kernel::Configuration&, int32_t tactic, int threads,
                                Diagnostics&) override {
    kernel::Record record;
    record.id = id();
    record.tactic = tactic;
    record.threads = threads;
    return record;
  }

 private:
  const kernel::NodeInfo& node_;
};

class Source final : public kernel::CandidateSource {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "null"; }
  void candidates(const kernel::NodeInfo& node, const device::Target&, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override {
    if (std::holds_alternative<ops::Foreign>(*node.op)) {
      diag.info("null: a plugin brings its own kernels");
      return;
    }
    out.push_back(std::make_unique<Candidate>(node));
  }
};

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  if (record.version != kVersion) {
    return diag.fail(Code::InvalidPlan,
                     "layer '{}' needs kernel null/{}@{}, but this build has version {}: build the "
                     "engine anew",
                     record.node_name, record.name, record.version, kVersion);
  }
  return std::unique_ptr<kernel::Loaded>(std::make_unique<Loaded>());
}

}  // namespace

void register_kernels(kernel::Registry& registry) {
  registry.add_source(std::make_unique<Source>());
  registry.add_loader("null", load);
}

}  // namespace tenon::null
