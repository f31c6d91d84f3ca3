// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Max-pooling on a GPU, put on a stream: what the plugins of all versions launch here.
#pragma once

#include <cuda_runtime.h>

#include "max_pool_kernel.h"

namespace maxpool {

__global__ void poolKernel(Window window, Extents e, bool channelsLast, float const* in,
                           float* out) {
  int64_t const count = e.batch * e.channels * e.outHeight * e.outWidth;
  int64_t const at = int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (at >= count) return;
  int64_t rest = at, channel = 0;
  if (channelsLast) {
    channel = rest % e.channels;
    rest /= e.channels;
  }
  int64_t const ox = rest % e.outWidth;
  rest /= e.outWidth;
  int64_t const oy = rest % e.outHeight;
  rest /= e.outHeight;
  // With channels first `rest` counts pictures of one channel, else whole pictures.
  float const* picture = in + rest * e.inHeight * e.inWidth * (channelsLast ? e.channels : 1);
  float greatest = -INFINITY;
  for (int32_t ky = 0; ky < window.y.kernel; ++ky) {
    int64_t const y = oy * window.y.stride - window.y.pad + ky;
    if (y < 0 || y >= e.inHeight) continue;
    for (int32_t kx = 0; kx < window.x.kernel; ++kx) {
      int64_t const x = ox * window.x.stride - window.x.pad + kx;
      if (x < 0 || x >= e.inWidth) continue;
      int64_t const pixel = y * e.inWidth + x;
      greatest = fmaxf(greatest, picture[channelsLast ? pixel * e.channels + channel : pixel]);
    }
  }
  out[at] = greatest;
}

/// 0, or the runtime's code.
inline int32_t launchPool(Window const& window, Extents const& e, bool channelsLast, void const* in,
                          void* out, cudaStream_t stream) {
  int64_t const count = e.batch * e.channels * e.outHeight * e.outWidth;
  constexpr int64_t kThreads = 128;
  poolKernel<<<static_cast<unsigned>((count + kThreads - 1) / kThreads), kThreads, 0, stream>>>(
      window, e, channelsLast, static_cast<float const*>(in), static_cast<float*>(out));
  return static_cast<int32_t>(cudaPeekAtLastError());
}

}  // namespace maxpool
