// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The four families over one body.
#include "recording_v2.h"

#include <algorithm>
#include <cstring>

namespace recording {

using namespace nvinfer1;

namespace {

std::string extents(Dims const& dims) {
  std::string all;
  for (int32_t i = 0; i < dims.nbDims; ++i) all += (i == 0 ? "" : "x") + std::to_string(dims.d[i]);
  return dims.nbDims == 0 ? "scalar" : all;
}

int64_t volume(Dims const& dims) {
  int64_t count = 1;
  for (int32_t i = 0; i < dims.nbDims; ++i) count *= dims.d[i];
  return count;
}

/// What a plugin keeps in the engine. Families of fixed extents are told them in the build alone.
struct State {
  float scale;
  Family family;
  int64_t volume;  ///< of one picture of the batch
};

/// What all families share. `Self` is the final class, `Base` the interface.
template <class Self, class Base>
class Recorder : public Base {
 public:
  explicit Recorder(State const& state)
      : family_(state.family), scale_(state.scale), volume_(state.volume), id_(++log().made) {
    ++log().alive;
  }
  Recorder(Recorder const& other)
      : Base(other),
        family_(other.family_),
        scale_(other.scale_),
        volume_(other.volume_),
        initialized_(other.initialized_),
        namespace_(other.namespace_),
        id_(++log().made) {
    ++log().alive;
  }
  ~Recorder() override { --log().alive; }

  char const* getPluginType() const noexcept override { return nameOf(family_); }
  char const* getPluginVersion() const noexcept override { return "1"; }
  int32_t getNbOutputs() const noexcept override {
    note("getNbOutputs");
    return 1;
  }
  int32_t initialize() noexcept override {
    note("initialize", initialized_ ? "again" : "");
    initialized_ = true;
    return faultsV2().initialize ? 5 : 0;
  }
  void terminate() noexcept override {
    note("terminate", initialized_ ? "" : "without initialize");
    initialized_ = false;
  }
  size_t getSerializationSize() const noexcept override {
    note("getSerializationSize");
    return sizeof(State);
  }
  void serialize(void* buffer) const noexcept override {
    note("serialize");
    State const state{scale_, family_, volume_};
    std::memcpy(buffer, &state, sizeof state);
    std::memset(static_cast<char*>(buffer) + sizeof state, 0, faultsV2().writesMore);
  }
  void destroy() noexcept override {
    note("destroy");
    delete static_cast<Self*>(this);
  }
  Base* clone() const noexcept override {
    note("clone", std::to_string(log().made + 1));
    return faultsV2().clone ? nullptr : new Self(static_cast<Self const&>(*this));
  }
  void setPluginNamespace(char const* pluginNamespace) noexcept override {
    note("setPluginNamespace", pluginNamespace);
    namespace_ = pluginNamespace;
  }
  char const* getPluginNamespace() const noexcept override { return namespace_.c_str(); }

 protected:
  void note(char const* method, std::string detail = "") const {
    log().calls.push_back({id_, method, std::move(detail)});
  }
  int32_t scaleAll(void const* from, void* to, int64_t count, std::string const& detail) const {
    note("enqueue", detail + (initialized_ ? "" : " not initialized"));
    for (int64_t i = 0; i < count; ++i) {
      static_cast<float*>(to)[i] = scale_ * static_cast<float const*>(from)[i];
    }
    return faultsV2().enqueue ? 3 : 0;
  }
  bool linearFloat(int32_t pos, PluginTensorDesc const* all, int32_t count) const {
    bool later = false;
    for (int32_t i = pos + 1; i < count; ++i) later |= all[i].dims.nbDims != 0;
    note("supportsFormatCombination", std::to_string(pos) + (later ? " sees later" : ""));
    return all[pos].type == DataType::kFLOAT && all[pos].format == TensorFormat::kLINEAR;
  }
  void configured(Dims const& dims, std::string const& more = "") {
    note("configurePlugin", extents(dims) + more);
    volume_ = volume(dims);
  }

  Family family_;
  float scale_;
  int64_t volume_;
  bool initialized_ = false;
  std::string namespace_ = "test";

