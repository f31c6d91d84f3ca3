// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators on small integers: whole sums, held exactly by doubles, then one rounding.
#include <algorithm>
#include <cmath>
#include <limits>

#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"
#include "backends/ref/window_view.h"

namespace tenon::ref {

namespace {

using ops::Grid;

/// Element `at` of an i8 or u8 tensor, as a whole number.
double whole(const void* data, DType type, int64_t at) noexcept {
  return type == DType::U8 ? static_cast<const uint8_t*>(data)[at]
                           : static_cast<const int8_t*>(data)[at];
}

double real_of(const Call& call, size_t input, const Grid& grid, int64_t at) noexcept {
  return (whole(call.args.inputs[input], call.in_type(input), at) -
          static_cast<double>(grid.zero)) *
         grid.scale;
}

template <class To>
To on_grid(double real, const Grid& grid) noexcept {
  const double value = std::nearbyint(real / grid.scale) + static_cast<double>(grid.zero);
  if (std::isnan(value)) return 0;
  return static_cast<To>(
      std::clamp<double>(value, std::numeric_limits<To>::lowest(), std::numeric_limits<To>::max()));
}

/// What `real` becomes when it is held as an integer of type `to` on `grid`.
double rounded(double real, const Grid& grid, DType to) noexcept {
  const double steps = to == DType::U8 ? on_grid<uint8_t>(real, grid) : on_grid<int8_t>(real, grid);
  return (steps - static_cast<double>(grid.zero)) * grid.scale;
}

/// Writes element `at` of the output, as its type says.
void put(const Call& call, int64_t at, double real, const Grid& grid) noexcept {
  if (call.out_type() == DType::F32) {
    call.out<float>()[at] = static_cast<float>(real);
  } else if (call.out_type() == DType::U8) {
    call.out<uint8_t>()[at] = on_grid<uint8_t>(real, grid);
  } else {
    call.out<int8_t>()[at] = on_grid<int8_t>(real, grid);
  }
}

/// The scale of output channel `m`.
double weight_scale(const Call& call, int64_t m) noexcept {
  const auto* scales = call.in<float>(ops::kQuantWeightScale);
  return scales[call.in_dims(ops::kQuantWeightScale).volume() == 1 ? 0 : m];
}

/// The sum over all taps of channels [first, first + channels) of image n, at one output position.
double sum_of_taps(const Call& call, const Window& window, int64_t plane, int64_t m,
                   int64_t channels, const int64_t (&at)[3], double zero) noexcept {
  const DType type = call.in_type(ops::kQuantX);
  const void* x = call.args.inputs[ops::kQuantX];
  const auto* w = call.in<int8_t>(ops::kQuantWeight) + m * channels * window.kernel_volume();
  double sum = 0;
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t z = 0; z < window.kernel[0]; ++z) {
      for (int64_t y = 0; y < window.kernel[1]; ++y) {
        for (int64_t i = 0; i < window.kernel[2]; ++i, ++w) {
          const int64_t iz = window.source(0, at[0], z), iy = window.source(1, at[1], y),
                        ix = window.source(2, at[2], i);
          if (!window.inside(0, iz) || !window.inside(1, iy) || !window.inside(2, ix)) continue;
          const int64_t from =
              (((plane + c) * window.in[0] + iz) * window.in[1] + iy) * window.in[2] + ix;
          sum += (whole(x, type, from) - zero) * *w;
        }
      }
    }
  }
  return sum;
}

/// What a window of a plane sees, on average.
template <class T>
double average(const ops::QuantPooling& op, const Call& call, const Window& window, int64_t plane,
               const int64_t (&at)[3]) noexcept {
  const Seen<T> seen = look(window, call.in<T>(0) + plane * window.in_volume(), at);
  const int64_t counted = op.pooling.count_include_pad ? seen.padded : seen.inside;
  const auto sum = static_cast<double>(seen.sum - seen.inside * op.x.zero);
  return sum * static_cast<double>(op.x.scale) / static_cast<double>(std::max<int64_t>(counted, 1));
}

}  // namespace

