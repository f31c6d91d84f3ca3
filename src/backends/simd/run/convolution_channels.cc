// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution with lanes over output channels: the output lies channels-last, the input either way.
// Tactic 0 keeps a panel of weights and walks the image, tactic 1 keeps image rows and walks the
// panels.
#include "backends/simd/run/convolution_channels.h"

#include <algorithm>

#include "backends/simd/run/list.h"
#include "base/array.h"
#include "base/parallel.h"

namespace tenon::simd::convolution_channels {

TapOrder order_for(const ConvParams& params, bool channels_last) {
  const bool few_channels = params.weight[1] < params.weight.back();
  return !channels_last && few_channels ? TapOrder::ColumnsInside : TapOrder::ChannelsInside;
}

Panels panels_of(const ConvParams& params, Level level) {
  return Panels(params.weight[0] / params.op.groups, level);
}

PackedLayout layout_of(const ConvParams& params, Level level, TapOrder order) {
  PackedLayout bytes;
  bytes.text("channels");
  bytes.put(level);
  bytes.put(order);
  for (const int64_t extent : params.weight) bytes.put(extent);
  bytes.put(params.op.groups);
  return bytes;
}

namespace {

using kernel::Layout;
using kernel::TensorDesc;

struct Kernel {
  ConvParams params;
  Level level;
  TapOrder order;
  bool channels_last;  ///< the input
  int tactic, threads;
  const float* weight;
  const float* bias;  ///< [group][padded panels], or null

