// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// dlopen of oneDNN.
#include "backends/dnnl/library.h"

#include <dlfcn.h>
#include <fmt/core.h>
#include <pthread.h>

#include <cstdlib>

#include "base/parallel.h"

namespace tenon::dnnl {

namespace {

/// While it lives, libgomp, which reads the environment when it is loaded, sees a spin count
/// between the gaps of two steps and what neighbours would notice. What the user has set stays.
class SpinCount {
 public:
  SpinCount() noexcept
      : ours_(std::getenv("GOMP_SPINCOUNT") == nullptr &&
              std::getenv("OMP_WAIT_POLICY") == nullptr) {
    if (ours_) ::setenv("GOMP_SPINCOUNT", "20000", 0);  // About 100 µs.
  }
  ~SpinCount() {
    if (ours_) ::unsetenv("GOMP_SPINCOUNT");
  }
  SpinCount(const SpinCount&) = delete;
  SpinCount& operator=(const SpinCount&) = delete;

 private:
  bool ours_;
};

// libgomp's interface to compilers, and the call that tells a thread its number.
using GompParallel = void (*)(void (*body)(void*), void* data, unsigned threads, unsigned flags);
GompParallel gomp_parallel = nullptr;
int (*gomp_thread_number)() = nullptr;
int (*gomp_pause)(int kind) = nullptr;  ///< omp_pause_resource_all

/// A loop on the threads that oneDNN's steps run on.
void run_on_openmp(int threads, void (*member)(void*, int), void* argument) {
  struct Call {
    void (*member)(void*, int);
    void* argument;
  } call = {member, argument};
  gomp_parallel(
      [](void* data) {
        const Call& mine = *static_cast<const Call*>(data);
        mine.member(mine.argument, gomp_thread_number());
      },
      &call, static_cast<unsigned>(threads), 0);
}

/// Loops of ours take the threads of oneDNN's OpenMP where that is libgomp.
void share_threads(void* handle) noexcept {
  gomp_parallel = reinterpret_cast<GompParallel>(::dlsym(handle, "GOMP_parallel"));
  gomp_thread_number = reinterpret_cast<int (*)()>(::dlsym(handle, "omp_get_thread_num"));
  if (gomp_parallel != nullptr && gomp_thread_number != nullptr) use_team(&run_on_openmp);
}

/// OpenMP keeps the helpers of a thread for its next call and waits for them, also in a child of
/// fork, where they are not. So the thread that forks lets them go first; both sides make new ones.
void survive_forks(void* handle) noexcept {
  gomp_pause = reinterpret_cast<int (*)(int)>(::dlsym(handle, "omp_pause_resource_all"));
  if (gomp_pause == nullptr) return;
  constexpr auto kLetGo = [] {
    constexpr int kSoft = 1;
    gomp_pause(kSoft);  // Refused inside of a parallel region, whose threads a child cannot have.
  };
  pthread_atfork(kLetGo, nullptr, nullptr);
}

struct Opened {
  Library library;
  const char* why = nullptr;

  Opened() noexcept {
    const SpinCount spin;
    void* handle = ::dlopen("libdnnl.so.2", RTLD_LAZY | RTLD_LOCAL);
    if (handle == nullptr) {
      why = "libdnnl.so.2 cannot be opened: install Debian's libdnnl2";
      return;
    }
#define TENON_ROW(name)                                                            \
  library.name = reinterpret_cast<decltype(library.name)>(::dlsym(handle, #name)); \
  if (library.name == nullptr) why = "libdnnl.so.2 lacks " #name;
    TENON_DNNL_FUNCTIONS(TENON_ROW)
#undef TENON_ROW
    if (why != nullptr) return;
    library.set_threads = reinterpret_cast<void (*)(int)>(::dlsym(handle, "omp_set_num_threads"));
    const dnnl_version_t* version = library.dnnl_version();
    if (version->major != 2) {
      why = "libdnnl.so.2 is not version 2 of oneDNN";
      return;
    }
    library.version = fmt::format("{}.{}.{}", version->major, version->minor, version->patch);
    const bool ready = library.dnnl_engine_create(&library.engine, dnnl_cpu, 0) == dnnl_success &&
                       library.dnnl_stream_create(&library.stream, library.engine,
                                                  dnnl_stream_in_order) == dnnl_success;
    if (!ready) why = "oneDNN cannot make a CPU engine";
    if (ready) share_threads(handle), survive_forks(handle);
  }
};

}  // namespace

const Library* library(const char** why) noexcept {
  static const Opened* opened = new Opened;
  if (why != nullptr) *why = opened->why;
  return opened->why == nullptr ? &opened->library : nullptr;
}

Result<const Library*> open_library(Diagnostics& diag) {
  const char* why = nullptr;
  const Library* opened = library(&why);
  if (opened == nullptr) return diag.fail(Code::NotFound, "the engine needs oneDNN: {}", why);
  return opened;
}

}  // namespace tenon::dnnl
