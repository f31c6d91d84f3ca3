// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The plugins that a subcommand knows: those that are shipped, and those of libraries it is given.
#pragma once

#include <string>
#include <vector>

#include "NvInfer.h"

namespace tenon::command {

/// Everything goes to stderr: stdout is for the answer.
class Logger final : public nvinfer1::ILogger {
 public:
  explicit Logger(bool verbose) : least_(verbose ? Severity::kVERBOSE : Severity::kWARNING) {}
  void log(Severity severity, nvinfer1::AsciiChar const* text) noexcept override;

 private:
  const Severity least_;
};

/// Paths: of libraries with getCreators, and of those that register themselves.
struct Libraries {
  std::vector<std::string> dynamic_plugins, static_plugins;
};

/// Registers the shipped plugins and those of the libraries in the registry of the process. False,
/// with the reason said on stderr, when a library cannot be opened or loaded.
bool load_plugins(const Libraries& libraries, nvinfer1::ILogger& logger);

}  // namespace tenon::command
