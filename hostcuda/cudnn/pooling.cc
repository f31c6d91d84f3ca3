// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Pooling over windows of any number of axes, in any layout: whole rows of outputs at once, one tap
// of the window after another.
#include "hostcuda/cudnn/pooling.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace hostcuda::cudnn {
namespace {

using Index = std::array<std::int64_t, CUDNN_DIM_MAX>;

/// A row of outputs: their index along the row axis runs from `begin` for `count`.
struct Outputs {
  Index index;
  std::int64_t begin, count;
};

/// Rounds up; the divisor is positive.
std::int64_t divide_up(std::int64_t a, std::int64_t b) {
  return a >= 0 ? (a + b - 1) / b : -(-a / b);
}

/// The axis along which y is written most densely.
std::size_t row_axis(const Tensor& y) {
  auto best = static_cast<std::size_t>(y.rank - 1);
  for (auto axis = static_cast<std::size_t>(y.rank); axis-- > 0;) {
    if (y.dims[axis] > 1 && (y.dims[best] == 1 || y.strides[axis] < y.strides[best])) {
      best = axis;
    }
  }
  return best;
}

/// One call's pooling in one working type.
template <typename Work>
class Pool {
 public:
  Pool(const Pair& pair, const Pooling& pooling)
      : pair_(pair),
        pooling_(pooling),
        is_max_(pooling.mode == CUDNN_POOLING_MAX ||
                pooling.mode == CUDNN_POOLING_MAX_DETERMINISTIC),
        row_(row_axis(pair.y)) {}

  void run() {
    Outputs outputs{};
    bool more = true;
    while (more) {
      const std::int64_t extent = pair_.y.dims[row_];
      for (outputs.begin = 0; outputs.begin < extent; outputs.begin += Walk::kRow) {
        outputs.count = std::min(Walk::kRow, extent - outputs.begin);
        write(outputs);
      }
      more = advance(outputs.index, [&](std::size_t axis) -> std::int64_t {
        return axis == row_                                    ? 1
               : axis < static_cast<std::size_t>(pair_.y.rank) ? pair_.y.dims[axis]
                                                               : 1;
      });
    }
  }

 private:
  /// The next index, last axis fastest; false after the last.
  template <typename Extent>
  static bool advance(Index& index, const Extent& extent) {
    for (std::size_t axis = index.size(); axis-- > 0;) {
      if (++index[axis] < extent(axis)) {
        return true;
      }
      index[axis] = 0;
    }
    return false;
  }

  void write(const Outputs& outputs) {
    std::fill_n(values_, outputs.count, is_max_ ? -std::numeric_limits<Work>::infinity() : Work(0));
    std::fill_n(taps_, outputs.count, 0);
    Index tap{};
    do {
      take(outputs, tap);
    } while (advance(tap, [&](std::size_t axis) -> std::int64_t {
      return axis < static_cast<std::size_t>(pooling_.rank) ? pooling_.window[axis] : 1;
    }));
    std::int64_t all = 1;
    for (std::size_t s = 0; s < static_cast<std::size_t>(pooling_.rank); ++s) {
      all *= pooling_.window[s];
    }
    for (std::int64_t i = 0; i < outputs.count && !is_max_; ++i) {
      values_[i] /= static_cast<Work>(
          pooling_.mode == CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING ? all : taps_[i]);
    }
    std::int64_t first = outputs.begin * pair_.y.strides[row_];
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(pair_.y.rank); ++axis) {
      first += axis == row_ ? 0 : outputs.index[axis] * pair_.y.strides[axis];
    }
    pair_.blend.store(pair_.y, pair_.to, first, pair_.y.strides[row_], outputs.count, values_);
  }

  /// Adds what one tap of the window sees for each of the outputs, where it sees x and not padding.
  void take(const Outputs& outputs, const Index& tap) {
    std::int64_t low = outputs.begin;
    std::int64_t high = outputs.begin + outputs.count;
    std::int64_t first = 0;
    std::int64_t step = pair_.x.strides[row_];
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(pair_.x.rank); ++axis) {
      const bool pooled = axis >= 2;
      const std::size_t s = pooled ? axis - 2 : 0;
      const std::int64_t stride = pooled ? pooling_.stride[s] : 1;
      const std::int64_t shift = pooled ? tap[s] - pooling_.padding[s] : 0;
      if (axis == row_) {
        low = std::max(low, divide_up(-shift, stride));
        high = std::min(high, divide_up(pair_.x.dims[axis] - shift, stride));
        first += shift * pair_.x.strides[axis];
        step = stride * pair_.x.strides[axis];
      } else {
        const std::int64_t at = outputs.index[axis] * stride + shift;
        if (at < 0 || at >= pair_.x.dims[axis]) {
          return;
        }
        first += at * pair_.x.strides[axis];
      }
    }
    if (low < high) {
      load_row(*number_of(pair_.x.type), pair_.from, first + low * step, step, high - low, seen_);
      merge(low - outputs.begin, high - low);
    }
  }

  void merge(std::int64_t offset, std::int64_t count) {
    Work* const values = values_ + offset;
    if (!is_max_) {
      for (std::int64_t i = 0; i < count; ++i) {
        values[i] += seen_[i];
        ++taps_[offset + i];
      }
    } else if (pooling_.nan == CUDNN_PROPAGATE_NAN) {
      for (std::int64_t i = 0; i < count; ++i) {
        values[i] = seen_[i] > values[i] || std::isnan(seen_[i]) ? seen_[i] : values[i];
      }
    } else {
      for (std::int64_t i = 0; i < count; ++i) {
        values[i] = seen_[i] > values[i] ? seen_[i] : values[i];
      }
    }
  }

  const Pair& pair_;
  const Pooling& pooling_;
  bool is_max_;
  std::size_t row_;
  Work values_[Walk::kRow], seen_[Walk::kRow];
  int taps_[Walk::kRow];
};

}  // namespace

void pool(const Pair& pair, const Pooling& pooling) {
  with_work(pair.y.type, [&]<typename Work>(Work) { Pool<Work>(pair, pooling).run(); });
}

}  // namespace hostcuda::cudnn
