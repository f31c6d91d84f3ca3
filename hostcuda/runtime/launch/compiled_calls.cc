// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What host code of a CUDA compiler calls behind the program's back: it registers its device code
// and variables when it is loaded, and launches through a configuration it pushes and pops.
#include <cstring>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/launch/kernels.h"
#include "hostcuda/runtime/launch/symbols.h"

namespace hostcuda {
namespace {

/// A program part with device code: what its handle points to.
struct Part {
  void* image;  ///< the device code, which stays unread
  std::vector<const void*> variables;
  std::vector<void*> managed;  ///< memory of its managed variables
};

struct Parts {
  std::mutex mutex;
  std::unordered_map<void**, std::unique_ptr<Part>> all;
};

// Never destroyed: program parts unregister while the process ends.
Parts& parts() {
  static auto* const one = new Parts;
  return *one;
}

void remember_variable(void** handle, const void* variable) {
  const std::lock_guard lock(parts().mutex);
  const auto at = parts().all.find(handle);
  if (at != parts().all.end()) at->second->variables.push_back(variable);
}

/// What <<<…>>> asked for, between its push and its pop.
struct Configuration {
  dim3 grid, block;
  std::size_t shared_bytes;
  cudaStream_t stream;
};

thread_local std::vector<Configuration> pushed;

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

// The names that compilers call.
// NOLINTBEGIN(readability-identifier-naming)

HOSTCUDA_API void** __cudaRegisterFatBinary(void* image) {
  auto part = std::make_unique<Part>();
  part->image = image;
  void** const handle = &part->image;
  const std::lock_guard lock(parts().mutex);
  parts().all.emplace(handle, std::move(part));
  return handle;
}

HOSTCUDA_API void __cudaRegisterFatBinaryEnd(void**) {}

HOSTCUDA_API void __cudaUnregisterFatBinary(void** handle) {
  std::unique_ptr<Part> part;
  {
    const std::lock_guard lock(parts().mutex);
    const auto at = parts().all.find(handle);
    if (at == parts().all.end()) return;
    part = std::move(at->second);
    parts().all.erase(at);
  }
  remove_kernels(handle);
  for (const void* const variable : part->variables) remove_symbol(variable);
  for (void* const memory : part->managed) cudaFree(memory);
}

HOSTCUDA_API void __cudaRegisterFunction(void** handle, const char* stub, char*, const char* name,
                                         int, uint3*, uint3*, dim3*, dim3*, int*) {
  add_device_kernel(stub, name, handle);
}

HOSTCUDA_API void __cudaRegisterVar(void** handle, char* variable, char*, const char* name, int,
                                    size_t size, int, int) {
  add_symbol(variable, size, name);
  remember_variable(handle, variable);
}

HOSTCUDA_API void __cudaRegisterHostVar(void** handle, const char* name, char* variable,
                                        size_t size) {
  add_symbol(variable, size, name);
  remember_variable(handle, variable);
}

/// The variable's place is a pointer that host code reads through; its first value, which only the
/// device code holds, is zero here.
HOSTCUDA_API void __cudaRegisterManagedVar(void** handle, void** place, char*, const char* name,
                                           int, size_t size, int, int) {
  void* memory = nullptr;
  if (cudaMallocManaged(&memory, size, cudaMemAttachGlobal) != cudaSuccess) return;
  std::memset(memory, 0, size);
  *place = memory;
  const std::lock_guard lock(parts().mutex);
  const auto at = parts().all.find(handle);
  if (at != parts().all.end()) at->second->managed.push_back(memory);
  static_cast<void>(name);
}

HOSTCUDA_API char __cudaInitModule(void**) { return 1; }

HOSTCUDA_API void __cudaRegisterUnifiedTable(void**, void*) {}

HOSTCUDA_API unsigned int __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared_bytes,
                                                      CUstream_st* stream) {
  pushed.push_back({grid, block, shared_bytes, stream});
  return 0;
}

HOSTCUDA_API cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, size_t* shared_bytes,
                                                    void* stream) {
  return guarded([&] {
    if (pushed.empty()) return cudaErrorMissingConfiguration;
    const Configuration last = pushed.back();
    pushed.pop_back();
    *grid = last.grid;
    *block = last.block;
    *shared_bytes = last.shared_bytes;
    *static_cast<cudaStream_t*>(stream) = last.stream;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* function) {
  return cudaGetKernel(kernel, function);
}

HOSTCUDA_API cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block,
                                            void** arguments, size_t shared_bytes,
                                            cudaStream_t stream) {
  return cudaLaunchKernel(kernel, grid, block, arguments, shared_bytes, stream);
}

extern "C" cudaError_t cudaLaunchKernel_ptsz(const void*, dim3, dim3, void**, size_t, cudaStream_t);

HOSTCUDA_API cudaError_t __cudaLaunchKernel_ptsz(cudaKernel_t kernel, dim3 grid, dim3 block,
                                                 void** arguments, size_t shared_bytes,
                                                 cudaStream_t stream) {
  return cudaLaunchKernel_ptsz(kernel, grid, block, arguments, shared_bytes, stream);
}

// NOLINTEND(readability-identifier-naming)
