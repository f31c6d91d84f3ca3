// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Finding the logger.
#include "plugin_library/base/messages.h"

#include <atomic>

namespace shipped {

namespace {

std::atomic<nvinfer1::ILoggerFinder*> finderNow{nullptr};
std::atomic<nvinfer1::ILogger*> loggerNow{nullptr};

}  // namespace

void setFinder(nvinfer1::ILoggerFinder* finder) noexcept { finderNow = finder; }
void setLogger(nvinfer1::ILogger* logger) noexcept { loggerNow = logger; }

void report(nvinfer1::ILogger::Severity severity, std::string const& sentence) noexcept {
  nvinfer1::ILoggerFinder* finder = finderNow;
  nvinfer1::ILogger* logger = finder != nullptr ? finder->findLogger() : loggerNow.load();
  if (logger == nullptr) logger = getLogger();
  if (logger != nullptr) logger->log(severity, sentence.c_str());
}

bool refuse(std::string const& sentence) noexcept {
  report(nvinfer1::ILogger::Severity::kERROR, sentence);
  return false;
}

}  // namespace shipped
