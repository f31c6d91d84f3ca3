// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Files of the system.
#include "tools/trtexec/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "tools/trtexec/failure.h"

namespace tenon::trtexec {

namespace {

[[noreturn]] void fail(const char* what, const std::string& path) {
  throw Failure(fmt::format("Cannot {} {}: {}.", what, path, std::strerror(errno)));
}

}  // namespace

MappedFile::MappedFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail("open", path);
  struct stat status {};
  const bool known = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  if (!known || status.st_size == 0) {
    ::close(file);
    throw Failure(fmt::format("{} is {}.", path, known ? "empty" : "no plain file"));
  }
  size_ = static_cast<size_t>(status.st_size);
  data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
  ::close(file);
  if (data_ == MAP_FAILED) fail("map", path);
}

MappedFile::~MappedFile() { ::munmap(data_, size_); }

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

void write_file(const std::string& path, const void* data, size_t size) {
  const std::string temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  std::ofstream file(temporary, std::ios::binary);
  file.write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
  file.close();
  if (!file || ::rename(temporary.c_str(), path.c_str()) != 0) {
    const int reason = errno;
    ::unlink(temporary.c_str());
    errno = reason;
    fail("write", path);
  }
}

void write_file(const std::string& path, const std::string& text) {
  write_file(path, text.data(), text.size());
}

}  // namespace tenon::trtexec
