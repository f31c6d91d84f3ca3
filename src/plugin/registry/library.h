// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Opening plugin libraries and asking them what they bring.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "NvInferRuntime.h"
#include "base/diagnostics.h"
#include "base/result.h"
#include "plugin/registry/bytes_library.h"
#include "plugin/registry/digest.h"

namespace tenon::plugin {

/// A plugin library that is open, and what it brings. When the object goes, the library is closed
/// as soon as no LibraryHold needs it; once a creator was given out it stays for the rest of the
/// process, because nobody can count the plugins that were made with it.
class Library {
 public:
  /// Opens `path`, tells setLoggerFinder when the library exports it, and calls getCreators, or
  /// getPluginCreators when that is missing. Explains in `diag` what is wrong with the file.
  static Result<std::shared_ptr<Library>> open(const std::string& path,
                                               nvinfer1::ILoggerFinder* finder, Diagnostics& diag);
  /// The same from the bytes of a library called `name`. They are copied.
  static Result<std::shared_ptr<Library>> open_bytes(const std::string& name,
                                                     std::span<const std::byte> bytes,
                                                     const TemporaryFiles& files,
                                                     nvinfer1::ILoggerFinder* finder,
                                                     Diagnostics& diag);
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  [[nodiscard]] void* handle() const noexcept { return open_->handle(); }
  /// For messages: its path, or "libx.so inside the engine".
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::optional<Digest>& digest() const noexcept { return digest_; }
  [[nodiscard]] const OpenLibrary& opened() const noexcept { return *open_; }
  [[nodiscard]] std::span<nvinfer1::IPluginCreatorInterface* const> creators() const noexcept {
    return creators_;
  }
  void set_given_out() noexcept { given_out_ = true; }
  [[nodiscard]] bool given_out() const noexcept { return given_out_; }

 private:
  Library(std::shared_ptr<OpenLibrary> open, std::string name, std::optional<Digest> digest)
      : open_(std::move(open)), name_(std::move(name)), digest_(digest) {}
  Status ask(nvinfer1::ILoggerFinder* finder, Diagnostics& diag);

  std::shared_ptr<OpenLibrary> open_;
  std::string name_;
  std::optional<Digest> digest_;
  std::vector<nvinfer1::IPluginCreatorInterface*> creators_;
  std::atomic<bool> given_out_{false};
};

/// Libraries loaded into this process that export getCreators or getPluginCreators: opened by
/// somebody (--staticPlugins, dlopen, the link line), whether or not a registry knows them.
std::vector<std::string> loaded_plugin_libraries();

}  // namespace tenon::plugin
