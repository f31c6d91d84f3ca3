// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The bag of settings that programs carry around a parser.
#include "NvOnnxConfig.h"

#include <algorithm>
#include <string>

namespace {

std::string copy_of(char const* text) { return text == nullptr ? "" : text; }

class OnnxConfig final : public nvonnxparser::IOnnxConfig {
 public:
  void setModelDtype(nvinfer1::DataType const dataType) noexcept override { type_ = dataType; }
  nvinfer1::DataType getModelDtype() const noexcept override { return type_; }
  char const* getModelFileName() const noexcept override { return model_.c_str(); }
  void setModelFileName(char const* onnxFilename) noexcept override {
    model_ = copy_of(onnxFilename);
  }
  Verbosity getVerbosityLevel() const noexcept override { return verbosity_; }
  void addVerbosity() noexcept override { ++verbosity_; }
  void reduceVerbosity() noexcept override { verbosity_ = std::max(0, verbosity_ - 1); }
  void setVerbosityLevel(Verbosity verbosity) noexcept override { verbosity_ = verbosity; }
  char const* getTextFileName() const noexcept override { return text_.c_str(); }
  void setTextFileName(char const* textFileName) noexcept override {
    text_ = copy_of(textFileName);
  }
  char const* getFullTextFileName() const noexcept override { return full_text_.c_str(); }
  void setFullTextFileName(char const* fullTextFileName) noexcept override {
    full_text_ = copy_of(fullTextFileName);
  }
  bool getPrintLayerInfo() const noexcept override { return prints_layers_; }
  void setPrintLayerInfo(bool printLayerInfo) noexcept override { prints_layers_ = printLayerInfo; }

 private:
  nvinfer1::DataType type_ = nvinfer1::DataType::kFLOAT;
  std::string model_, text_, full_text_;
  Verbosity verbosity_ = static_cast<Verbosity>(nvinfer1::ILogger::Severity::kWARNING);
  bool prints_layers_ = false;
};

}  // namespace

nvonnxparser::IOnnxConfig* nvonnxparser::createONNXConfig() { return new OnnxConfig; }
