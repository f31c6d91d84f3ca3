// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Max and average pooling of images, row-major, channels-last, and in vectors of channels.
#include <algorithm>
#include <limits>

#include "backends/simd/loops/pooling.h"
#include "backends/simd/run/list.h"
#include "backends/simd/run/loaded_kernel.h"
#include "backends/simd/run/window.h"
#include "base/array.h"
#include "base/parallel.h"
#include "ops/pooling.h"

namespace tenon::simd::pooling {

namespace {

using kernel::Layout;
using kernel::TensorDesc;
using ops::PoolingKind;

/// One spatial axis.
struct Axis {
  int64_t in = 1, out = 1, kernel = 1, stride = 1, dilation = 1, before = 0, after = 0;

  /// First tap of the window within the image, and how many are.
  struct Span {
    int64_t first, count;
  };
  [[nodiscard]] int64_t start(int64_t o) const { return o * stride - before; }
  [[nodiscard]] Span inside(int64_t o) const {
    const int64_t at = start(o);
    const int64_t first = at >= 0 ? 0 : (-at + dilation - 1) / dilation;
    const int64_t end = at >= in ? 0 : std::min(kernel, (in - at + dilation - 1) / dilation);
    return {first, std::max<int64_t>(end - first, 0)};
  }
  /// Taps that an average counts.
  [[nodiscard]] int64_t counted(int64_t o, bool padding) const {
    if (!padding) return inside(o).count;
    const int64_t room = in + after - start(o);
    return std::clamp<int64_t>((room + dilation - 1) / dilation, 0, kernel);
  }
};

struct Geometry {
  int64_t images = 0, channels = 0;
  Axis y{}, x{};
};

Geometry geometry_of(const ops::Pooling& op, const Dims& in, const Dims& out) {
  Geometry g{.images = in[0], .channels = in[1], .y = {}, .x = {}};
  const int rank = op.kernel.rank();
  for (int i = 0; i < rank; ++i) {
    Axis& axis = i == rank - 1 ? g.x : g.y;
    axis = {in[i + 2],       out[i + 2],       op.kernel[i],  op.strides[i],
            op.dilations[i], op.pads_begin[i], op.pads_end[i]};
  }
  return g;
}

struct Kernel {
  ops::Pooling op;
  Level level;
  Layout layout;
  int threads;

