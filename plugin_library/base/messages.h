// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where the plugins' messages go: the logger of whoever uses the library.
#pragma once

#include <string>

#include "NvInfer.h"

namespace shipped {

/// Says one sentence to, in this order: the logger that the finder given by the loader of the
/// library knows, the logger of initLibNvInferPlugins, the logger of the process. Thread-safe.
void report(nvinfer1::ILogger::Severity severity, std::string const& sentence) noexcept;

/// As kERROR. Returns false, so that a check can end with it.
bool refuse(std::string const& sentence) noexcept;

/// Both are kept, not owned, and must outlive the plugins.
void setFinder(nvinfer1::ILoggerFinder* finder) noexcept;
void setLogger(nvinfer1::ILogger* logger) noexcept;

}  // namespace shipped
