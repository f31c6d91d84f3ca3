// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What programs with safe engines share: an engine of the digit network, a recorder, a graph.
#pragma once

#include <NvInferSafeRuntime.h>

#include "program.h"

/// Prints errors and counts them.
class SafeLog final : public nvinfer2::safe::ISafeRecorder {
 public:
  int32_t getNbErrors() const noexcept override { return errors_; }
  nvinfer1::ErrorCode getErrorCode(int32_t) const noexcept override {
    return nvinfer1::ErrorCode::kUNSPECIFIED_ERROR;
  }
  char const* getErrorDesc(int32_t) const noexcept override { return "printed"; }
  bool hasOverflowed() const noexcept override { return false; }
  void clear() noexcept override { errors_ = 0; }
  bool reportError(nvinfer1::ErrorCode, char const* text) noexcept override {
    std::fprintf(stderr, "%s\n", text);
    ++errors_;
    return true;
  }
  int32_t incRefCount() noexcept override { return ++references_; }
  int32_t decRefCount() noexcept override { return --references_; }

 private:
  int32_t errors_ = 0, references_ = 0;
};

/// The creator that the library of samples/safe_plugin hands out, registered with `recorder`.
void registerMaxPool(const std::string& library, nvinfer2::safe::ISafeRecorder& recorder);

/// A safe engine of mnist_plugin_dynamic.onnx with an IO profile for each batch.
std::unique_ptr<nvinfer1::IHostMemory> buildSafe(const std::string& model,
                                                 const std::vector<int64_t>& batches);

#define EXPECT_OK(call) EXPECT((call) == nvinfer1::ErrorCode::kSUCCESS)
