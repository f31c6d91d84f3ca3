// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Keeping the code of plugins in memory as long as objects that run it live.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "plugin/registry/digest.h"

namespace tenon::plugin {

/// A library of this process, open; closed with the last owner. There is one a handle.
class OpenLibrary {
 public:
  /// Takes over what dlopen gave for `path`, and, for a file in memory, its descriptor (else -1).
  static std::shared_ptr<OpenLibrary> take(void* handle, std::string path, int descriptor);
  /// The library with the code of `object`, which begins with its table of virtual methods; null
  /// for objects of the program itself.
  static std::shared_ptr<OpenLibrary> of(const void* object);

  ~OpenLibrary();
  OpenLibrary(const OpenLibrary&) = delete;
  OpenLibrary& operator=(const OpenLibrary&) = delete;

  [[nodiscard]] void* handle() const noexcept { return handle_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// The digest of its file when it was opened first: `now` for the first call, whose answer later
  /// calls repeat, since the file may be replaced while the library stays open.
  std::optional<Digest> first_digest(const std::optional<Digest>& now);
  /// Who holds it, in words: "2 of plugin Pool, 1 of resource table"; empty for nobody.
  [[nodiscard]] std::string users() const;

 private:
  friend class LibraryHold;
  OpenLibrary(void* handle, std::string path, int descriptor)
      : handle_(handle), path_(std::move(path)), descriptor_(descriptor) {}

  void* handle_;
  std::string path_;
  int descriptor_;
  mutable std::mutex mutex_;
  std::map<std::string, int> users_;
  std::optional<Digest> digest_;
};

/// Stands beside an object of a library, before it in its owner, so that the library is closed
/// after the object is gone. Copies share. Any thread; not while a lock is held that a library's
/// static constructors may want, because it waits for the loader's lock.
class LibraryHold {
 public:
  LibraryHold() = default;
  /// `user` in words, for whoever wants to close the library: "plugin Pool".
  LibraryHold(const void* object, std::string user);

 private:
  struct Use;
  std::shared_ptr<const Use> use_;
};

/// Keeps a library open for the rest of the process.
void keep_for_ever(std::shared_ptr<OpenLibrary> library);

}  // namespace tenon::plugin
