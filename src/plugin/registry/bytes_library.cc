// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Files in memory, and temporary ones.
#include "plugin/registry/bytes_library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace tenon::plugin {

namespace {

std::string dl_reason() {
  const char* reason = ::dlerror();
  return reason == nullptr ? "unknown reason" : reason;
}

bool write_whole(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return true;
}

std::string folder_of(const TemporaryFiles& files) {
  if (!files.folder.empty()) return files.folder;
  const char* common = std::getenv("TMPDIR");
  return common == nullptr || *common == '\0' ? "/tmp" : common;
}

/// A handle, null when opening failed, for which `why` says the reason.
struct Opening {
  void* handle = nullptr;
  std::string path;
  int descriptor = -1;
  std::string why;
};

Opening open_in_memory(const std::string& name, std::span<const std::byte> bytes, int mode) {
  Opening made;
  const int descriptor = ::memfd_create(name.c_str(), MFD_CLOEXEC);
  if (descriptor < 0 || !write_whole(descriptor, bytes)) {
    made.why = fmt::format("a file in memory: {}", std::strerror(errno));
    if (descriptor >= 0) ::close(descriptor);
    return made;
  }
  made.path = fmt::format("/proc/self/fd/{}", descriptor);
  made.handle = ::dlopen(made.path.c_str(), mode);
  made.descriptor = descriptor;
  if (made.handle == nullptr) {
    made.why = fmt::format("a file in memory: {}", dl_reason());
    ::close(descriptor);
  }
  return made;
}

Opening open_on_disk(const std::string& folder, std::span<const std::byte> bytes, int mode) {
  Opening made;
  made.path = folder + "/tenon_plugin_XXXXXX.so";
  const int descriptor = ::mkostemps(made.path.data(), 3, O_CLOEXEC);
  if (descriptor < 0 || !write_whole(descriptor, bytes)) {
    made.why = fmt::format("a temporary file in {}: {}", folder, std::strerror(errno));
  } else {
    made.handle = ::dlopen(made.path.c_str(), mode);
    if (made.handle == nullptr) made.why = fmt::format("a temporary file: {}", dl_reason());
  }
  if (descriptor >= 0) {
    ::close(descriptor);
    ::unlink(made.path.c_str());  // What is mapped stays.
  }
  return made;
}

}  // namespace

BytesLibrary open_library_of_bytes(const std::string& name, std::span<const std::byte> bytes,
                                   const TemporaryFiles& files, int mode) {
  Opening opening;
  if (files.in_memory) opening = open_in_memory(name, bytes, mode);
  if (opening.handle == nullptr && files.on_disk) {
    const std::string before = opening.why.empty() ? "" : opening.why + "; ";
    opening = open_on_disk(folder_of(files), bytes, mode);
    opening.why = before + opening.why;
    opening.descriptor = -1;
  }
  if (opening.handle == nullptr) return {nullptr, opening.why};
  return {OpenLibrary::take(opening.handle, opening.path, opening.descriptor), {}};
}

}  // namespace tenon::plugin
