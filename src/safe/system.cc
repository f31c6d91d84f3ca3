// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Locks, memory and the end of the program: all calls of the C library that reach the system.
#include "safe/system.h"

#include <dlfcn.h>
#include <sched.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>

namespace tenon::safe {

void Mutex::lock() noexcept { pthread_mutex_lock(&mutex_); }
void Mutex::unlock() noexcept { pthread_mutex_unlock(&mutex_); }

void* system_allocate(size_t bytes, size_t alignment) noexcept {
  if (alignment < alignof(std::max_align_t)) alignment = alignof(std::max_align_t);
  if (bytes == 0 || bytes > SIZE_MAX - alignment) return nullptr;
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

void system_release(void* memory) noexcept { std::free(memory); }

namespace {

device::HostCuda found;
std::atomic<bool> is_found = false;
Mutex looking;

template <class F>
bool get(void* library, const char* name, F& to) noexcept {
  to = reinterpret_cast<F>(dlsym(library, name));
  return to != nullptr;
}

bool fill(void* library, device::HostCuda& to) noexcept {
  return get(library, "hostcudaStreamState", to.stream_state) &&
         get(library, "hostcudaLaunchTask", to.launch_task) &&
         get(library, "hostcudaTrustPointers", to.trust_pointers) &&
         get(library, "cudaStreamSynchronize", to.stream_synchronize) &&
         get(library, "cudaEventRecord", to.event_record) &&
         get(library, "cudaGetErrorString", to.error_string);
}

/// As device/hostcuda.cc does: linked with the program, or opened by it under a name of its own.
bool look(device::HostCuda& to) noexcept {
  if (fill(RTLD_DEFAULT, to)) return true;
  for (const char* name : {"libcudart.so.13", "libcudart.so.12", "libcudart.so"}) {
    void* library = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
    if (library == nullptr) continue;
    if (fill(library, to)) return true;  // It stays referenced: its calls remain valid.
    dlclose(library);
  }
  return false;
}

}  // namespace

const device::HostCuda* known_hostcuda() noexcept {
  return is_found.load(std::memory_order_acquire) ? &found : nullptr;
}

void look_for_hostcuda() noexcept {
  const Lock lock(looking);
  if (is_found.load(std::memory_order_relaxed)) return;
  device::HostCuda calls{};
  if (!look(calls)) return;
  found = calls;
  is_found.store(true, std::memory_order_release);
}

void system_yield() noexcept { sched_yield(); }

void system_abort() noexcept { std::abort(); }

}  // namespace tenon::safe

#if defined(TENON_SAFE)
/// What the C++ library would give: called when an abstract function is, which cannot happen.
extern "C" [[gnu::visibility("hidden")]] void
__cxa_pure_virtual() {  // NOLINT(readability-identifier-naming)
  tenon::safe::system_abort();
}
#endif
