// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Resizing: every output element from its neighbours along all axes.
#include <algorithm>
#include <array>
#include <cmath>

#include "backends/ref/kernels.h"
#include "backends/ref/types.h"

namespace tenon::ref {

namespace {

using ops::ResizeMode;

/// What one output element takes along one axis.
struct Taps {
  int count = 0;
  std::array<int64_t, 4> at{};  ///< element, times the axis's stride
  std::array<double, 4> weight{};
};

/// Weight of an element `distance` >= 0 away. Source: R. Keys, "Cubic convolution interpolation for
/// digital image processing", 1981.
double cubic_weight(double distance, double a) noexcept {
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
}

/// The neighbours of output element `i` along an axis of extents `from`, `to`.
Taps taps_of(const ops::Resize& op, size_t axis, int64_t i, int64_t from, int64_t to) noexcept {
  const double given = op.scales.empty() ? 0 : static_cast<double>(op.scales[axis].value);
  const double scale = given > 0 ? given : static_cast<double>(to) / static_cast<double>(from);
  if (from == to && scale == 1) return {1, {i}, {1}};
  const double x = ops::resize_coordinate(op, i, scale, from, to);
  if (op.mode == ResizeMode::Nearest) {
    return {1, {ops::nearest_element(op.rounding, x, from)}, {1}};
  }
  Taps taps{op.mode == ResizeMode::Linear ? 2 : 4, {}, {}};
  const auto first = static_cast<int64_t>(std::floor(x)) - (taps.count / 2 - 1);
  double sum = 0;
  for (int tap = 0; tap < taps.count; ++tap) {
    const auto k = static_cast<size_t>(tap);
    const int64_t at = first + tap;
    const double distance = std::abs(x - static_cast<double>(at));
    taps.at[k] = std::clamp<int64_t>(at, 0, from - 1);
    taps.weight[k] = op.mode == ResizeMode::Linear
                         ? 1 - distance
                         : cubic_weight(distance, static_cast<double>(op.cubic_coefficient));
    if (op.exclude_outside && at != taps.at[k]) taps.weight[k] = 0;
    sum += taps.weight[k];
  }
  if (op.exclude_outside && sum != 0) {
    for (double& weight : taps.weight) weight /= sum;
  }
  return taps;
}

/// Goes through the output in row-major order and keeps the taps of all axes up to date.
class Sampler {
 public:
  Sampler(const ops::Resize& op, const Dims& from, const Dims& to) noexcept
      : op_(op),
        from_(from),
        to_(to),
        strides_(row_major_strides(from)),
        index_(Dims::filled(to.rank(), 0)) {
    for (int axis = 0; axis < to.rank(); ++axis) update(axis);
  }

  /// The nearest element.
  [[nodiscard]] int64_t nearest() const noexcept {
    int64_t at = 0;
    for (int axis = 0; axis < to_.rank(); ++axis) at += taps_[static_cast<size_t>(axis)].at[0];
    return at;
  }
  /// The weighted mean of all neighbours.
  template <class T>
  [[nodiscard]] double mean(const T* x, int axis = 0) const noexcept {
    if (axis == to_.rank()) return static_cast<double>(*x);
    const Taps& taps = taps_[static_cast<size_t>(axis)];
    double sum = 0;
    for (size_t tap = 0; tap < static_cast<size_t>(taps.count); ++tap) {
      sum += taps.weight[tap] * mean(x + taps.at[tap], axis + 1);
    }
    return sum;
  }
  void next() noexcept {
    for (int axis = to_.rank() - 1; axis >= 0; --axis) {
      const bool wraps = ++index_[axis] == to_[axis];
      if (wraps) index_[axis] = 0;
      update(axis);
      if (!wraps) return;
    }
  }

 private:
  void update(int axis) noexcept {
    const auto k = static_cast<size_t>(axis);
    taps_[k] = taps_of(op_, k, index_[axis], from_[axis], to_[axis]);
    for (int64_t& at : taps_[k].at) at *= strides_[axis];
  }

  const ops::Resize& op_;
  const Dims &from_, &to_;
  Dims strides_, index_;
  std::array<Taps, Dims::kMaxRank> taps_{};
};

}  // namespace

Status run(const ops::Resize& op, const Call& call) noexcept {
  const int64_t count = call.out_dims().volume();
  if (count == 0) return {};
  Sampler sampler(op, call.in_dims(0), call.out_dims());
  if (op.mode == ResizeMode::Nearest) {
    return with_size(call.out_type(), [&](auto type) {
      using T = typename decltype(type)::type;
      T* y = call.out<T>();
      for (int64_t i = 0; i < count; ++i, sampler.next()) *y++ = call.in<T>(0)[sampler.nearest()];
      return Status{};
    });
  }
  return with_float(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    T* y = call.out<T>();
    for (int64_t i = 0; i < count; ++i, sampler.next()) {
      *y++ = store<T>(sampler.mean(call.in<T>(0)));
    }
    return Status{};
  });
}

}  // namespace tenon::ref
