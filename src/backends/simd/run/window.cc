// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Arithmetic of windows.
#include "backends/simd/run/window.h"

#include <algorithm>

namespace tenon::simd {

bool Window::sound() const noexcept {
  constexpr int64_t kMost = int64_t{1} << 30;
  const auto within = [&](const Dims& list, int64_t least) {
    return list.rank() == kernel.rank() &&
           std::all_of(list.begin(), list.end(),
                       [&](int64_t entry) { return entry >= least && entry <= kMost; });
  };
  return within(kernel, 1) && within(strides, 1) && within(dilations, 1) && within(pads_begin, 0) &&
         within(pads_end, 0);
}

int64_t Window::count(int i, int64_t extent, bool ceil) const noexcept {
  const int64_t before = extent + pads_begin[i];
  const int64_t room = before + pads_end[i] - ((kernel[i] - 1) * dilations[i] + 1);
  if (room < 0) return -1;
  if (!ceil) return room / strides[i] + 1;
  const auto divided = [&](int64_t number) { return (number + strides[i] - 1) / strides[i]; };
  return std::min(divided(room) + 1, divided(before));
}

}  // namespace tenon::simd
