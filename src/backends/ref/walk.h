// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Walking over a tensor in row-major order with operands that lie otherwise.
#pragma once

#include "base/dims.h"

namespace tenon::ref {

/// Element strides of a row-major tensor of shape `from` read as if broadcast to `to`.
inline Dims broadcast_strides(const Dims& from, const Dims& to) noexcept {
  const Dims strides = row_major_strides(from);
  Dims result = Dims::filled(to.rank(), 0);
  const int lead = to.rank() - from.rank();
  for (int i = 0; i < from.rank(); ++i) {
    if (from[i] != 1) result[lead + i] = strides[i];
  }
  return result;
}

/// Position under `strides` of row-major element `flat` of a tensor of shape `dims`.
inline int64_t position(int64_t flat, const Dims& dims, const Dims& strides) noexcept {
  int64_t at = 0;
  for (int i = dims.rank() - 1; i >= 0; --i) {
    at += flat % dims[i] * strides[i];
    flat /= dims[i];
  }
  return at;
}

/// Product of the extents before, of and after one axis.
struct Split {
  int64_t outer = 1, extent, inner = 1;
  Split(const Dims& dims, int64_t axis) noexcept : extent(dims[static_cast<int>(axis)]) {
    for (int i = 0; i < dims.rank(); ++i) (i < axis ? outer : inner) *= i == axis ? 1 : dims[i];
  }
};

/// Visits all elements of `dims` in row-major order, keeping the position under kOperands sets of
/// strides: `for (Walk<2> walk(dims, {s, t}); !walk.done(); walk.next()) … walk.at[0] …`
template <int kOperands>
class Walk {
 public:
  Walk(const Dims& dims, std::initializer_list<Dims> strides) noexcept
      : dims_(dims), left_(dims.volume()), index_(Dims::filled(dims.rank(), 0)) {
    int operand = 0;
    for (const Dims& each : strides) strides_[operand++] = each;
  }

  [[nodiscard]] bool done() const noexcept { return left_ <= 0; }
  void next() noexcept {
    --left_;
    for (int axis = dims_.rank() - 1; axis >= 0; --axis) {
      for (int i = 0; i < kOperands; ++i) at[i] += strides_[i][axis];
      if (++index_[axis] < dims_[axis]) return;
      for (int i = 0; i < kOperands; ++i) at[i] -= strides_[i][axis] * dims_[axis];
      index_[axis] = 0;
    }
  }
  [[nodiscard]] const Dims& index() const noexcept { return index_; }

  int64_t at[kOperands] = {};

 private:
  Dims dims_;
  int64_t left_;
  Dims index_;
  Dims strides_[kOperands];
};

}  // namespace tenon::ref
