// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Transposed convolution: every output gathers what adds to it.
#include "backends/ref/kernels.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

namespace {

/// Elements of the input that reach one place of the output through place `tap` of the kernel: one,
/// at the position given, or none (−1).
int64_t source(const ops::Deconvolution& op, const Dims& spatial, const Dims& place,
               const Dims& tap) noexcept {
  int64_t at = 0;
  for (int i = 0; i < spatial.rank(); ++i) {
    const int64_t shifted = place[i] + op.pads_begin[i] - tap[i] * op.dilations[i];
    if (shifted < 0 || shifted % op.strides[i] != 0) return -1;
    const int64_t index = shifted / op.strides[i];
    if (index >= spatial[i]) return -1;
    at = at * spatial[i] + index;
  }
  return at;
}

Dims spatial_of(const Dims& dims) noexcept {
  Dims spatial;
  for (int i = 2; i < dims.rank(); ++i) spatial.push_back(dims[i]);
  return spatial;
}

template <class T>
void deconvolve(const ops::Deconvolution& op, const Call& call) noexcept {
  const Dims &x = call.in_dims(0), &w = call.in_dims(1), &y = call.out_dims();
  const Dims from = spatial_of(x), to = spatial_of(y);
  const Dims taps = op.kernel, still = Dims::filled(taps.rank(), 0);
  const int64_t inputs = x[1] / op.groups, outputs = w[1];
  const int64_t plane = from.volume(), window = taps.volume();
  const T* bias = call.optional<T>(2);
  T* out = call.out<T>();
  for (int64_t map = 0; map < y[0] * y[1]; ++map) {
    const int64_t n = map / y[1], m = map % y[1];
    const int64_t first = m / outputs * inputs;
    for (Walk<1> place(to, {still}); !place.done(); place.next()) {
      double sum = bias != nullptr ? load(bias[m]) : 0;
      int64_t tap = 0;
      for (Walk<1> walk(taps, {still}); !walk.done(); walk.next(), ++tap) {
        const int64_t at = source(op, from, place.index(), walk.index());
        for (int64_t c = first; at >= 0 && c < first + inputs; ++c) {
          sum += load(call.in<T>(0)[(n * x[1] + c) * plane + at]) *
                 load(call.in<T>(1)[(c * outputs + m % outputs) * window + tap]);
        }
      }
      *out++ = store<T>(sum);
    }
  }
}

}  // namespace

Status run(const ops::Deconvolution& op, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    deconvolve<typename decltype(type)::type>(op, call);
    return Status{};
  });
}

}  // namespace tenon::ref
