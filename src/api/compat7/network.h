// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A network of the 7.x interface over one of the present interface.
#pragma once

#include <map>
#include <memory>

#include "api/compat7/translate.h"

namespace tenon::compat7 {

/// Tensors and layers are wrapped lazily, one wrapper each. With an implicit batch the network
/// below has a batch of one in front of every extent, which nobody here sees.
class Network final : public v7::INetworkDefinition {
 public:
  Network(std::unique_ptr<nvinfer1::INetworkDefinition> now, bool implicit_batch);
  ~Network() override;

  [[nodiscard]] nvinfer1::INetworkDefinition& now() noexcept { return *now_; }
  [[nodiscard]] nvinfer1::Dims hide(const nvinfer1::Dims& dims) const noexcept;
  [[nodiscard]] nvinfer1::Dims show(const nvinfer1::Dims& dims) const noexcept;
  v7::ITensor* tensor_of(nvinfer1::ITensor* tensor) const;
  v7::ILayer* layer_of(nvinfer1::ILayer* layer) const;

  v7::ITensor* addInput(const char* name, v7::DataType type, v7::Dims dimensions) override;
  void markOutput(v7::ITensor& tensor) override;
  v7::ILayer* addActivation(v7::ITensor& input, v7::ActivationType type) override;
  v7::ILayer* addElementWise(v7::ITensor& input1, v7::ITensor& input2,
                             v7::ElementWiseOperation op) override;
  v7::ILayer* addIdentity(v7::ITensor& input) override;
  v7::ILayer* addPluginV2(v7::ITensor* const* inputs, int nbInputs, v7::IPluginV2& plugin) override;
  int getNbLayers() const override { return now_->getNbLayers(); }
  v7::ILayer* getLayer(int index) const override { return layer_of(now_->getLayer(index)); }
  int getNbInputs() const override { return now_->getNbInputs(); }
  v7::ITensor* getInput(int index) const override { return tensor_of(now_->getInput(index)); }
  int getNbOutputs() const override { return now_->getNbOutputs(); }
  v7::ITensor* getOutput(int index) const override { return tensor_of(now_->getOutput(index)); }
  void unmarkOutput(v7::ITensor& tensor) override;
  void setName(const char* name) override { now_->setName(name); }
  const char* getName() const override { return now_->getName(); }
  bool hasImplicitBatchDimension() const override { return implicit_batch_; }
  void destroy() override { delete this; }

 private:
  class Tensor;
  class Layer;

  std::unique_ptr<nvinfer1::INetworkDefinition> now_;
  bool implicit_batch_;
  mutable std::map<nvinfer1::ITensor*, std::unique_ptr<Tensor>> tensors_;
  mutable std::map<nvinfer1::ILayer*, std::unique_ptr<Layer>> layers_;
};

}  // namespace tenon::compat7
