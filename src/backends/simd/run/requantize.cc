// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Quantising, dequantising, and sums of small integers: element by element, however they lie.
#include "backends/simd/loops/requantize.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "backends/simd/run/list.h"
#include "backends/simd/run/loaded_kernel.h"
#include "base/parallel.h"
#include "ops/quantized.h"

namespace tenon::simd::requantize {

namespace {

using kernel::Layout;
using kernel::TensorDesc;

struct Kernel {
  ops::QuantSum op;
  Level level;
  Layout layout;
  DType a, b;  ///< b: f32 when nothing is added
  int threads;
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept {
    return 0;
  }
};

size_t place_of(DType type) noexcept { return type == DType::F32 ? 0 : type == DType::I8 ? 1 : 2; }

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel)
      : kernel_(kernel),
        run_(requantize_loops(kernel.level)
                 .run[place_of(kernel.a)][place_of(kernel.b)][place_of(kernel.op.to)]) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    const bool adds = kernel_.b != DType::F32;
    const bool same = inputs[0].dims == outputs[0].dims &&
                      (!adds || (inputs.size() > 1 && inputs[1].dims == outputs[0].dims));
    if (!same) return {Code::InvalidArgument, "a conversion's input and output differ in shape"};
    count_ = kernel::storage_elements(kernel_.layout, outputs[0].dims);
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const ops::QuantSum& op = kernel_.op;
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    RequantizeSpan all{.a = args.inputs[0],
                       .b = kernel_.b == DType::F32 ? nullptr : args.inputs[1],
                       .out = args.outputs[0],
                       .count = count_,
                       .a_scale = op.a.scale,
                       .a_zero = static_cast<float>(op.a.zero),
                       .b_scale = op.b.scale,
                       .b_zero = static_cast<float>(op.b.zero),
                       .y_scale = op.y.scale,
                       .y_zero = static_cast<float>(op.y.zero),
                       .low = -kInfinity,
                       .high = kInfinity};
    if (op.activation.kind == ops::ActivationKind::Relu) all.low = 0;
    if (op.activation.kind == ops::ActivationKind::Clip) {
      all.low = op.activation.alpha;
      all.high = op.activation.beta;
    }
    if (kernel_.a != DType::F32 && op.to != DType::F32) use_steps(all);
    constexpr int64_t kGrain = 1 << 14;
    parallel_for(kernel_.threads, count_, kGrain, [&](int64_t begin, int64_t end) {
      RequantizeSpan part = all;
      part.a = at(all.a, kernel_.a, begin);
      part.b = at(all.b, kernel_.b, begin);
      part.out = const_cast<void*>(at(all.out, op.to, begin));
      part.count = end - begin;
      run_(part);
    });
    return {};
  }

 private:
  /// All in steps of the output, as integers want it.
  static void use_steps(RequantizeSpan& all) noexcept {
    constexpr float kFar = 1024;
    all.a_scale /= all.y_scale;
    all.b_scale = all.b != nullptr ? all.b_scale / all.y_scale : 0;
    all.start = -(all.a_zero * all.a_scale + all.b_zero * all.b_scale);
    all.low = std::clamp(all.low / all.y_scale, -kFar, kFar);
    all.high = std::clamp(all.high / all.y_scale, -kFar, kFar);
  }

  static const void* at(const void* data, DType type, int64_t element) noexcept {
    if (data == nullptr) return nullptr;
    return static_cast<const std::byte*>(data) + element * (type == DType::F32 ? 4 : 1);
  }

  const Kernel& kernel_;
  void (*run_)(const RequantizeSpan& span);
  int64_t count_ = 0;
};

bool is_served(DType type, bool real) noexcept {
  return type == DType::I8 || type == DType::U8 || (real && type == DType::F32);
}

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::QuantSum>(record, diag));
  const auto a = static_cast<DType>(opened.rest.take<uint8_t>());
  const auto b = static_cast<DType>(opened.rest.take<uint8_t>());
  const auto order = opened.rest.take<uint8_t>();
  const Layout layout = {static_cast<Layout::Order>(order), 3, 1, 0, 0};
  const ops::QuantSum& op = opened.op;
  const auto kind = op.activation.kind;
  const auto sound_grid = [](const ops::Grid& grid) {
    return std::isfinite(grid.scale) && grid.scale > 0 && grid.zero >= -128 && grid.zero <= 255;
  };
  const bool sound = opened.rest.ok() && order <= 1 && is_served(a, true) && is_served(b, true) &&
                     is_served(op.to, true) && sound_grid(op.a) && sound_grid(op.b) &&
                     sound_grid(op.y) &&
                     (kind == ops::ActivationKind::None || kind == ops::ActivationKind::Relu ||
                      kind == ops::ActivationKind::Clip);
  if (!sound) return damaged(record, diag);
  const kernel::Wanted first{a, layout}, second{b, layout}, out{op.to, layout};
  const auto added = b == DType::F32 ? std::nullopt : std::optional(second);
  TENON_TRY(kernel::expect_ports(record, {first, added, std::nullopt}, out, diag));
  return make_loaded<Instance>(Kernel{.op = op,
                                      .level = opened.level,
                                      .layout = layout,
                                      .a = a,
                                      .b = b,
                                      .threads = record.threads},
                               record, diag);
}

}  // namespace tenon::simd::requantize
