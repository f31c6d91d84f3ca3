// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The checkers that plugin libraries hand out.
#pragma once

#include <string>
#include <vector>

#include "NvInferConsistency.h"
#include "base/diagnostics.h"
#include "base/result.h"
#include "plan/view.h"

namespace tenon::api {

/// Plugin libraries, open, and their function getPluginChecker.
class PluginCheckers {
 public:
  PluginCheckers() = default;
  ~PluginCheckers();
  PluginCheckers(const PluginCheckers&) = delete;
  PluginCheckers& operator=(const PluginCheckers&) = delete;

  /// Fails, naming it, for a library that cannot be opened. One without checkers is none.
  Status open(const std::vector<std::string>& paths, Diagnostics& diag);

  /// Has every plugin step of a safe engine checked in each profile by the library that knows the
  /// plugin; a plugin that no library knows gives a warning. Fails when a checker says no.
  Status check(const plan::View& engine, Diagnostics& diag) const;

 private:
  using Find = nvinfer2::safe::consistency::IPluginChecker* (*)(const char*);
  struct Library {
    std::string path;
    void* handle = nullptr;
    Find find = nullptr;
  };
  std::vector<Library> libraries_;
};

}  // namespace tenon::api
