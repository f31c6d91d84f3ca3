// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sampling at the places of a grid: along each axis up to four elements and their weights.
#include <algorithm>
#include <cmath>

#include "backends/ref/kernels.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

using ops::Outside;
using ops::ResizeMode;

namespace {

constexpr int kMostTaps = 4;
constexpr int kMostAxes = Dims::kMaxRank - 2;

/// Elements along one axis: index (−1: outside, worth zero) and weight.
struct GridTaps {
  int count = 0;
  int64_t index[kMostTaps];
  double weight[kMostTaps];
};

/// `x` thrown back at `low` and `high` until it lies between.
double reflected(double x, double low, double high) noexcept {
  const double range = high - low;
  if (range <= 0) return low;
  const double beyond = std::fmod(std::abs(x - low), 2 * range);
  return low + (beyond <= range ? beyond : 2 * range - beyond);
}

class Axis {
 public:
  Axis(const ops::GridSample& op, int64_t extent) noexcept
      : op_(op),
        extent_(extent),
        low_(op.align_corners ? 0 : -0.5),
        high_(static_cast<double>(extent) - (op.align_corners ? 1 : 0.5)) {}

  [[nodiscard]] GridTaps taps(double grid) const noexcept {
    const auto whole = static_cast<double>(extent_);
    double x = op_.align_corners ? (grid + 1) / 2 * (whole - 1) : ((grid + 1) * whole - 1) / 2;
    if (!std::isfinite(x)) x = -1;
    if (op_.mode == ResizeMode::Nearest) x = std::nearbyint(x);
    if (x < low_ || x > high_) {
      if (op_.outside == Outside::Clamp) x = std::clamp(x, 0.0, whole - 1);
      if (op_.outside == Outside::Reflect) x = reflected(x, low_, high_);
    }
    x = std::clamp(x, -kFar, whole + kFar);
    GridTaps taps;
    if (op_.mode == ResizeMode::Nearest) {
      add(taps, std::nearbyint(x), 1);
      return taps;
    }
    const double first = std::floor(x), part = x - first;
    if (op_.mode == ResizeMode::Linear) {
      add(taps, first, 1 - part);
      add(taps, first + 1, part);
      return taps;
    }
    add(taps, first - 1, outer(part + 1));
    add(taps, first, inner(part));
    add(taps, first + 1, inner(1 - part));
    add(taps, first + 2, outer(2 - part));
    return taps;
  }

 private:
  static constexpr double kFar = 8;  ///< beyond the taps of any place within
  static constexpr double kCubic = -0.75;

  static double inner(double t) noexcept { return ((kCubic + 2) * t - (kCubic + 3)) * t * t + 1; }
  static double outer(double t) noexcept {
    return ((kCubic * t - 5 * kCubic) * t + 8 * kCubic) * t - 4 * kCubic;
  }
  void add(GridTaps& taps, double at, double weight) const noexcept {
    const auto last = static_cast<double>(extent_ - 1);
    if (op_.outside == Outside::Clamp) at = std::clamp(at, 0.0, last);
    if (op_.outside == Outside::Reflect && (at < 0 || at > last)) {
      at = std::clamp(std::trunc(reflected(at, low_, high_)), 0.0, last);
    }
    taps.index[taps.count] = at < 0 || at > last ? -1 : static_cast<int64_t>(at);
    taps.weight[taps.count++] = weight;
  }

  const ops::GridSample& op_;
  int64_t extent_;
  double low_, high_;
};

/// The sum over all combinations of the axes' taps, from axis `axis` on.
template <class T>
double combined(const T* plane, const GridTaps* taps, const Dims& strides, int axes, int axis,
                int64_t at) noexcept {
  if (axis == axes) return load(plane[at]);
  double sum = 0;
  for (int i = 0; i < taps[axis].count; ++i) {
    if (taps[axis].index[i] < 0) continue;
    sum += taps[axis].weight[i] *
           combined(plane, taps, strides, axes, axis + 1, at + taps[axis].index[i] * strides[axis]);
  }
  return sum;
}

template <class T, class Place>
void sample(const ops::GridSample& op, const Call& call) noexcept {
  const Dims &x = call.in_dims(0), &grid = call.in_dims(1);
  const int axes = x.rank() - 2;
  Dims spatial;
  for (int i = 2; i < x.rank(); ++i) spatial.push_back(x[i]);
  const Dims strides = row_major_strides(spatial);
  int64_t places = 1;
  for (int i = 1; i < grid.rank() - 1; ++i) places *= grid[i];
  const int64_t plane = spatial.volume();
  for (int64_t n = 0; n < x[0]; ++n) {
    for (int64_t at = 0; at < places; ++at) {
      const Place* position = call.in<Place>(1) + (n * places + at) * axes;
      GridTaps taps[kMostAxes];
      for (int axis = 0; axis < axes; ++axis) {
        taps[axis] = Axis(op, spatial[axis]).taps(load(position[axes - 1 - axis]));
      }
      for (int64_t c = 0; c < x[1]; ++c) {
        const T* from = call.in<T>(0) + (n * x[1] + c) * plane;
        call.out<T>()[(n * x[1] + c) * places + at] =
            store<T>(combined(from, taps, strides, axes, 0, 0));
      }
    }
  }
}

}  // namespace

Status run(const ops::GridSample& op, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    return with_float(call.in_type(1), [&](auto place) {
      sample<typename decltype(type)::type, typename decltype(place)::type>(op, call);
      return Status{};
    });
  });
}

}  // namespace tenon::ref
