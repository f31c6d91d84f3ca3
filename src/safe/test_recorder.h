// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// For tests: a recorder that keeps all it is told.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "NvInferSafeRecorder.h"

namespace tenon::safe {

class TestRecorder final : public nvinfer2::safe::ISafeRecorder {
 public:
  using Code = nvinfer1::ErrorCode;
  TestRecorder() : ISafeRecorder(nvinfer2::safe::Severity::kVERBOSE, 7) {}

  int32_t getNbErrors() const noexcept override { return static_cast<int32_t>(errors.size()); }
  Code getErrorCode(int32_t i) const noexcept override {
    return errors[static_cast<size_t>(i)].first;
  }
  ErrorDesc getErrorDesc(int32_t i) const noexcept override {
    return errors[static_cast<size_t>(i)].second.c_str();
  }
  bool hasOverflowed() const noexcept override { return false; }
  void clear() noexcept override { errors.clear(), others.clear(); }
  bool reportError(Code code, ErrorDesc text) noexcept override {
    errors.emplace_back(code, text);
    return true;
  }
  RefCount incRefCount() noexcept override { return ++references; }
  RefCount decRefCount() noexcept override { return --references; }
  bool reportWarn(ErrorDesc text) noexcept override { return others.emplace_back(text), true; }
  bool reportInfo(ErrorDesc text) noexcept override { return others.emplace_back(text), true; }
  bool reportVerbose(ErrorDesc text) noexcept override { return others.emplace_back(text), true; }

  /// The last error's words; empty without one.
  [[nodiscard]] std::string last() const { return errors.empty() ? "" : errors.back().second; }

  std::vector<std::pair<Code, std::string>> errors;
  std::vector<std::string> others;
  int references = 0;
};

}  // namespace tenon::safe
