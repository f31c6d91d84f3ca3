// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Max and average pooling.
#include <algorithm>

#include "backends/ref/kernels.h"
#include "backends/ref/window_view.h"

namespace tenon::ref {

namespace {

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
