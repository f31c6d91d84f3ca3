// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Max and average pooling of images of small integers, channels last.
#include <algorithm>
#include <limits>

#include "backends/simd/loops/average.h"
#include "backends/simd/loops/maximum.h"
#include "backends/simd/run/list.h"
#include "backends/simd/run/loaded_kernel.h"
#include "backends/simd/run/window.h"
#include "base/parallel.h"
#include "ops/quantized.h"

namespace tenon::simd::pooling_small {

namespace {

using kernel::TensorDesc;

struct Kernel {
  ops::QuantPooling op;
  Level level;
  DType type;
  int threads;
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept {
    return 0;
  }
};

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel)
      : kernel_(kernel),
        greatest_(kernel.type == DType::I8 ? maximum_loops(kernel.level).of_i8
                                           : maximum_loops(kernel.level).of_u8),
        average_(average_loops(kernel.level)
                     .run[kernel.type == DType::U8 ? 1 : 0][kernel.op.to == DType::U8 ? 1 : 0]) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    in_ = inputs[0].dims;
    out_ = outputs[0].dims;
    bool sound = in_.rank() == 4 && out_.rank() == 4 && in_[0] == out_[0] && in_[1] == out_[1];
    for (int i = 2; sound && i < 4; ++i) {
      sound =
          out_[i] == Window(kernel_.op.pooling).count(i - 2, in_[i], kernel_.op.pooling.ceil_mode);
    }
    if (!sound) return {Code::InvalidArgument, "a pooling's shapes contradict each other"};
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const auto* in = static_cast<const std::byte*>(args.inputs[0]);
    auto* out = static_cast<std::byte*>(args.outputs[0]);
    parallel_for(kernel_.threads, out_[0] * out_[2], 1, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        pool_row(in + row / out_[2] * in_[2] * in_[3] * in_[1], row % out_[2],
                 out + row * out_[3] * out_[1]);
      }
    });
    return {};
  }

 private:
  struct Taps {
    int64_t first, count;  ///< place of the first within the image, and how many are
    int64_t padded;        ///< how many are within the image or its padding
  };
  [[nodiscard]] Taps taps_of(int axis, int64_t at) const noexcept {
    const ops::Pooling& op = kernel_.op.pooling;
    const int64_t start = at * op.strides[axis] - op.pads_begin[axis], step = op.dilations[axis];
    const auto before = [&](int64_t end) {
      return start >= end ? 0 : std::min(op.kernel[axis], (end - start + step - 1) / step);
    };
    const int64_t extent = in_[axis + 2];
    const int64_t low = start >= 0 ? 0 : (-start + step - 1) / step;
    return {start + low * step, std::max<int64_t>(before(extent) - low, 0),
            before(extent + op.pads_end[axis])};
  }

  void pool_row(const std::byte* image, int64_t y, std::byte* out) const noexcept {
    const int64_t channels = in_[1];
    const Taps down = taps_of(0, y);
    for (int64_t x = 0; x < out_[3]; ++x, out += channels) {
      const Taps along = taps_of(1, x);
      const std::byte* first = image + (down.first * in_[3] + along.first) * channels;
      if (kernel_.op.pooling.kind == ops::PoolingKind::Average) {
        average(first, down, along, out);
      } else {
        greatest(first, down, along, out);
      }
    }
  }

  void greatest(const std::byte* first, const Taps& down, const Taps& along,
                std::byte* out) const noexcept {
    const int64_t channels = in_[1];
    if (down.count == 0 || along.count == 0) {
      // All padding: the least there is.
      const auto least = kernel_.type == DType::I8 ? std::byte{0x80} : std::byte{0};
      std::fill_n(out, channels, least);
      return;
    }
    const Dims& dilations = kernel_.op.pooling.dilations;
    greatest_({.input = first,
               .rows = down.count,
               .columns = along.count,
               .row_step = dilations[0] * in_[3] * channels,
               .column_step = dilations[1] * channels,
               .channels = channels,
               .out = out});
  }

  void average(const std::byte* first, const Taps& down, const Taps& along,
               std::byte* out) const noexcept {
    const ops::QuantPooling& op = kernel_.op;
    const int64_t channels = in_[1], inside = down.count * along.count;
    const int64_t counted = op.pooling.count_include_pad ? down.padded * along.padded : inside;
    const auto divisor = static_cast<float>(std::max<int64_t>(counted, 1));
    average_({.input = first,
              .rows = inside == 0 ? 0 : down.count,
              .columns = along.count,
              .row_step = op.pooling.dilations[0] * in_[3] * channels,
              .column_step = op.pooling.dilations[1] * channels,
              .channels = channels,
              .shift = static_cast<float>(inside * op.x.zero),
              .factor = op.x.scale / (op.y.scale * divisor),
              .zero = static_cast<int32_t>(op.y.zero),
              .out = out});
  }

  const Kernel& kernel_;
  void (*greatest_)(const MaximumPixel& pixel);
  void (*average_)(const AveragePixel& pixel);
  Dims in_, out_;
};

/// True of averages whose sums fit i32, on grids that are numbers.
bool is_average(const ops::QuantPooling& op) noexcept {
  const auto sound = [](const ops::Grid& grid) {
    return grid.scale > 0 && grid.scale <= std::numeric_limits<float>::max() && grid.zero >= -128 &&
           grid.zero <= 255;
  };
  return op.pooling.kind == ops::PoolingKind::Average && sound(op.x) && sound(op.y) &&
         op.pooling.kernel.volume() < kAverageTaps;
}

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::QuantPooling>(record, diag));
  const auto type = static_cast<DType>(opened.rest.take<uint8_t>());
  const ops::QuantPooling& op = opened.op;
  const auto is_small = [](DType one) { return one == DType::I8 || one == DType::U8; };
  const bool greatest = op.pooling.kind == ops::PoolingKind::Max && op.to == type;
  const bool sound = opened.rest.ok() && is_small(type) && is_small(op.to) &&
                     op.pooling.kernel.rank() == 2 && Window(op.pooling).sound() &&
                     (greatest || is_average(op));
  if (!sound) return damaged(record, diag);
  const kernel::Layout hwc = kernel::Layout::hwc();
  TENON_TRY(kernel::expect_ports(record, {kernel::Wanted{type, hwc}}, {op.to, hwc}, diag));
  return make_loaded<Instance>(
      Kernel{.op = op, .level = opened.level, .type = type, .threads = record.threads}, record,
      diag);
}

}  // namespace tenon::simd::pooling_small
