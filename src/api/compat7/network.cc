// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensors, layers, and adding them.
#include "api/compat7/network.h"

#include <vector>

#include "api/compat7/plugin.h"

namespace tenon::compat7 {

class Network::Tensor final : public v7::ITensor {
 public:
  Tensor(nvinfer1::ITensor& now, const Network& network) : now_(now), network_(network) {}
  ~Tensor() override = default;
  [[nodiscard]] nvinfer1::ITensor& now() const noexcept { return now_; }

  void setName(const char* name) override { now_.setName(name); }
  const char* getName() const override { return now_.getName(); }
  void setDimensions(v7::Dims dimensions) override {
    now_.setDimensions(network_.show(from_v7(dimensions)));
  }
  v7::Dims getDimensions() const override { return to_v7(network_.hide(now_.getDimensions())); }
  void setType(v7::DataType type) override { now_.setType(from_v7(type)); }
  v7::DataType getType() const override { return to_v7(now_.getType()); }
  bool setDynamicRange(float min, float max) override { return now_.setDynamicRange(min, max); }
  bool isNetworkInput() const override { return now_.isNetworkInput(); }
  bool isNetworkOutput() const override { return now_.isNetworkOutput(); }
  bool dynamicRangeIsSet() const override { return now_.dynamicRangeIsSet(); }
  void resetDynamicRange() override { now_.resetDynamicRange(); }
  float getDynamicRangeMin() const override { return now_.getDynamicRangeMin(); }
  float getDynamicRangeMax() const override { return now_.getDynamicRangeMax(); }
  void setAllowedFormats(v7::TensorFormats formats) override { now_.setAllowedFormats(formats); }
  v7::TensorFormats getAllowedFormats() const override { return now_.getAllowedFormats(); }
  v7::TensorLocation getLocation() const override {
    return static_cast<v7::TensorLocation>(now_.getLocation());
  }

 private:
  nvinfer1::ITensor& now_;
  const Network& network_;
};

class Network::Layer final : public v7::ILayer {
 public:
  Layer(nvinfer1::ILayer& now, const Network& network) : now_(now), network_(network) {}
  ~Layer() override = default;

  v7::LayerType getType() const override { return to_v7(now_.getType()); }
  void setName(const char* name) override { now_.setName(name); }
  const char* getName() const override { return now_.getName(); }
  int getNbInputs() const override { return now_.getNbInputs(); }
  v7::ITensor* getInput(int index) const override {
    return network_.tensor_of(now_.getInput(index));
  }
  int getNbOutputs() const override { return now_.getNbOutputs(); }
  v7::ITensor* getOutput(int index) const override {
    return network_.tensor_of(now_.getOutput(index));
  }
  void setPrecision(v7::DataType dataType) override { now_.setPrecision(from_v7(dataType)); }
  v7::DataType getPrecision() const override { return to_v7(now_.getPrecision()); }
  bool precisionIsSet() const override { return now_.precisionIsSet(); }
  void resetPrecision() override { now_.resetPrecision(); }
  void setOutputType(int index, v7::DataType dataType) override {
    now_.setOutputType(index, from_v7(dataType));
  }
  v7::DataType getOutputType(int index) const override { return to_v7(now_.getOutputType(index)); }
  bool outputTypeIsSet(int index) const override { return now_.outputTypeIsSet(index); }
  void resetOutputType(int index) override { now_.resetOutputType(index); }

 private:
  nvinfer1::ILayer& now_;
  const Network& network_;
};

Network::Network(std::unique_ptr<nvinfer1::INetworkDefinition> now, bool implicit_batch)
    : now_(std::move(now)), implicit_batch_(implicit_batch) {}
Network::~Network() = default;

nvinfer1::Dims Network::hide(const nvinfer1::Dims& dims) const noexcept {
  return implicit_batch_ ? without_batch(dims) : dims;
}
nvinfer1::Dims Network::show(const nvinfer1::Dims& dims) const noexcept {
  return implicit_batch_ ? with_batch(dims) : dims;
}

v7::ITensor* Network::tensor_of(nvinfer1::ITensor* tensor) const {
  if (tensor == nullptr) return nullptr;
  std::unique_ptr<Tensor>& wrapper = tensors_[tensor];
  if (wrapper == nullptr) wrapper = std::make_unique<Tensor>(*tensor, *this);
  return wrapper.get();
}

v7::ILayer* Network::layer_of(nvinfer1::ILayer* layer) const {
  if (layer == nullptr) return nullptr;
  std::unique_ptr<Layer>& wrapper = layers_[layer];
  if (wrapper == nullptr) wrapper = std::make_unique<Layer>(*layer, *this);
  return wrapper.get();
}

v7::ITensor* Network::addInput(const char* name, v7::DataType type, v7::Dims dimensions) {
  return tensor_of(now_->addInput(name, from_v7(type), show(from_v7(dimensions))));
}

void Network::markOutput(v7::ITensor& tensor) {
  now_->markOutput(static_cast<Tensor&>(tensor).now());
}
void Network::unmarkOutput(v7::ITensor& tensor) {
  now_->unmarkOutput(static_cast<Tensor&>(tensor).now());
}

v7::ILayer* Network::addActivation(v7::ITensor& input, v7::ActivationType type) {
  return layer_of(now_->addActivation(static_cast<Tensor&>(input).now(),
                                      static_cast<nvinfer1::ActivationType>(type)));
}

v7::ILayer* Network::addElementWise(v7::ITensor& input1, v7::ITensor& input2,
                                    v7::ElementWiseOperation op) {
  return layer_of(now_->addElementWise(static_cast<Tensor&>(input1).now(),
                                       static_cast<Tensor&>(input2).now(),
                                       static_cast<nvinfer1::ElementWiseOperation>(op)));
}

v7::ILayer* Network::addIdentity(v7::ITensor& input) {
  return layer_of(now_->addIdentity(static_cast<Tensor&>(input).now()));
}

v7::ILayer* Network::addPluginV2(v7::ITensor* const* inputs, int nbInputs, v7::IPluginV2& plugin) {
  std::vector<nvinfer1::ITensor*> tensors;
  for (int i = 0; i < nbInputs; ++i) tensors.push_back(&static_cast<Tensor*>(inputs[i])->now());
  nvinfer1::IPluginV2* face = wrap(plugin.clone());
  if (face == nullptr) return nullptr;
  nvinfer1::ILayer* layer = now_->addPluginV2(tensors.data(), nbInputs, *face);
  face->destroy();  // the network has a clone of its own
  return layer_of(layer);
}

}  // namespace tenon::compat7
