// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The four families of version 2, and the journal.
#include <cstring>

#include "witness.h"

namespace witness {

using namespace nvinfer1;

void Journal::note(std::string const& method) {
  Row& row = rows_[method];
  row.phases.insert(static_cast<char>(phase_));
  if (row.first < 0) row.first = calls_;
  ++calls_;
}

std::string Journal::phases(std::string const& method) const {
  auto const found = rows_.find(method);
  std::string letters;
  for (char const letter : {'L', 'N', 'B', 'D', 'C', 'R', 'X'}) {
    if (found != rows_.end() && found->second.phases.count(letter) != 0) letters += letter;
  }
  return letters;
}

int Journal::first(std::string const& method) const {
  auto const found = rows_.find(method);
  return found == rows_.end() ? -1 : found->second.first;
}

Journal& journal() {
  static Journal one;
  return one;
}

namespace {

int64_t volume(Dims const& dims) {
  int64_t count = 1;
  for (int32_t i = 0; i < dims.nbDims; ++i) count *= dims.d[i];
  return count;
}

int32_t copy(void const* from, void* to, int64_t count) {
  std::memcpy(to, from, sizeof(float) * static_cast<size_t>(count));
  return 0;
}

/// What all have. `Self` is the final class: it knows the family's name.
template <class Self, class Base>
class Common : public Base {
 public:
  char const* getPluginType() const noexcept override { return note("getPluginType"), Self::kNAME; }
  char const* getPluginVersion() const noexcept override { return note("getPluginVersion"), "1"; }
  int32_t getNbOutputs() const noexcept override { return note("getNbOutputs"), 1; }
  int32_t initialize() noexcept override { return note("initialize"), 0; }
  void terminate() noexcept override { note("terminate"); }
  size_t getSerializationSize() const noexcept override {
    return note("getSerializationSize"), sizeof volume_;
  }
  void serialize(void* buffer) const noexcept override {
    note("serialize");
    std::memcpy(buffer, &volume_, sizeof volume_);
  }
  void destroy() noexcept override {
    note("destroy");
    delete static_cast<Self*>(this);
  }
  Base* clone() const noexcept override {
    return note("clone"), new Self(static_cast<Self const&>(*this));
  }
  void setPluginNamespace(char const*) noexcept override { note("setPluginNamespace"); }
  char const* getPluginNamespace() const noexcept override {
    return note("getPluginNamespace"), "";
  }
  void deserialize(void const* data) { std::memcpy(&volume_, data, sizeof volume_); }

