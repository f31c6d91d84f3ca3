// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Normalisations, softmax over rows of different lengths, and running sums.
#include <algorithm>
#include <cmath>

#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

namespace {

/// x with its channels split into groups, parted into the axes that share moments and the others.
struct Parts {
  Dims kept, kept_strides, shared, shared_strides;

  Parts(const ops::Normalization& op, const Dims& x) noexcept {
    Dims dims, shares;
    for (int i = 0; i < x.rank(); ++i) {
      const bool splits = op.groups > 1 && i == 1;
      if (splits) {
        dims.push_back(op.groups);
        shares.push_back(0);
      }
      dims.push_back(splits ? x[i] / op.groups : x[i]);
      const bool named = std::find(op.axes.begin(), op.axes.end(), i) != op.axes.end();
      shares.push_back(splits || named ? 1 : 0);
    }
    const Dims strides = row_major_strides(dims);
    for (int i = 0; i < dims.rank(); ++i) {
      (shares[i] != 0 ? shared : kept).push_back(dims[i]);
      (shares[i] != 0 ? shared_strides : kept_strides).push_back(strides[i]);
    }
  }
};

/// A scale or bias as read at an element of x: it broadcasts, or has an entry a group.
class Vector {
 public:
  Vector(const ops::Normalization& op, const Dims& vector, const Dims& x) noexcept
      : x_(x), strides_(broadcast_strides(vector, x)) {
    by_group_ =
        op.groups > 1 && vector.rank() == x.rank() && vector[1] == op.groups && vector[1] != x[1];
    if (by_group_) members_ = x[1] / op.groups;
  }
  [[nodiscard]] int64_t operator()(int64_t flat) const noexcept {
    if (!by_group_) return position(flat, x_, strides_);
    int64_t at = 0;
    for (int i = x_.rank() - 1; i >= 0; --i) {
      const int64_t index = flat % x_[i];
      at += (i == 1 ? index / members_ : index) * strides_[i];
      flat /= x_[i];
    }
    return at;
  }

 private:
  Dims x_, strides_;
  bool by_group_ = false;
  int64_t members_ = 1;
};

template <class T>
void normalize(const ops::Normalization& op, const Call& call) noexcept {
  const Dims& dims = call.out_dims();
  const Parts parts(op, dims);
  const Vector scale(op, call.in_dims(1), dims), bias(op, call.in_dims(2), dims);
  const auto count = static_cast<double>(parts.shared.volume());
  for (Walk<1> line(parts.kept, {parts.kept_strides}); !line.done(); line.next()) {
    const T* x = call.in<T>(0) + line.at[0];
    double sum = 0, squares = 0;
    for (Walk<1> walk(parts.shared, {parts.shared_strides}); !walk.done(); walk.next()) {
      sum += load(x[walk.at[0]]);
    }
    const double mean = sum / count;
    for (Walk<1> walk(parts.shared, {parts.shared_strides}); !walk.done(); walk.next()) {
      const double off = load(x[walk.at[0]]) - mean;
      squares += off * off;
    }
    const double factor = 1 / std::sqrt(squares / count + static_cast<double>(op.epsilon));
    for (Walk<1> walk(parts.shared, {parts.shared_strides}); !walk.done(); walk.next()) {
      const int64_t flat = line.at[0] + walk.at[0];
      const double normal = (load(x[walk.at[0]]) - mean) * factor;
      call.out<T>()[flat] =
          store<T>(normal * load(call.in<T>(1)[scale(flat)]) + load(call.in<T>(2)[bias(flat)]));
    }
  }
}

}  // namespace

Status run(const ops::Normalization& op, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    normalize<typename decltype(type)::type>(op, call);
    return Status{};
  });
}

Status run(const ops::Lrn& op, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Split split(call.out_dims(), 1);
    const int64_t before = (op.size - 1) / 2, after = op.size - 1 - before;
    const double factor = static_cast<double>(op.alpha) / static_cast<double>(op.size);
    for (int64_t at = 0; at < split.outer * split.extent * split.inner; ++at) {
      const int64_t c = at / split.inner % split.extent;
      double sum = 0;
      for (int64_t k = std::max<int64_t>(c - before, 0); k <= std::min(c + after, split.extent - 1);
           ++k) {
        const double x = load(call.in<T>(0)[at + (k - c) * split.inner]);
        sum += x * x;
      }
      const double divisor =
          std::pow(static_cast<double>(op.k) + factor * sum, static_cast<double>(op.beta));
      call.out<T>()[at] = store<T>(load(call.in<T>(0)[at]) / divisor);
    }
    return Status{};
  });
}

Status run(const ops::RaggedSoftmax&, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const int64_t row = call.out_dims().back(), rows = call.in_dims(1).volume();
    for (int64_t r = 0; r < rows; ++r) {
      const T* x = call.in<T>(0) + r * row;
      T* y = call.out<T>() + r * row;
      const int64_t bound = call.index(1, r);
      if (bound < 0 || bound > row) {
        return Status{Code::InvalidArgument, "ragged_softmax was given a bound outside its row"};
      }
      double largest = -INFINITY, sum = 0;
      for (int64_t i = 0; i < bound; ++i) largest = std::max(largest, load(x[i]));
      for (int64_t i = 0; i < bound; ++i) sum += std::exp(load(x[i]) - largest);
      for (int64_t i = 0; i < row; ++i) {
        y[i] = store<T>(i < bound ? std::exp(load(x[i]) - largest) / sum : 0);
      }
    }
    return Status{};
  });
}

Status run(const ops::Cumulative& op, const Call& call) noexcept {
  return with_number(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const bool sums = op.kind == ops::CumulativeKind::Sum;
    const auto kind = sums ? ops::ElementWiseKind::Add : ops::ElementWiseKind::Mul;
    const Split split(call.out_dims(), op.axis);
    for (int64_t line = 0; line < split.outer * split.inner; ++line) {
      const int64_t base = line / split.inner * split.extent * split.inner + line % split.inner;
      Wide<T> all = sums ? 0 : 1;
      for (int64_t i = 0; i < split.extent; ++i) {
        const int64_t at = base + (op.reverse ? split.extent - 1 - i : i) * split.inner;
        const Wide<T> with = apply(kind, all, load(call.in<T>(0)[at]));
        call.out<T>()[at] = store<T>(op.exclusive ? all : with);
        all = with;
      }
    }
    return Status{};
  });
}

}  // namespace tenon::ref
