// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// NVIDIA's driver and its libraries, opened when they are first asked for: the one binary also runs
// where there are none. For GPUs, their memory and code see device/gpu.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tenon::device {

// Handles of the driver. CuAddress is a number there, as wide as a pointer.
using CuDevice = int;
using CuContext = void*;
using CuStream = void*;
using CuEvent = void*;
using CuModule = void*;
using CuFunction = void*;
using CuGraph = void*;
using CuGraphExec = void*;
using CuAddress = unsigned long long;

inline CuAddress cu_address(const void* pointer) noexcept {
  return static_cast<CuAddress>(reinterpret_cast<uintptr_t>(pointer));
}

/// What cuMemcpy2DAsync copies: rows between two addresses of the GPU. Its layout is the driver's.
struct CuRowsCopy {
  static constexpr int kOnGpu = 2;
  size_t from_x = 0, from_y = 0;
  int from_kind = kOnGpu;
  const void* from_host = nullptr;
  CuAddress from = 0;
  void* from_array = nullptr;
  size_t from_pitch = 0;
  size_t to_x = 0, to_y = 0;
  int to_kind = kOnGpu;
  void* to_host = nullptr;
  CuAddress to = 0;
  void* to_array = nullptr;
  size_t to_pitch = 0;
  size_t bytes = 0, rows = 0;
};

/// The driver's calls. All answer CUresult: 0 is success.
struct CudaDriver {
#define X(name, symbol, parameters) int(*name) parameters;  // NOLINT
#include "device/cuda_driver.def"
#undef X
  /// The words of a code, e.g. "an illegal memory access was encountered". Never null.
  [[nodiscard]] const char* words(int code) const noexcept;
};

/// The driver of this machine, initialised; null where there is none: then cuda_absence() says why.
/// The CUDA runtime on the CPU is none. Looked for once a process. Any thread.
const CudaDriver* cuda_driver() noexcept;

/// Why there is no driver, as the end of a sentence; empty where there is one.
std::string cuda_absence();

/// For tests: from now on the driver is the library of this path, whatever it is (the CUDA runtime
/// on the CPU has one). Before anything else here is called. False when it lacks calls.
bool use_cuda_driver(const char* path) noexcept;

/// NVRTC's calls; nvrtcResult, 0 is success.
struct Nvrtc {
#define X(name, parameters) int(*name) parameters;  // NOLINT
#include "device/nvrtc.def"
#undef X
};

/// NVRTC, or null where it is not installed. Looked for once a process. Any thread.
const Nvrtc* nvrtc() noexcept;

/// The library under the first of these file names that can be opened, for dlsym; null when none
/// can. Names end with a null. TENON_CUDA_LIBRARIES may name a folder that is searched first. Stays
/// open.
void* open_cuda_library(const char* const* names) noexcept;

inline constexpr const char* kCudnnNames[] = {"libcudnn.so.9", nullptr};
inline constexpr const char* kCublasLtNames[] = {"libcublasLt.so.13", "libcublasLt.so.12", nullptr};
inline constexpr const char* kNvrtcNames[] = {"libnvrtc.so.13", "libnvrtc.so.12", nullptr};

}  // namespace tenon::device
