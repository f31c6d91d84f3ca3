// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// POSIX calls behind mapped and replaced files.
#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tenon {

namespace {

/// Closes a descriptor at the end of a scope.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

Status write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return {Code::Io, "write failed"};
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return {};
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path, Diagnostics& diag) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) {
    return diag.fail(Code::Io, "cannot open '{}': {}", path, std::strerror(errno));
  }
  struct stat info {};
  if (::fstat(file.fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    return diag.fail(Code::Io, "cannot read '{}': it is not a regular file", path);
  }
  const auto size = static_cast<size_t>(info.st_size);
  if (size == 0) return MappedFile({});
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
  if (memory == MAP_FAILED) {
    return diag.fail(Code::Io, "cannot map '{}': {}", path, std::strerror(errno));
  }
  return MappedFile({static_cast<const std::byte*>(memory), size});
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

Status write_file(const std::string& path, std::span<const std::byte> bytes, Diagnostics& diag) {
  std::string temporary = path + ".XXXXXX";
  Status outcome;
  {
    const Descriptor file{::mkostemp(temporary.data(), O_CLOEXEC)};
    if (file.fd < 0) {
      return diag.fail(Code::Io, "cannot create a file beside '{}': {}", path,
                       std::strerror(errno));
    }
    outcome = write_all(file.fd, bytes);
    if (outcome.ok() && ::fchmod(file.fd, 0644) != 0) outcome = {Code::Io, "fchmod failed"};
  }
  if (outcome.ok() && ::rename(temporary.c_str(), path.c_str()) == 0) return {};
  const int error = errno;
  ::unlink(temporary.c_str());
  return diag.fail(Code::Io, "cannot write '{}': {}", path, std::strerror(error));
}

}  // namespace tenon
