// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The way of a quick plugin's sentences to the log.
#pragma once

#include <atomic>
#include <string>

#include "nvinfer1/logger.h"
#include "nvinfer1/plugin_registry.h"

namespace tenon {
namespace quick {

/// Who finds the logger of a plugin library: set by its setLoggerFinder, else null.
inline std::atomic<nvinfer1::ILoggerFinder*>& logger_finder() {
  static std::atomic<nvinfer1::ILoggerFinder*> finder{nullptr};
  return finder;
}

/// Logs an error, if there is a logger. Thread-safe.
inline void report(std::string const& sentence) noexcept {
  nvinfer1::ILoggerFinder* const finder = logger_finder().load();
  nvinfer1::ILogger* const logger = finder != nullptr ? finder->findLogger() : getLogger();
  if (logger != nullptr) logger->log(nvinfer1::ILogger::Severity::kERROR, sentence.c_str());
}

}  // namespace quick
}  // namespace tenon