  [[nodiscard]] size_t workspace(std::span<const TensorDesc> inputs,
                                 std::span<const TensorDesc> outputs) const noexcept {
    const ConvGeometry g = params.geometry(inputs[0].dims, outputs[0].dims);
    if (!g.padded()) return 0;
    return static_cast<size_t>(g.channels * g.padded_height() * g.padded_width()) * sizeof(float);
  }
};

/// Copies one image with zeros around it. Rows are `run` floats a column: the channels when they
/// are last, else 1, and then every channel is an image of its own.
void pad_image(const float* from, const ConvGeometry& g, int64_t run, float* to) {
  const int64_t row = g.width * run, padded_row = g.padded_width() * run;
  std::fill_n(to, g.top * padded_row, 0.0F);
  to += g.top * padded_row;
  for (int64_t y = 0; y < g.height; ++y, from += row, to += padded_row) {
    std::fill_n(to, g.left * run, 0.0F);
    std::copy_n(from, row, to + g.left * run);
    std::fill_n(to + g.left * run + row, g.right * run, 0.0F);
  }
  std::fill_n(to, g.bottom * padded_row, 0.0F);
}

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel) : kernel_(kernel), loops_(panel_loops(kernel.level)) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    TENON_TRY(kernel_.params.check(inputs, outputs));
    g_ = kernel_.params.geometry(inputs[0].dims, outputs[0].dims);
    panels_ = panels_of(kernel_.params, kernel_.level);
    depth_ = g_.group_channels() * g_.kernel_h * g_.kernel_w;
    const int64_t width = g_.padded_width(), height = g_.padded_height();
    column_ = kernel_.channels_last ? g_.channels : 1;
    row_ = width * column_;
    channel_ = kernel_.channels_last ? 1 : width * height;
    if (!make_segments()) return kNoMemory;
    // A 1×1 convolution of every pixel sees the image as one long row.
    const bool flat = g_.kernel_h * g_.kernel_w == 1 && g_.stride_h == 1 && g_.stride_w == 1;
    walk_height_ = flat ? 1 : g_.out_height;
    walk_width_ = flat ? g_.out_height * g_.out_width : g_.out_width;
    row_tiles_ = (walk_width_ + loops_.max_rows - 1) / loops_.max_rows;
    return {};
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
      if (g_.padded()) input = padded(input, static_cast<float*>(args.workspace));
      convolve(input, residual ? residual + n * result : nullptr, y + n * result);
    }
    return {};
  }

 private:
  [[nodiscard]] bool make_segments() {
    segments_.clear();
    if (kernel_.order == TapOrder::ColumnsInside) {
      run_ = g_.kernel_w;
      step_ = g_.dilation_w * column_;
      for (int64_t c = 0; c < g_.group_channels(); ++c) {
        for (int64_t ky = 0; ky < g_.kernel_h; ++ky) {
          if (!segments_.push_back(c * channel_ + ky * g_.dilation_h * row_)) return false;
        }
      }
      return true;
    }
    // Neighbouring columns of channels-last images make one run.
    const bool joined = kernel_.channels_last && g_.groups == 1 && g_.dilation_w == 1;
    run_ = g_.group_channels() * (joined ? g_.kernel_w : 1);
    step_ = channel_;
    for (int64_t ky = 0; ky < g_.kernel_h; ++ky) {
      for (int64_t kx = 0; kx < (joined ? 1 : g_.kernel_w); ++kx) {
        if (!segments_.push_back(ky * g_.dilation_h * row_ + kx * g_.dilation_w * column_)) {
          return false;
        }
      }
    }
    return true;
  }

  const float* padded(const float* from, float* to) const {
    if (kernel_.channels_last) {
      pad_image(from, g_, g_.channels, to);
      return to;
    }
    const int64_t plane = g_.padded_height() * g_.padded_width();
    parallel_for(kernel_.threads, g_.channels, 1, [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; ++c) {
        pad_image(from + c * g_.height * g_.width, g_, 1, to + c * plane);
      }
    });
    return to;
  }

  void convolve(const float* input, const float* residual, float* output) noexcept {
    const int64_t tiles = walk_height_ * row_tiles_;
    const int64_t columns = g_.groups * panels_.count();
    parallel_for(kernel_.threads, columns * tiles, 1, [&](int64_t begin, int64_t end) {
      for (int64_t item = begin; item < end; ++item) {
        const bool keep_panel = kernel_.tactic == 0;
        const int64_t column = keep_panel ? item / tiles : item % columns;
        const int64_t tile = keep_panel ? item % tiles : item / columns;
        run_tile(input, residual, output, column / panels_.count(), column % panels_.count(), tile);
      }
    });
    activate_stored(kernel_.params.op.activation, kernel_.level, kernel_.threads, output,
                    g_.outputs * g_.out_height * g_.out_width);
  }

  void run_tile(const float* input, const float* residual, float* output, int64_t group,
                int64_t panel, int64_t tile) const noexcept {
    const int64_t y = tile / row_tiles_, part = tile % row_tiles_;
    const int64_t x = walk_width_ * part / row_tiles_;
    const int64_t rows = walk_width_ * (part + 1) / row_tiles_ - x;
    const int64_t first = group * panels_.padded() + panels_.begin(panel);
    const int64_t place =
        (y * walk_width_ + x) * g_.outputs + group * panels_.columns + panels_.begin(panel);
    const Epilogue epilogue = kernel_.params.epilogue();
    loops_.tile({.a = input + group * g_.group_channels() * channel_ + y * g_.stride_h * row_ +
                      x * g_.stride_w * column_,
                 .row_stride = g_.stride_w * column_,
                 .segments = segments_.data(),
                 .segment_count = static_cast<int64_t>(segments_.size()),
                 .run = run_,
                 .step = step_,
                 .w = kernel_.weight + first * depth_,
                 .bias = kernel_.bias ? kernel_.bias + first : nullptr,
                 .residual = residual ? residual + place : nullptr,
                 .out = output + place,
                 .out_stride = g_.outputs,
                 .rows = static_cast<int32_t>(rows),
                 .vectors = static_cast<int32_t>(panels_.vectors(panel)),
                 .valid = static_cast<int32_t>(panels_.valid(panel)),
                 .low = epilogue.low,
                 .high = epilogue.high});
  }

  const Kernel& kernel_;
  const PanelLoops& loops_;
  ConvGeometry g_{};
  Panels panels_;
  Array<int64_t> segments_;
  int64_t depth_ = 0, run_ = 0, step_ = 0;
  int64_t column_ = 0, row_ = 0, channel_ = 0;  ///< floats to the next one, in the padded input
  int64_t walk_height_ = 0, walk_width_ = 0, row_tiles_ = 0;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(OpenedConvolution opened, open_convolution(record, diag));
  const ConvParams& params = opened.params;
  const bool channels_last = opened.rest.take<uint8_t>() != 0;
  if (!opened.rest.ok() || params.op.kernel.rank() != 2) return damaged(record, diag);
  const Layout input = channels_last ? Layout::hwc() : Layout::linear();
  TENON_TRY(expect_layouts(record, params, input, Layout::hwc(), diag));
  const TapOrder order = order_for(params, channels_last);
  const int64_t padded = params.op.groups * panels_of(params, opened.level).padded();
  const int64_t depth = params.weight.volume() / params.weight[0];
  TENON_TRY(expect_packed(record, 0, layout_of(params, opened.level, order).bytes(),
                          static_cast<size_t>(padded * depth) * sizeof(float), diag));
  if (params.bias) {
    TENON_TRY(expect_packed(record, 1, {}, static_cast<size_t>(padded) * sizeof(float), diag));
  }
  const auto floats = [&](size_t blob) {
    return reinterpret_cast<const float*>(record.packed[blob].data.data());
  };
  return make_loaded<Instance>(Kernel{.params = params,
                                      .level = opened.level,
                                      .order = order,
                                      .channels_last = channels_last,
                                      .tactic = record.tactic,
                                      .threads = record.threads,
                                      .weight = floats(0),
                                      .bias = params.bias ? floats(1) : nullptr},
                               record, diag);
}

}  // namespace tenon::simd::convolution_channels
