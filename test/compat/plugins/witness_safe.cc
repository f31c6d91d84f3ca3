// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The safe family: of one static shape, and of several.
#include <NvInfer.h>
#include <NvInferSafeRuntime.h>

#include <cstring>
#include <string>

#include "witness.h"

namespace witness {

using namespace nvinfer1;
using nvinfer2::safe::IPluginV3OneSafeBuild;
using nvinfer2::safe::IPluginV3OneSafeBuildMSS;
using nvinfer2::safe::IPluginV3OneSafeCore;
using nvinfer2::safe::IPluginV3OneSafeRuntime;
using nvinfer2::safe::ISafePluginResourceContext;
using nvinfer2::safe::ISafeRecorder;
using nvinfer2::safe::TensorDescriptor;

namespace {

void noteSafe(char const* method) { journal().note(method); }

/// What both families say. `Build` is one of the two interfaces.
template <class Build>
class SafeFaces : public IPluginV3,
                  public IPluginV3OneSafeCore,
                  public Build,
                  public IPluginV3OneSafeRuntime {
 public:
  IPluginCapability* getCapabilityInterface(PluginCapabilityType type) noexcept override {
    noteSafe("IPluginV3::getCapabilityInterface");
    if (type == PluginCapabilityType::kCORE) return static_cast<IPluginV3OneSafeCore*>(this);
    if (type == PluginCapabilityType::kRUNTIME) return static_cast<IPluginV3OneSafeRuntime*>(this);
    return static_cast<Build*>(this);
  }
  char const* getPluginVersion() const noexcept override {
    return noteSafe("IPluginV3OneSafeCore::getPluginVersion"), "1";
  }
  char const* getPluginNamespace() const noexcept override {
    return noteSafe("IPluginV3OneSafeCore::getPluginNamespace"), "";
  }

  int32_t configurePlugin(TensorDescriptor const*, int32_t, TensorDescriptor const*,
                          int32_t) noexcept override {
    return noteSafe("IPluginV3OneSafeBuild::configurePlugin"), 0;
  }
  int32_t getOutputDataTypes(DataType* out, int32_t, DataType const* in,
                             int32_t) const noexcept override {
    out[0] = in[0];
    return noteSafe("IPluginV3OneSafeBuild::getOutputDataTypes"), 0;
  }
  bool supportsFormatCombination(int32_t pos, TensorDescriptor const* all, int32_t,
                                 int32_t) noexcept override {
    noteSafe("IPluginV3OneSafeBuild::supportsFormatCombination");
    return all[pos].vectorizedDim == -1 && all[pos].dataType == DataType::kFLOAT;
  }
  int32_t getNbOutputs() const noexcept override {
    return noteSafe("IPluginV3OneSafeBuild::getNbOutputs"), 1;
  }
  size_t getWorkspaceSize(TensorDescriptor const*, int32_t, TensorDescriptor const*,
                          int32_t) const noexcept override {
    return noteSafe("IPluginV3OneSafeBuild::getWorkspaceSize"), 16;
  }
  int32_t getNbTactics() noexcept override {
    return noteSafe("IPluginV3OneSafeBuild::getNbTactics"), 2;
  }
  int32_t getValidTactics(int32_t* tactics, int32_t) noexcept override {
    tactics[0] = 1;
    tactics[1] = 2;
    return noteSafe("IPluginV3OneSafeBuild::getValidTactics"), 0;
  }
  char const* getTimingCacheID() noexcept override {
    return noteSafe("IPluginV3OneSafeBuild::getTimingCacheID"), "witness";
  }
  int32_t getFormatCombinationLimit() noexcept override {
    return noteSafe("IPluginV3OneSafeBuild::getFormatCombinationLimit"), 100;
  }
  char const* getMetadataString() noexcept override {
    return noteSafe("IPluginV3OneSafeBuild::getMetadataString"), "witness";
  }

  int32_t setTactic(int32_t) noexcept override {
    return noteSafe("IPluginV3OneSafeRuntime::setTactic"), 0;
  }
  int32_t enqueue(TensorDescriptor const* in, TensorDescriptor const*, void const* const* inputs,
                  void* const* outputs, void*, cudaStream_t) noexcept override {
    noteSafe("IPluginV3OneSafeRuntime::enqueue");
    std::memcpy(outputs[0], inputs[0], in[0].sizeInBytes);
    return 0;
  }
  int32_t initResource(ISafePluginResourceContext const* context) noexcept override {
    noteSafe("IPluginV3OneSafeRuntime::initResource");
    noteSafe("ISafePluginResourceContext::getSafeMemAllocator");
    noteSafe("ISafePluginResourceContext::getSafeRecorder");
    noteSafe("ISafePluginResourceContext::getRuntimeErrorInformation");
    return context->getSafeMemAllocator() != nullptr && context->getSafeRecorder() != nullptr &&
                   context->getRuntimeErrorInformation() != nullptr
               ? 0
               : 1;
  }
  PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    return noteSafe("IPluginV3OneSafeRuntime::getFieldsToSerialize"), &fields_;
  }

