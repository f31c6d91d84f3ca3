// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A value of the graph as users see it.
#pragma once

#include <optional>
#include <utility>

#include "NvInfer.h"
#include "api/voice.h"
#include "ir/graph.h"

namespace tenon::api {

class Network;

/// A live view of one ir::Value; made lazily by Network, lives as long as it.
class Tensor final : public nvinfer1::ITensor {
 public:
  Tensor(Network& network, ir::Value& value) : network_(network), value_(&value) {}
  [[nodiscard]] ir::Value& value() const noexcept { return *value_; }
  /// Shows another value from now on: one that took the first one's place for all readers.
  void rebind(ir::Value& value) noexcept { value_ = &value; }
  /// What setDynamicRange was told.
  [[nodiscard]] const std::optional<std::pair<float, float>>& range() const noexcept {
    return range_;
  }

  void setName(char const* name) noexcept override;
  char const* getName() const noexcept override { return value_->name.c_str(); }
  void setDimensions(nvinfer1::Dims const& dimensions) noexcept override;
  nvinfer1::Dims getDimensions() const noexcept override;
  void setType(nvinfer1::DataType type) noexcept override;
  nvinfer1::DataType getType() const noexcept override;
  bool setDynamicRange(float min, float max) noexcept override;
  bool isNetworkInput() const noexcept override { return value_->is_network_input(); }
  bool isNetworkOutput() const noexcept override { return value_->is_network_output(); }
  void setBroadcastAcrossBatch(bool) noexcept override {}
  bool getBroadcastAcrossBatch() const noexcept override { return false; }
  nvinfer1::TensorLocation getLocation() const noexcept override;
  void setLocation(nvinfer1::TensorLocation location) noexcept override;
  bool dynamicRangeIsSet() const noexcept override { return range_.has_value(); }
  void resetDynamicRange() noexcept override { range_.reset(); }
  float getDynamicRangeMin() const noexcept override;
  float getDynamicRangeMax() const noexcept override;
  void setAllowedFormats(nvinfer1::TensorFormats formats) noexcept override;
  nvinfer1::TensorFormats getAllowedFormats() const noexcept override;
  bool isShapeTensor() const noexcept override;
  bool isExecutionTensor() const noexcept override { return !isShapeTensor(); }
  void setDimensionName(int32_t index, char const* name) noexcept override;
  char const* getDimensionName(int32_t index) const noexcept override;

 private:
  Network& network_;
  ir::Value* value_;
  bool on_host_ = false;
  std::optional<std::pair<float, float>> range_;
};

}  // namespace tenon::api
