// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What all plugins of this library share: the answers that engines want, out of a short list of
// questions that each plugin answers.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "plugin_library/base/attributes.h"

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

/// What a plugin is and does, whichever interface its engine knows it by: PluginV2 and PluginV3 ask
/// it. Nothing changes after it is made, so copies of a face share it, from any thread.
class Plugin {
 public:
  explicit Plugin(Identity const& identity) : identity_(identity) {}
  Plugin(Plugin const&) = delete;
  Plugin& operator=(Plugin const&) = delete;
  virtual ~Plugin() = default;

  Identity const& identity() const noexcept { return identity_; }
  size_t outputCount() const noexcept { return signature().outputs.size(); }

  /// Sets the type of every output. False, with the reason reported, when the number or the types
  /// of the inputs do not fit.
  bool outputTypes(std::span<nvinfer1::DataType const> inputs,
                   std::span<nvinfer1::DataType> outputs) const noexcept;

  /// Sets the shape of every output. False, with the reason reported, when the number or the ranks
  /// of the inputs do not fit.
  bool outputShapes(ShapeRules const& rules, std::span<nvinfer1::DimsExprs> outputs) const noexcept;

  /// May the last of `tensors`, which are the inputs and then the outputs up to it, have its type
  /// and format beside those before it? `inputs`: how many inputs there are in all.
  bool supports(std::span<nvinfer1::PluginTensorDesc const> tensors, size_t inputs) const noexcept;

  /// Bytes that run() needs for these extents, or smaller ones; 0 when the numbers of tensors do
  /// not fit.
  size_t workspaceBytes(std::span<nvinfer1::PluginTensorDesc const> inputs,
                        std::span<nvinfer1::PluginTensorDesc const> outputs) const noexcept;

  /// False, with the reason reported, when the extents of the inputs do not go together.
  bool accepts(std::span<nvinfer1::PluginTensorDesc const> inputs) const noexcept;

  /// Computes. `inputs` are accepted ones; `in` and `out` have an address for each tensor, and
  /// `out` for each output. False, with the reason reported, on values that have no result.
  bool run(std::span<nvinfer1::PluginTensorDesc const> inputs,
           nvinfer1::PluginTensorDesc const* outputs, void const* const* in, void* const* out,
           void* workspace) const noexcept;

  /// The parameters as attributes that the plugin's creator takes; they point into the plugin.
  virtual std::vector<nvinfer1::PluginField> fields() const = 0;

 protected:
  /// The tensors; depends on the parameters only.
  virtual Signature signature() const noexcept = 0;

  /// Sets the shape of every output. False, with the reason said by fail(), when the ranks of the
  /// inputs do not fit.
  virtual bool shapes(ShapeRules const& rules,
                      std::span<nvinfer1::DimsExprs> outputs) const noexcept = 0;

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

 private:
  bool takes(size_t inputs) const noexcept;
  Element element(size_t position, size_t inputs) const noexcept;

  Identity identity_;
};

/// A plugin made of `Parameters`: adds what depends on their types.
template <class Parameters>
class PluginOf : public Plugin {
 public:
  using ParameterType = Parameters;

  PluginOf(Identity const& identity, Parameters const& parameters)
      : Plugin(identity), parameters_(parameters) {}

  std::vector<nvinfer1::PluginField> fields() const override {
    FieldLister lister(true);
    // `visit` serves readers as well; a lister changes nothing.
    const_cast<Parameters&>(parameters_).visit(lister);
    return lister.take();
  }

 protected:
  Parameters const& parameters() const noexcept { return parameters_; }

 private:
  Parameters parameters_;
};

/// Bytes rounded up to the alignment of scratch memory.
constexpr size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace shipped