Status run(const ops::QuantConvolution& op, const Call& call) noexcept {
  const Dims &x_dims = call.in_dims(ops::kQuantX), &y_dims = call.out_dims();
  const Window window(op.convolution, x_dims, y_dims);
  const int64_t channels = x_dims[1] / op.convolution.groups, outputs = y_dims[1];
  const auto* bias = call.optional<float>(ops::kQuantBias);
  int64_t to = 0;
  for (int64_t plane = 0; plane < y_dims[0] * outputs; ++plane) {
    const int64_t n = plane / outputs, m = plane % outputs;
    const int64_t first = n * x_dims[1] + m / (outputs / op.convolution.groups) * channels;
    const double scale = weight_scale(call, m) * op.x.scale;
    int64_t at[3];
    for (at[0] = 0; at[0] < window.out[0]; ++at[0]) {
      for (at[1] = 0; at[1] < window.out[1]; ++at[1]) {
        for (at[2] = 0; at[2] < window.out[2]; ++at[2], ++to) {
          double real = scale * sum_of_taps(call, window, first, m, channels, at,
                                            static_cast<double>(op.x.zero));
          if (bias != nullptr) real += bias[m];
          if (op.rounds_between) real = rounded(real, op.between, op.to);
          if (call.has(ops::kQuantResidual)) {
            real += real_of(call, ops::kQuantResidual, op.residual, to);
          }
          put(call, to, apply(op.convolution.activation, real), op.y);
        }
      }
    }
  }
  return {};
}

Status run(const ops::QuantMatMul& op, const Call& call) noexcept {
  const Dims &x_dims = call.in_dims(ops::kQuantX), &w_dims = call.in_dims(ops::kQuantWeight);
  const bool across = op.product.transpose_b;
  const int64_t depth = across ? w_dims[1] : w_dims[0], columns = across ? w_dims[0] : w_dims[1];
  // A transposed left side swaps its last two axes.
  const bool turned = op.product.transpose_a;
  const int64_t rows = turned ? x_dims.back() : 1;
  const auto* w = call.in<int8_t>(ops::kQuantWeight);
  const auto* bias = call.optional<float>(ops::kQuantBias);
  const Dims bias_strides =
      bias != nullptr ? broadcast_strides(call.in_dims(ops::kQuantBias), call.out_dims()) : Dims{};
  const int64_t total = call.out_dims().volume();
  for (int64_t at = 0; at < total; ++at) {
    const int64_t row = at / columns, n = at % columns;
    const int64_t start = turned ? row / rows * rows * depth + row % rows : row * depth;
    double sum = 0;
    for (int64_t k = 0; k < depth; ++k) {
      const double x = whole(call.args.inputs[ops::kQuantX], call.in_type(ops::kQuantX),
                             start + k * (turned ? rows : 1)) -
                       static_cast<double>(op.x.zero);
      sum += x * w[across ? n * depth + k : k * columns + n];
    }
    double real = sum * weight_scale(call, n) * op.x.scale;
    if (bias != nullptr) real += bias[position(at, call.out_dims(), bias_strides)];
    put(call, at, apply(op.product.activation, real), op.y);
  }
  return {};
}

Status run(const ops::QuantPooling& op, const Call& call) noexcept {
  const Window window(op.pooling, call.in_dims(0), call.out_dims());
  const int64_t planes = call.out_dims()[0] * call.out_dims()[1];
  int64_t to = 0;
  for (int64_t plane = 0; plane < planes; ++plane) {
    int64_t at[3];
    for (at[0] = 0; at[0] < window.out[0]; ++at[0]) {
      for (at[1] = 0; at[1] < window.out[1]; ++at[1]) {
        for (at[2] = 0; at[2] < window.out[2]; ++at[2], ++to) {
          const double mean = call.in_type(0) == DType::U8
                                  ? average<uint8_t>(op, call, window, plane, at)
                                  : average<int8_t>(op, call, window, plane, at);
          put(call, to, mean, op.y);
        }
      }
    }
  }
  return {};
}

Status run(const ops::QuantSum& op, const Call& call) noexcept {
  const Dims& dims = call.out_dims();
  const Dims strides =
      call.has(1) ? broadcast_strides(call.in_dims(1), dims) : Dims::filled(dims.rank(), 0);
  int64_t at = 0;
  for (Walk<1> walk(dims, {strides}); !walk.done(); walk.next(), ++at) {
    double real = real_of(call, 0, op.a, at);
    if (call.has(1)) real += real_of(call, 1, op.b, walk.at[0]);
    put(call, at, apply(op.activation, real), op.y);
  }
  return {};
}

}  // namespace tenon::ref
