// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Softmax and LogSoftmax of row-major f32 tensors along any axis.
#include <algorithm>

#include "backends/simd/loops/softmax.h"

#include "backends/simd/run/list.h"
#include "backends/simd/run/loaded_kernel.h"
#include "base/parallel.h"
#include "ops/reduction.h"

namespace tenon::simd::softmax {

namespace {

using kernel::TensorDesc;

struct Kernel {
  ops::Softmax op;
  Level level;
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
    const Dims& dims = inputs[0].dims;
    const int64_t axis = kernel_.op.axis;
    if (axis < 0 || axis >= dims.rank() || dims != outputs[0].dims) {
      return {Code::InvalidArgument, "a softmax's axis or shapes are wrong"};
    }
    outer_ = inner_ = 1;
    count_ = dims[static_cast<int>(axis)];
    for (int i = 0; i < axis; ++i) outer_ *= dims[i];
    for (int i = static_cast<int>(axis) + 1; i < dims.rank(); ++i) inner_ *= dims[i];
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    if (count_ == 0) return {};
    const auto* in = static_cast<const float*>(args.inputs[0]);
    auto* out = static_cast<float*>(args.outputs[0]);
    const SoftmaxLoops& loops = softmax_loops(kernel_.level);
    parallel_for(kernel_.threads, outer_, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t at = i * count_ * inner_;
        loops.line({in + at, out + at, count_, inner_, inner_, kernel_.op.log});
      }
    });
    return {};
  }

 private:
  const Kernel& kernel_;
  int64_t outer_ = 0, count_ = 0, inner_ = 0;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(const auto opened, open<ops::Softmax>(record, diag));
  TENON_TRY(kernel::expect_ports(record, {kernel::Wanted{}}, {}, diag));
  return make_loaded<Instance>(
      Kernel{.op = opened.op, .level = opened.level, .threads = record.threads}, record, diag);
}

}  // namespace tenon::simd::softmax
