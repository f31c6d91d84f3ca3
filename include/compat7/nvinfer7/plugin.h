// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins of version 2 with fixed extents, their creators and the registry.
#pragma once

#include "observers.h"

namespace nvinfer1 {
TENON_COMPAT7_INLINE namespace compat7 {
  enum class PluginFieldType : int {
    kFLOAT16 = 0,
    kFLOAT32 = 1,
    kFLOAT64 = 2,
    kINT8 = 3,
    kINT16 = 4,
    kINT32 = 5,
    kCHAR = 6,
    kDIMS = 7,
    kUNKNOWN = 8
  };

  /// A named field of a node. Points at data of others.
  struct PluginField {
    const char* name{nullptr};
    const void* data{nullptr};
    PluginFieldType type{PluginFieldType::kUNKNOWN};
    int32_t length{0};
    PluginField() = default;
    PluginField(const char* name_, const void* data_ = nullptr,
                const PluginFieldType type_ = PluginFieldType::kUNKNOWN, int32_t length_ = 0)
        : name(name_), data(data_), type(type_), length(length_) {}
  };

  struct PluginFieldCollection {
    int nbFields;
    const PluginField* fields;
  };

  /// A tensor as a plugin meets it. scale: what one step of an int8 tensor is worth, else -1.
  struct PluginTensorDesc {
    Dims dims;
    DataType type;
    TensorFormat format;
    float scale;
  };

  /// The family, in the top byte of getTensorRTVersion().
  enum class PluginVersion : uint8_t { kV2 = 0, kV2_EXT = 1, kV2_IOEXT = 2, kV2_DYNAMICEXT = 3 };

  /// A plugin whose tensors have one type and format. Extents are without the batch. The engine
  /// calls initialize and terminate in pairs; 0 is success. enqueue works on `stream`.
  class IPluginV2 {
   public:
    virtual int getTensorRTVersion() const { return kINTERFACE_VERSION; }
    virtual const char* getPluginType() const = 0;
    virtual const char* getPluginVersion() const = 0;
    virtual int getNbOutputs() const = 0;
    virtual Dims getOutputDimensions(int index, const Dims* inputs, int nbInputDims) = 0;
    virtual bool supportsFormat(DataType type, PluginFormat format) const = 0;
    virtual void configureWithFormat(const Dims* inputDims, int nbInputs, const Dims* outputDims,
                                     int nbOutputs, DataType type, PluginFormat format,
                                     int maxBatchSize) = 0;
    virtual int initialize() = 0;
    virtual void terminate() = 0;
    virtual size_t getWorkspaceSize(int maxBatchSize) const = 0;
    virtual int enqueue(int batchSize, const void* const* inputs, void** outputs, void* workspace,
                        cudaStream_t stream) = 0;
    virtual size_t getSerializationSize() const = 0;
    virtual void serialize(void* buffer) const = 0;
    virtual void destroy() = 0;
    virtual IPluginV2* clone() const = 0;
    virtual void setPluginNamespace(const char* pluginNamespace) = 0;
    virtual const char* getPluginNamespace() const = 0;

   protected:
    virtual ~IPluginV2() {}
  };

  /// Outputs may be of other types than inputs.
  class IPluginV2Ext : public IPluginV2 {
   public:
    virtual DataType getOutputDataType(int index, const DataType* inputTypes,
                                       int nbInputs) const = 0;
    virtual bool isOutputBroadcastAcrossBatch(int outputIndex, const bool* inputIsBroadcasted,
                                              int nbInputs) const = 0;
    virtual bool canBroadcastInputAcrossBatch(int inputIndex) const = 0;
    virtual void configurePlugin(const Dims* inputDims, int nbInputs, const Dims* outputDims,
                                 int nbOutputs, const DataType* inputTypes,
                                 const DataType* outputTypes, const bool* inputIsBroadcast,
                                 const bool* outputIsBroadcast, PluginFormat floatFormat,
                                 int maxBatchSize) = 0;
    virtual ~IPluginV2Ext() {}
    virtual void attachToContext(cudnnContext* /*cudnn*/, cublasContext* /*cublas*/,
                                 IGpuAllocator* /*allocator*/) {}
    virtual void detachFromContext() {}
    IPluginV2Ext* clone() const override = 0;

   protected:
    int getTensorRTVersion() const override {
      return static_cast<int>(PluginVersion::kV2_EXT) << 24 | kINTERFACE_VERSION;
    }
    void configureWithFormat(const Dims*, int, const Dims*, int, DataType, PluginFormat,
                             int) override {}
  };

  /// Every tensor has a type and a format of its own.
  class IPluginV2IOExt : public IPluginV2Ext {
   public:
    virtual void configurePlugin(const PluginTensorDesc* in, int nbInput,
                                 const PluginTensorDesc* out, int nbOutput) = 0;
    /// Looks at entries 0 to pos alone; inputs come before outputs.
    virtual bool supportsFormatCombination(int pos, const PluginTensorDesc* inOut, int nbInputs,
                                           int nbOutputs) const = 0;

   protected:
    int getTensorRTVersion() const override {
      return static_cast<int>(PluginVersion::kV2_IOEXT) << 24 | kINTERFACE_VERSION;
    }
    void configureWithFormat(const Dims*, int, const Dims*, int, DataType, PluginFormat,
                             int) final {}
    void configurePlugin(const Dims*, int, const Dims*, int, const DataType*, const DataType*,
                         const bool*, const bool*, PluginFormat, int) final {}
    bool supportsFormat(DataType, PluginFormat) const final { return false; }
  };

  /// Makes plugins of one name and version. The registry keeps a pointer to it.
  class IPluginCreator {
   public:
    virtual int getTensorRTVersion() const { return kINTERFACE_VERSION; }
    virtual const char* getPluginName() const = 0;
    virtual const char* getPluginVersion() const = 0;
    virtual const PluginFieldCollection* getFieldNames() = 0;
    virtual IPluginV2* createPlugin(const char* name, const PluginFieldCollection* fc) = 0;
    virtual IPluginV2* deserializePlugin(const char* name, const void* serialData,
                                         size_t serialLength) = 0;
    virtual void setPluginNamespace(const char* pluginNamespace) = 0;
    virtual const char* getPluginNamespace() const = 0;
    virtual ~IPluginCreator() {}
  };

  /// The creators of the process that were registered through these headers. They are registered
  /// with the present interface too. Safe for several threads.
  class IPluginRegistry {
   public:
    /// False when the name, version and namespace are taken, with a message to the logger.
    virtual bool registerCreator(IPluginCreator& creator, const char* pluginNamespace) noexcept = 0;
    virtual IPluginCreator* const* getPluginCreatorList(int* numCreators) const noexcept = 0;
    virtual IPluginCreator* getPluginCreator(const char* pluginType, const char* pluginVersion,
                                             const char* pluginNamespace = "") noexcept = 0;
    virtual void setErrorRecorder(IErrorRecorder* recorder) noexcept = 0;
    virtual IErrorRecorder* getErrorRecorder() const noexcept = 0;

   protected:
    virtual ~IPluginRegistry() noexcept {}
  };

  TENON_COMPAT7_API IPluginRegistry* getPluginRegistry();

  /// Registers a creator when it is constructed.
  template <typename T>
  class PluginRegistrar {
   public:
    PluginRegistrar() { getPluginRegistry()->registerCreator(instance, ""); }

   private:
    T instance{};
  };

}  // namespace compat7
}  // namespace nvinfer1

#ifndef TENON_COMPAT7_APART
using nvinfer1::getPluginRegistry;
#define REGISTER_TENSORRT_PLUGIN(name) \
  static nvinfer1::PluginRegistrar<name> pluginRegistrar##name {}
#endif
