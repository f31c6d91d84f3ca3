// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a row of the list to Candidate, Loaded and Instance.
#include "backends/ref/candidate.h"

#include "backends/ref/register.h"

namespace tenon::ref {

namespace {

class Instance final : public kernel::Instance {
 public:
  explicit Instance(const Kernel& kernel) noexcept : kernel_(kernel) {}

  Status on_shapes(std::span<const kernel::TensorDesc> inputs,
                   std::span<const kernel::TensorDesc> outputs) noexcept override {
    CollectingSink sink;
    Diagnostics diag(sink);
    const Status status = kernel_.check(inputs, outputs, diag);
    error_ = sink.errors();
    inputs_ = inputs.size();
    outputs_ = outputs.size();
    return status;
  }
  Status run(const kernel::RunArgs& args) noexcept override {
    return kernel_.run(
        {{args.input_descs, inputs_}, {args.output_descs, outputs_}, kernel_.present(), args});
  }
  [[nodiscard]] std::string_view last_error() const noexcept override {
    return error_.empty() ? kernel_.words() : error_;
  }

 private:
  const Kernel& kernel_;
  size_t inputs_ = 0, outputs_ = 0;
  std::string error_;
};

class Loaded final : public kernel::Loaded {
 public:
  explicit Loaded(std::unique_ptr<Kernel> kernel) noexcept : kernel_(std::move(kernel)) {}

  [[nodiscard]] size_t workspace(
      std::span<const kernel::TensorDesc> inputs,
      std::span<const kernel::TensorDesc> outputs) const noexcept override {
    return kernel_->workspace(inputs, outputs);
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<Instance>(*kernel_));
  }

 private:
  std::unique_ptr<Kernel> kernel_;
};

class Candidate final : public kernel::Candidate {
 public:
  Candidate(const Row& row, const kernel::NodeInfo& node) noexcept : row_(row), node_(node) {}

  [[nodiscard]] kernel::KernelId id() const override {
    return {"ref", std::string(row_.name), kVersion};
  }
  [[nodiscard]] uint32_t flags() const override {
    return static_cast<uint32_t>(kernel::Flag::Pure) |
           (kernel::Flag::Capturable | kernel::Flag::Safe);
  }
  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    kernel::Configuration only;
    for (const auto& input : node_.inputs) only.inputs.push_back({input.dtype, {}, 0});
    for (const auto& output : node_.outputs) only.outputs.push_back({output.dtype, {}, 0});
    return {only};
  }
  /// A cache is written where it lies, and then is not copied.
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override {
    if (std::holds_alternative<ops::KvCacheUpdate>(*node_.op)) return {{0, 0, false}};
    return {};
  }
  [[nodiscard]] std::optional<std::string> timing_key() const override {
    const auto params = ops::pack(*node_.op);
    if (!params.ok()) return std::nullopt;
    std::string key(ops::name_of(*node_.op));
    key += ' ';
    for (const std::byte byte : *params) key += fmt::format("{:02x}", static_cast<int>(byte));
    return key;
  }
  Result<kernel::Record> record(const kernel::Configuration&, int32_t, int,
                                Diagnostics& diag) override {
    return make_record(row_, node_, diag);
  }

 private:
  const Row& row_;
  const kernel::NodeInfo& node_;
};

}  // namespace

void Source::candidates(const kernel::NodeInfo& node, const device::Target&, Diagnostics& diag,
                        std::vector<std::unique_ptr<kernel::Candidate>>& out) {
  const Row* row = find_kernel(ops::name_of(*node.op));
  if (row == nullptr) {
    (void)decline(diag, "there is no kernel for {}", ops::name_of(*node.op));
  } else if (supports(*row, node, diag).ok()) {
    out.push_back(std::make_unique<Candidate>(*row, node));
  }
}

Result<kernel::Record> make_record(const Row& row, const kernel::NodeInfo& node,
                                   Diagnostics& diag) {
  kernel::Record record;
  record.id = {"ref", std::string(row.name), kVersion};
  TENON_TRY(row.write(node, record, diag));
  return record;
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  const Row* row = find_kernel(record.name);
  if (row == nullptr || record.version != kVersion) {
    return diag.fail(
        Code::InvalidPlan,
        "layer '{}' needs kernel ref/{}@{}, but this build has {}: build the engine "
        "anew",
        record.node_name, record.name, record.version,
        row == nullptr ? std::string("none of that name") : fmt::format("version {}", kVersion));
  }
  TENON_ASSIGN(auto kernel, row->create(record, diag));
  return std::unique_ptr<kernel::Loaded>(std::make_unique<Loaded>(std::move(kernel)));
}

void register_kernels(kernel::Registry& registry) {
  registry.add_source(std::make_unique<Source>());
  registry.add_loader("ref", load);
}

}  // namespace tenon::ref
