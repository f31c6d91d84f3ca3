// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Windows over one to three spatial axes, seen as three.
#pragma once

#include <fmt/core.h>

#include <string>

#include "backends/cuda/launch.h"
#include "base/dims.h"

namespace tenon::cuda {

/// Entry `i` of axes Z, Y, X of a list with one entry a spatial axis; `missing` where there is
/// none.
inline int64_t of_three(const Dims& list, int i, int64_t missing) {
  const int at = i - (3 - list.rank());
  return at < 0 ? missing : list[at];
}

/// The macros of a window: KZ, SZ, PZ, QZ, DZ, and so on for Y and X.
template <class Op>
std::string window_text(const Op& op) {
  std::string text;
  for (int i = 0; i < 3; ++i) {
    const char axis = "ZYX"[i];
    text += fmt::format(
        "#define K{0} {1}\n#define S{0} {2}\n#define P{0} {3}\n#define Q{0} {4}\n#define D{0} "
        "{5}\n",
        axis, of_three(op.kernel, i, 1), of_three(op.strides, i, 1), of_three(op.pads_begin, i, 0),
        of_three(op.pads_end, i, 0), of_three(op.dilations, i, 1));
  }
  return text;
}

/// Spatial extents of [N, C, spatial…], or 1.
inline int64_t spatial(const Dims& dims, int i) {
  const int at = i - (5 - dims.rank()) + 2;
  return at < 2 ? 1 : dims[at];
}

/// What kernels of convolutions are told of their extents: those of y, its channels, those of x,
/// and its channels.
inline void put_extents(const Dims& x, const Dims& y, Arguments& args) {
  for (int i = 0; i < 3; ++i) args.divisor(spatial(y, i));
  args.divisor(y[1]);
  for (int i = 0; i < 3; ++i) args.i32(spatial(x, i));
  args.i32(x[1]);
}

/// True when the numbers of a window are small enough to be written into a text.
template <class Op>
bool sane_window(const Op& op) {
  if (op.kernel.rank() < 1 || op.kernel.rank() > 3) return false;
  for (const Dims* list : {&op.strides, &op.pads_begin, &op.pads_end, &op.dilations}) {
    if (list->rank() != op.kernel.rank()) return false;
  }
  return true;
}

/// Why a kernel does not serve a window that is not sane, as the end of a sentence; else empty.
template <class Op>
std::string refuse_window(const Op& op) {
  if (sane_window(op)) return {};
  return fmt::format("it has {} spatial axes, and one to three are served here", op.kernel.rank());
}

}  // namespace tenon::cuda
