// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that move elements, constants, and plugins.
#pragma once

#include <array>

#include "api/infer/network/layer.h"
#include "api/infer/network/layers_window.h"

namespace tenon::api {

class ConcatenationLayer final
    : public LayerOf<nvinfer1::IConcatenationLayer, nvinfer1::LayerType::kCONCATENATION> {
 public:
  using LayerOf::LayerOf;
  void setAxis(int32_t axis) noexcept override {
    change<ops::Concat>([&](auto& op) { op.axis = axis; });
  }
  int32_t getAxis() const noexcept override { return static_cast<int32_t>(op<ops::Concat>().axis); }
};

/// The last two dimensions, as the interface has it.
class PaddingLayer final : public LayerOf<nvinfer1::IPaddingLayer, nvinfer1::LayerType::kPADDING> {
 public:
  using LayerOf::LayerOf;
  void setPrePaddingNd(nvinfer1::Dims const& padding) noexcept override;
  nvinfer1::Dims getPrePaddingNd() const noexcept override { return last(op<ops::Pad>().begin); }
  void setPostPaddingNd(nvinfer1::Dims const& padding) noexcept override;
  nvinfer1::Dims getPostPaddingNd() const noexcept override { return last(op<ops::Pad>().end); }

 private:
  static nvinfer1::Dims last(const Dims& all) noexcept;
};

/// A slice within its input, or in a mode that goes beyond it: each is an operator of its own. What
/// is asked for is put together when starts, sizes and strides are as many as the axes they are of.
class SliceLayer final : public LayerOf<nvinfer1::ISliceLayer, nvinfer1::LayerType::kSLICE> {
 public:
  using LayerOf::LayerOf;
  /// Inputs 1 to 3 are start, size and stride, 4 is the number that fills, 5 the axes. One that
  /// cannot be followed is said at once and keeps the network from being built.
  void setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept override;
  int32_t getNbInputs() const noexcept override;
  /// Null for what is told by numbers.
  nvinfer1::ITensor* getInput(int32_t index) const noexcept override;
  void setStart(nvinfer1::Dims const& start) noexcept override;
  nvinfer1::Dims getStart() const noexcept override { return plugin::to_nv_dims(asked().starts); }
  void setSize(nvinfer1::Dims const& size) noexcept override;
  nvinfer1::Dims getSize() const noexcept override { return plugin::to_nv_dims(asked().sizes); }
  void setStride(nvinfer1::Dims const& stride) noexcept override;
  nvinfer1::Dims getStride() const noexcept override { return plugin::to_nv_dims(asked().steps); }
  void setMode(nvinfer1::SampleMode mode) noexcept override;
  nvinfer1::SampleMode getMode() const noexcept override;
  /// Axes may count from the end; rank -1: all, in order.
  void setAxes(nvinfer1::Dims const& axes) noexcept override;
  nvinfer1::Dims getAxes() const noexcept override {
    return axes_ ? plugin::to_nv_dims(*axes_) : nvinfer1::Dims{-1, {}};
  }
  [[nodiscard]] std::string unfinished() const override;
  /// Asks for fewer entries than there are axes: setAxes will say of which.
  void expect(ops::Slice few) noexcept { (void)ask(std::move(few), std::nullopt); }
  /// The operator is one that fills what is outside, until a mode says what is there.
  void await_mode() noexcept { awaits_mode_ = true; }
  /// The operator for a slice of `x` before a mode is set: within `x` where it can be, else the one
  /// that fills what is outside.
  static ops::Op strict(const ops::Slice& form, const ir::Value& x, ir::Graph& graph);

