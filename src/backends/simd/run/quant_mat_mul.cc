// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Product of small integers with constant ones, a dot product a number: for few rows or columns,
// and where no library serves.
#include "backends/simd/run/quant_mat_mul.h"

#include <algorithm>

#include "backends/simd/run/epilogue.h"
#include "backends/simd/run/list.h"
#include "backends/simd/run/small_integers.h"
#include "base/parallel.h"

namespace tenon::simd::quant_mat_mul {

namespace {

using kernel::TensorDesc;

struct Kernel {
  ops::QuantMatMul op;
  Level level;
  DType type;  ///< of x
  Extents extents;
  int threads;
  const int8_t* weights;
  const int32_t* starts;
  const float *scales, *biases;
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept {
    return 0;
  }
};

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel)
      : kernel_(kernel),
        run_(
            dot_loops(kernel.level).run[kernel.type == DType::U8 ? 1 : 0][place_of(kernel.op.to)]) {
  }

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    const auto [depth, columns] = kernel_.extents;
    rows_ = outputs[0].elements() / columns;
    const bool sound = outputs[0].elements() == rows_ * columns &&
                       inputs[ops::kQuantX].elements() == rows_ * depth;
    if (!sound) return {Code::InvalidArgument, "a matrix product's shapes contradict each other"};
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const int64_t blocks = kernel_.extents.padded() / kDotColumns;
    parallel_for(kernel_.threads, rows_ * blocks, 1, [&](int64_t begin, int64_t end) {
      for (int64_t item = begin; item < end; ++item) {
        run_block(args, item / blocks, item % blocks * kDotColumns);
      }
    });
    return {};
  }

 private:
  void run_block(const kernel::RunArgs& args, int64_t row, int64_t first) const noexcept {
    const auto [depth, columns] = kernel_.extents;
    const int64_t stride = kernel_.extents.stride();
    const int64_t width = kernel_.op.to == DType::F32 ? 4 : 1;
    const Epilogue epilogue(kernel_.op.product.activation);
    const bool real = kernel_.op.to == DType::F32;
    run_({.x = static_cast<const std::byte*>(args.inputs[ops::kQuantX]) + row * depth,
          .weight = kernel_.weights + first * stride,
          .depth = depth,
          .stride = stride,
          .columns = std::min(columns - first, kDotColumns),
          .start = kernel_.starts + first,
          .scale = kernel_.scales + first,
          .bias = kernel_.biases + first,
          .low = epilogue.low,
          .high = epilogue.high,
          .y_scale = real ? 1 : kernel_.op.y.scale,
          .y_zero = real ? 0 : static_cast<int32_t>(kernel_.op.y.zero),
          .out = static_cast<std::byte*>(args.outputs[0]) + (row * columns + first) * width});
  }

  const Kernel& kernel_;
  void (*run_)(const DotSpan& span);
  int64_t rows_ = 0;
};

/// True of what can be run.
bool is_sound(const ops::QuantMatMul& op, DType type, const Extents& extents) noexcept {
  return is_small(type) && (is_small(op.to) || op.to == DType::F32) && extents.sound() &&
         op.y.scale > 0 && op.y.zero >= -128 && op.y.zero <= 255 &&
         !Epilogue(op.product.activation).separate;
}

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::QuantMatMul>(record, diag));
  const auto type = static_cast<DType>(opened.rest.take<uint8_t>());
  Extents extents;
  extents.depth = opened.rest.take<int64_t>();
  extents.columns = opened.rest.take<int64_t>();
  if (!opened.rest.ok() || !is_sound(opened.op, type, extents)) return damaged(record, diag);
  const kernel::Layout linear = kernel::Layout::linear();
  TENON_TRY(kernel::expect_ports(
      record,
      {kernel::Wanted{type, linear}, std::nullopt, std::nullopt, std::nullopt, std::nullopt},
      {opened.op.to, linear}, diag));
  const auto padded = static_cast<size_t>(extents.padded());
  TENON_TRY(expect_packed(record, kWeights, layout_of(extents, "columns").bytes(),
                          padded * static_cast<size_t>(extents.stride()), diag));
  for (const size_t blob : {size_t{kStarts}, size_t{kScales}, size_t{kBiases}}) {
    TENON_TRY(expect_packed(record, blob, {}, padded * sizeof(float), diag));
  }
  const auto at = [&](size_t blob) { return record.packed[blob].data.data(); };
  return make_loaded<Instance>(Kernel{.op = opened.op,
                                      .level = opened.level,
                                      .type = type,
                                      .extents = extents,
                                      .threads = record.threads,
                                      .weights = reinterpret_cast<const int8_t*>(at(kWeights)),
                                      .starts = reinterpret_cast<const int32_t*>(at(kStarts)),
                                      .scales = reinterpret_cast<const float*>(at(kScales)),
                                      .biases = reinterpret_cast<const float*>(at(kBiases))},
                               record, diag);
}

}  // namespace tenon::simd::quant_mat_mul
