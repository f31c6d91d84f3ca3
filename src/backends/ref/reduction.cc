// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Softmax, reductions and batch normalisation.
#include <algorithm>
#include <cmath>
#include <limits>

#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

using ops::ElementWiseKind;
using ops::ReduceKind;

namespace {

template <class T>
void softmax_line(const T* x, T* y, int64_t count, int64_t stride, bool log) noexcept {
  double largest = -std::numeric_limits<double>::infinity();
  for (int64_t i = 0; i < count; ++i) largest = std::max(largest, load(x[i * stride]));
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += std::exp(load(x[i * stride]) - largest);
  for (int64_t i = 0; i < count; ++i) {
    const double shifted = load(x[i * stride]) - largest;
    y[i * stride] = store<T>(log ? shifted - std::log(sum) : std::exp(shifted) / sum);
  }
}

}  // namespace

Status run(const ops::Softmax& op, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Split split(call.out_dims(), op.axis);
    for (int64_t line = 0; line < split.outer * split.inner; ++line) {
      const int64_t at = line / split.inner * split.extent * split.inner + line % split.inner;
      softmax_line(call.in<T>(0) + at, call.out<T>() + at, split.extent, split.inner, op.log);
    }
    return Status{};
  });
}

namespace {

/// Gathers elements one by one and gives what they reduce to. `shift` is subtracted before exp().
template <class T>
class Reducer {
 public:
  Reducer(ReduceKind kind, Wide<T> shift) noexcept : kind_(kind), shift_(shift), value_(start()) {}

  void add(Wide<T> x) noexcept {
    ++count_;
    switch (kind_) {
      case ReduceKind::Sum:
      case ReduceKind::Mean:
      case ReduceKind::LogSum:
        return accumulate(ElementWiseKind::Add, x);
      case ReduceKind::Prod:
        return accumulate(ElementWiseKind::Mul, x);
      case ReduceKind::Max:
        return accumulate(ElementWiseKind::Max, x);
      case ReduceKind::Min:
        return accumulate(ElementWiseKind::Min, x);
      case ReduceKind::L1:
        return accumulate(ElementWiseKind::Add, apply(ops::UnaryKind::Abs, x));
      case ReduceKind::L2:
      case ReduceKind::SumSquare:
        return accumulate(ElementWiseKind::Add, apply(ElementWiseKind::Mul, x, x));
      case ReduceKind::LogSumExp:
        if constexpr (kReal<T>) accumulate(ElementWiseKind::Add, std::exp(x - shift_));
        return;
    }
  }
  [[nodiscard]] Wide<T> result() const noexcept {
    if constexpr (kReal<T>) {
      if (kind_ == ReduceKind::Mean) return value_ / static_cast<double>(count_);
      if (kind_ == ReduceKind::L2) return std::sqrt(value_);
      if (kind_ == ReduceKind::LogSum) return std::log(value_);
      if (kind_ == ReduceKind::LogSumExp) return std::log(value_) + shift_;
    } else if (kind_ == ReduceKind::Mean) {
      return count_ == 0 ? 0 : value_ / count_;
    }
    return value_;
  }

 private:
  [[nodiscard]] Wide<T> start() const noexcept {
    using Limits = std::numeric_limits<std::conditional_t<kReal<T>, double, T>>;
    if (kind_ == ReduceKind::Prod) return 1;
    if (kind_ == ReduceKind::Max) return kReal<T> ? -Limits::infinity() : Limits::lowest();
    if (kind_ == ReduceKind::Min) return kReal<T> ? Limits::infinity() : Limits::max();
    return 0;
  }
  void accumulate(ElementWiseKind with, Wide<T> x) noexcept { value_ = apply(with, value_, x); }

  ReduceKind kind_;
  Wide<T> shift_;
  Wide<T> value_;
  int64_t count_ = 0;
};

/// An input's axes, parted into those that stay and those that are reduced, with their strides.
struct Parted {
  Dims kept, kept_strides, reduced, reduced_strides;
  Parted(const Dims& dims, const Dims& axes) noexcept {
    const Dims strides = row_major_strides(dims);
    for (int i = 0; i < dims.rank(); ++i) {
      const bool goes = std::find(axes.begin(), axes.end(), i) != axes.end();
      (goes ? reduced : kept).push_back(dims[i]);
      (goes ? reduced_strides : kept_strides).push_back(strides[i]);
    }
  }
};

template <class T>
Wide<T> reduce(ReduceKind kind, const T* x, const Parted& parted) noexcept {
  const auto all = [&](Reducer<T> reducer) {
    for (Walk<1> walk(parted.reduced, {parted.reduced_strides}); !walk.done(); walk.next()) {
      reducer.add(load(x[walk.at[0]]));
    }
    return reducer.result();
  };
  if (kind != ReduceKind::LogSumExp) return all({kind, 0});
  const Wide<T> largest = all({ReduceKind::Max, 0});
  // Infinities are no shift: inf − inf is NaN.
  const bool finite = largest - largest == 0;  // NOLINT(misc-redundant-expression)
  return all({kind, finite ? largest : 0});
}

}  // namespace

Status run(const ops::Reduce& op, const Call& call) noexcept {
  return with_number(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Parted parted(call.in_dims(0), op.axes);
    T* y = call.out<T>();
    for (Walk<1> walk(parted.kept, {parted.kept_strides}); !walk.done(); walk.next()) {
      *y++ = store<T>(reduce(op.kind, call.in<T>(0) + walk.at[0], parted));
    }
    return Status{};
  });
}

Status run(const ops::BatchNorm& op, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Split split(call.out_dims(), 1);
    const T *scale = call.in<T>(1), *bias = call.in<T>(2), *mean = call.in<T>(3),
            *variance = call.in<T>(4);
    for (int64_t line = 0; line < split.outer * split.extent; ++line) {
      const int64_t c = line % split.extent;
      const double factor =
          load(scale[c]) / std::sqrt(load(variance[c]) + static_cast<double>(op.epsilon));
      for (int64_t i = line * split.inner; i < (line + 1) * split.inner; ++i) {
        call.out<T>()[i] =
            store<T>((load(call.in<T>(0)[i]) - load(mean[c])) * factor + load(bias[c]));
      }
    }
    return Status{};
  });
}

}  // namespace tenon::ref
