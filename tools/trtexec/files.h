// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading and writing whole files. All throw Failure with the path and the reason.
#pragma once

#include <cstddef>
#include <string>

namespace tenon::trtexec {

/// A file mapped for reading while the object lives.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const void* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  void* data_ = nullptr;
  size_t size_ = 0;
};

bool exists(const std::string& path);

/// Writes under a temporary name in the same folder, then renames: nobody sees half a file.
void write_file(const std::string& path, const void* data, size_t size);
void write_file(const std::string& path, const std::string& text);

}  // namespace tenon::trtexec
