// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies of the input: all of it, or element by element from places along each axis.
#pragma once

#include <cstring>

#include "backends/ref/call.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

/// y = x, whatever their shapes.
inline Status copy_all(const Call& call) noexcept {
  const auto count = static_cast<size_t>(call.out_dims().volume());
  const size_t bytes = byte_size(call.out_type(), count);
  if (bytes != 0) std::memmove(call.args.outputs[0], call.args.inputs[0], bytes);
  return {};
}

/// Each element of y from the element of x that `place(axis, extent, at)` names along every axis of
/// x; `value` where that is negative.
template <class Place>
Status copy_or_fill(const Call& call, float value, Place place) noexcept {
  return with_any(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Dims& dims = call.in_dims(0);
    const Dims strides = row_major_strides(dims);
    Wide<T> filler;
    if constexpr (kReal<T>) {
      filler = value;
    } else {
      filler = saturate(value);
    }
    T* y = call.out<T>();
    for (Walk<1> walk(call.out_dims(), {Dims::filled(dims.rank(), 0)}); !walk.done(); walk.next()) {
      int64_t at = 0;
      for (int i = 0; i < dims.rank() && at >= 0; ++i) {
        const int64_t source = place(i, dims[i], walk.index()[i]);
        at = source < 0 ? -1 : at + source * strides[i];
      }
      *y++ = at < 0 ? store<T>(filler) : call.in<T>(0)[at];
    }
    return Status{};
  });
}

}  // namespace tenon::ref
