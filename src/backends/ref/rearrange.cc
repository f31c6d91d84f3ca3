// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The network interface's movements, fills and assertions.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "backends/ref/copy.h"
#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

Status run(const ops::Squeeze&, const Call& call) noexcept { return copy_all(call); }
Status run(const ops::Unsqueeze&, const Call& call) noexcept { return copy_all(call); }

Status run(const ops::Shuffle& op, const Call& call) noexcept {
  const Dims &from = call.in_dims(0), &to = call.out_dims();
  const Dims from_strides = row_major_strides(from);
  Dims turned, turned_strides;
  for (const int64_t axis : op.first) {
    turned.push_back(from[static_cast<int>(axis)]);
    turned_strides.push_back(from_strides[static_cast<int>(axis)]);
  }
  Dims target = to;
  for (int i = 0; i < to.rank(); ++i) target[static_cast<int>(op.second[i])] = to[i];
  const Dims target_strides = row_major_strides(target);
  Dims strides;
  for (const int64_t axis : op.second) strides.push_back(target_strides[static_cast<int>(axis)]);
  return with_size(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    T* y = call.out<T>();
    for (Walk<1> walk(to, {strides}); !walk.done(); walk.next()) {
      *y++ = call.in<T>(0)[position(walk.at[0], turned, turned_strides)];
    }
    return Status{};
  });
}

namespace {

/// The element that place `at` of an axis shows; −1 for the filler.
int64_t shown(ops::Outside outside, int64_t at, int64_t extent) noexcept {
  if (at >= 0 && at < extent) return at;
  if (extent == 0 || outside == ops::Outside::Fill) return -1;
  if (outside == ops::Outside::Clamp) return std::clamp<int64_t>(at, 0, extent - 1);
  if (outside == ops::Outside::Wrap) return (at % extent + extent) % extent;
  const int64_t period = std::max<int64_t>(2 * (extent - 1), 1);
  const int64_t place = (at % period + period) % period;
  return place < extent ? place : period - place;
}

}  // namespace

Status run(const ops::SliceBeyond& op, const Call& call) noexcept {
  return copy_or_fill(call, op.value, [&](int axis, int64_t extent, int64_t at) {
    return shown(op.outside, op.starts[axis] + at * op.steps[axis], extent);
  });
}

namespace {

/// A number in [0, 1).
double uniform(const ops::Fill& op, int64_t at) noexcept {
  const uint64_t bits = ops::random_bits(static_cast<uint64_t>(op.seed), static_cast<uint64_t>(at));
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// A normal number by Box and Muller's transform of two uniform ones.
double normal(const ops::Fill& op, int64_t at) noexcept {
  const double radius = std::sqrt(-2 * std::log(1 - uniform(op, 2 * at)));
  return radius * std::cos(2 * std::numbers::pi * uniform(op, 2 * at + 1));
}

template <class T>
void fill(const ops::Fill& op, const Call& call) noexcept {
  const Dims& dims = call.out_dims();
  const T *starts = call.optional<T>(1), *steps = call.optional<T>(2);
  const double start = starts != nullptr ? static_cast<double>(load(*starts)) : op.start;
  const double step =
      steps != nullptr && dims.rank() > 0 ? static_cast<double>(load(*steps)) : op.step;
  int64_t at = 0;
  for (Walk<1> walk(dims, {Dims::filled(dims.rank(), 0)}); !walk.done(); walk.next(), ++at) {
    double value = start;
    if (op.kind == ops::FillKind::Uniform) {
      value = start + (step - start) * uniform(op, at);
    } else if (op.kind == ops::FillKind::Normal) {
      value = start + step * normal(op, at);
    } else {
      for (int i = 0; i < dims.rank(); ++i) {
        const double one = steps != nullptr ? static_cast<double>(load(steps[i])) : op.step;
        value += one * static_cast<double>(walk.index()[i]);
      }
    }
    if constexpr (kReal<T>) {
      call.out<T>()[at] = store<T>(value);
    } else {
      call.out<T>()[at] = static_cast<T>(saturate(std::floor(value)));
    }
  }
}

}  // namespace

Status run(const ops::Fill& op, const Call& call) noexcept {
  return with_number(call.out_type(), [&](auto type) {
    fill<typename decltype(type)::type>(op, call);
    return Status{};
  });
}

Status run(const ops::Assertion&, const Call& call) noexcept {
  const auto* x = call.in<bool>(0);
  if (!std::all_of(x, x + call.out_dims().volume(), [](bool holds) { return holds; })) {
    return {Code::InvalidArgument, "the condition does not hold"};
  }
  return copy_all(call);
}

}  // namespace tenon::ref
