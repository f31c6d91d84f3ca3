// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// dlopen and dlsym.
#include "remote/ssh_library.h"

#include <dlfcn.h>

#include <string>

namespace tenon::remote {

namespace {

/// Empty, or why the library cannot be used.
std::string fill(SshLibrary& library) {
  void* const handle = ::dlopen("libssh.so.4", RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = ::dlerror();
    return why == nullptr ? "libssh.so.4 does not open" : why;
  }
#define TENON_ROW(name)                                                       \
  library.name = reinterpret_cast<decltype(&::name)>(::dlsym(handle, #name)); \
  if (library.name == nullptr) return "libssh.so.4 has no function " #name;
  TENON_SSH_FUNCTIONS(TENON_ROW)
#undef TENON_ROW
  return {};
}

}  // namespace

Result<const SshLibrary*> SshLibrary::open(Diagnostics& diag) {
  static SshLibrary library;
  static const std::string fault = fill(library);
  if (fault.empty()) return static_cast<const SshLibrary*>(&library);
  return diag.fail(Code::NotFound,
                   "tuning on another machine goes over SSH with the library libssh, which cannot "
                   "be used: {}; install it (Debian: libssh-4)",
                   fault);
}

}  // namespace tenon::remote
