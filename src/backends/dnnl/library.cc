// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// dlopen of oneDNN.
#include "backends/dnnl/library.h"

#include <dlfcn.h>
#include <fmt/core.h>

#include <cstdlib>

namespace tenon::dnnl {

namespace {

/// While it lives, libgomp, which reads the environment when it is loaded, sees a short spin count:
/// its waiting threads would otherwise hold the cores that our own pool wants next. What the user
/// has set stays.
class ShortSpin {
 public:
  ShortSpin() noexcept
      : ours_(std::getenv("GOMP_SPINCOUNT") == nullptr &&
              std::getenv("OMP_WAIT_POLICY") == nullptr) {
    if (ours_) ::setenv("GOMP_SPINCOUNT", "2000", 0);  // About ten microseconds.
  }
  ~ShortSpin() {
    if (ours_) ::unsetenv("GOMP_SPINCOUNT");
  }
  ShortSpin(const ShortSpin&) = delete;
  ShortSpin& operator=(const ShortSpin&) = delete;

 private:
  bool ours_;
};

struct Opened {
  Library library;
  const char* why = nullptr;

  Opened() noexcept {
    const ShortSpin spin;
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
