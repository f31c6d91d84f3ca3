// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calls of the driver by name, from the libcuda that lies beside this library.
#include <dlfcn.h>

#include <string>

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

/// The driver's own look-up: name, address, version, flags, status.
using LookUp = int (*)(const char*, void**, int, unsigned long long, int*);

/// The look-up of the libcuda beside this library, or null where there is none.
LookUp driver_look_up() {
  static const LookUp found = []() -> LookUp {
    Dl_info self;
    if (!dladdr(reinterpret_cast<const void*>(&driver_look_up), &self)) return nullptr;
    std::string path = self.dli_fname;
    path.erase(path.rfind('/') + 1);
    void* const library = dlopen((path + "libcuda.so.1").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) return nullptr;
    return reinterpret_cast<LookUp>(dlsym(library, "cuGetProcAddress_v2"));
  }();
  return found;
}

cudaError_t entry_point(const char* symbol, void** function, unsigned int version,
                        unsigned long long flags, cudaDriverEntryPointQueryResult* status) {
  if (!symbol || !function || flags > cudaEnablePerThreadDefaultStream) {
    return cudaErrorInvalidValue;
  }
  *function = nullptr;
  const LookUp look_up = driver_look_up();
  if (look_up) look_up(symbol, function, static_cast<int>(version), flags, nullptr);
  if (status) {
    *status = *function ? cudaDriverEntryPointSuccess : cudaDriverEntryPointSymbolNotFound;
    return cudaSuccess;
  }
  return *function ? cudaSuccess : cudaErrorSymbolNotFound;
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaGetDriverEntryPointByVersion(const char* symbol, void** function,
                                                          unsigned int version,
                                                          unsigned long long flags,
                                                          cudaDriverEntryPointQueryResult* status) {
  return guarded([&] { return entry_point(symbol, function, version, flags, status); });
}

HOSTCUDA_API cudaError_t cudaGetDriverEntryPointByVersion_ptsz(
    const char* symbol, void** function, unsigned int version, unsigned long long flags,
    cudaDriverEntryPointQueryResult* status) {
  return guarded([&] {
    const bool plain = flags == cudaEnableDefault;
    return entry_point(
        symbol, function, version,
        plain ? static_cast<unsigned long long>(cudaEnablePerThreadDefaultStream) : flags, status);
  });
}

HOSTCUDA_API cudaError_t cudaGetDriverEntryPoint(const char* symbol, void** function,
                                                 unsigned long long flags,
                                                 cudaDriverEntryPointQueryResult* status) {
  return cudaGetDriverEntryPointByVersion(symbol, function, CUDART_VERSION, flags, status);
}

HOSTCUDA_API cudaError_t cudaGetDriverEntryPoint_ptsz(const char* symbol, void** function,
                                                      unsigned long long flags,
                                                      cudaDriverEntryPointQueryResult* status) {
  return cudaGetDriverEntryPointByVersion_ptsz(symbol, function, CUDART_VERSION, flags, status);
}
