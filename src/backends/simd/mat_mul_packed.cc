// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Matrix product with a constant right side, packed in panels. Tactic 0 keeps a panel and walks the
// rows, tactic 1 keeps some rows and walks the panels.
#include <algorithm>

#include "backends/simd/epilogue.h"
#include "backends/simd/loaded_kernel.h"
#include "backends/simd/node_candidate.h"
#include "backends/simd/panels.h"
#include "base/parallel.h"

namespace tenon::simd::mat_mul_packed {

namespace {

using kernel::TensorDesc;

enum Input : size_t { kA, kB, kBias };

/// How the third input is added.
enum class Bias : uint8_t { None, Columns, Residual };

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

class Instance final : public kernel::Instance {
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

const ops::MatMul& op_of(const kernel::NodeInfo& node) { return std::get<ops::MatMul>(*node.op); }

/// K and N of the constant.
std::pair<int64_t, int64_t> extents_of(const kernel::NodeInfo& node) {
  const Dims& b = node.inputs[kB].opt;
  const int64_t last = b[b.rank() - 1], before = b[b.rank() - 2];
  return op_of(node).transpose_b ? std::pair{last, before} : std::pair{before, last};
}

bool has_bias(const kernel::NodeInfo& node) {
  return node.inputs.size() > kBias && node.inputs[kBias].present;
}

/// How the node's bias can be added; None also when it cannot.
Bias bias_of(const kernel::NodeInfo& node) {
  if (!has_bias(node)) return Bias::None;
  const kernel::PortInfo& bias = node.inputs[kBias];
  const int64_t columns = extents_of(node).second;
  const int64_t volume = bias.opt.volume();
  const bool row = volume == 1 || (volume == columns && bias.opt.back() == columns);
  if (bias.constant != nullptr && row) return Bias::Columns;
  return bias.constant == nullptr && bias.shape == node.outputs[0].shape ? Bias::Residual
                                                                         : Bias::None;
}

Bytes layout_of(Level level, int64_t depth, int64_t columns) {
  ByteWriter bytes;
  bytes.text("panels");
  bytes.put(level);
  bytes.put(depth);
  bytes.put(columns);
  return std::move(bytes).bytes();
}

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(kernel::Layout::linear(), kernel::Layout::linear())};
  }
  std::vector<int32_t> tactics() override {
    const auto [depth, columns] = extents_of(node_);
    const int64_t rows = node_.outputs[0].opt.volume() / columns;
    const bool one_way =
        rows <= panel_loops(level_).max_rows || Panels(columns, level_).count() == 1;
    return one_way ? std::vector<int32_t>{0} : std::vector<int32_t>{0, 1};
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume() * extents_of(node_).first);
  }
  [[nodiscard]] std::vector<int> absorbed_inputs() const override {
    return bias_of(node_) == Bias::Columns ? std::vector<int>{kB, kBias} : std::vector<int>{kB};
  }

 protected:
  void add_params(const kernel::Configuration&, ByteWriter& params) const override {
    const auto [depth, columns] = extents_of(node_);
    params.put(depth);
    params.put(columns);
    params.put(bias_of(node_));
  }
  Status add_packed(const kernel::Configuration&, int32_t, std::vector<kernel::PackedBlob>& packed,
                    Diagnostics&) const override {
    const auto [depth, columns] = extents_of(node_);
    const Panels panels(columns, level_);
    const std::vector<float> b = floats_of(*node_.inputs[kB].constant);
    const int64_t k_step = op_of(node_).transpose_b ? 1 : columns;
    const int64_t n_step = op_of(node_).transpose_b ? depth : 1;
    std::vector<float> data(static_cast<size_t>(panels.padded() * depth));
    panels.pack(
        depth,
        [&](int64_t k, int64_t n) { return b[static_cast<size_t>(k * k_step + n * n_step)]; },
        data.data());
    packed.push_back({layout_of(level_, depth, columns), bytes_of(data)});
    if (bias_of(node_) != Bias::Columns) return {};
    std::vector<float> bias = floats_of(*node_.inputs[kBias].constant);
    if (bias.size() == 1) bias.assign(static_cast<size_t>(columns), bias[0]);
    bias.resize(static_cast<size_t>(panels.padded()));
    packed.push_back({{}, bytes_of(bias)});
    return {};
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_unless_f32(node); !reason.empty()) return reason;
  const kernel::PortInfo& b = node.inputs[kB];
  if (b.constant == nullptr) return "its right side is no constant";
  if (b.opt.rank() < 2 || b.opt.volume() != b.opt[b.opt.rank() - 1] * b.opt[b.opt.rank() - 2]) {
    return "its right side is not one matrix";
  }
  if (b.opt.volume() == 0) return "its right side is empty";
  if (op_of(node).transpose_a && node.inputs[kA].opt.rank() != 2) {
    return "its left side is a transposed stack of matrices";
  }
  if (b.opt.rank() > std::max(node.inputs[kA].opt.rank(), 2)) {
    return "its right side has more axes than its left side";
  }
  if (has_bias(node) && bias_of(node) == Bias::None) {
    return "its bias is neither a constant row nor of the output's shape";
  }
  return {};
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

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
  TENON_TRY(expect_packed(record, 0, layout_of(opened.level, depth, columns),
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
                                      .bias = row ? floats(1) : nullptr});
}

}  // namespace tenon::simd::mat_mul_packed