 private:
  /// What is asked for, of the axes that are named.
  [[nodiscard]] ops::Slice asked() const;
  /// False, reported, where the operator's rule refuses it.
  bool ask(ops::Slice asked, std::optional<Dims> axes) noexcept;
  /// Follows a tensor that tells something; false, reported, where that cannot be.
  bool take(int32_t index, nvinfer1::ITensor& tensor) noexcept;
  bool name_axes(nvinfer1::Dims const& axes) noexcept;
  /// Numbers tell now what the tensor of this place told.
  void forget(size_t index) noexcept;
  /// It, of all axes; nullopt where the numbers of entries are not the same.
  [[nodiscard]] std::optional<ops::Slice> spread(const ops::Slice& asked,
                                                 const std::optional<Dims>& axes) const;
  /// Starts, sizes and steps, whatever the mode.
  [[nodiscard]] ops::Slice form() const;
  /// The operator of a mode (nullopt: within the input) for them; false, reported, when there is
  /// none.
  bool put(const ops::Slice& form, std::optional<ops::Outside> outside) noexcept;
  [[nodiscard]] std::optional<ops::Outside> outside() const noexcept;
  std::optional<ops::Slice> asked_;
  std::optional<Dims> axes_;
  std::array<nvinfer1::ITensor*, 6> told_{};  ///< tensors by place, from 1 on
  std::array<bool, 6> refused_{};             ///< those that could not be followed
  float filler_ = 0;
  bool awaits_mode_ = false;  ///< goes beyond the input, but no mode says what is there
};

/// A reshape, a transpose, or both: the operator is the simplest that does it.
class ShuffleLayer final : public LayerOf<nvinfer1::IShuffleLayer, nvinfer1::LayerType::kSHUFFLE> {
 public:
  using LayerOf::LayerOf;
  /// Input 1 tells the new extents, which must follow from shapes.
  void setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept override;
  void setFirstTranspose(nvinfer1::Permutation permutation) noexcept override;
  nvinfer1::Permutation getFirstTranspose() const noexcept override;
  void setReshapeDimensions(nvinfer1::Dims const& dimensions) noexcept override;
  nvinfer1::Dims getReshapeDimensions() const noexcept override;
  void setSecondTranspose(nvinfer1::Permutation permutation) noexcept override;
  nvinfer1::Permutation getSecondTranspose() const noexcept override;
  void setZeroIsPlaceholder(bool zeroIsPlaceholder) noexcept override;
  bool getZeroIsPlaceholder() const noexcept override { return zero_is_placeholder_; }

 private:
  /// The operator as a transposition, a reshape and a transposition.
  [[nodiscard]] ops::Shuffle form() const;
  bool put(ops::Shuffle form) noexcept;
  /// The extents asked for, over those of the input behind the first transposition.
  [[nodiscard]] std::optional<expr::Shape> resolved(const expr::Shape& from) const;
  /// Gives the layer `form`, with the extents that are asked for; a second transpose of another
  /// rank is dropped. False, reported, where that cannot be.
  bool reshape(ops::Shuffle form) noexcept;
  std::optional<ops::Content> asked_;
  bool zero_is_placeholder_ = true;
};

class ConstantLayer final
    : public LayerOf<nvinfer1::IConstantLayer, nvinfer1::LayerType::kCONSTANT> {
 public:
  using LayerOf::LayerOf;
  void setWeights(nvinfer1::Weights weights) noexcept override;
  nvinfer1::Weights getWeights() const noexcept override { return weights_of(node_.output()); }
  void setDimensions(nvinfer1::Dims const& dimensions) noexcept override;
  nvinfer1::Dims getDimensions() const noexcept override {
    return plugin::to_nv_dims(node_.output()->shape());
  }
};

/// A plugin, or an operator that has no layer class of its own and shows as plugin "tenon::<Op>".
class PluginLayer final
    : public LayerOf<nvinfer1::IPluginV3Layer, nvinfer1::LayerType::kPLUGIN_V3> {
 public:
  using LayerOf::LayerOf;
  nvinfer1::IPluginV3& getPlugin() noexcept override;

 private:
  std::unique_ptr<nvinfer1::IPluginV3> stand_in_;
};

class PluginV2Layer final
    : public LayerOf<nvinfer1::IPluginV2Layer, nvinfer1::LayerType::kPLUGIN_V2> {
 public:
  using LayerOf::LayerOf;
  nvinfer1::IPluginV2& getPlugin() noexcept override;
};

}  // namespace tenon::api
