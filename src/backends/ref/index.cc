// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Looking for elements: the greatest, those that are not zero, the different ones.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "backends/ref/kernels.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

namespace {

/// A strict order of numbers in which NaN comes last.
template <class T>
bool less(T a, T b) noexcept {
  if constexpr (kReal<T>) {
    if (std::isnan(load(a)) || std::isnan(load(b))) return !std::isnan(load(a));
  }
  return load(a) < load(b);
}
/// The k best of one line, in a heap whose root is the worst of them.
template <class T>
class Best {
 public:
  Best(const ops::TopK& op, const Call& call, const T* x, int64_t at, int64_t stride) noexcept
      : op_(op), call_(call), x_(x), at_(at), stride_(stride) {}

  void run(int64_t extent, int64_t k) noexcept {
    for (int64_t i = 0; i < extent && k > 0; ++i) {
      if (size_ < k) {
        set(size_++, i);
        rise(size_ - 1);
      } else if (before(i, get(0))) {
        set(0, i);
        sink(0, size_);
      }
    }
    for (int64_t end = size_ - 1; end > 0; --end) {
      swap(0, end);
      sink(0, end);
    }
  }
  [[nodiscard]] int64_t get(int64_t place) const noexcept {
    const int64_t at = at_ + place * stride_;
    return op_.indices == DType::I64 ? call_.out<int64_t>(1)[at] : call_.out<int32_t>(1)[at];
  }

 private:
  [[nodiscard]] bool before(int64_t a, int64_t b) const noexcept {
    const T x = x_[a * stride_], y = x_[b * stride_];
    if (less(x, y)) return !op_.largest;
    if (less(y, x)) return op_.largest;
    return op_.last ? a > b : a < b;
  }
  void set(int64_t place, int64_t index) noexcept {
    call_.put_index(1, at_ + place * stride_, index);
  }
  void swap(int64_t a, int64_t b) noexcept {
    const int64_t kept = get(a);
    set(a, get(b));
    set(b, kept);
  }
  void rise(int64_t place) noexcept {
    for (; place > 0 && before(get((place - 1) / 2), get(place)); place = (place - 1) / 2) {
      swap(place, (place - 1) / 2);
    }
  }
  void sink(int64_t place, int64_t size) noexcept {
    for (;;) {
      int64_t worst = place;
      for (int64_t child = 2 * place + 1; child < std::min(2 * place + 3, size); ++child) {
        if (before(get(worst), get(child))) worst = child;
      }
      if (worst == place) return;
      swap(place, worst);
      place = worst;
    }
  }

  const ops::TopK& op_;
  const Call& call_;
  const T* x_;
  int64_t at_, stride_, size_ = 0;
};

}  // namespace

Status run(const ops::TopK& op, const Call& call) noexcept {
  return with_number(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Split from(call.in_dims(0), op.axis);
    const int64_t k = call.out_dims()[static_cast<int>(op.axis)];
    for (int64_t line = 0; line < from.outer * from.inner; ++line) {
      const int64_t outer = line / from.inner, inner = line % from.inner;
      const int64_t at = outer * k * from.inner + inner;
      const T* x = call.in<T>(0) + outer * from.extent * from.inner + inner;
      Best<T> best(op, call, x, at, from.inner);
      best.run(from.extent, k);
      for (int64_t i = 0; i < k; ++i) {
        call.out<T>()[at + i * from.inner] = x[best.get(i) * from.inner];
      }
    }
    return Status{};
  });
}

Status run(const ops::NonZero&, const Call& call) noexcept {
  return with_any(call.in_type(0), [&](auto type) {
    using T = typename decltype(type)::type;
    const Dims& dims = call.in_dims(0);
    const T* x = call.in<T>(0);
    int64_t count = 0;
    for (int64_t i = 0; i < dims.volume(); ++i) count += load(x[i]) != 0 ? 1 : 0;
    if (count > call.out_dims()[1]) {
      return Status{Code::InvalidArgument, "non_zero found more elements than its output can hold"};
    }
    *call.out<int64_t>(1) = count;
    int64_t found = 0;
    for (Walk<1> walk(dims, {row_major_strides(dims)}); !walk.done(); walk.next()) {
      if (load(x[walk.at[0]]) == 0) continue;
      for (int axis = 0; axis < dims.rank(); ++axis) {
        call.put_index(0, axis * count + found, walk.index()[axis]);
      }
      ++found;
    }
    return Status{};
  });
}

