// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Small types, number by number.
#include "api/compat7/translate.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

namespace tenon::compat7 {

namespace {

class LoggerFace final : public nvinfer1::ILogger {
 public:
  explicit LoggerFace(v7::ILogger& logger) : logger_(logger) {}
  void log(Severity severity, nvinfer1::AsciiChar const* msg) noexcept override {
    logger_.log(static_cast<v7::ILogger::Severity>(severity), msg);
  }

 private:
  v7::ILogger& logger_;
};

struct LayerPair {
  nvinfer1::LayerType now;
  v7::LayerType then;
};
constexpr LayerPair kLayers[] = {
    {nvinfer1::LayerType::kCONVOLUTION, v7::LayerType::kCONVOLUTION},
    {nvinfer1::LayerType::kACTIVATION, v7::LayerType::kACTIVATION},
    {nvinfer1::LayerType::kPOOLING, v7::LayerType::kPOOLING},
    {nvinfer1::LayerType::kLRN, v7::LayerType::kLRN},
    {nvinfer1::LayerType::kSCALE, v7::LayerType::kSCALE},
    {nvinfer1::LayerType::kSOFTMAX, v7::LayerType::kSOFTMAX},
    {nvinfer1::LayerType::kDECONVOLUTION, v7::LayerType::kDECONVOLUTION},
    {nvinfer1::LayerType::kCONCATENATION, v7::LayerType::kCONCATENATION},
    {nvinfer1::LayerType::kELEMENTWISE, v7::LayerType::kELEMENTWISE},
    {nvinfer1::LayerType::kUNARY, v7::LayerType::kUNARY},
    {nvinfer1::LayerType::kPADDING, v7::LayerType::kPADDING},
    {nvinfer1::LayerType::kSHUFFLE, v7::LayerType::kSHUFFLE},
    {nvinfer1::LayerType::kREDUCE, v7::LayerType::kREDUCE},
    {nvinfer1::LayerType::kTOPK, v7::LayerType::kTOPK},
    {nvinfer1::LayerType::kGATHER, v7::LayerType::kGATHER},
    {nvinfer1::LayerType::kMATRIX_MULTIPLY, v7::LayerType::kMATRIX_MULTIPLY},
    {nvinfer1::LayerType::kRAGGED_SOFTMAX, v7::LayerType::kRAGGED_SOFTMAX},
    {nvinfer1::LayerType::kCONSTANT, v7::LayerType::kCONSTANT},
    {nvinfer1::LayerType::kIDENTITY, v7::LayerType::kIDENTITY},
    {nvinfer1::LayerType::kPLUGIN_V2, v7::LayerType::kPLUGIN_V2},
    {nvinfer1::LayerType::kSLICE, v7::LayerType::kSLICE},
    {nvinfer1::LayerType::kSHAPE, v7::LayerType::kSHAPE},
    {nvinfer1::LayerType::kPARAMETRIC_RELU, v7::LayerType::kPARAMETRIC_RELU},
    {nvinfer1::LayerType::kRESIZE, v7::LayerType::kRESIZE},
    {nvinfer1::LayerType::kSELECT, v7::LayerType::kSELECT},
    {nvinfer1::LayerType::kFILL, v7::LayerType::kFILL},
};

}  // namespace

v7::Dims to_v7(const nvinfer1::Dims& dims) noexcept {
  v7::Dims to{};
  to.nbDims = dims.nbDims;
  for (int i = 0; i < dims.nbDims && i < v7::Dims::MAX_DIMS; ++i) {
    to.d[i] = static_cast<int>(dims.d[i]);
  }
  return to;
}

nvinfer1::Dims from_v7(const v7::Dims& dims) noexcept {
  nvinfer1::Dims to{};
  to.nbDims = dims.nbDims;
  for (int i = 0; i < dims.nbDims && i < v7::Dims::MAX_DIMS; ++i) to.d[i] = dims.d[i];
  return to;
}

nvinfer1::Dims without_batch(const nvinfer1::Dims& dims) noexcept {
  if (dims.nbDims < 1) return dims;
  nvinfer1::Dims rest{};
  rest.nbDims = dims.nbDims - 1;
  std::copy(dims.d + 1, dims.d + dims.nbDims, rest.d);
  return rest;
}

nvinfer1::Dims with_batch(const nvinfer1::Dims& dims) noexcept {
  nvinfer1::Dims all{};
  // One axis too many stays one too many: who reads it refuses it.
  all.nbDims = dims.nbDims < 0 ? dims.nbDims : dims.nbDims + 1;
  all.d[0] = 1;
  for (int i = 0; i < dims.nbDims && i + 1 < nvinfer1::Dims::MAX_DIMS; ++i)
    all.d[i + 1] = dims.d[i];
  return all;
}

bool has_v7(nvinfer1::DataType type) noexcept {
  return static_cast<int>(type) < v7::EnumMax<v7::DataType>();
}
bool has_v7(nvinfer1::TensorFormat format) noexcept {
  return static_cast<int>(format) < v7::EnumMax<v7::TensorFormat>();
}

v7::PluginTensorDesc to_v7(const nvinfer1::PluginTensorDesc& desc) noexcept {
  return {to_v7(desc.dims), to_v7(desc.type), static_cast<v7::TensorFormat>(desc.format),
          desc.scale};
}

v7::LayerType to_v7(nvinfer1::LayerType type) noexcept {
  for (const LayerPair& pair : kLayers) {
    if (pair.now == type) return pair.then;
  }
  return v7::LayerType::kPLUGIN;
}

nvinfer1::ILogger& logger_of(v7::ILogger& logger) {
  static std::mutex mutex;
  static auto& faces = *new std::map<v7::ILogger*, std::unique_ptr<LoggerFace>>;
  const std::lock_guard lock(mutex);
  std::unique_ptr<LoggerFace>& face = faces[&logger];
  if (face == nullptr) face = std::make_unique<LoggerFace>(logger);
  return *face;
}

}  // namespace tenon::compat7
