// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reshape and Identity: the same bytes, moved only when the planner could not share them.
#include <algorithm>
#include <cstring>

#include "backends/simd/run/list.h"
#include "backends/simd/run/loaded_kernel.h"
#include "base/parallel.h"
#include "ops/movement.h"

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

class Instance final : public kernel::Instance, public Allocated {
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
      std::memmove(to + begin, from + begin, static_cast<size_t>(end - begin));
    });
    return {};
  }

 private:
  const Kernel& kernel_;
  int64_t bytes_ = 0;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_TRY(open<ops::Identity>(record, diag).status());
  const kernel::Wanted port = moved_port(record);
  TENON_TRY(kernel::expect_ports(record, {port}, port, diag));
  return make_loaded<Instance>(Kernel{.threads = record.threads}, record, diag);
}

}  // namespace tenon::simd::copy