Status run(const ops::OneHot& op, const Call& call) noexcept {
  return with_size(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Split to(call.out_dims(), op.axis);
    const T off = call.in<T>(1)[0], on = call.in<T>(1)[1];
    std::fill_n(call.out<T>(), call.out_dims().volume(), off);
    for (int64_t line = 0; line < to.outer * to.inner; ++line) {
      int64_t index = call.index(0, line);
      if (index < 0) index += to.extent;
      if (index < 0 || index >= to.extent) continue;
      const int64_t outer = line / to.inner, inner = line % to.inner;
      call.out<T>()[(outer * to.extent + index) * to.inner + inner] = on;
    }
    return Status{};
  });
}

Status run(const ops::ReverseSequence& op, const Call& call) noexcept {
  const Dims& dims = call.out_dims();
  const auto batch = static_cast<int>(op.batch_axis), time = static_cast<int>(op.sequence_axis);
  for (int64_t b = 0; b < dims[batch]; ++b) {
    if (call.index(1, b) < 0 || call.index(1, b) > dims[time]) {
      return {Code::InvalidArgument, "reverse_sequence was given a length outside its axis"};
    }
  }
  return with_size(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Dims strides = row_major_strides(dims);
    for (Walk<1> walk(dims, {strides}); !walk.done(); walk.next()) {
      const int64_t length = call.index(1, walk.index()[batch]), t = walk.index()[time];
      const int64_t moved = t < length ? length - 1 - 2 * t : 0;
      call.out<T>()[walk.at[0]] = call.in<T>(0)[walk.at[0] + moved * strides[time]];
    }
    return Status{};
  });
}

namespace {

/// The slices of a Unique, compared element by element.
template <class T>
struct Slices {
  const T* x;
  Split split;

  /// −1, 0 or 1.
  [[nodiscard]] int compare(int64_t a, int64_t b) const noexcept {
    for (int64_t outer = 0; outer < split.outer; ++outer) {
      const T* base = x + outer * split.extent * split.inner;
      for (int64_t i = 0; i < split.inner; ++i) {
        const T left = base[a * split.inner + i], right = base[b * split.inner + i];
        if (less(left, right)) return -1;
        if (less(right, left)) return 1;
      }
    }
    return 0;
  }
};

template <class T>
int64_t find_unique(const ops::Unique& op, const Call& call, const Slices<T>& slices) noexcept {
  const int64_t n = slices.split.extent;
  auto* order = static_cast<int64_t*>(call.args.workspace);
  int64_t *groups = order + n, *place = groups + n;
  std::iota(order, order + n, 0);
  std::sort(order, order + n, [&](int64_t a, int64_t b) {
    const int relation = slices.compare(a, b);
    return relation < 0 || (relation == 0 && a < b);
  });
  int64_t count = 0;  // place[i]: the group of order[i]; groups[g]: the first slice of a group
  for (int64_t i = 0; i < n; ++i) {
    if (i == 0 || slices.compare(order[i - 1], order[i]) != 0) groups[count++] = order[i];
    place[order[i]] = count - 1;
  }
  // A group's number among the outputs; sorted: its own.
  for (int64_t g = 0; g < count; ++g) order[g] = g;
  if (!op.sorted) {
    std::sort(order, order + count, [&](int64_t a, int64_t b) { return groups[a] < groups[b]; });
  }
  for (int64_t i = 0; i < count; ++i) {
    call.out<int64_t>(1)[i] = groups[order[i]];
    call.out<int64_t>(3)[i] = 0;
  }
  for (int64_t i = 0; i < count; ++i) groups[order[i]] = i;
  for (int64_t i = 0; i < n; ++i) {
    const int64_t g = groups[place[i]];
    call.out<int64_t>(2)[i] = g;
    ++call.out<int64_t>(3)[g];
  }
  return count;
}

}  // namespace

Status run(const ops::Unique& op, const Call& call) noexcept {
  return with_any(call.in_type(0), [&](auto type) {
    using T = typename decltype(type)::type;
    const Dims& dims = call.in_dims(0);
    const Split split = op.flat ? Split(Dims{dims.volume()}, 0) : Split(dims, op.axis);
    const int64_t count = find_unique(op, call, Slices<T>{call.in<T>(0), split});
    *call.out<int64_t>(4) = count;
    T* y = call.out<T>();
    for (int64_t outer = 0; outer < split.outer; ++outer) {
      for (int64_t i = 0; i < count; ++i) {
        const int64_t from = outer * split.extent + call.out<int64_t>(1)[i];
        y = std::copy_n(call.in<T>(0) + from * split.inner, split.inner, y);
      }
    }
    return Status{};
  });
}

}  // namespace tenon::ref
