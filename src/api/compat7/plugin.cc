// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One face a family, over what all families share.
#include "api/compat7/plugin.h"

#include <memory>
#include <vector>

namespace tenon::compat7 {

namespace {

using nvinfer1::AsciiChar;
using DimsList = std::vector<v7::Dims>;

DimsList list_of(const nvinfer1::Dims* dims, int32_t count) {
  DimsList list;
  for (int32_t i = 0; i < count; ++i) list.push_back(to_v7(dims[i]));
  return list;
}

std::vector<v7::DataType> list_of(const nvinfer1::DataType* types, int32_t count) {
  std::vector<v7::DataType> list;
  for (int32_t i = 0; i < count; ++i) list.push_back(to_v7(types[i]));
  return list;
}

std::vector<v7::PluginTensorDesc> list_of(const nvinfer1::PluginTensorDesc* descs, int32_t count) {
  std::vector<v7::PluginTensorDesc> list;
  for (int32_t i = 0; i < count; ++i) list.push_back(to_v7(descs[i]));
  return list;
}

/// What all families share. Modern: the present interface; Old: the 7.x one.
template <class Modern, class Old>
class Face : public Modern {
 public:
  explicit Face(Old* old) : old_(old) {}

  AsciiChar const* getPluginType() const noexcept override { return old_->getPluginType(); }
  AsciiChar const* getPluginVersion() const noexcept override { return old_->getPluginVersion(); }
  int32_t getNbOutputs() const noexcept override { return old_->getNbOutputs(); }
  nvinfer1::Dims getOutputDimensions(int32_t index, nvinfer1::Dims const* inputs,
                                     int32_t nbInputDims) noexcept override {
    const DimsList list = list_of(inputs, nbInputDims);
    return from_v7(old_->getOutputDimensions(index, list.data(), nbInputDims));
  }
  int32_t initialize() noexcept override { return old_->initialize(); }
  void terminate() noexcept override { old_->terminate(); }
  size_t getWorkspaceSize(int32_t maxBatchSize) const noexcept override {
    return old_->getWorkspaceSize(maxBatchSize);
  }
  int32_t enqueue(int32_t batchSize, void const* const* inputs, void* const* outputs,
                  void* workspace, cudaStream_t stream) noexcept override {
    return old_->enqueue(batchSize, inputs, const_cast<void**>(outputs), workspace, stream);
  }
  size_t getSerializationSize() const noexcept override { return old_->getSerializationSize(); }
  void serialize(void* buffer) const noexcept override { old_->serialize(buffer); }
  void destroy() noexcept override {
    old_->destroy();
    delete this;
  }
  void setPluginNamespace(AsciiChar const* pluginNamespace) noexcept override {
    old_->setPluginNamespace(pluginNamespace);
  }
  AsciiChar const* getPluginNamespace() const noexcept override {
    return old_->getPluginNamespace();
  }

