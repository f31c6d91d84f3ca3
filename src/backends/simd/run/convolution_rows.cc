// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution of row-major tensors with lanes along output rows. The tactic is the number of
// vectors in a register tile; the fewer vectors, the more output channels share each input.
#include "backends/simd/run/convolution_rows.h"

#include <algorithm>

#include "backends/simd/run/list.h"
#include "backends/simd/run/window.h"
#include "base/array.h"
#include "base/parallel.h"

namespace tenon::simd::convolution_rows {

PackedLayout layout_of(const ConvParams& params, Level level, int vectors) {
  PackedLayout bytes;
  bytes.text("rows");
  bytes.put(level);
  bytes.put(static_cast<int32_t>(Blocks::most(level, vectors)));
  for (const int64_t extent : params.weight) bytes.put(extent);
  bytes.put(params.op.groups);
  return bytes;
}

namespace {

using kernel::Layout;
using kernel::TensorDesc;

/// Where rows of the input begin: in the caller's tensor, or in a padded copy whose columns are
/// sorted by phase when the stride is not 1.
struct InputPlan {
  bool copy = false;
  int64_t phases = 1, phase_width = 0, row = 0, plane = 0;  ///< in floats

  InputPlan() = default;
  InputPlan(const ConvGeometry& g, Level level) {
    copy = g.padded() || g.stride_w != 1 || g.out_width < lanes(level) / 2;
    phases = copy ? g.stride_w : 1;
    phase_width = copy ? (g.padded_width() + phases - 1) / phases : g.width;
    row = phases * phase_width;
    plane = row * (copy ? g.padded_height() : g.height);
  }
  [[nodiscard]] int64_t column(int64_t x) const { return x % phases * phase_width + x / phases; }
  /// Room for the copy of one image, and for chunks that reach beyond its end.
  [[nodiscard]] size_t bytes(const ConvGeometry& g, Level level) const {
    return copy ? static_cast<size_t>(g.channels * plane + lanes(level)) * sizeof(float) : 0;
  }
};

struct Kernel {
  ConvParams params;
  Level level;
  int vectors, threads;
  const float* weight;
  const float* bias;