 private:
  int id_;
};

/// The methods of families that know their extents once and for all.
template <class Self, class Base>
class Fixed : public Recorder<Self, Base> {
 public:
  using Recorder<Self, Base>::Recorder;
  Dims getOutputDimensions(int32_t, Dims const* in, int32_t) noexcept override {
    this->note("getOutputDimensions", extents(in[0]));
    return in[0];
  }
  size_t getWorkspaceSize(int32_t maxBatch) const noexcept override {
    this->note("getWorkspaceSize", std::to_string(maxBatch));
    return faultsV2().workspace;
  }
  int32_t enqueue(int32_t batch, void const* const* inputs, void* const* outputs, void*,
                  cudaStream_t) noexcept override {
    return this->scaleAll(inputs[0], outputs[0], batch * this->volume_, std::to_string(batch));
  }
};

/// What Ext adds.
template <class Self, class Base, template <class, class> class Under>
class Attached : public Under<Self, Base> {
 public:
  using Under<Self, Base>::Under;
  DataType getOutputDataType(int32_t, DataType const* types, int32_t) const noexcept override {
    this->note("getOutputDataType");
    return types[0];
  }
  void attachToContext(cudnnContext* cudnn, cublasContext* cublas,
                       IGpuAllocator* allocator) noexcept override {
    bool const right = cudnn == nullptr && cublas == nullptr && allocator != nullptr;
    this->note("attachToContext", right ? "" : "wrong");
  }
  void detachFromContext() noexcept override { this->note("detachFromContext"); }
};

class PlainV2 final : public Fixed<PlainV2, IPluginV2> {
 public:
  using Fixed::Fixed;
  bool supportsFormat(DataType type, PluginFormat format) const noexcept override {
    note("supportsFormat", std::to_string(static_cast<int32_t>(format)));
    return type == DataType::kFLOAT && format == PluginFormat::kLINEAR;
  }
  void configureWithFormat(Dims const* in, int32_t, Dims const*, int32_t, DataType type,
                           PluginFormat format, int32_t maxBatch) noexcept override {
    bool const right = type == DataType::kFLOAT && format == PluginFormat::kLINEAR;
    configured(in[0], " batch " + std::to_string(maxBatch) + (right ? "" : " wrong"));
  }
};

class ExtV2 final : public Attached<ExtV2, IPluginV2Ext, Fixed> {
 public:
  using Attached::Attached;
  bool supportsFormat(DataType type, PluginFormat format) const noexcept override {
    note("supportsFormat", std::to_string(static_cast<int32_t>(format)));
    return type == DataType::kFLOAT && format == PluginFormat::kLINEAR;
  }
  void configurePlugin(Dims const* in, int32_t, Dims const*, int32_t, DataType const* types,
                       DataType const*, bool const* inBroadcast, bool const* outBroadcast,
                       PluginFormat format, int32_t maxBatch) noexcept override {
    bool const right = types[0] == DataType::kFLOAT && format == PluginFormat::kLINEAR &&
                       !inBroadcast[0] && !outBroadcast[0];
    configured(in[0], " batch " + std::to_string(maxBatch) + (right ? "" : " wrong"));
  }
};

class IOExtV2 final : public Attached<IOExtV2, IPluginV2IOExt, Fixed> {
 public:
  using Attached::Attached;
  bool supportsFormatCombination(int32_t pos, PluginTensorDesc const* all, int32_t nbIn,
                                 int32_t nbOut) const noexcept override {
    return linearFloat(pos, all, nbIn + nbOut);
  }
  void configurePlugin(PluginTensorDesc const* in, int32_t, PluginTensorDesc const*,
                       int32_t) noexcept override {
    configured(in[0].dims);
  }
};

class DynamicV2 final : public Attached<DynamicV2, IPluginV2DynamicExt, Recorder> {
 public:
  using Attached::Attached;
  DimsExprs getOutputDimensions(int32_t, DimsExprs const* in, int32_t,
                                IExprBuilder&) noexcept override {
    note("getOutputDimensions");
    return in[0];
  }
  bool supportsFormatCombination(int32_t pos, PluginTensorDesc const* all, int32_t nbIn,
                                 int32_t nbOut) noexcept override {
    return linearFloat(pos, all, nbIn + nbOut);
  }
  void configurePlugin(DynamicPluginTensorDesc const* in, int32_t, DynamicPluginTensorDesc const*,
                       int32_t) noexcept override {
    configured(in[0].desc.dims,
               " " + extents(in[0].min) + " " + extents(in[0].opt) + " " + extents(in[0].max));
  }
  size_t getWorkspaceSize(PluginTensorDesc const* in, int32_t, PluginTensorDesc const*,
                          int32_t) const noexcept override {
    note("getWorkspaceSize", extents(in[0].dims));
    return faultsV2().workspace;
  }
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const*, void const* const* inputs,
                  void* const* outputs, void*, cudaStream_t) noexcept override {
    return scaleAll(inputs[0], outputs[0], volume(in[0].dims), extents(in[0].dims));
  }
};

IPluginV2* create(State const& state) {
  switch (state.family) {
    case Family::kV2:
      return new PlainV2(state);
    case Family::kEXT:
      return new ExtV2(state);
    case Family::kIOEXT:
      return new IOExtV2(state);
    case Family::kDYNAMIC:
      return new DynamicV2(state);
  }
  return nullptr;
}

}  // namespace

char const* nameOf(Family family) {
  static char const* const kNames[] = {"RecorderV2", "RecorderExt", "RecorderIOExt",
                                       "RecorderDynamic"};
  return kNames[static_cast<int32_t>(family)];
}

FaultsV2& faultsV2() {
  static FaultsV2 one;
  return one;
}

CreatorV2::CreatorV2(Family family) : family_(family) {}

void CreatorV2::setPluginNamespace(char const* pluginNamespace) noexcept {
  namespace_ = pluginNamespace;
}

IPluginV2* CreatorV2::createPlugin(char const* name, PluginFieldCollection const* fc) noexcept {
  log().calls.push_back({0, "createPlugin", name});
  float scale = 1;
  for (int32_t i = 0; i < fc->nbFields; ++i) {
    if (std::strcmp(fc->fields[i].name, "scale") == 0) {
      scale = *static_cast<float const*>(fc->fields[i].data);
    }
  }
  return create({scale, family_, 0});
}

IPluginV2* CreatorV2::deserializePlugin(char const* name, void const* data,
                                        size_t length) noexcept {
  log().calls.push_back({0, "deserializePlugin", name});
  State state{};
  if (length != sizeof state || faultsV2().deserialize) return nullptr;
  std::memcpy(&state, data, sizeof state);
  if (faultsV2().otherFamily) state.family = static_cast<Family>((int32_t(state.family) + 1) % 4);
  return create(state);
}

IPluginV2* makeV2(Family family, float scale) { return create({scale, family, 0}); }

}  // namespace recording
