// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The CUDA runtime on the CPU, where this process has it: found at run time, never linked.
#pragma once

namespace tenon::device {

/// The calls of hostcuda/include/hostcuda.h that streams need, and two of CUDA's own, all of one
/// library. Stream and event handles are void*; codes are cudaError_t, 0 for success.
struct HostCuda {
  int (*stream_state)(void* stream);
  int (*launch_task)(void* stream, int (*task)(void* data, void* stream), void* data,
                     void (*release)(void* data));
  int (*trust_pointers)(int on);
  int (*stream_synchronize)(void* stream);
  int (*event_record)(void* event, void* stream);
  const char* (*error_string)(int code);
};

/// Null while the process has no such library; looked for again when a library was loaded since.
/// Any thread; never allocates once it was found, nor while nothing new was loaded.
const HostCuda* find_hostcuda() noexcept;

}  // namespace tenon::device
