// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Matrix products of two tensors that come at run time: panels of the right side are packed into
// the workspace as they are needed.
#include <algorithm>

#include "backends/simd/run/epilogue.h"
#include "backends/simd/run/list.h"
#include "backends/simd/run/mat_mul.h"
#include "backends/simd/run/panels.h"
#include "base/array.h"
#include "base/parallel.h"

namespace tenon::simd::mat_mul_plain {

namespace {

using kernel::TensorDesc;

/// The product in numbers. Tensors of rank 1 are one row, or one column.
struct Geometry {
  int64_t rows = 0, depth = 0, columns = 0;
  Dims stack;  ///< of the output

  /// False when the extents contradict each other.
  bool read(const ops::MatMul& op, const Dims& a, const Dims& b, const Dims& out);
};

/// The last two axes, and what is before them.
struct Matrix {
  Dims stack;
  int64_t rows, columns;

  Matrix(const Dims& dims, bool transposed) {
    for (int i = 0; i < dims.rank() - 2; ++i) stack.push_back(dims[i]);
    rows = dims[dims.rank() - (transposed ? 1 : 2)];
    columns = dims[dims.rank() - (transposed ? 2 : 1)];
  }
};

/// A vector on the left is a row, one on the right a column, before it is transposed.
Dims as_matrix(const Dims& dims, bool row) {
  if (dims.rank() != 1) return dims;
  return row ? Dims{1, dims[0]} : Dims{dims[0], 1};
}

bool Geometry::read(const ops::MatMul& op, const Dims& a, const Dims& b, const Dims& out) {
  if (a.rank() == 0 || b.rank() == 0) return false;
  const Matrix left(as_matrix(a, !op.transpose_a), op.transpose_a);
  const Matrix right(as_matrix(b, op.transpose_b), op.transpose_b);
  rows = left.rows;
  depth = left.columns;
  columns = right.columns;
  const int rank = std::max(left.stack.rank(), right.stack.rank());
  stack = Dims::filled(rank, 1);
  for (const Dims* part : {&left.stack, &right.stack}) {
    for (int i = 0; i < part->rank(); ++i) {
      int64_t& extent = stack[rank - part->rank() + i];
      if ((*part)[i] == 1) continue;
      if (extent != 1 && extent != (*part)[i]) return false;
      extent = (*part)[i];
    }
  }
  if (rank + 2 > Dims::kMaxRank) return false;
  Dims expected = stack;
  if (a.rank() > 1) expected.push_back(rows);
  if (b.rank() > 1) expected.push_back(columns);
  return right.rows == depth && out == expected;
}

/// Number of the matrix of a stack that the output's matrix `number` takes.
int64_t matrix_at(int64_t number, const Dims& stack, const Dims& dims) {
  const int rank = dims.rank() - 2;
  int64_t at = 0, step = 1;
  for (int i = stack.rank() - 1; i >= 0; --i) {
    const int64_t index = number % stack[i];
    number /= stack[i];
    const int own = i - stack.rank() + rank;
    if (own < 0) continue;
    if (dims[own] != 1) at += index * step;
    step *= dims[own];
  }
  return at;
}

struct Kernel {
  ops::MatMul op;
  Level level;
  Bias bias;
  int threads;