 protected:
  Old* old_;  ///< ours until destroy()
};

class PlainFace final : public Face<nvinfer1::IPluginV2, v7::IPluginV2> {
 public:
  using Face::Face;
  bool supportsFormat(nvinfer1::DataType type,
                      nvinfer1::PluginFormat format) const noexcept override {
    return has_v7(type) && has_v7(format) &&
           old_->supportsFormat(to_v7(type), static_cast<v7::PluginFormat>(format));
  }
  void configureWithFormat(nvinfer1::Dims const* inputDims, int32_t nbInputs,
                           nvinfer1::Dims const* outputDims, int32_t nbOutputs,
                           nvinfer1::DataType type, nvinfer1::PluginFormat format,
                           int32_t maxBatchSize) noexcept override {
    const DimsList inputs = list_of(inputDims, nbInputs), outputs = list_of(outputDims, nbOutputs);
    old_->configureWithFormat(inputs.data(), nbInputs, outputs.data(), nbOutputs, to_v7(type),
                              static_cast<v7::PluginFormat>(format), maxBatchSize);
  }
  nvinfer1::IPluginV2* clone() const noexcept override {
    v7::IPluginV2* copy = old_->clone();
    return copy == nullptr ? nullptr : new PlainFace(copy);
  }
};

/// What the families with types of their own share.
template <class Modern, class Old>
class TypedFace : public Face<Modern, Old> {
 public:
  using Face<Modern, Old>::Face;
  nvinfer1::DataType getOutputDataType(int32_t index, nvinfer1::DataType const* inputTypes,
                                       int32_t nbInputs) const noexcept override {
    const auto types = list_of(inputTypes, nbInputs);
    return from_v7(this->old_->getOutputDataType(index, types.data(), nbInputs));
  }
  bool isOutputBroadcastAcrossBatch(int32_t outputIndex, bool const* inputIsBroadcasted,
                                    int32_t nbInputs) const noexcept override {
    return this->old_->isOutputBroadcastAcrossBatch(outputIndex, inputIsBroadcasted, nbInputs);
  }
  bool canBroadcastInputAcrossBatch(int32_t inputIndex) const noexcept override {
    return this->old_->canBroadcastInputAcrossBatch(inputIndex);
  }
  void attachToContext(cudnnContext* cudnn, cublasContext* cublas,
                       nvinfer1::IGpuAllocator*) noexcept override {
    this->old_->attachToContext(cudnn, cublas, nullptr);
  }
  void detachFromContext() noexcept override { this->old_->detachFromContext(); }
};

class ExtFace final : public TypedFace<nvinfer1::IPluginV2Ext, v7::IPluginV2Ext> {
 public:
  using TypedFace::TypedFace;
  bool supportsFormat(nvinfer1::DataType type,
                      nvinfer1::PluginFormat format) const noexcept override {
    return has_v7(type) && has_v7(format) &&
           old_->supportsFormat(to_v7(type), static_cast<v7::PluginFormat>(format));
  }
  void configurePlugin(nvinfer1::Dims const* inputDims, int32_t nbInputs,
                       nvinfer1::Dims const* outputDims, int32_t nbOutputs,
                       nvinfer1::DataType const* inputTypes, nvinfer1::DataType const* outputTypes,
                       bool const* inputIsBroadcast, bool const* outputIsBroadcast,
                       nvinfer1::PluginFormat floatFormat, int32_t maxBatchSize) noexcept override {
    const DimsList inputs = list_of(inputDims, nbInputs), outputs = list_of(outputDims, nbOutputs);
    const auto in_types = list_of(inputTypes, nbInputs),
               out_types = list_of(outputTypes, nbOutputs);
    old_->configurePlugin(inputs.data(), nbInputs, outputs.data(), nbOutputs, in_types.data(),
                          out_types.data(), inputIsBroadcast, outputIsBroadcast,
                          static_cast<v7::PluginFormat>(floatFormat), maxBatchSize);
  }
  nvinfer1::IPluginV2Ext* clone() const noexcept override {
    v7::IPluginV2Ext* copy = old_->clone();
    return copy == nullptr ? nullptr : new ExtFace(copy);
  }
};

class IoFace final : public TypedFace<nvinfer1::IPluginV2IOExt, v7::IPluginV2IOExt> {
 public:
  using TypedFace::TypedFace;
  void configurePlugin(nvinfer1::PluginTensorDesc const* in, int32_t nbInput,
                       nvinfer1::PluginTensorDesc const* out, int32_t nbOutput) noexcept override {
    const auto inputs = list_of(in, nbInput), outputs = list_of(out, nbOutput);
    old_->configurePlugin(inputs.data(), nbInput, outputs.data(), nbOutput);
  }
  bool supportsFormatCombination(int32_t pos, nvinfer1::PluginTensorDesc const* inOut,
                                 int32_t nbInputs, int32_t nbOutputs) const noexcept override {
    if (!has_v7(inOut[pos].type) || !has_v7(inOut[pos].format)) return false;
    auto descs = list_of(inOut, pos + 1);
    descs.resize(static_cast<size_t>(nbInputs) + static_cast<size_t>(nbOutputs));
    return old_->supportsFormatCombination(pos, descs.data(), nbInputs, nbOutputs);
  }
  nvinfer1::IPluginV2Ext* clone() const noexcept override {
    auto* copy = static_cast<v7::IPluginV2IOExt*>(old_->clone());
    return copy == nullptr ? nullptr : new IoFace(copy);
  }
};

/// A creator of the 7.x interface as one of the present interface.
class CreatorFace final : public nvinfer1::IPluginCreator {
 public:
  explicit CreatorFace(v7::IPluginCreator& old) : old_(old) {}
  [[nodiscard]] v7::IPluginCreator& old() const noexcept { return old_; }

