// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Max pooling of images of small integers, channels last.
#include <algorithm>
#include <limits>

#include "backends/simd/loops/maximum.h"
#include "backends/simd/run/list.h"
#include "backends/simd/run/loaded_kernel.h"
#include "backends/simd/run/window.h"
#include "base/parallel.h"
#include "ops/pooling.h"

namespace tenon::simd::pooling_small {

namespace {

using kernel::TensorDesc;

struct Kernel {
  ops::Pooling op;
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
                                           : maximum_loops(kernel.level).of_u8) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    in_ = inputs[0].dims;
    out_ = outputs[0].dims;
    bool sound = in_.rank() == 4 && out_.rank() == 4 && in_[0] == out_[0] && in_[1] == out_[1];
    for (int i = 2; sound && i < 4; ++i) {
      sound = out_[i] == Window(kernel_.op).count(i - 2, in_[i], kernel_.op.ceil_mode);
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
  };
  [[nodiscard]] Taps taps_of(int axis, int64_t at) const noexcept {
    const ops::Pooling& op = kernel_.op;
    const int64_t start = at * op.strides[axis] - op.pads_begin[axis], step = op.dilations[axis];
    const int64_t extent = in_[axis + 2];
    const int64_t low = start >= 0 ? 0 : (-start + step - 1) / step;
    const int64_t high =
        start >= extent ? 0 : std::min(op.kernel[axis], (extent - start + step - 1) / step);
    return {start + low * step, std::max<int64_t>(high - low, 0)};
  }

  void pool_row(const std::byte* image, int64_t y, std::byte* out) const noexcept {
    const int64_t channels = in_[1];
    const Taps down = taps_of(0, y);
    for (int64_t x = 0; x < out_[3]; ++x, out += channels) {
      const Taps along = taps_of(1, x);
      if (down.count == 0 || along.count == 0) {
        // All padding: the least there is.
        const auto least = kernel_.type == DType::I8 ? std::byte{0x80} : std::byte{0};
        std::fill_n(out, channels, least);
        continue;
      }
      greatest_({.input = image + (down.first * in_[3] + along.first) * channels,
                 .rows = down.count,
                 .columns = along.count,
                 .row_step = kernel_.op.dilations[0] * in_[3] * channels,
                 .column_step = kernel_.op.dilations[1] * channels,
                 .channels = channels,
                 .out = out});
    }
  }

  const Kernel& kernel_;
  void (*greatest_)(const MaximumPixel& pixel);
  Dims in_, out_;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::Pooling>(record, diag));
  const auto type = static_cast<DType>(opened.rest.take<uint8_t>());
  const ops::Pooling& op = opened.op;
  const bool sound = opened.rest.ok() && (type == DType::I8 || type == DType::U8) &&
                     op.kernel.rank() == 2 && op.kind == ops::PoolingKind::Max &&
                     Window(op).sound();
  if (!sound) return damaged(record, diag);
  const kernel::Wanted port{type, kernel::Layout::hwc()};
  TENON_TRY(kernel::expect_ports(record, {port}, port, diag));
  return make_loaded<Instance>(
      Kernel{.op = op, .level = opened.level, .type = type, .threads = record.threads}, record,
      diag);
}

}  // namespace tenon::simd::pooling_small