  /// Floats of one thread's row buffer.
  [[nodiscard]] int64_t buffer_floats(const Geometry& g) const noexcept {
    const int64_t width = lanes(level);
    const int64_t columns = (g.x.out + width - 1) / width * width;
    const int64_t reach = columns * g.x.stride + (g.x.kernel - 1) * g.x.dilation + 2 * width;
    return (std::max(g.x.before + g.x.in + width, reach) + 15) / 16 * 16;
  }
  [[nodiscard]] size_t workspace(std::span<const TensorDesc> inputs,
                                 std::span<const TensorDesc> outputs) const noexcept {
    if (!layout.is_linear()) return 0;
    const Geometry g = geometry_of(op, inputs[0].dims, outputs[0].dims);
    return static_cast<size_t>(buffer_floats(g) * threads) * sizeof(float);
  }
};

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel) : kernel_(kernel), loops_(pooling_loops(kernel.level)) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    const ops::Pooling& op = kernel_.op;
    const Dims &in = inputs[0].dims, &out = outputs[0].dims;
    bool sound = in.rank() == op.kernel.rank() + 2 && out.rank() == in.rank() && in[0] == out[0] &&
                 in[1] == out[1];
    for (int i = 2; sound && i < in.rank(); ++i) {
      sound = out[i] == Window(op).count(i - 2, in[i], op.ceil_mode);
    }
    if (!sound) return {Code::InvalidArgument, "a pooling's shapes contradict each other"};
    g_ = geometry_of(op, in, out);
    quads_ = kernel_.layout.is_linear() && is_quads(g_.x) && is_quads(g_.y);
    scales_.clear();
    if (op.kind == PoolingKind::Max || outputs[0].elements() == 0) return {};
    for (int64_t y = 0; y < g_.y.out; ++y) {
      for (int64_t x = 0; x < g_.x.out; ++x) {
        const int64_t count =
            g_.y.counted(y, op.count_include_pad) * g_.x.counted(x, op.count_include_pad);
        const float scale = 1.0F / static_cast<float>(std::max<int64_t>(count, 1));
        if (!scales_.push_back(scale)) return kNoMemory;
      }
    }
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const auto* in = static_cast<const float*>(args.inputs[0]);
    auto* out = static_cast<float*>(args.outputs[0]);
    if (!kernel_.layout.is_linear()) {
      run_pixels(in, out);
      return {};
    }
    const int64_t planes = g_.images * g_.channels;
    const auto parts = std::min<int64_t>(kernel_.threads, planes);
    auto* buffers = static_cast<float*>(args.workspace);
    parallel_for(static_cast<int>(parts), parts, 1, [&](int64_t begin, int64_t end) {
      for (int64_t part = begin; part < end; ++part) {
        float* buffer = buffers + part * kernel_.buffer_floats(g_);
        for (int64_t p = planes * part / parts; p < planes * (part + 1) / parts; ++p) {
          run_plane(in + p * g_.y.in * g_.x.in, buffer, out + p * g_.y.out * g_.x.out);
        }
      }
    });
    return {};
  }

 private:
  static bool is_quads(const Axis& axis) {
    return axis.kernel == 2 && axis.stride == 2 && axis.dilation == 1 && axis.before == 0 &&
           axis.out * 2 <= axis.in;
  }
  [[nodiscard]] bool is_max() const { return kernel_.op.kind == PoolingKind::Max; }

  void run_plane(const float* in, float* buffer, float* out) const noexcept {
    if (quads_) {
      const PoolQuads quads{in, g_.x.in, g_.y.out, g_.x.out, out};
      return is_max() ? loops_.quads_max(quads) : loops_.quads_mean(quads);
    }
    const float* rows[kMostPoolRows];
    for (int64_t y = 0; y < g_.y.out; ++y) {
      const Axis::Span span = g_.y.inside(y);
      for (int64_t k = 0; k < span.count; ++k) {
        rows[k] = in + (g_.y.start(y) + (span.first + k) * g_.y.dilation) * g_.x.in;
      }
      const PoolRow row{.rows = rows,
                        .row_count = span.count,
                        .width = g_.x.in,
                        .left = g_.x.before,
                        .kernel = g_.x.kernel,
                        .stride = g_.x.stride,
                        .dilation = g_.x.dilation,
                        .out_width = g_.x.out,
                        .scales = is_max() ? nullptr : scales_.data() + y * g_.x.out,
                        .buffer = buffer,
                        .out = out + y * g_.x.out};
      is_max() ? loops_.row_max(row) : loops_.row_sum(row);
    }
  }

  /// Channels-last is one block of all channels, chwN has many of N.
  void run_pixels(const float* in, float* out) const noexcept {
    const bool last = kernel_.layout.order == Layout::Order::ChannelsLast;
    const int64_t block = last ? g_.channels : kernel_.layout.vector;
    const int64_t blocks = last ? 1 : (g_.channels + block - 1) / block;
    const int64_t rows = g_.images * blocks * g_.y.out;
    parallel_for(kernel_.threads, rows, 1, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const int64_t image = row / g_.y.out, y = row % g_.y.out;
        pixel_row(in + image * g_.y.in * g_.x.in * block, y, block, out + row * g_.x.out * block);
      }
    });
  }

  void pixel_row(const float* in, int64_t y, int64_t block, float* out) const noexcept {
    const Axis::Span down = g_.y.inside(y);
    const int64_t first_row = g_.y.start(y) + down.first * g_.y.dilation;
    for (int64_t x = 0; x < g_.x.out; ++x, out += block) {
      const Axis::Span along = g_.x.inside(x);
      if (down.count == 0 || along.count == 0) {
        std::fill_n(out, block, is_max() ? -std::numeric_limits<float>::infinity() : 0.0F);
        continue;
      }
      const int64_t first = g_.x.start(x) + along.first * g_.x.dilation;
      const PoolPixel pixel{
          .input = in + (first_row * g_.x.in + first) * block,
          .rows = down.count,
          .columns = along.count,
          .row_step = g_.y.dilation * g_.x.in * block,
          .column_step = g_.x.dilation * block,
          .channels = block,
          .scale = is_max() ? 1.0F : scales_[static_cast<size_t>(y * g_.x.out + x)],
          .out = out};
      is_max() ? loops_.pixel_max(pixel) : loops_.pixel_sum(pixel);
    }
  }

  const Kernel& kernel_;
  const PoolingLoops& loops_;
  Geometry g_;
  bool quads_ = false;
  Array<float> scales_;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::Pooling>(record, diag));
  const auto order = opened.rest.take<uint8_t>();
  const auto vector = opened.rest.take<uint8_t>();
  const ops::Pooling& op = opened.op;
  const int rank = op.kernel.rank();
  const Layout layout = {static_cast<Layout::Order>(order), 3, vector, 0, 0};
  const bool sound = opened.rest.ok() && order <= 1 && vector >= 1 && rank >= 1 && rank <= 2 &&
                     (layout.is_linear() || rank == 2) && Window(op).sound() &&
                     (rank == 1 || op.kernel[0] <= kMostPoolRows);
  if (!sound) return damaged(record, diag);
  const kernel::Wanted port{DType::F32, layout};
  TENON_TRY(kernel::expect_ports(record, {port}, port, diag));
  return make_loaded<Instance>(Kernel{.op = op,
                                      .level = opened.level,
                                      .layout = layout,
                                      .threads = std::max(record.threads, 1)},
                               record, diag);
}

}  // namespace tenon::simd::pooling