  AsciiChar const* getPluginName() const noexcept override { return old_.getPluginName(); }
  AsciiChar const* getPluginVersion() const noexcept override { return old_.getPluginVersion(); }
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override {
    const v7::PluginFieldCollection* fields = old_.getFieldNames();
    if (fields == nullptr) return nullptr;
    fields_.clear();
    for (int i = 0; i < fields->nbFields; ++i) {
      const v7::PluginField& field = fields->fields[i];
      fields_.emplace_back(field.name, field.data,
                           static_cast<nvinfer1::PluginFieldType>(field.type), field.length);
    }
    collection_ = {static_cast<int32_t>(fields_.size()), fields_.data()};
    return &collection_;
  }
  nvinfer1::IPluginV2* createPlugin(AsciiChar const* name,
                                    nvinfer1::PluginFieldCollection const* fc) noexcept override {
    std::vector<v7::PluginField> fields;
    for (int32_t i = 0; fc != nullptr && i < fc->nbFields; ++i) {
      const nvinfer1::PluginField& field = fc->fields[i];
      const auto type =
          static_cast<int>(field.type) < static_cast<int>(v7::PluginFieldType::kUNKNOWN)
              ? static_cast<v7::PluginFieldType>(field.type)
              : v7::PluginFieldType::kUNKNOWN;
      fields.emplace_back(field.name, field.data, type, field.length);
    }
    const v7::PluginFieldCollection given{static_cast<int>(fields.size()), fields.data()};
    return wrap(old_.createPlugin(name, &given));
  }
  nvinfer1::IPluginV2* deserializePlugin(AsciiChar const* name, void const* serialData,
                                         size_t serialLength) noexcept override {
    return wrap(old_.deserializePlugin(name, serialData, serialLength));
  }
  void setPluginNamespace(AsciiChar const* pluginNamespace) noexcept override {
    old_.setPluginNamespace(pluginNamespace);
  }
  AsciiChar const* getPluginNamespace() const noexcept override {
    return old_.getPluginNamespace();
  }

 private:
  v7::IPluginCreator& old_;
  std::vector<nvinfer1::PluginField> fields_;
  nvinfer1::PluginFieldCollection collection_{};
};

class Registry final : public v7::IPluginRegistry {
 public:
  bool registerCreator(v7::IPluginCreator& creator, const char* pluginNamespace) noexcept override {
    auto face = std::make_unique<CreatorFace>(creator);
    if (!::getPluginRegistry()->registerCreator(*face, pluginNamespace)) return false;
    faces_.push_back(std::move(face));
    listed_.push_back(&creator);
    return true;
  }
  v7::IPluginCreator* const* getPluginCreatorList(int* numCreators) const noexcept override {
    if (numCreators != nullptr) *numCreators = static_cast<int>(listed_.size());
    return listed_.data();
  }
  v7::IPluginCreator* getPluginCreator(const char* pluginType, const char* pluginVersion,
                                       const char* pluginNamespace) noexcept override {
    const nvinfer1::IPluginCreatorInterface* found =
        ::getPluginRegistry()->getCreator(pluginType, pluginVersion, pluginNamespace);
    for (const auto& face : faces_) {
      if (face.get() == found) return &face->old();
    }
    return nullptr;
  }
  void setErrorRecorder(v7::IErrorRecorder* recorder) noexcept override { recorder_ = recorder; }
  v7::IErrorRecorder* getErrorRecorder() const noexcept override { return recorder_; }

 private:
  std::vector<std::unique_ptr<CreatorFace>> faces_;
  std::vector<v7::IPluginCreator*> listed_;
  v7::IErrorRecorder* recorder_ = nullptr;
};

}  // namespace

nvinfer1::IPluginV2* wrap(v7::IPluginV2* plugin) {
  if (plugin == nullptr) return nullptr;
  switch (
      static_cast<v7::PluginVersion>(static_cast<uint32_t>(plugin->getTensorRTVersion()) >> 24)) {
    case v7::PluginVersion::kV2:
      return new PlainFace(plugin);
    case v7::PluginVersion::kV2_EXT:
      return new ExtFace(static_cast<v7::IPluginV2Ext*>(plugin));
    case v7::PluginVersion::kV2_IOEXT:
      return new IoFace(static_cast<v7::IPluginV2IOExt*>(plugin));
    default:
      return nullptr;
  }
}

}  // namespace tenon::compat7

namespace nvinfer1::compat7 {

TENON_COMPAT7_API IPluginRegistry* getPluginRegistry() {
  // Never destroyed: creators register before main and are asked after it.
  static auto* registry = new tenon::compat7::Registry;
  return registry;
}

}  // namespace nvinfer1::compat7
