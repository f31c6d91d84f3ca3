// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution with as many groups as channels, channels-last or in vectors of channels.
#include "backends/simd/run/convolution_depthwise.h"

#include <algorithm>

#include "backends/simd/loops/depthwise.h"
#include "backends/simd/run/list.h"
#include "base/parallel.h"

namespace tenon::simd::convolution_depthwise {

PackedLayout layout_of(const ConvParams& params) {
  PackedLayout bytes;
  bytes.text("depthwise");
  bytes.put(kPadding);
  for (const int64_t extent : params.weight) bytes.put(extent);
  return bytes;
}

namespace {

using kernel::Layout;
using kernel::TensorDesc;

struct Kernel {
  ConvParams params;
  Level level;
  Layout layout;
  int threads;
  const float* weight;  ///< [tap][padded channels]
  const float* bias;    ///< [padded channels], or null

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
    TENON_TRY(kernel_.params.check(inputs, outputs));
    g_ = kernel_.params.geometry(inputs[0].dims, outputs[0].dims);
    const bool last = kernel_.layout.order == Layout::Order::ChannelsLast;
    block_ = last ? g_.channels : kernel_.layout.vector;
    blocks_ = last ? 1 : (g_.channels + block_ - 1) / block_;
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const auto* x = static_cast<const float*>(args.inputs[ops::kConvX]);
    const auto* residual = kernel_.params.residual
                               ? static_cast<const float*>(args.inputs[ops::kConvResidual])
                               : nullptr;
    auto* y = static_cast<float*>(args.outputs[0]);
    const int64_t rows = g_.images * blocks_ * g_.out_height;
    const int64_t result = g_.out_width * block_;
    parallel_for(kernel_.threads, rows, 1, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        float* out = y + row * result;
        run_row(x, residual ? residual + row * result : nullptr, out, row);
        activate_stored(kernel_.params.op.activation, kernel_.level, 1, out, result);
        clear_padding(out, row / g_.out_height % blocks_);
      }
    });
    return {};
  }

 private:
  /// Lanes of a last block that hold no channel stay zero.
  void clear_padding(float* out, int64_t block) const noexcept {
    const int64_t valid = g_.channels - block * block_;
    if (valid >= block_) return;
    for (int64_t x = 0; x < g_.out_width; ++x) {
      std::fill(out + x * block_ + valid, out + (x + 1) * block_, 0.0F);
    }
  }

  void run_row(const float* x, const float* residual, float* out, int64_t row) const noexcept {
    const int64_t image = row / g_.out_height, oy = row % g_.out_height;
    const int64_t channel = image % blocks_ * block_;
    const int64_t start = oy * g_.stride_h - g_.top, step = g_.dilation_h;
    const int64_t first = start >= 0 ? 0 : (-start + step - 1) / step;
    const int64_t end =
        start >= g_.height ? 0 : std::min(g_.kernel_h, (g_.height - start + step - 1) / step);
    const int64_t width = g_.width * block_;
    const int64_t channels = padded(g_.channels);
    const Epilogue epilogue = kernel_.params.epilogue();
    const int64_t rows = std::max<int64_t>(end - first, 0);
    depthwise_loops(kernel_.level)
        .row({.input =
                  x + image * g_.height * width + (rows == 0 ? 0 : (start + first * step) * width),
              .row_step = step * width,
              .rows = rows,
              .width = g_.width,
              .pixel_step = block_,
              .channels = block_,
              .w = kernel_.weight + (rows == 0 ? 0 : first) * g_.kernel_w * channels + channel,
              .w_step = channels,
              .kernel = g_.kernel_w,
              .stride = g_.stride_w,
              .dilation = g_.dilation_w,
              .left = g_.left,
              .bias = kernel_.bias ? kernel_.bias + channel : nullptr,
              .residual = residual,
              .out = out,
              .out_width = g_.out_width,
              .low = epilogue.low,
              .high = epilogue.high});
  }

  const Kernel& kernel_;
  ConvGeometry g_{};
  int64_t block_ = 1, blocks_ = 1;  ///< channels side by side, and how many such blocks
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(OpenedConvolution opened, open_convolution(record, diag));
  const ConvParams& params = opened.params;
  const auto order = opened.rest.take<uint8_t>();
  const auto vector = opened.rest.take<uint8_t>();
  const bool last = order == static_cast<uint8_t>(Layout::Order::ChannelsLast) && vector == 1;
  const bool blocked =
      order == static_cast<uint8_t>(Layout::Order::RowMajor) && (vector == 8 || vector == 16);
  if (!opened.rest.ok() || params.op.kernel.rank() != 2 || !(last || blocked) ||
      params.op.groups != params.weight[0] || params.weight[1] != 1) {
    return damaged(record, diag);
  }
  const Layout layout = {static_cast<Layout::Order>(order), 3, vector, 0, 0};
  TENON_TRY(expect_layouts(record, params, layout, layout, diag));
  const int64_t channels = padded(params.weight[0]);
  const int64_t taps = params.weight.volume() / params.weight[0];
  TENON_TRY(expect_packed(record, 0, layout_of(params).bytes(),
                          static_cast<size_t>(channels * taps) * sizeof(float), diag));
  if (params.bias) {
    TENON_TRY(expect_packed(record, 1, {}, static_cast<size_t>(channels) * sizeof(float), diag));
  }
  const auto floats = [&](size_t blob) {
    return reinterpret_cast<const float*>(record.packed[blob].data.data());
  };
  return make_loaded<Instance>(Kernel{.params = params,
                                      .level = opened.level,
                                      .layout = layout,
                                      .threads = record.threads,
                                      .weight = floats(0),
                                      .bias = params.bias ? floats(1) : nullptr},
                               record, diag);
}

}  // namespace tenon::simd::convolution_depthwise
