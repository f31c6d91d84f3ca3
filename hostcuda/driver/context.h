// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Contexts: objects that threads keep on a stack. They divide nothing: all of them stand for the
// one device whose memory, streams and events the runtime holds.
#pragma once

#include <atomic>

#include "hostcuda/driver/call.h"

/// A context. The primary one lives as long as the process; a destroyed one keeps its few bytes, so
/// that a stale handle is told apart and never dereferenced into freed memory.
struct CUctx_st {
  unsigned long long id = 0;
  std::atomic<unsigned int> flags{0};
  std::atomic<bool> live{true};
};

namespace hostcuda::driver {

/// The context the calling thread works in: the top of its stack, or the primary one if it has
/// none.
CUcontext working_context() noexcept;

/// The device's own context.
CUcontext primary_context() noexcept;

/// Whether `context` was made here, lives and is not null. Any thread; nothing is dereferenced.
bool is_live(CUcontext context) noexcept;

/// CUDA_SUCCESS for the one device there is, else CUDA_ERROR_INVALID_DEVICE.
inline CUresult check_device(CUdevice device) {
  return device == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

}  // namespace hostcuda::driver