  [[nodiscard]] size_t workspace(std::span<const TensorDesc> inputs,
                                 std::span<const TensorDesc> outputs) const noexcept {
    const ConvGeometry g = params.geometry(inputs[0].dims, outputs[0].dims);
    return InputPlan(g, level).bytes(g, level);
  }
};

void copy_row(const float* from, const ConvGeometry& g, const InputPlan& plan, float* to) {
  if (plan.phases == 1) {
    std::fill_n(to, g.left, 0.0F);
    std::copy_n(from, g.width, to + g.left);
    std::fill_n(to + g.left + g.width, g.right, 0.0F);
    return;
  }
  std::fill_n(to, plan.row, 0.0F);
  for (int64_t x = 0; x < g.width; ++x) to[plan.column(x + g.left)] = from[x];
}

void copy_planes(const float* from, const ConvGeometry& g, const InputPlan& plan, float* to,
                 int64_t begin, int64_t end) {
  for (int64_t c = begin; c < end; ++c) {
    float* plane = to + c * plan.plane;
    std::fill_n(plane, g.top * plan.row, 0.0F);
    for (int64_t y = 0; y < g.height; ++y) {
      copy_row(from + (c * g.height + y) * g.width, g, plan, plane + (g.top + y) * plan.row);
    }
    std::fill_n(plane + (g.top + g.height) * plan.row, g.bottom * plan.row, 0.0F);
  }
}

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel) : kernel_(kernel), loops_(row_loops(kernel.level)) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    TENON_TRY(kernel_.params.check(inputs, outputs));
    g_ = kernel_.params.geometry(inputs[0].dims, outputs[0].dims);
    plan_ = InputPlan(g_, kernel_.level);
    if (!volume_within({g_.channels, plan_.row, g_.padded_height()}, INT32_MAX)) {
      return {Code::Unsupported, "one image of a convolution, sorted by phase, is too large"};
    }
    if (g_.images == 0) return {};
    return make_taps() && make_chunks() ? Status{} : kNoMemory;
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const int64_t image = g_.channels * g_.height * g_.width;
    const int64_t result = g_.outputs * g_.out_height * g_.out_width;
    const auto* x = static_cast<const float*>(args.inputs[ops::kConvX]);
    auto* y = static_cast<float*>(args.outputs[0]);
    const auto* residual = kernel_.params.residual
                               ? static_cast<const float*>(args.inputs[ops::kConvResidual])
                               : nullptr;
    for (int64_t n = 0; n < g_.images; ++n) {
      const float* input = x + n * image;
      if (plan_.copy) {
        auto* copy = static_cast<float*>(args.workspace);
        const float* from = input;
        parallel_for(kernel_.threads, g_.channels, 1, [&](int64_t begin, int64_t end) {
          copy_planes(from, g_, plan_, copy, begin, end);
        });
        input = copy;
      }
      convolve(input, residual ? residual + n * result : nullptr, y + n * result);
    }
    return {};
  }

 private:
  [[nodiscard]] bool make_taps() {
    taps_.clear();
    const int64_t count = g_.group_channels() * g_.kernel_h * g_.kernel_w;
    if (!taps_.reserve(static_cast<size_t>(count))) return false;
    for (int64_t c = 0; c < g_.group_channels(); ++c) {
      for (int64_t ky = 0; ky < g_.kernel_h; ++ky) {
        for (int64_t kx = 0; kx < g_.kernel_w; ++kx) {
          const int64_t tap =
              c * plan_.plane + ky * g_.dilation_h * plan_.row + plan_.column(kx * g_.dilation_w);
          if (!taps_.push_back(static_cast<int32_t>(tap))) return false;
        }
      }
    }
    return true;
  }

  /// Chunks of half a vector; the last of a row reaches back so as not to reach beyond it.
  [[nodiscard]] bool make_chunks() {
    const int64_t half = lanes(kernel_.level) / 2;
    const int64_t width = g_.out_width;
    chunks_.clear();
    for (int64_t y = 0; y < g_.out_height; ++y) {
      for (int64_t x = 0; x < width; x += half) {
        const int64_t first = std::max<int64_t>(std::min(x, width - half), 0);
        const RowChunk chunk = {static_cast<int32_t>(y * g_.stride_h * plan_.row + first),
                                static_cast<int32_t>(y * width + first),
                                static_cast<int32_t>(std::min(half, width))};
        if (!chunks_.push_back(chunk)) return false;
      }
    }
    return chunks_.size() % 2 == 0 || chunks_.push_back(chunks_.back());
  }

  void convolve(const float* input, const float* residual, float* output) noexcept {
    const Blocks blocks(g_.group_outputs(), kernel_.level, kernel_.vectors);
    const int64_t vectors = static_cast<int64_t>(chunks_.size()) / 2;
    const int64_t tiles = (vectors + kernel_.vectors - 1) / kernel_.vectors;
    const int64_t work = g_.groups * blocks.count * tiles;
    parallel_for(kernel_.threads, work, 1, [&](int64_t begin, int64_t end) {
      for (int64_t item = begin; item < end; ++item) {
        const int64_t tile = item % tiles, block = item / tiles % blocks.count;
        const int64_t first = vectors * tile / tiles;
        run_tile(input, residual, output, item / tiles / blocks.count, blocks.begin(block),
                 blocks.begin(block + 1), first, vectors * (tile + 1) / tiles - first);
      }
    });
    activate_stored(kernel_.params.op.activation, kernel_.level, kernel_.threads, output,
                    g_.outputs * g_.out_height * g_.out_width);
  }

  void run_tile(const float* input, const float* residual, float* output, int64_t group,
                int64_t first_channel, int64_t end_channel, int64_t first_vector,
                int64_t vectors) const noexcept {
    const int64_t channel = group * g_.group_outputs() + first_channel;
    const int64_t plane = g_.out_height * g_.out_width;
    const auto taps = static_cast<int64_t>(taps_.size());
    const Epilogue epilogue = kernel_.params.epilogue();
    loops_.tile({.input = input + group * g_.group_channels() * plan_.plane,
                 .taps = taps_.data(),
                 .tap_count = taps,
                 .w = kernel_.weight + channel * taps,
                 .bias = kernel_.bias ? kernel_.bias + channel : nullptr,
                 .residual = residual ? residual + channel * plane : nullptr,
                 .out = output + channel * plane,
                 .plane = plane,
                 .chunks = chunks_.data() + 2 * first_vector,
                 .channels = static_cast<int32_t>(end_channel - first_channel),
                 .vectors = static_cast<int32_t>(vectors),
                 .low = epilogue.low,
                 .high = epilogue.high,
                 .plain = residual == nullptr && g_.out_width >= lanes(kernel_.level) / 2});
  }

  const Kernel& kernel_;
  const RowLoops& loops_;
  ConvGeometry g_{};
  InputPlan plan_;
  Array<int32_t> taps_;
  Array<RowChunk> chunks_;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(const OpenedConvolution opened, open_convolution(record, diag));
  const ConvParams& params = opened.params;
  if (record.tactic < 1 || record.tactic > kMaxRowVectors) return damaged(record, diag);
  TENON_TRY(expect_layouts(record, params, Layout::linear(), Layout::linear(), diag));
  TENON_TRY(expect_packed(record, 0, layout_of(params, opened.level, record.tactic).bytes(),
                          static_cast<size_t>(params.weight.volume()) * sizeof(float), diag));
  if (params.bias) {
    TENON_TRY(
        expect_packed(record, 1, {}, static_cast<size_t>(params.weight[0]) * sizeof(float), diag));
  }
  const auto floats = [&](size_t blob) {
    return reinterpret_cast<const float*>(record.packed[blob].data.data());
  };
  return make_loaded<Instance>(Kernel{.params = params,
                                      .level = opened.level,
                                      .vectors = record.tactic,
                                      .threads = record.threads,
                                      .weight = floats(0),
                                      .bias = params.bias ? floats(1) : nullptr},
                               record, diag);
}

}  // namespace tenon::simd::convolution_rows
