// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Matrix product with a constant right side, packed in panels. Tactic 0 keeps a panel and walks the
// rows, tactic 1 keeps some rows and walks the panels.
#include <algorithm>

#include "backends/simd/run/epilogue.h"
#include "backends/simd/run/list.h"
#include "backends/simd/run/mat_mul.h"
#include "backends/simd/run/panels.h"
#include "base/parallel.h"

namespace tenon::simd::mat_mul_packed {

PackedLayout layout_of(Level level, int64_t depth, int64_t columns) {
  PackedLayout bytes;
  bytes.text("panels");
  bytes.put(level);
  bytes.put(depth);
  bytes.put(columns);
  return bytes;
}

namespace {

using kernel::TensorDesc;

struct Kernel {
  ops::MatMul op;
  Level level;
  int64_t depth;  ///< K
  Panels panels;
  Bias bias_kind;
  int tactic, threads;
  const float* weight;
  const float* bias;

  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept {
    return 0;
  }
};

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel) : kernel_(kernel), loops_(panel_loops(kernel.level)) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    const int64_t columns = kernel_.panels.columns;
    const int64_t left = inputs[kA].elements(), result = outputs[0].elements();
    rows_ = result / columns;
    const bool sound =
        result % columns == 0 && left % kernel_.depth == 0 && left / kernel_.depth == rows_ &&
        (kernel_.bias_kind != Bias::Residual || inputs[kBias].elements() == outputs[0].elements());
    if (!sound) return {Code::InvalidArgument, "a matrix product's shapes contradict each other"};
    tiles_ = (rows_ + loops_.max_rows - 1) / loops_.max_rows;
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const auto* a = static_cast<const float*>(args.inputs[kA]);
    const auto* residual = kernel_.bias_kind == Bias::Residual
                               ? static_cast<const float*>(args.inputs[kBias])
                               : nullptr;
    auto* out = static_cast<float*>(args.outputs[0]);
    const int64_t panels = kernel_.panels.count();
    parallel_for(kernel_.threads, panels * tiles_, 1, [&](int64_t begin, int64_t end) {
      for (int64_t item = begin; item < end; ++item) {
        const bool keep_panel = kernel_.tactic == 0;
        run_tile(a, residual, out, keep_panel ? item / tiles_ : item % panels,
                 keep_panel ? item % tiles_ : item / panels);
      }
    });
    activate_stored(kernel_.op.activation, kernel_.level, kernel_.threads, out,
                    rows_ * kernel_.panels.columns);
    return {};
  }

 private:
  void run_tile(const float* a, const float* residual, float* out, int64_t panel,
                int64_t tile) const noexcept {
    static constexpr int64_t kNoOffset = 0;
    const Panels& panels = kernel_.panels;
    const int64_t row = rows_ * tile / tiles_;
    const int64_t first = panels.begin(panel);
    const int64_t place = row * panels.columns + first;
    const Epilogue epilogue(kernel_.op.activation);
    const bool transposed = kernel_.op.transpose_a;
    const int64_t row_stride = transposed ? 1 : kernel_.depth;
    loops_.tile({.a = a + row * row_stride,
                 .row_stride = row_stride,
                 .segments = &kNoOffset,
                 .segment_count = 1,
                 .run = kernel_.depth,
                 .step = transposed ? rows_ : 1,
                 .w = kernel_.weight + first * kernel_.depth,
                 .bias = kernel_.bias ? kernel_.bias + first : nullptr,
                 .residual = residual ? residual + place : nullptr,
                 .out = out + place,
                 .out_stride = panels.columns,
                 .rows = static_cast<int32_t>(rows_ * (tile + 1) / tiles_ - row),
                 .vectors = static_cast<int32_t>(panels.vectors(panel)),
                 .valid = static_cast<int32_t>(panels.valid(panel)),
                 .low = epilogue.low,
                 .high = epilogue.high});
  }

  const Kernel& kernel_;
  const PanelLoops& loops_;
  int64_t rows_ = 0, tiles_ = 0;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::MatMul>(record, diag));
  const auto depth = opened.rest.take<int64_t>();
  const auto columns = opened.rest.take<int64_t>();
  const auto bias = opened.rest.take<uint8_t>();
  constexpr int64_t kMost = int64_t{1} << 31;
  const bool sound = opened.rest.ok() && depth > 0 && depth < kMost && columns > 0 &&
                     columns < kMost && bias <= static_cast<uint8_t>(Bias::Residual);
  if (!sound) return damaged(record, diag);
  const bool residual = static_cast<Bias>(bias) == Bias::Residual;
  const auto third = residual ? std::optional(kernel::Wanted{}) : std::nullopt;
  TENON_TRY(kernel::expect_ports(record, {kernel::Wanted{}, std::nullopt, third}, {}, diag));
  const Panels panels(columns, opened.level);
  TENON_TRY(expect_packed(record, 0, layout_of(opened.level, depth, columns).bytes(),
                          static_cast<size_t>(panels.padded() * depth) * sizeof(float), diag));
  const bool row = static_cast<Bias>(bias) == Bias::Columns;
  if (row) {
    TENON_TRY(
        expect_packed(record, 1, {}, static_cast<size_t>(panels.padded()) * sizeof(float), diag));
  }
  const auto floats = [&](size_t blob) {
    return reinterpret_cast<const float*>(record.packed[blob].data.data());
  };
  return make_loaded<Instance>(Kernel{.op = opened.op,
                                      .level = opened.level,
                                      .depth = depth,
                                      .panels = panels,
                                      .bias_kind = static_cast<Bias>(bias),
                                      .tactic = record.tactic,
                                      .threads = record.threads,
                                      .weight = floats(0),
                                      .bias = row ? floats(1) : nullptr},
                               record, diag);
}

}  // namespace tenon::simd::mat_mul_packed
