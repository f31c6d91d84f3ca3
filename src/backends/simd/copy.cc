// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reshape and Identity: the same bytes, moved only when the planner could not share them.
#include <algorithm>
#include <cstring>

#include "backends/simd/loaded_kernel.h"
#include "backends/simd/node_candidate.h"
#include "base/parallel.h"

namespace tenon::simd::copy {

namespace {

using kernel::TensorDesc;

struct Kernel {
  int threads;
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept {
    return 0;
  }
};

class Instance final : public kernel::Instance {
 public:
  explicit Instance(const Kernel& kernel) : kernel_(kernel) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    bytes_ = outputs[0].bytes();
    if (bytes_ == inputs[0].bytes()) return {};
    return {Code::InvalidArgument, "a reshape's input and output differ in size"};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const auto* from = static_cast<const std::byte*>(args.inputs[0]);
    auto* to = static_cast<std::byte*>(args.outputs[0]);
    if (from == to) return {};
    constexpr int64_t kGrain = 64 << 10;
    parallel_for(kernel_.threads, bytes_, kGrain, [&](int64_t begin, int64_t end) {
      std::memcpy(to + begin, from + begin, static_cast<size_t>(end - begin));
    });
    return {};
  }

 private:
  const Kernel& kernel_;
  int64_t bytes_ = 0;
};

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(kernel::Layout::linear(), kernel::Layout::linear())};
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume() / 4);
  }
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override { return {{0, 0, false}}; }

 protected:
  // Both operators come down to bytes; what the shape was made of does not matter here.
  [[nodiscard]] ops::Op packed_op() const override { return ops::Identity{}; }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (node.inputs[0].dtype == node.outputs[0].dtype) return {};
  return "its input and output differ in type";
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_TRY(open<ops::Identity>(record, diag).status());
  const kernel::Wanted port = moved_port(record);
  TENON_TRY(kernel::expect_ports(record, {port}, port, diag));
  return make_loaded<Instance>(Kernel{.threads = record.threads});
}

}  // namespace tenon::simd::copy
