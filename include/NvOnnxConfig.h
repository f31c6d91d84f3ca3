// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A bag of settings around reading ONNX models.
#pragma once

#include "NvInfer.h"

namespace nvonnxparser {

/// Names and settings that programs carry around; the parser itself reads none of them. Texts are
/// copied when set and owned by the object when asked for. Freed with delete.
class IOnnxConfig {
 public:
  virtual ~IOnnxConfig() noexcept = default;

  /// An ILogger::Severity as a number.
  typedef int32_t Verbosity;

  virtual void setModelDtype(nvinfer1::DataType const dataType) noexcept = 0;
  virtual nvinfer1::DataType getModelDtype() const noexcept = 0;

  virtual char const* getModelFileName() const noexcept = 0;
  virtual void setModelFileName(char const* onnxFilename) noexcept = 0;

  virtual Verbosity getVerbosityLevel() const noexcept = 0;
  virtual void addVerbosity() noexcept = 0;
  virtual void reduceVerbosity() noexcept = 0;
  virtual void setVerbosityLevel(Verbosity verbosity) noexcept = 0;

  virtual char const* getTextFileName() const noexcept = 0;
  virtual void setTextFileName(char const* textFileName) noexcept = 0;
  virtual char const* getFullTextFileName() const noexcept = 0;
  virtual void setFullTextFileName(char const* fullTextFileName) noexcept = 0;

  virtual bool getPrintLayerInfo() const noexcept = 0;
  virtual void setPrintLayerInfo(bool printLayerInfo) noexcept = 0;
};

/// An empty bag, owned by the caller.
TENSORRTAPI IOnnxConfig* createONNXConfig();

}  // namespace nvonnxparser
