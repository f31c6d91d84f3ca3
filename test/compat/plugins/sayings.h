// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A logger that keeps what is said.
#pragma once

#include <NvInfer.h>

#include <string>

/// Errors and warnings, one a line; single-threaded.
class Sayings final : public nvinfer1::ILogger {
 public:
  void log(Severity severity, char const* text) noexcept override {
    if (severity <= Severity::kERROR) errors += std::string(text) + "\n";
    if (severity == Severity::kWARNING) warnings += std::string(text) + "\n";
  }
  std::string errors, warnings;
};
