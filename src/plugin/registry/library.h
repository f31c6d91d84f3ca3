// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Opening plugin libraries and asking them what they bring.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "NvInferRuntime.h"
#include "base/diagnostics.h"
#include "base/result.h"

namespace tenon::plugin {

/// A plugin library that is open. Closed when the object goes; move-only.
class Library {
 public:
  /// Opens `path`, tells setLoggerFinder when the library exports it, and calls getCreators, or
  /// getPluginCreators when that is missing. Explains in `diag` what is wrong with the file.
  static Result<Library> open(const std::string& path, nvinfer1::ILoggerFinder* finder,
                              Diagnostics& diag);
  Library(Library&& other) noexcept;
  Library& operator=(Library&& other) noexcept;
  ~Library();

  [[nodiscard]] void* handle() const noexcept { return handle_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::span<nvinfer1::IPluginCreatorInterface* const> creators() const noexcept {
    return creators_;
  }

 private:
  Library(void* handle, std::string path) noexcept : handle_(handle), path_(std::move(path)) {}
  void* handle_ = nullptr;
  std::string path_;
  std::vector<nvinfer1::IPluginCreatorInterface*> creators_;
};

/// Libraries loaded into this process that export getCreators or getPluginCreators: opened by
/// somebody
/// (--staticPlugins, dlopen, the link line), whether or not a registry knows them.
std::vector<std::string> loaded_plugin_libraries();

}  // namespace tenon::plugin
