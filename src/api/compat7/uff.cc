// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The parser of UFF files of the 7.x interface, and the small functions beside it.
#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "NvUffParser.h"
#include "api/compat7/network.h"
#include "compat7/NvInferPlugin.h"
#include "compat7/NvUffParser.h"
#include "compat7/NvUtils.h"

namespace tenon::compat7 {

namespace {

namespace uff7 = nvuffparser::compat7;

class Parser final : public uff7::IUffParser {
 public:
  explicit Parser(std::unique_ptr<nvuffparser::IUffParser> now) : now_(std::move(now)) {}

  bool registerInput(const char* inputName, v7::Dims inputDims,
                     uff7::UffInputOrder inputOrder) override {
    return now_->registerInput(inputName, from_v7(inputDims),
                               static_cast<nvuffparser::UffInputOrder>(inputOrder));
  }
  bool registerOutput(const char* outputName) override { return now_->registerOutput(outputName); }
  bool parse(const char* file, v7::INetworkDefinition& network, v7::DataType weightsType) override {
    return now_->parse(file, static_cast<Network&>(network).now(), from_v7(weightsType));
  }
  bool parseBuffer(const char* buffer, size_t size, v7::INetworkDefinition& network,
                   v7::DataType weightsType) override {
    return now_->parseBuffer(buffer, size, static_cast<Network&>(network).now(),
                             from_v7(weightsType));
  }
  void destroy() override { delete this; }
  int getUffRequiredVersionMajor() override { return now_->getUffRequiredVersionMajor(); }
  int getUffRequiredVersionMinor() override { return now_->getUffRequiredVersionMinor(); }
  int getUffRequiredVersionPatch() override { return now_->getUffRequiredVersionPatch(); }
  void setPluginNamespace(const char* libNamespace) override {
    now_->setPluginNamespace(libNamespace);
  }

 private:
  ~Parser() override = default;
  std::unique_ptr<nvuffparser::IUffParser> now_;
};

size_t width_of(v7::DataType type) noexcept {
  constexpr size_t kWidths[] = {4, 2, 1, 4, 1};
  const auto number = static_cast<size_t>(type);
  return number < std::size(kWidths) ? kWidths[number] : 0;
}

}  // namespace

}  // namespace tenon::compat7

namespace nvuffparser::compat7 {

TENON_COMPAT7_API IUffParser* createUffParser() {
  std::unique_ptr<nvuffparser::IUffParser> now(nvuffparser::createUffParser());
  return now == nullptr ? nullptr : new tenon::compat7::Parser(std::move(now));
}

}  // namespace nvuffparser::compat7

namespace nvinfer1::compat7 {

TENON_COMPAT7_API bool initLibNvInferPlugins(void*, const char*) { return true; }

namespace utils {

TENON_COMPAT7_API bool reshapeWeights(const Weights& input, const int* shape, const int* shapeOrder,
                                      void* data, int nbDims) {
  const size_t width = tenon::compat7::width_of(input.type);
  if (shape == nullptr || shapeOrder == nullptr || data == nullptr || width == 0 || nbDims < 1 ||
      nbDims > Dims::MAX_DIMS || input.values == nullptr) {
    return false;
  }
  int64_t total = 1;
  int64_t strides[Dims::MAX_DIMS] = {};
  uint32_t seen = 0;
  for (int i = nbDims - 1; i >= 0; --i) {
    strides[i] = total;
    if (shape[i] < 1 || total > input.count / shape[i]) return false;
    total *= shape[i];
    if (shapeOrder[i] < 0 || shapeOrder[i] >= nbDims) return false;
    seen |= 1U << shapeOrder[i];
  }
  if (total != input.count || seen != (1U << nbDims) - 1) return false;
  int64_t at[Dims::MAX_DIMS] = {};
  for (int64_t i = 0; i < total; ++i) {
    int64_t from = 0;
    for (int axis = 0; axis < nbDims; ++axis) from += at[axis] * strides[shapeOrder[axis]];
    std::memcpy(static_cast<char*>(data) + static_cast<size_t>(i) * width,
                static_cast<const char*>(input.values) + static_cast<size_t>(from) * width, width);
    for (int axis = nbDims - 1; axis >= 0 && ++at[axis] == shape[shapeOrder[axis]]; --axis) {
      at[axis] = 0;
    }
  }
  return true;
}

TENON_COMPAT7_API bool reorderSubBuffers(void* input, const int* order, int num, int size) {
  if (input == nullptr || order == nullptr || num < 0 || size < 0) return false;
  const auto block = static_cast<size_t>(size);
  const auto* begin = static_cast<const char*>(input);
  const std::vector<char> copy(begin, begin + static_cast<size_t>(num) * block);
  for (int i = 0; i < num; ++i) {
    if (order[i] < 0 || order[i] >= num) return false;
  }
  for (int i = 0; i < num; ++i) {
    std::copy_n(copy.data() + static_cast<size_t>(order[i]) * block, block,
                static_cast<char*>(input) + static_cast<size_t>(i) * block);
  }
  return true;
}

TENON_COMPAT7_API bool transposeSubBuffers(void* input, DataType type, int num, int height,
                                           int width) {
  const size_t bytes = tenon::compat7::width_of(type);
  if (input == nullptr || bytes == 0 || num < 0 || height < 0 || width < 0) return false;
  const auto rows = static_cast<size_t>(height), columns = static_cast<size_t>(width);
  for (size_t n = 0; n < static_cast<size_t>(num); ++n) {
    char* matrix = static_cast<char*>(input) + n * rows * columns * bytes;
    const std::vector<char> copy(matrix, matrix + rows * columns * bytes);
    for (size_t y = 0; y < rows; ++y) {
      for (size_t x = 0; x < columns; ++x) {
        std::copy_n(copy.data() + (y * columns + x) * bytes, bytes,
                    matrix + (x * rows + y) * bytes);
      }
    }
  }
  return true;
}

}  // namespace utils

}  // namespace nvinfer1::compat7
