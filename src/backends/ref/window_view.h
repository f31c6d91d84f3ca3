// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Windows of poolings: the greatest, the sum and the number of elements that one sees.
#pragma once

#include <algorithm>
#include <limits>

#include "backends/ref/types.h"
#include "backends/ref/window.h"

namespace tenon::ref {

/// What one window of a plane sees.
template <class T>
struct Seen {
  Wide<T> largest;
  Wide<T> sum = 0;
  int64_t inside = 0;  ///< taps within the input
  int64_t padded = 0;  ///< taps within the input or its padding
};

/// `at`: the window's place in the output; `x`: the plane of the input.
template <class T>
Seen<T> look(const Window& window, const T* x, const int64_t (&at)[3]) noexcept {
  Seen<T> seen;
  if constexpr (kReal<T>) {
    seen.largest = -std::numeric_limits<double>::infinity();
  } else {
    seen.largest = std::numeric_limits<T>::lowest();
  }
  int64_t tap[3], source[3];
  for (tap[0] = 0; tap[0] < window.kernel[0]; ++tap[0]) {
    for (tap[1] = 0; tap[1] < window.kernel[1]; ++tap[1]) {
      for (tap[2] = 0; tap[2] < window.kernel[2]; ++tap[2]) {
        bool inside = true, padded = true;
        for (int i = 0; i < 3; ++i) {
          source[i] = window.source(i, at[i], tap[i]);
          inside = inside && window.inside(i, source[i]);
          padded = padded && source[i] < window.in[i] + window.pad_end[i];
        }
        if (padded) ++seen.padded;
        if (!inside) continue;
        ++seen.inside;
        const Wide<T> value =
            load(x[(source[0] * window.in[1] + source[1]) * window.in[2] + source[2]]);
        seen.largest = std::max(seen.largest, value);
        seen.sum += value;
      }
    }
  }
  return seen;
}

}  // namespace tenon::ref
