// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which layer class shows which operator, and the calls that are more than a line.
#include "api/infer/network/layers.h"

#include <algorithm>
#include <numeric>

#include "api/infer/network/layers_elementwise.h"
#include "api/infer/network/layers_movement.h"
#include "api/infer/network/layers_reduce.h"
#include "api/infer/network/layers_resize.h"
#include "api/infer/network/layers_window.h"
#include "plugin/adapt/v2/foreign_op.h"
#include "plugin/adapt/v3/foreign_op.h"

namespace tenon::api {

namespace {

using nvinfer1::LayerType;

/// Speaks for an operator that shows as a plugin: name and namespace, no capability to build or
/// run.
class StandIn final : public nvinfer1::IPluginV3, public nvinfer1::IPluginV3OneCore {
 public:
  explicit StandIn(std::string name) : name_(std::move(name)) {}
  nvinfer1::IPluginCapability* getCapabilityInterface(
      nvinfer1::PluginCapabilityType type) noexcept override {
    return type == nvinfer1::PluginCapabilityType::kCORE
               ? static_cast<nvinfer1::IPluginV3OneCore*>(this)
               : nullptr;
  }
  nvinfer1::IPluginV3* clone() noexcept override { return new StandIn(name_); }
  char const* getPluginName() const noexcept override { return name_.c_str(); }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return "tenon"; }

 private:
  std::string name_;
};

/// The layer type of an operator's row, and the class that shows it.
template <class Struct>
struct Shown;
template <>
struct Shown<ops::Nothing> {
  using Layer = PluginLayer;
};
/// Types without a class of their own show as plugins.
template <LayerType Type>
struct ClassOf {
  using Layer = PluginLayer;
};
// clang-format off
template <> struct ClassOf<LayerType::kACTIVATION> { using Layer = ActivationLayer; };
template <> struct ClassOf<LayerType::kSCALE> { using Layer = ScaleLayer; };
template <> struct ClassOf<LayerType::kCAST> { using Layer = CastLayer; };
template <> struct ClassOf<LayerType::kCONCATENATION> { using Layer = ConcatenationLayer; };
template <> struct ClassOf<LayerType::kCONSTANT> { using Layer = ConstantLayer; };
template <> struct ClassOf<LayerType::kCONVOLUTION> { using Layer = ConvolutionLayer; };
template <> struct ClassOf<LayerType::kELEMENTWISE> { using Layer = ElementWiseLayer; };
template <> struct ClassOf<LayerType::kGATHER> { using Layer = GatherLayer; };
template <> struct ClassOf<LayerType::kIDENTITY> { using Layer = IdentityLayer; };
template <> struct ClassOf<LayerType::kMATRIX_MULTIPLY> { using Layer = MatrixMultiplyLayer; };
template <> struct ClassOf<LayerType::kPADDING> { using Layer = PaddingLayer; };
template <> struct ClassOf<LayerType::kPLUGIN_V3> { using Layer = PluginLayer; };
template <> struct ClassOf<LayerType::kPOOLING> { using Layer = PoolingLayer; };
template <> struct ClassOf<LayerType::kREDUCE> { using Layer = ReduceLayer; };
template <> struct ClassOf<LayerType::kRESIZE> { using Layer = ResizeLayer; };
template <> struct ClassOf<LayerType::kSELECT> { using Layer = SelectLayer; };
template <> struct ClassOf<LayerType::kSHAPE> { using Layer = ShapeLayer; };
template <> struct ClassOf<LayerType::kSHUFFLE> { using Layer = ShuffleLayer; };
template <> struct ClassOf<LayerType::kSLICE> { using Layer = SliceLayer; };
template <> struct ClassOf<LayerType::kSOFTMAX> { using Layer = SoftmaxLayer; };
template <> struct ClassOf<LayerType::kUNARY> { using Layer = UnaryLayer; };
#define TENON_OP(Struct, text, layer) \
  template <> struct Shown<ops::Struct> : ClassOf<LayerType::layer> {};
#include "ops/ops.def"
#undef TENON_OP
// clang-format on

}  // namespace

std::unique_ptr<LayerHandle> make_layer(Network& network, ir::Node& node) {
  const auto* foreign = node.as<ops::Foreign>();
  if (foreign != nullptr && dynamic_cast<const plugin::V2Op*>(foreign->op.get()) != nullptr) {
    return std::make_unique<PluginV2Layer>(network, node);
  }
  return std::visit(
      [&]<class Struct>(const Struct&) -> std::unique_ptr<LayerHandle> {
        return std::make_unique<typename Shown<Struct>::Layer>(network, node);
      },
      node.op);
}

void ConvolutionLayer::setNbGroups(int64_t nbGroups) noexcept {
  if (nbGroups == window().groups) return;
  network_.change(node_, [&] { node_.as<ops::Convolution>()->groups = nbGroups; });
}

