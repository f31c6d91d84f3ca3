// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies as rows, or as transpositions where reading and writing run along different axes.
#include "backends/simd/run/strided_copy.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "backends/simd/loops/transpose.h"
#include "base/parallel.h"

namespace tenon::simd {

namespace {

/// The axes but the last `inner` ones.
class Outer {
 public:
  Outer(const StridedCopy& copy, int inner) : copy_(copy), rank_(copy.extents.rank() - inner) {
    for (int i = 0; i < rank_; ++i) count_ *= copy.extents[i];
  }
  [[nodiscard]] int64_t count() const { return count_; }
  struct Place {
    int64_t from, to;
  };
  [[nodiscard]] Place at(int64_t index) const {
    Place place{copy_.from_offset, copy_.to_offset};
    for (int i = rank_ - 1; i >= 0; --i) {
      const int64_t own = index % copy_.extents[i];
      index /= copy_.extents[i];
      place.from += own * copy_.from_strides[i];
      place.to += own * copy_.to_strides[i];
    }
    return place;
  }

 private:
  const StridedCopy& copy_;
  int rank_;
  int64_t count_ = 1;
};

template <class T>
void copy_row(const T* from, int64_t from_stride, T* to, int64_t to_stride, int64_t count) {
  if (from_stride == 1 && to_stride == 1) {
    std::memmove(to, from, static_cast<size_t>(count) * sizeof(T));
  } else if (from_stride == 0 && to_stride == 1) {
    std::fill_n(to, count, *from);
  } else {
    for (int64_t i = 0; i < count; ++i) to[i * to_stride] = from[i * from_stride];
  }
}

/// Elements a thread should move at least.
constexpr int64_t kGrain = 1 << 14;

template <class T>
void copy_rows(const StridedCopy& copy, const T* from, T* to, int threads) {
  const int last = copy.extents.rank() - 1;
  const Outer outer(copy, 1);
  const int64_t count = copy.extents[last];
  const int64_t grain = std::max<int64_t>(1, kGrain / std::max<int64_t>(count, 1));
  parallel_for(threads, outer.count(), grain, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const Outer::Place place = outer.at(row);
      copy_row(from + place.from, copy.from_strides[last], to + place.to, copy.to_strides[last],
               count);
    }
  });
}

/// The last axis is written along, the one before it is read along.
template <class T>
void copy_transposed(const StridedCopy& copy, const T* from, T* to, int threads) {
  const int rows = copy.extents.rank() - 1, columns = rows - 1;
  const Outer outer(copy, 2);
  constexpr int64_t kColumns = 64;
  const int64_t width = copy.extents[columns];
  const int64_t strips = (width + kColumns - 1) / kColumns;
  parallel_for(threads, outer.count() * strips, 1, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      const Outer::Place place = outer.at(item / strips);
      const int64_t first = item % strips * kColumns;
      transpose_tile({.from = from + place.from + first,
                      .to = to + place.to + first * copy.to_strides[columns],
                      .rows = copy.extents[rows],
                      .columns = std::min(kColumns, width - first),
                      .from_step = copy.from_strides[rows],
                      .to_step = copy.to_strides[columns]},
                     sizeof(T));
    }
  });
}

bool is_transposed(const StridedCopy& copy) {
  const int last = copy.extents.rank() - 1;
  return last > 0 && copy.to_strides[last] == 1 && copy.from_strides[last] > 1 &&
         copy.from_strides[last - 1] == 1 && copy.to_strides[last - 1] > 0;
}

template <class T>
void run_as(const StridedCopy& copy, const void* from, void* to, int threads) {
  const auto* source = static_cast<const T*>(from);
  auto* target = static_cast<T*>(to);
  is_transposed(copy) ? copy_transposed(copy, source, target, threads)
                      : copy_rows(copy, source, target, threads);
}

void move_axis(StridedCopy& copy, int from, int to) {
  for (Dims* list : {&copy.extents, &copy.from_strides, &copy.to_strides}) {
    std::rotate(list->begin() + from, list->begin() + from + 1, list->begin() + to + 1);
  }
}

}  // namespace

StridedCopy StridedCopy::simplified() const {
  StridedCopy result{{}, {}, {}, from_offset, to_offset};
  for (int i = 0; i < extents.rank(); ++i) {
    if (extents[i] == 1) continue;
    const int last = result.extents.rank() - 1;
    if (last >= 0 && result.from_strides[last] == from_strides[i] * extents[i] &&
        result.to_strides[last] == to_strides[i] * extents[i]) {
      result.extents[last] *= extents[i];
      result.from_strides[last] = from_strides[i];
      result.to_strides[last] = to_strides[i];
      continue;
    }
    result.extents.push_back(extents[i]);
    result.from_strides.push_back(from_strides[i]);
    result.to_strides.push_back(to_strides[i]);
  }
  if (result.extents.empty()) {
    result.extents = result.from_strides = result.to_strides = {1};
    return result;
  }
  // Written along last; read along just before it.
  const int last = result.extents.rank() - 1;
  const auto along = [&](const Dims& strides) {
    for (int i = 0; i <= last; ++i) {
      if (strides[i] == 1) return i;
    }
    return -1;
  };
  if (const int axis = along(result.to_strides); axis >= 0) move_axis(result, axis, last);
  if (const int axis = along(result.from_strides); axis >= 0 && axis < last - 1) {
    move_axis(result, axis, last - 1);
  }
  return result;
}

void StridedCopy::run(const void* from, void* to, size_t element, int threads) const noexcept {
  switch (element) {
    case 1:
      return run_as<uint8_t>(*this, from, to, threads);
    case 2:
      return run_as<uint16_t>(*this, from, to, threads);
    case 4:
      return run_as<uint32_t>(*this, from, to, threads);
    default:
      return run_as<uint64_t>(*this, from, to, threads);
  }
}

}  // namespace tenon::simd
