// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Looking for the CUDA runtime on the CPU among the libraries of this process.
#include "device/hostcuda.h"

#include <dlfcn.h>
#include <link.h>

#include <atomic>
#include <mutex>

namespace tenon::device {
namespace {

template <class F>
bool get(void* library, const char* name, F& to) noexcept {
  to = reinterpret_cast<F>(dlsym(library, name));
  return to != nullptr;
}

bool fill(void* library, HostCuda& to) noexcept {
  return get(library, "hostcudaStreamState", to.stream_state) &&
         get(library, "hostcudaLaunchTask", to.launch_task) &&
         get(library, "hostcudaTrustPointers", to.trust_pointers) &&
         get(library, "cudaStreamSynchronize", to.stream_synchronize) &&
         get(library, "cudaEventRecord", to.event_record) &&
         get(library, "cudaGetErrorString", to.error_string);
}

/// Wherever it is: linked with the program, or opened by it under a name of its own. A library
/// found stays referenced, so that its calls remain valid.
bool look(HostCuda& to) noexcept {
  if (fill(RTLD_DEFAULT, to)) return true;
  for (const char* name : {"libcudart.so.13", "libcudart.so.12", "libcudart.so"}) {
    void* library = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
    if (library == nullptr) continue;
    if (fill(library, to)) return true;
    dlclose(library);
  }
  return false;
}

/// How many libraries this process has ever loaded.
unsigned long long libraries_loaded() noexcept {
  unsigned long long count = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* to) {
        *static_cast<unsigned long long*>(to) = info->dlpi_adds;
        return 1;
      },
      &count);
  return count;
}

std::mutex looking;
HostCuda found;
std::atomic<bool> is_found = false;
std::atomic<unsigned long long> seen = 0;

}  // namespace

const HostCuda* find_hostcuda() noexcept {
  if (is_found.load(std::memory_order_acquire)) return &found;
  const unsigned long long now = libraries_loaded();
  if (now == seen.load(std::memory_order_acquire)) return nullptr;
  const std::lock_guard lock(looking);
  if (!is_found.load(std::memory_order_relaxed)) {
    HostCuda calls{};
    if (look(calls)) {
      found = calls;
      is_found.store(true, std::memory_order_release);
    }
    seen.store(now, std::memory_order_release);
  }
  return is_found.load(std::memory_order_relaxed) ? &found : nullptr;
}

}  // namespace tenon::device