void PaddingLayer::setPrePaddingNd(nvinfer1::Dims const& padding) noexcept {
  change<ops::Pad>([&](ops::Pad& op) {
    const int rank = op.begin.rank();
    for (int i = 0; i < padding.nbDims && i < 2; ++i) op.begin[rank - 2 + i] = padding.d[i];
  });
}
void PaddingLayer::setPostPaddingNd(nvinfer1::Dims const& padding) noexcept {
  change<ops::Pad>([&](ops::Pad& op) {
    const int rank = op.end.rank();
    for (int i = 0; i < padding.nbDims && i < 2; ++i) op.end[rank - 2 + i] = padding.d[i];
  });
}
nvinfer1::Dims PaddingLayer::last(const Dims& all) noexcept {
  return {2, {all[all.rank() - 2], all[all.rank() - 1]}};
}

nvinfer1::Permutation ShuffleLayer::identity() noexcept {
  nvinfer1::Permutation permutation{};
  std::iota(std::begin(permutation.order), std::end(permutation.order), 0);
  return permutation;
}

void ShuffleLayer::setFirstTranspose(nvinfer1::Permutation permutation) noexcept {
  const size_t rank = node_.input(0)->shape().size();
  const auto* reshape = node_.as<ops::Reshape>();
  if (reshape != nullptr && reshape->target != node_.input(0)->shape()) {
    network_.voice().absent("IShuffleLayer::setFirstTranspose(of a layer that reshapes)");
    return;
  }
  Dims perm;
  for (size_t i = 0; i < rank; ++i) perm.push_back(permutation.order[i]);
  network_.change(node_, [&] { node_.op = ops::Transpose{perm}; });
}

nvinfer1::Permutation ShuffleLayer::getFirstTranspose() const noexcept {
  nvinfer1::Permutation permutation = identity();
  if (const auto* transpose = node_.as<ops::Transpose>()) {
    for (int i = 0; i < transpose->perm.rank(); ++i) {
      permutation.order[i] = static_cast<int32_t>(transpose->perm[i]);
    }
  }
  return permutation;
}

void ShuffleLayer::setReshapeDimensions(nvinfer1::Dims const& dimensions) noexcept {
  if (node_.as<ops::Reshape>() == nullptr) {
    network_.voice().absent("IShuffleLayer::setReshapeDimensions(of a layer that transposes)");
    return;
  }
  const expr::Shape& from = node_.input(0)->shape();
  expr::Shape target;
  int32_t open = -1;
  for (int32_t i = 0; i < dimensions.nbDims; ++i) {
    const int64_t extent = dimensions.d[i];
    const bool copied = extent == 0 && zero_is_placeholder_ && static_cast<size_t>(i) < from.size();
    if (extent == -1) open = i;
    target.push_back(copied ? from[static_cast<size_t>(i)] : expr::Expr(extent == -1 ? 1 : extent));
  }
  if (open >= 0) {
    target[static_cast<size_t>(open)] = expr::floor_div(expr::volume(from), expr::volume(target));
  }
  change<ops::Reshape>([&](auto& op) { op.target = target; });
}

nvinfer1::Dims ShuffleLayer::getReshapeDimensions() const noexcept {
  const auto* reshape = node_.as<ops::Reshape>();
  return plugin::to_nv_dims(reshape != nullptr ? reshape->target : node_.output()->shape());
}

void ShuffleLayer::setSecondTranspose(nvinfer1::Permutation permutation) noexcept {
  const nvinfer1::Permutation same = identity();
  const size_t rank = node_.output()->shape().size();
  if (!std::equal(permutation.order, permutation.order + rank, same.order)) {
    network_.voice().absent("IShuffleLayer::setSecondTranspose");
  }
}

void ConstantLayer::setWeights(nvinfer1::Weights weights) noexcept {
  const auto type = plugin::to_dtype(weights.type);
  const ops::ConstantRef before = op<ops::Constant>().data;
  if (!type || weights.count != before->count() || weights.values == nullptr) {
    network_.voice().refuse(Code::InvalidArgument,
                            "IConstantLayer::setWeights needs as many elements as before");
    return;
  }
  const std::span bytes(static_cast<const std::byte*>(weights.values),
                        byte_size(*type, static_cast<size_t>(weights.count)));
  change<ops::Constant>([&](auto& op) {
    op.data = std::make_shared<const ops::ConstantData>(*type, before->dims(), bytes, nullptr);
  });
}

nvinfer1::IPluginV3& PluginLayer::getPlugin() noexcept {
  if (const auto* foreign = node_.as<ops::Foreign>()) {
    return static_cast<plugin::V3Op&>(*foreign->op).plugin();
  }
  if (stand_in_ == nullptr) {
    stand_in_ = std::make_unique<StandIn>(std::string(ops::name_of(node_.op)));
  }
  return *stand_in_;
}

nvinfer1::IPluginV2& PluginV2Layer::getPlugin() noexcept {
  return static_cast<plugin::V2Op&>(*node_.as<ops::Foreign>()->op).plugin();
}

}  // namespace tenon::api
