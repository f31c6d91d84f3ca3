// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A node of the graph as users see it: what all layers share.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "NvInfer.h"
#include "api/infer/network/network.h"
#include "plugin/convert.h"

namespace tenon::api {

/// What Network keeps of a layer, whatever its interface. Layers have protected destructors.
class LayerHandle {
 public:
  virtual ~LayerHandle() = default;
  [[nodiscard]] virtual nvinfer1::ILayer& layer() noexcept = 0;
  /// Why no engine can be built of the layer as it was left, and the mend; empty: it is whole.
  [[nodiscard]] virtual std::string unfinished() const { return {}; }
};

/// The common calls of interface `Interface` over one ir::Node. `Type` is what getType answers.
template <class Interface, nvinfer1::LayerType Type>
class LayerOf : public Interface, public LayerHandle {
 public:
  LayerOf(Network& network, ir::Node& node) : network_(network), node_(node) {}

  [[nodiscard]] nvinfer1::ILayer& layer() noexcept override { return *this; }

  nvinfer1::LayerType getType() const noexcept override { return Type; }
  void setName(char const* name) noexcept override { node_.name = name == nullptr ? "" : name; }
  char const* getName() const noexcept override { return node_.name.c_str(); }
  int32_t getNbInputs() const noexcept override {
    return static_cast<int32_t>(node_.inputs().size());
  }
  nvinfer1::ITensor* getInput(int32_t index) const noexcept override {
    return network_.tensor_at(node_.inputs(), index);
  }
  int32_t getNbOutputs() const noexcept override {
    return static_cast<int32_t>(node_.outputs().size());
  }
  nvinfer1::ITensor* getOutput(int32_t index) const noexcept override {
    return network_.tensor_at(node_.outputs(), index);
  }
  void setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept override {
    network_.set_input(node_, index, tensor);
  }
  void setPrecision(nvinfer1::DataType dataType) noexcept override { precision_ = dataType; }
  nvinfer1::DataType getPrecision() const noexcept override {
    return precision_.value_or(nvinfer1::DataType::kFLOAT);
  }
  bool precisionIsSet() const noexcept override { return precision_.has_value(); }
  void resetPrecision() noexcept override { precision_.reset(); }
  void setOutputType(int32_t index, nvinfer1::DataType dataType) noexcept override {
    if (network_.set_output_type(node_, index, dataType)) output_types_[index] = dataType;
  }
  nvinfer1::DataType getOutputType(int32_t index) const noexcept override {
    const auto wish = output_types_.find(index);
    if (wish != output_types_.end()) return wish->second;
    nvinfer1::ITensor* output = getOutput(index);
    return output == nullptr ? nvinfer1::DataType::kFLOAT : output->getType();
  }
  bool outputTypeIsSet(int32_t index) const noexcept override {
    return output_types_.contains(index);
  }
  void resetOutputType(int32_t index) noexcept override {
    if (output_types_.erase(index) > 0) network_.reset_output_type(node_, index);
  }
  void setMetadata(char const* metadata) noexcept override {
    metadata_ = metadata == nullptr ? "" : metadata;
  }
  char const* getMetadata() const noexcept override { return metadata_.c_str(); }
  bool setNbRanks(int32_t nbRanks) noexcept override { return nbRanks == 1; }
  int32_t getNbRanks() const noexcept override { return 1; }

 protected:
  /// The node's parameters as `Struct`; the layer's class guarantees the kind.
  template <class Struct>
  [[nodiscard]] const Struct& op() const noexcept {
    return *node_.as<Struct>();
  }
  /// Changes parameters by `edit(Struct&)` and types the network anew; what the operator's rule
  /// refuses is reported and undone.
  template <class Struct, class Edit>
  bool change(Edit&& edit) noexcept {
    return network_.change(node_, [&] { edit(*node_.as<Struct>()); });
  }

  Network& network_;
  ir::Node& node_;

 private:
  std::optional<nvinfer1::DataType> precision_;
  std::map<int32_t, nvinfer1::DataType> output_types_;  ///< as they were set
  std::string metadata_;
};

}  // namespace tenon::api
