// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What all plugins of this library share: the three faces of a V3 plugin on top of a short list of
// questions that each plugin answers.
#pragma once

#include <array>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "plugin_library/base/attributes.h"
#include "tenon/host_plugin.h"

namespace shipped {

/// What the elements of an input or output may be.
enum class Element {
  Real,    ///< float32 or float16: the same for all such tensors of a plugin
  Real32,  ///< float32
  Real16,  ///< float16
  Int32,
  Index,   ///< int32 or int64
  Number,  ///< float32, float16, int32 or int64: the same for all such tensors of a plugin
};

/// The tensors of a plugin, in order; the inputs from `required` on may be left out at the end.
struct Signature {
  std::span<Element const> inputs;
  size_t required;
  std::span<Element const> outputs;
};

/// Who a plugin is; the texts live as long as the library.
struct Identity {
  char const* name;
  char const* version;
  char const* nameSpace;
};

/// A tensor of one run, dense and in host memory. Elements of type float16 arrive as float32 and
/// leave as such: they are converted in the workspace.
struct Tensor {
  nvinfer1::Dims dims{};
  nvinfer1::DataType type{};
  void* data = nullptr;

  int64_t extent(int32_t i) const noexcept { return dims.d[i]; }
  int64_t volume() const noexcept;
  template <class T>
  T* as() const noexcept {
    return static_cast<T*>(data);
  }
  float* reals() const noexcept { return as<float>(); }
  /// Element `i` of a tensor declared Index.
  int64_t index(int64_t i) const noexcept;
};

constexpr size_t kMostTensors = 12;

/// All that a kernel sees. Inputs are for reading.
struct Run {
  std::span<Tensor const> in;
  std::span<Tensor const> out;
  std::byte* scratch;  ///< of scratchBytes(), aligned to 64 bytes
};

/// Shapes while a network is built.
class ShapeRules {
 public:
  using Extent = nvinfer1::IDimensionExpr const*;

  ShapeRules(std::span<nvinfer1::DimsExprs const> inputs, nvinfer1::IExprBuilder& builder)
      : in(inputs), builder_(builder) {}

  Extent number(int64_t value) const { return builder_.constant(value); }
  Extent apply(nvinfer1::DimensionOperation op, Extent a, Extent b) const {
    return builder_.operation(op, *a, *b);
  }
  /// A shape of the given extents.
  static nvinfer1::DimsExprs shape(std::initializer_list<Extent> extents);

  std::span<nvinfer1::DimsExprs const> in;

