// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calls of the CUDA runtime, which is opened when an engine for a GPU is first run.
#include "tools/trtexec/gpu_memory.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>

#include "tools/trtexec/failure.h"

namespace tenon::trtexec {

namespace {

// cudaMemcpyKind: the runtime tells by the addresses.
constexpr int kByAddress = 4;

struct CudaRuntime {
  int (*cudaMalloc)(void** memory, size_t bytes) = nullptr;
  int (*cudaFree)(void* memory) = nullptr;
  int (*cudaMemcpy)(void* to, const void* from, size_t bytes, int kind) = nullptr;
  int (*cudaDeviceSynchronize)() = nullptr;
  const char* (*cudaGetErrorString)(int code) = nullptr;
};

template <class Call>
bool find_call(void* library, const char* name, Call& to) {
  to = reinterpret_cast<Call>(dlsym(library, name));
  return to != nullptr;
}

CudaRuntime open_cuda_runtime() {
  for (const char* name : {"libcudart.so.13", "libcudart.so.12", "libcudart.so"}) {
    void* library = dlopen(name, RTLD_LAZY);
    CudaRuntime calls;
    const bool complete =
        library != nullptr && find_call(library, "cudaMalloc", calls.cudaMalloc) &&
        find_call(library, "cudaFree", calls.cudaFree) &&
        find_call(library, "cudaMemcpy", calls.cudaMemcpy) &&
        find_call(library, "cudaDeviceSynchronize", calls.cudaDeviceSynchronize) &&
        find_call(library, "cudaGetErrorString", calls.cudaGetErrorString);
    if (complete) return calls;
  }
  throw Failure(
      "The engine runs on a GPU, but the CUDA runtime (libcudart.so.13 or .12) is not found: add "
      "its folder to LD_LIBRARY_PATH.");
}

const CudaRuntime& cuda_runtime() {
  static const CudaRuntime calls = open_cuda_runtime();
  return calls;
}

void check_cuda(int code, const char* what) {
  if (code == 0) return;
  throw Failure(fmt::format("{}: {}.", what, cuda_runtime().cudaGetErrorString(code)));
}

}  // namespace

void GpuMemory::release() noexcept {
  if (data_ != nullptr) (void)cuda_runtime().cudaFree(data_);
  data_ = nullptr;
  size_ = 0;
}

void GpuMemory::resize(size_t bytes) {
  release();
  check_cuda(cuda_runtime().cudaMalloc(&data_, std::max<size_t>(bytes, 1)),
             "There is no memory on the GPU for a tensor");
  size_ = bytes;
}

void GpuMemory::upload(const void* from, size_t bytes) {
  check_cuda(cuda_runtime().cudaMemcpy(data_, from, std::min(bytes, size_), kByAddress),
             "An input does not reach the GPU");
}

void GpuMemory::download(void* to, size_t bytes) const {
  check_cuda(cuda_runtime().cudaMemcpy(to, data_, std::min(bytes, size_), kByAddress),
             "An output does not come back from the GPU");
}

void wait_for_gpu() { check_cuda(cuda_runtime().cudaDeviceSynchronize(), "The run failed"); }

}  // namespace tenon::trtexec
