// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that move elements, constants, and plugins.
#pragma once

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

class GatherLayer final : public LayerOf<nvinfer1::IGatherLayer, nvinfer1::LayerType::kGATHER> {
 public:
  using LayerOf::LayerOf;
  void setGatherAxis(int32_t axis) noexcept override {
    change<ops::Gather>([&](auto& op) { op.axis = axis; });
  }
  int32_t getGatherAxis() const noexcept override {
    return static_cast<int32_t>(op<ops::Gather>().axis);
  }
  void setNbElementWiseDims(int32_t elementWiseDims) noexcept override {
    if (elementWiseDims != 0) network_.voice().absent("IGatherLayer::setNbElementWiseDims");
  }
  int32_t getNbElementWiseDims() const noexcept override { return 0; }
  void setMode(nvinfer1::GatherMode mode) noexcept override {
    if (mode != nvinfer1::GatherMode::kDEFAULT) network_.voice().absent("IGatherLayer::setMode");
  }
  nvinfer1::GatherMode getMode() const noexcept override { return nvinfer1::GatherMode::kDEFAULT; }
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

class SliceLayer final : public LayerOf<nvinfer1::ISliceLayer, nvinfer1::LayerType::kSLICE> {
 public:
  using LayerOf::LayerOf;
  void setStart(nvinfer1::Dims const& start) noexcept override {
    if (const auto dims = plugin::to_dims(start)) {
      change<ops::Slice>([&](auto& op) { op.starts = expr::to_shape(*dims); });
    }
  }
  nvinfer1::Dims getStart() const noexcept override {
    return plugin::to_nv_dims(op<ops::Slice>().starts);
  }
  void setSize(nvinfer1::Dims const& size) noexcept override {
    if (const auto dims = plugin::to_dims(size)) {
      change<ops::Slice>([&](auto& op) { op.sizes = expr::to_shape(*dims); });
    }
  }
  nvinfer1::Dims getSize() const noexcept override {
    return plugin::to_nv_dims(op<ops::Slice>().sizes);
  }
  void setStride(nvinfer1::Dims const& stride) noexcept override {
    if (const auto dims = plugin::to_dims(stride)) {
      change<ops::Slice>([&](auto& op) { op.steps = *dims; });
    }
  }
  nvinfer1::Dims getStride() const noexcept override {
    return plugin::to_nv_dims(op<ops::Slice>().steps);
  }
  void setMode(nvinfer1::SampleMode mode) noexcept override {
    if (mode != nvinfer1::SampleMode::kSTRICT_BOUNDS)
      network_.voice().absent("ISliceLayer::setMode");
  }
  nvinfer1::SampleMode getMode() const noexcept override {
    return nvinfer1::SampleMode::kSTRICT_BOUNDS;
  }
  void setAxes(nvinfer1::Dims const&) noexcept override {
    network_.voice().absent("ISliceLayer::setAxes");
  }
  nvinfer1::Dims getAxes() const noexcept override { return {-1, {}}; }
};

/// One node: a reshape, or a transpose. A layer that is both is refused; add two layers.
class ShuffleLayer final : public LayerOf<nvinfer1::IShuffleLayer, nvinfer1::LayerType::kSHUFFLE> {
 public:
  using LayerOf::LayerOf;
  void setFirstTranspose(nvinfer1::Permutation permutation) noexcept override;
  nvinfer1::Permutation getFirstTranspose() const noexcept override;
  void setReshapeDimensions(nvinfer1::Dims const& dimensions) noexcept override;
  nvinfer1::Dims getReshapeDimensions() const noexcept override;
  void setSecondTranspose(nvinfer1::Permutation permutation) noexcept override;
  nvinfer1::Permutation getSecondTranspose() const noexcept override { return identity(); }
  void setZeroIsPlaceholder(bool zeroIsPlaceholder) noexcept override {
    zero_is_placeholder_ = zeroIsPlaceholder;
  }
  bool getZeroIsPlaceholder() const noexcept override { return zero_is_placeholder_; }

 private:
  static nvinfer1::Permutation identity() noexcept;
  bool zero_is_placeholder_ = true;
};

class ConstantLayer final
    : public LayerOf<nvinfer1::IConstantLayer, nvinfer1::LayerType::kCONSTANT> {
 public:
  using LayerOf::LayerOf;
  void setWeights(nvinfer1::Weights weights) noexcept override;
  nvinfer1::Weights getWeights() const noexcept override { return weights_of(node_.output()); }
  void setDimensions(nvinfer1::Dims const&) noexcept override {
    network_.voice().absent("IConstantLayer::setDimensions");
  }
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