 private:
  nvinfer1::IExprBuilder& builder_;
};

/// A plugin asks nothing of its engine but the questions below. One object is used by one thread at
/// a time; kernels keep no state between runs.
class Plugin : public nvinfer1::IPluginV3,
               public nvinfer1::IPluginV3OneCore,
               public nvinfer1::IPluginV3OneBuild,
               public nvinfer1::IPluginV3OneRuntime {
 public:
  explicit Plugin(Identity const& identity) : identity_(identity) {}

  nvinfer1::IPluginCapability* getCapabilityInterface(
      nvinfer1::PluginCapabilityType type) noexcept override;
  char const* getPluginName() const noexcept override { return identity_.name; }
  char const* getPluginVersion() const noexcept override { return identity_.version; }
  char const* getPluginNamespace() const noexcept override { return identity_.nameSpace; }

  int32_t getNbOutputs() const noexcept override;
  int32_t getOutputDataTypes(nvinfer1::DataType* outputTypes, int32_t nbOutputs,
                             nvinfer1::DataType const* inputTypes,
                             int32_t nbInputs) const noexcept override;
  int32_t getOutputShapes(nvinfer1::DimsExprs const* inputs, int32_t nbInputs,
                          nvinfer1::DimsExprs const* shapeInputs, int32_t nbShapeInputs,
                          nvinfer1::DimsExprs* outputs, int32_t nbOutputs,
                          nvinfer1::IExprBuilder& exprBuilder) noexcept override;
  bool supportsFormatCombination(int32_t pos, nvinfer1::DynamicPluginTensorDesc const* inOut,
                                 int32_t nbInputs, int32_t nbOutputs) noexcept override;
  int32_t configurePlugin(nvinfer1::DynamicPluginTensorDesc const*, int32_t,
                          nvinfer1::DynamicPluginTensorDesc const*, int32_t) noexcept override {
    return 0;
  }
  /// Kernels are the processor's: engines for a GPU copy around them.
  char const* getMetadataString() noexcept override { return tenon::kHOST_PLUGIN; }
  size_t getWorkspaceSize(nvinfer1::DynamicPluginTensorDesc const* inputs, int32_t nbInputs,
                          nvinfer1::DynamicPluginTensorDesc const* outputs,
                          int32_t nbOutputs) const noexcept override;

  int32_t onShapeChange(nvinfer1::PluginTensorDesc const* in, int32_t nbInputs,
                        nvinfer1::PluginTensorDesc const* out, int32_t nbOutputs) noexcept override;
  int32_t enqueue(nvinfer1::PluginTensorDesc const* inputDesc,
                  nvinfer1::PluginTensorDesc const* outputDesc, void const* const* inputs,
                  void* const* outputs, void* workspace, cudaStream_t stream) noexcept override;
  nvinfer1::IPluginV3* attachToContext(nvinfer1::IPluginResourceContext*) noexcept override {
    return clone();
  }

 protected:
  Plugin(Plugin const& other) : Plugin(other.identity_) {}

  /// The tensors; depends on the parameters only.
  virtual Signature signature() const noexcept = 0;

  /// Sets the shape of every output. False, with the reason said by fail(), when the ranks of the
  /// inputs do not fit.
  virtual bool shapes(ShapeRules const& rules, std::span<nvinfer1::DimsExprs> outputs) noexcept = 0;

  /// Checks extents that a kernel relies on, before the first run and after every change. False,
  /// with the reason said by fail(), when they do not fit.
  virtual bool fits(std::span<Tensor const> in) const noexcept = 0;

  /// Bytes of scratch memory for tensors of these extents, data absent; must grow with the extents.
  virtual size_t scratchBytes(std::span<Tensor const> in,
                              std::span<Tensor const> out) const noexcept;

  /// The work. False, with the reason said by fail(), on values that have no result.
  virtual bool compute(Run const& run) const noexcept = 0;

  /// Reports "<name> version <version>: <sentence>" as an error; returns false.
  bool fail(std::string const& sentence) const noexcept;

  /// fail() unless input `index`, called `what`, has one of the given ranks.
  bool hasRank(ShapeRules const& rules, size_t index, char const* what,
               std::initializer_list<int32_t> ranks) const noexcept;

  /// fail() unless extent `axis` of the input called `what` is `expected`.
  bool hasExtent(Tensor const& tensor, char const* what, int32_t axis,
                 int64_t expected) const noexcept;

  Identity const& identity() const noexcept { return identity_; }

 private:
  Element element(size_t position, size_t inputs) const noexcept;

  Identity identity_;
  size_t inputCount_ = 0;
};

/// A plugin `Derived` made of `Parameters`: adds what depends on their types.
template <class Derived, class Parameters>
class PluginOf : public Plugin {
 public:
  using ParameterType = Parameters;

  PluginOf(Identity const& identity, Parameters const& parameters)
      : Plugin(identity), parameters_(parameters) {}
  PluginOf(PluginOf const& other) : PluginOf(other.identity(), other.parameters_) {}

  nvinfer1::IPluginV3* clone() noexcept override {
    return new (std::nothrow) Derived(static_cast<Derived const&>(*this));
  }
  nvinfer1::PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    FieldLister lister(true);
    parameters_.visit(lister);
    fields_ = lister.take();
    collection_ = {static_cast<int32_t>(fields_.size()), fields_.data()};
    return &collection_;
  }

 protected:
  Parameters const& parameters() const noexcept { return parameters_; }

 private:
  Parameters parameters_;
  std::vector<nvinfer1::PluginField> fields_;
  nvinfer1::PluginFieldCollection collection_;
};

/// Bytes rounded up to the alignment of scratch memory.
constexpr size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace shipped
