// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Opening NVIDIA's libraries.
#include "device/cuda.h"

#include <dlfcn.h>

#include <cstdlib>
#include <mutex>

namespace tenon::device {

namespace {

/// What stands for the driver in this process.
struct DriverState {
  CudaDriver calls{};
  bool usable = false;
  std::string absence;
};

/// Drivers differ in which version of a call goes by the plain name.
void* find_call(void* library, const char* symbol) {
  void* call = dlsym(library, symbol);
  return call != nullptr ? call : dlsym(library, (std::string(symbol) + "_v2").c_str());
}

bool fill_driver(void* library, CudaDriver& to, const char*& missing) {
  missing = nullptr;
#define X(name, symbol, parameters)                                          \
  to.name = reinterpret_cast<int(*) parameters>(find_call(library, symbol)); \
  if (to.name == nullptr) missing = symbol;
#include "device/cuda_driver.def"
#undef X
  return missing == nullptr;
}

/// The CUDA runtime on the CPU provides libcuda.so.1, too.
bool is_hostcuda(void* library) noexcept {
  return dlsym(library, "hostcudaStreamState") != nullptr;
}

void start(void* library, DriverState& state) {
  const char* missing = nullptr;
  if (!fill_driver(library, state.calls, missing)) {
    state.absence = std::string("the NVIDIA driver is too old: it has no ") + missing;
    return;
  }
  if (const int code = state.calls.cuInit(0); code != 0) {
    state.absence = std::string("the NVIDIA driver does not start: ") + state.calls.words(code);
    return;
  }
  state.usable = true;
}

/// One that the process has is taken, so that a second is never opened beside it.
DriverState find_driver() {
  constexpr const char* kName = "libcuda.so.1";
  DriverState state;
  void* library = dlopen(kName, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) library = dlopen(kName, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) {
    state.absence = "this machine has no NVIDIA driver (libcuda.so.1)";
  } else if (is_hostcuda(library)) {
    dlclose(library);
    state.absence =
        "this process uses the CUDA runtime on the CPU, whose libcuda.so.1 stands in the driver's "
        "place: start it without lib/hostcuda in the library path";
  } else {
    start(library, state);
  }
  return state;
}

std::once_flag driver_looked_for;
DriverState driver_state;

const DriverState& driver() {
  std::call_once(driver_looked_for, [] { driver_state = find_driver(); });
  return driver_state;
}

bool fill_nvrtc(void* library, Nvrtc& to) noexcept {
  bool complete = true;
#define X(name, parameters)                                             \
  to.name = reinterpret_cast<int(*) parameters>(dlsym(library, #name)); \
  complete = complete && to.name != nullptr;
#include "device/nvrtc.def"
#undef X
  return complete;
}

}  // namespace

const char* CudaDriver::words(int code) const noexcept {
  const char* text = nullptr;
  const int found = cuGetErrorString(code, &text);
  return found == 0 && text != nullptr ? text : "an error that the driver has no words for";
}

const CudaDriver* cuda_driver() noexcept {
  const DriverState& state = driver();
  return state.usable ? &state.calls : nullptr;
}

std::string cuda_absence() { return driver().absence; }

bool use_cuda_driver(const char* path) noexcept {
  void* library = dlopen(path, RTLD_LAZY | RTLD_GLOBAL);
  if (library == nullptr) return false;
  std::call_once(driver_looked_for, [library] { start(library, driver_state); });
  return driver_state.usable;
}

const Nvrtc* nvrtc() noexcept {
  static const Nvrtc* const found = []() -> const Nvrtc* {
    static Nvrtc calls{};
    void* library = open_cuda_library(kNvrtcNames);
    return library != nullptr && fill_nvrtc(library, calls) ? &calls : nullptr;
  }();
  return found;
}

void* open_cuda_library(const char* const* names) noexcept {
  const char* folder = std::getenv("TENON_CUDA_LIBRARIES");
  for (; *names != nullptr; ++names) {
    void* library = nullptr;
    if (folder != nullptr) {
      library = dlopen((std::string(folder) + "/" + *names).c_str(), RTLD_LAZY | RTLD_LOCAL);
    }
    if (library == nullptr) library = dlopen(*names, RTLD_LAZY | RTLD_LOCAL);
    if (library != nullptr) return library;
  }
  return nullptr;
}

}  // namespace tenon::device
