// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Kernels the process knows: compiled device code by its stub, and host versions.
#include "hostcuda/runtime/launch/kernels.h"

#include <cstdio>
#include <mutex>
#include <unordered_map>

#include "hostcuda/runtime/error/error.h"

namespace hostcuda {
namespace {

struct Kernels {
  std::mutex mutex;
  std::unordered_map<const void*, std::shared_ptr<KernelRecord>> by_stub;
  std::unordered_map<const void*, std::shared_ptr<KernelRecord>> by_handle;
  std::unordered_map<std::string, std::shared_ptr<const HostVersion>> by_name;
};

// Never destroyed: workers may launch while the process ends.
Kernels& kernels() {
  static auto* const one = new Kernels;
  return *one;
}

void put(const std::shared_ptr<KernelRecord>& record) {
  std::shared_ptr<KernelRecord>& place = kernels().by_stub[record->stub];
  if (place) kernels().by_handle.erase(place.get());
  place = record;
  kernels().by_handle[record.get()] = record;
}

}  // namespace

std::shared_ptr<KernelRecord> find_kernel(const void* function) {
  const std::lock_guard lock(kernels().mutex);
  if (const auto at = kernels().by_stub.find(function); at != kernels().by_stub.end()) {
    return at->second;
  }
  const auto at = kernels().by_handle.find(function);
  return at == kernels().by_handle.end() ? nullptr : at->second;
}

std::shared_ptr<const HostVersion> host_version(KernelRecord& kernel) {
  if (kernel.host) return kernel.host;
  {
    const std::lock_guard lock(kernels().mutex);
    if (const auto at = kernels().by_name.find(kernel.name); at != kernels().by_name.end()) {
      return at->second;
    }
  }
  if (!kernel.complained.exchange(true)) {
    std::fprintf(stderr,
                 "hostcuda: kernel %s has only code for a GPU: give it a version for the host with "
                 "hostcudaRegisterKernel\n",
                 kernel.name.c_str());
  }
  return nullptr;
}

void add_device_kernel(const void* stub, const char* name, const void* part) {
  const auto record = std::make_shared<KernelRecord>();
  record->name = name;
  record->stub = stub;
  record->part = part;
  const std::lock_guard lock(kernels().mutex);
  put(record);
}

void remove_kernels(const void* part) {
  const std::lock_guard lock(kernels().mutex);
  for (auto at = kernels().by_stub.begin(); at != kernels().by_stub.end();) {
    if (at->second->part != part) {
      ++at;
      continue;
    }
    kernels().by_handle.erase(at->second.get());
    at = kernels().by_stub.erase(at);
  }
}

}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t hostcudaRegisterKernel(const void* stub, const hostcudaKernel* kernel) {
  return unguarded([&] {
    if (!kernel || !kernel->function || !kernel->name ||
        (kernel->parameter_count > 0 && !kernel->parameter_sizes)) {
      return cudaErrorInvalidValue;
    }
    const auto host = std::make_shared<HostVersion>();
    host->function = kernel->function;
    host->data = kernel->data;
    host->parameters.assign(kernel->parameter_sizes,
                            kernel->parameter_sizes + kernel->parameter_count);
    const std::lock_guard lock(kernels().mutex);
    if (!stub) {
      kernels().by_name[kernel->name] = host;
      return cudaSuccess;
    }
    const auto record = std::make_shared<KernelRecord>();
    record->name = kernel->name;
    record->stub = stub;
    record->host = host;
    put(record);
    return cudaSuccess;
  });
}
