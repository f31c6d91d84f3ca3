// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution, accumulated in double over short rows of outputs.
#include <algorithm>

#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"
#include "backends/ref/window.h"

namespace tenon::ref {

namespace {

/// Outputs of one row that are accumulated together, so that rows of x are read in order.
constexpr int64_t kRow = 64;

/// Adds what all taps of one output channel give to outputs [begin, begin + count) of row (z, y).
template <class T>
void accumulate_row(const Window& window, const T* x, const T* w, int64_t channels, int64_t z,
                    int64_t y, int64_t begin, int64_t count, double* sums) noexcept {
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t tap_z = 0; tap_z < window.kernel[0]; ++tap_z) {
      const int64_t iz = window.source(0, z, tap_z);
      if (!window.inside(0, iz)) continue;
      for (int64_t tap_y = 0; tap_y < window.kernel[1]; ++tap_y) {
        const int64_t iy = window.source(1, y, tap_y);
        if (!window.inside(1, iy)) continue;
        const T* row = x + ((c * window.in[0] + iz) * window.in[1] + iy) * window.in[2];
        const T* taps =
            w + ((c * window.kernel[0] + tap_z) * window.kernel[1] + tap_y) * window.kernel[2];
        for (int64_t tap_x = 0; tap_x < window.kernel[2]; ++tap_x) {
          const auto weight = static_cast<double>(taps[tap_x]);
          const int64_t first = window.source(2, begin, tap_x), step = window.stride[2];
          // The outputs whose tap lies inside the input.
          const int64_t low = first < 0 ? (-first + step - 1) / step : 0;
          const int64_t high = std::min(count, (window.in[2] - first + step - 1) / step);
          for (int64_t i = low; i < high; ++i) {
            sums[i] += weight * static_cast<double>(row[first + i * step]);
          }
        }
      }
    }
  }
}

template <class T>
void convolve(const ops::Convolution& op, const Call& call) noexcept {
  const Dims &x_dims = call.in_dims(ops::kConvX), &y_dims = call.out_dims();
  const Window window(op, x_dims, y_dims);
  const int64_t channels = x_dims[1] / op.groups, outputs = y_dims[1];
  const T* bias = call.optional<T>(ops::kConvBias);
  const T* residual = call.optional<T>(ops::kConvResidual);
  for (int64_t n = 0; n < y_dims[0]; ++n) {
    for (int64_t m = 0; m < outputs; ++m) {
      const int64_t group = m / (outputs / op.groups);
      const T* x =
          call.in<T>(ops::kConvX) + (n * x_dims[1] + group * channels) * window.in_volume();
      const T* w = call.in<T>(ops::kConvWeight) + m * channels * window.kernel_volume();
      const auto start = bias != nullptr ? static_cast<double>(bias[m]) : 0.0;
      for (int64_t row = 0; row < window.out[0] * window.out[1]; ++row) {
        const int64_t y_row =
            ((n * outputs + m) * window.out[0] * window.out[1] + row) * window.out[2];
        for (int64_t begin = 0; begin < window.out[2]; begin += kRow) {
          const int64_t count = std::min(kRow, window.out[2] - begin);
          double sums[kRow];
          std::fill_n(sums, count, start);
          accumulate_row(window, x, w, channels, row / window.out[1], row % window.out[1], begin,
                         count, sums);
          for (int64_t i = 0; i < count; ++i) {
            const int64_t at = y_row + begin + i;
            if (residual != nullptr) sums[i] += static_cast<double>(residual[at]);
            call.out<T>()[at] = store<T>(apply(op.activation, sums[i]));
          }
        }
      }
    }
  }
}

}  // namespace

Status run(const ops::Convolution& op, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    convolve<typename decltype(type)::type>(op, call);
    return Status{};
  });
}

}  // namespace tenon::ref
