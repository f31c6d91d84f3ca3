// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Max and average pooling.
#include <algorithm>
#include <limits>

#include "backends/ref/kernels.h"
#include "backends/ref/types.h"
#include "backends/ref/window.h"

namespace tenon::ref {

namespace {

/// What one window sees.
template <class T>
struct Seen {
  Wide<T> largest;
  Wide<T> sum = 0;
  int64_t inside = 0;  ///< taps within the input
  int64_t padded = 0;  ///< taps within the input or its padding
};

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

template <class T>
void pool(const ops::Pooling& op, const Call& call) noexcept {
  const Window window(op, call.in_dims(0), call.out_dims());
  const int64_t planes = call.out_dims()[0] * call.out_dims()[1];
  T* y = call.out<T>();
  for (int64_t plane = 0; plane < planes; ++plane) {
    const T* x = call.in<T>(0) + plane * window.in_volume();
    int64_t at[3];
    for (at[0] = 0; at[0] < window.out[0]; ++at[0]) {
      for (at[1] = 0; at[1] < window.out[1]; ++at[1]) {
        for (at[2] = 0; at[2] < window.out[2]; ++at[2]) {
          const Seen<T> seen = look(window, x, at);
          const int64_t divisor = op.count_include_pad ? seen.padded : seen.inside;
          const auto average = seen.sum / std::max<int64_t>(divisor, 1);
          if (op.kind == ops::PoolingKind::Blend) {
            const double share = op.blend;
            *y++ = store<T>(static_cast<Wide<T>>((1 - share) * static_cast<double>(seen.largest) +
                                                 share * static_cast<double>(average)));
          } else {
            *y++ = store<T>(op.kind == ops::PoolingKind::Max ? seen.largest : average);
          }
        }
      }
    }
  }
}

}  // namespace

Status run(const ops::Pooling& op, const Call& call) noexcept {
  return with_number(call.out_type(), [&](auto type) {
    pool<typename decltype(type)::type>(op, call);
    return Status{};
  });
}

}  // namespace tenon::ref