  /// Packed right side, then the padded bias.
  [[nodiscard]] size_t workspace(std::span<const TensorDesc> inputs,
                                 std::span<const TensorDesc> outputs) const noexcept {
    Geometry g;
    if (!g.read(op, inputs[kA].dims, inputs[kB].dims, outputs[0].dims)) return 0;
    return static_cast<size_t>(Panels(g.columns, level).padded() * (g.depth + 1)) * sizeof(float);
  }
};

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel) : kernel_(kernel), loops_(panel_loops(kernel.level)) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    constexpr Status kWrong = {Code::InvalidArgument,
                               "a matrix product's shapes contradict each other"};
    const Dims &a = inputs[kA].dims, &b = inputs[kB].dims;
    if (!g_.read(kernel_.op, a, b, outputs[0].dims)) return kWrong;
    const int64_t added = kernel_.bias == Bias::None ? 0 : inputs[kBias].elements();
    if (kernel_.bias == Bias::Columns && added != g_.columns && added != 1) return kWrong;
    if (kernel_.bias == Bias::Residual && added != outputs[0].elements()) return kWrong;
    bias_is_scalar_ = added == 1;
    panels_ = Panels(g_.columns, kernel_.level);
    tiles_ = (g_.rows + loops_.max_rows - 1) / loops_.max_rows;
    left_.clear();
    right_.clear();
    const int64_t matrices = outputs[0].elements() == 0 ? 0 : g_.stack.volume();
    for (int64_t i = 0; i < matrices; ++i) {
      const int64_t left = matrix_at(i, g_.stack, a) * g_.rows * g_.depth;
      const int64_t right = matrix_at(i, g_.stack, b) * g_.depth * g_.columns;
      if (!left_.push_back(left) || !right_.push_back(right)) return kNoMemory;
    }
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const auto* a = static_cast<const float*>(args.inputs[kA]);
    const auto* b = static_cast<const float*>(args.inputs[kB]);
    auto* out = static_cast<float*>(args.outputs[0]);
    auto* packed = static_cast<float*>(args.workspace);
    if (g_.rows * g_.columns == 0) return {};
    if (kernel_.bias == Bias::Columns) {
      fill_bias(static_cast<const float*>(args.inputs[kBias]), bias_in(packed));
    }
    const auto* residual =
        kernel_.bias == Bias::Residual ? static_cast<const float*>(args.inputs[kBias]) : nullptr;
    for (size_t i = 0; i < left_.size(); ++i) {
      const int64_t place = static_cast<int64_t>(i) * g_.rows * g_.columns;
      parallel_for(kernel_.threads, panels_.count(), 1, [&](int64_t begin, int64_t end) {
        for (int64_t panel = begin; panel < end; ++panel) {
          pack(b + right_[i], packed, panel);
          for (int64_t tile = 0; tile < tiles_; ++tile) {
            run_tile(a + left_[i], packed, residual ? residual + place : nullptr, out + place,
                     panel, tile);
          }
        }
      });
    }
    activate_stored(kernel_.op.activation, kernel_.level, kernel_.threads, out,
                    static_cast<int64_t>(left_.size()) * g_.rows * g_.columns);
    return {};
  }

 private:
  [[nodiscard]] float* bias_in(float* packed) const { return packed + panels_.padded() * g_.depth; }

  void fill_bias(const float* bias, float* to) const {
    std::fill_n(to, panels_.padded(), bias[0]);
    if (!bias_is_scalar_) std::copy_n(bias, g_.columns, to);
  }

  void pack(const float* b, float* packed, int64_t panel) const noexcept {
    const int64_t first = panels_.begin(panel), valid = panels_.valid(panel);
    const int64_t width = panels_.vectors(panel) * panels_.lanes;
    float* to = packed + first * g_.depth;
    for (int64_t k = 0; k < g_.depth; ++k, to += width) {
      if (kernel_.op.transpose_b) {
        for (int64_t n = 0; n < valid; ++n) to[n] = b[(first + n) * g_.depth + k];
      } else {
        std::copy_n(b + k * g_.columns + first, valid, to);
      }
      std::fill_n(to + valid, width - valid, 0.0F);
    }
  }

  void run_tile(const float* a, float* packed, const float* residual, float* out, int64_t panel,
                int64_t tile) const noexcept {
    static constexpr int64_t kNoOffset = 0;
    const int64_t row = g_.rows * tile / tiles_;
    const int64_t first = panels_.begin(panel);
    const int64_t place = row * g_.columns + first;
    const Epilogue epilogue(kernel_.op.activation);
    const bool transposed = kernel_.op.transpose_a;
    const int64_t row_stride = transposed ? 1 : g_.depth;
    loops_.tile({.a = a + row * row_stride,
                 .row_stride = row_stride,
                 .segments = &kNoOffset,
                 .segment_count = 1,
                 .run = g_.depth,
                 .step = transposed ? g_.rows : 1,
                 .w = packed + first * g_.depth,
                 .bias = kernel_.bias == Bias::Columns ? bias_in(packed) + first : nullptr,
                 .residual = residual ? residual + place : nullptr,
                 .out = out + place,
                 .out_stride = g_.columns,
                 .rows = static_cast<int32_t>(g_.rows * (tile + 1) / tiles_ - row),
                 .vectors = static_cast<int32_t>(panels_.vectors(panel)),
                 .valid = static_cast<int32_t>(panels_.valid(panel)),
                 .low = epilogue.low,
                 .high = epilogue.high});
  }

  const Kernel& kernel_;
  const PanelLoops& loops_;
  Geometry g_;
  Panels panels_;
  int64_t tiles_ = 0;
  bool bias_is_scalar_ = false;
  Array<int64_t> left_, right_;  ///< where each matrix begins
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::MatMul>(record, diag));
  const auto bias = opened.rest.take<uint8_t>();
  if (!opened.rest.ok() || bias > static_cast<uint8_t>(Bias::Residual)) {
    return damaged(record, diag);
  }
  const auto third = bias != 0 ? std::optional(kernel::Wanted{}) : std::nullopt;
  TENON_TRY(kernel::expect_ports(record, {kernel::Wanted{}, kernel::Wanted{}, third}, {}, diag));
  return make_loaded<Instance>(Kernel{.op = opened.op,
                                      .level = opened.level,
                                      .bias = static_cast<Bias>(bias),
                                      .threads = record.threads},
                               record, diag);
}

}  // namespace tenon::simd::mat_mul_plain