 private:
  PluginFieldCollection fields_{};
};

class Static final : public SafeFaces<IPluginV3OneSafeBuild> {
 public:
  IPluginV3* clone() noexcept override {
    return noteSafe("IPluginV3OneSafeRuntime::clone"), new Static;
  }
  char const* getPluginName() const noexcept override {
    return noteSafe("IPluginV3OneSafeCore::getPluginName"), "IPluginV3OneSafeBuild";
  }
  int32_t getOutputShapes(Dims const* in, int32_t, Dims* out, int32_t) const noexcept override {
    out[0] = in[0];
    return noteSafe("IPluginV3OneSafeBuild::getOutputShapes"), 0;
  }
};

class Several final : public SafeFaces<IPluginV3OneSafeBuildMSS> {
 public:
  IPluginV3* clone() noexcept override {
    return noteSafe("IPluginV3OneSafeRuntime::clone"), new Several;
  }
  char const* getPluginName() const noexcept override {
    return noteSafe("IPluginV3OneSafeCore::getPluginName"), "IPluginV3OneSafeBuildMSS";
  }
  int32_t getSymbolicOutputShapes(DimsExprs const* in, int32_t, DimsExprs* out, int32_t,
                                  IExprBuilder&) const noexcept override {
    out[0] = in[0];
    return noteSafe("IPluginV3OneSafeBuildMSS::getSymbolicOutputShapes"), 0;
  }
};

template <class Plugin>
class SafeCreator final : public nvinfer2::safe::ISafePluginCreatorV3One {
 public:
  explicit SafeCreator(char const* name) : name_(name) {}
  char const* getPluginName() const noexcept override {
    return noteSafe("ISafePluginCreatorV3One::getPluginName"), name_;
  }
  char const* getPluginVersion() const noexcept override {
    return noteSafe("ISafePluginCreatorV3One::getPluginVersion"), "1";
  }
  char const* getPluginNamespace() const noexcept override {
    return noteSafe("ISafePluginCreatorV3One::getPluginNamespace"), "";
  }
  PluginFieldCollection const* getFieldNames() noexcept override {
    return noteSafe("ISafePluginCreatorV3One::getFieldNames"), &fields_;
  }
  IPluginV3* createPlugin(char const*, PluginFieldCollection const*,
                          TensorRTPhase) noexcept override {
    return noteSafe("ISafePluginCreatorV3One::createPlugin"), new Plugin;
  }
  ISafeRecorder* getSafeRecorder() const noexcept override {
    return noteSafe("ISafePluginCreatorV3One::getSafeRecorder"), recorder_;
  }
  void setSafeRecorder(ISafeRecorder& recorder) noexcept override {
    noteSafe("ISafePluginCreatorV3One::setSafeRecorder");
    recorder_ = &recorder;
  }

 private:
  char const* name_;
  PluginFieldCollection fields_{};
  ISafeRecorder* recorder_ = nullptr;
};

}  // namespace

std::vector<std::unique_ptr<IPluginCreatorInterface>> safeCreators() {
  std::vector<std::unique_ptr<IPluginCreatorInterface>> all;
  all.push_back(std::make_unique<SafeCreator<Static>>("IPluginV3OneSafeBuild"));
  all.push_back(std::make_unique<SafeCreator<Several>>("IPluginV3OneSafeBuildMSS"));
  return all;
}

}  // namespace witness