 protected:
  void note(char const* method) const { journal().note(std::string(Self::kNAME) + "::" + method); }
  int64_t volume_ = 0;  ///< elements of one picture of a batch
};

/// Families without dynamic shapes.
template <class Self, class Base>
class Fixed : public Common<Self, Base> {
 public:
  Dims getOutputDimensions(int32_t, Dims const* in, int32_t) noexcept override {
    return this->note("getOutputDimensions"), in[0];
  }
  size_t getWorkspaceSize(int32_t) const noexcept override {
    return this->note("getWorkspaceSize"), 16;
  }
  int32_t enqueue(int32_t batch, void const* const* inputs, void* const* outputs, void*,
                  cudaStream_t) noexcept override {
    return this->note("enqueue"), copy(inputs[0], outputs[0], batch * this->volume_);
  }
};

/// What Ext adds.
template <class Self, class Base, template <class, class> class Under>
class Attached : public Under<Self, Base> {
 public:
  DataType getOutputDataType(int32_t, DataType const*, int32_t) const noexcept override {
    return this->note("getOutputDataType"), DataType::kFLOAT;
  }
  void attachToContext(cudnnContext*, cublasContext*, IGpuAllocator*) noexcept override {
    this->note("attachToContext");
  }
  void detachFromContext() noexcept override { this->note("detachFromContext"); }
};

/// What networks with implicit batch ask of Ext and IOExt.
template <class Self, class Base>
class Broadcasting : public Attached<Self, Base, Fixed> {
 public:
  bool isOutputBroadcastAcrossBatch(int32_t, bool const*, int32_t) const noexcept override {
    return this->note("isOutputBroadcastAcrossBatch"), false;
  }
  bool canBroadcastInputAcrossBatch(int32_t) const noexcept override {
    return this->note("canBroadcastInputAcrossBatch"), false;
  }
};

class Plain final : public Fixed<Plain, IPluginV2> {
 public:
  static constexpr char const* kNAME = "IPluginV2";
  bool supportsFormat(DataType type, PluginFormat format) const noexcept override {
    note("supportsFormat");
    return type == DataType::kFLOAT && format == PluginFormat::kLINEAR;
  }
  void configureWithFormat(Dims const* in, int32_t, Dims const*, int32_t, DataType, PluginFormat,
                           int32_t) noexcept override {
    note("configureWithFormat");
    volume_ = volume(in[0]);
  }
};

class Ext final : public Broadcasting<Ext, IPluginV2Ext> {
 public:
  static constexpr char const* kNAME = "IPluginV2Ext";
  bool supportsFormat(DataType type, PluginFormat format) const noexcept override {
    note("supportsFormat");
    return type == DataType::kFLOAT && format == PluginFormat::kLINEAR;
  }
  void configurePlugin(Dims const* in, int32_t, Dims const*, int32_t, DataType const*,
                       DataType const*, bool const*, bool const*, PluginFormat,
                       int32_t) noexcept override {
    note("configurePlugin");
    volume_ = volume(in[0]);
  }
};

class IOExt final : public Broadcasting<IOExt, IPluginV2IOExt> {
 public:
  static constexpr char const* kNAME = "IPluginV2IOExt";
  bool supportsFormatCombination(int32_t pos, PluginTensorDesc const* all, int32_t,
                                 int32_t) const noexcept override {
    note("supportsFormatCombination");
    return all[pos].type == DataType::kFLOAT && all[pos].format == TensorFormat::kLINEAR;
  }
  void configurePlugin(PluginTensorDesc const* in, int32_t, PluginTensorDesc const*,
                       int32_t) noexcept override {
    note("configurePlugin");
    volume_ = volume(in[0].dims);
  }
};

class DynamicExt final : public Attached<DynamicExt, IPluginV2DynamicExt, Common> {
 public:
  static constexpr char const* kNAME = "IPluginV2DynamicExt";
  DimsExprs getOutputDimensions(int32_t, DimsExprs const* in, int32_t,
                                IExprBuilder&) noexcept override {
    return note("getOutputDimensions"), in[0];
  }
  bool supportsFormatCombination(int32_t pos, PluginTensorDesc const* all, int32_t,
                                 int32_t) noexcept override {
    note("supportsFormatCombination");
    return all[pos].type == DataType::kFLOAT && all[pos].format == TensorFormat::kLINEAR;
  }
  void configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*,
                       int32_t) noexcept override {
    note("configurePlugin");
  }
  size_t getWorkspaceSize(PluginTensorDesc const*, int32_t, PluginTensorDesc const*,
                          int32_t) const noexcept override {
    return note("getWorkspaceSize"), 16;
  }
  int32_t enqueue(PluginTensorDesc const* in, PluginTensorDesc const*, void const* const* inputs,
                  void* const* outputs, void*, cudaStream_t) noexcept override {
    return note("enqueue"), copy(inputs[0], outputs[0], volume(in[0].dims));
  }
};

template <class Plugin>
class CreatorV2 final : public IPluginCreator {
 public:
  char const* getPluginName() const noexcept override {
    return note("getPluginName"), Plugin::kNAME;
  }
  char const* getPluginVersion() const noexcept override { return note("getPluginVersion"), "1"; }
  PluginFieldCollection const* getFieldNames() noexcept override {
    return note("getFieldNames"), &fields_;
  }
  IPluginV2* createPlugin(char const*, PluginFieldCollection const*) noexcept override {
    return note("createPlugin"), new Plugin;
  }
  IPluginV2* deserializePlugin(char const*, void const* data, size_t) noexcept override {
    note("deserializePlugin");
    auto* plugin = new Plugin;
    plugin->deserialize(data);
    return plugin;
  }
  void setPluginNamespace(char const*) noexcept override { note("setPluginNamespace"); }
  char const* getPluginNamespace() const noexcept override {
    return note("getPluginNamespace"), "";
  }

 private:
  static void note(char const* method) { journal().note(std::string("IPluginCreator::") + method); }
  PluginFieldCollection fields_{};
};

}  // namespace

std::vector<std::unique_ptr<IPluginCreatorInterface>> creators() {
  std::vector<std::unique_ptr<IPluginCreatorInterface>> all;
  all.push_back(std::make_unique<CreatorV2<Plain>>());
  all.push_back(std::make_unique<CreatorV2<Ext>>());
  all.push_back(std::make_unique<CreatorV2<IOExt>>());
  all.push_back(std::make_unique<CreatorV2<DynamicExt>>());
  all.push_back(creatorV3());
  all.push_back(creatorQuick());
  all.push_back(creatorQuickAot());
  return all;
}

}  // namespace witness
