// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which layer class shows which operator, and the calls that are more than a line.
#include "api/infer/network/layers.h"

#include "api/infer/network/layers_attention.h"
#include "api/infer/network/layers_control.h"
#include "api/infer/network/layers_elementwise.h"
#include "api/infer/network/layers_index.h"
#include "api/infer/network/layers_movement.h"
#include "api/infer/network/layers_reduce.h"
#include "api/infer/network/layers_resize.h"
#include "api/infer/network/layers_scale.h"
#include "api/infer/network/layers_window.h"
#include "plugin/adapt/object_op.h"
#include "plugin/adapt/safe_build/foreign_op.h"
#include "plugin/adapt/v2/foreign_op.h"

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
template <LayerType Type>
struct ClassOf;
// clang-format off
template <> struct ClassOf<LayerType::kACTIVATION> { using Layer = ActivationLayer; };
template <> struct ClassOf<LayerType::kASSERTION> { using Layer = AssertionLayer; };
template <> struct ClassOf<LayerType::kATTENTION_OUTPUT> { using Layer = AttentionLayer; };
template <> struct ClassOf<LayerType::kCAST> { using Layer = CastLayer; };
template <> struct ClassOf<LayerType::kCONCATENATION> { using Layer = ConcatenationLayer; };
template <> struct ClassOf<LayerType::kCONDITION> { using Layer = ConditionLayer; };
template <> struct ClassOf<LayerType::kCONDITIONAL_INPUT> { using Layer = ConditionalInputLayer; };
template <> struct ClassOf<LayerType::kCONDITIONAL_OUTPUT> { using Layer = ConditionalOutputLayer; };
template <> struct ClassOf<LayerType::kCONSTANT> { using Layer = ConstantLayer; };
template <> struct ClassOf<LayerType::kCONVOLUTION> { using Layer = ConvolutionLayer; };
template <> struct ClassOf<LayerType::kCUMULATIVE> { using Layer = CumulativeLayer; };
template <> struct ClassOf<LayerType::kDECONVOLUTION> { using Layer = DeconvolutionLayer; };
template <> struct ClassOf<LayerType::kDEQUANTIZE> { using Layer = DequantizeLayer; };
template <> struct ClassOf<LayerType::kDYNAMIC_QUANTIZE> { using Layer = DynamicQuantizeLayer; };
template <> struct ClassOf<LayerType::kEINSUM> { using Layer = EinsumLayer; };
template <> struct ClassOf<LayerType::kELEMENTWISE> { using Layer = ElementWiseLayer; };
template <> struct ClassOf<LayerType::kFILL> { using Layer = FillLayer; };
template <> struct ClassOf<LayerType::kGATHER> { using Layer = GatherLayer; };
template <> struct ClassOf<LayerType::kGRID_SAMPLE> { using Layer = GridSampleLayer; };
template <> struct ClassOf<LayerType::kIDENTITY> { using Layer = IdentityLayer; };
template <> struct ClassOf<LayerType::kKVCACHE_UPDATE> { using Layer = KvCacheUpdateLayer; };
template <> struct ClassOf<LayerType::kITERATOR> { using Layer = IteratorLayer; };
template <> struct ClassOf<LayerType::kLOOP_OUTPUT> { using Layer = LoopOutputLayer; };
template <> struct ClassOf<LayerType::kLRN> { using Layer = LrnLayer; };
template <> struct ClassOf<LayerType::kMATRIX_MULTIPLY> { using Layer = MatrixMultiplyLayer; };
template <> struct ClassOf<LayerType::kMOE> { using Layer = MixtureLayer; };
template <> struct ClassOf<LayerType::kNMS> { using Layer = NmsLayer; };
template <> struct ClassOf<LayerType::kNON_ZERO> { using Layer = NonZeroLayer; };
template <> struct ClassOf<LayerType::kNORMALIZATION> { using Layer = NormalizationLayer; };
template <> struct ClassOf<LayerType::kONE_HOT> { using Layer = OneHotLayer; };
template <> struct ClassOf<LayerType::kPADDING> { using Layer = PaddingLayer; };
template <> struct ClassOf<LayerType::kPARAMETRIC_RELU> { using Layer = ParametricReluLayer; };
template <> struct ClassOf<LayerType::kPLUGIN_V3> { using Layer = PluginLayer; };
template <> struct ClassOf<LayerType::kPOOLING> { using Layer = PoolingLayer; };
template <> struct ClassOf<LayerType::kQUANTIZE> { using Layer = QuantizeLayer; };
template <> struct ClassOf<LayerType::kRAGGED_SOFTMAX> { using Layer = RaggedSoftmaxLayer; };
template <> struct ClassOf<LayerType::kRECURRENCE> { using Layer = RecurrenceLayer; };
template <> struct ClassOf<LayerType::kREDUCE> { using Layer = ReduceLayer; };
template <> struct ClassOf<LayerType::kRESIZE> { using Layer = ResizeLayer; };
template <> struct ClassOf<LayerType::kREVERSE_SEQUENCE> { using Layer = ReverseSequenceLayer; };
template <> struct ClassOf<LayerType::kROTARY_EMBEDDING> { using Layer = RotaryEmbeddingLayer; };
template <> struct ClassOf<LayerType::kSCALE> { using Layer = ScaleLayer; };
template <> struct ClassOf<LayerType::kSCATTER> { using Layer = ScatterLayer; };
template <> struct ClassOf<LayerType::kSELECT> { using Layer = SelectLayer; };
template <> struct ClassOf<LayerType::kSHAPE> { using Layer = ShapeLayer; };
template <> struct ClassOf<LayerType::kSHUFFLE> { using Layer = ShuffleLayer; };
template <> struct ClassOf<LayerType::kSLICE> { using Layer = SliceLayer; };
template <> struct ClassOf<LayerType::kSOFTMAX> { using Layer = SoftmaxLayer; };
template <> struct ClassOf<LayerType::kSQUEEZE> { using Layer = SqueezeLayer; };
template <> struct ClassOf<LayerType::kTOPK> { using Layer = TopKLayer; };
template <> struct ClassOf<LayerType::kTRIP_LIMIT> { using Layer = TripLimitLayer; };
template <> struct ClassOf<LayerType::kUNARY> { using Layer = UnaryLayer; };
template <> struct ClassOf<LayerType::kUNSQUEEZE> { using Layer = UnsqueezeLayer; };
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

void ConstantLayer::setDimensions(nvinfer1::Dims const& dimensions) noexcept {
  const auto dims = plugin::to_dims(dimensions);
  const ops::ConstantRef before = op<ops::Constant>().data;
  if (!dims || dims->volume() != before->count()) {
    network_.voice().refuse(Code::InvalidArgument,
                            "IConstantLayer::setDimensions needs as many elements as before");
    return;
  }
  change<ops::Constant>([&](auto& op) {
    op.data =
        std::make_shared<const ops::ConstantData>(before->dtype(), *dims, before->bytes(), before);
  });
}

nvinfer1::IPluginV3& PluginLayer::getPlugin() noexcept {
  if (const auto* foreign = node_.as<ops::Foreign>()) {
    if (foreign->op->family().starts_with("safe")) {
      return static_cast<plugin::SafeOp&>(*foreign->op).plugin();
    }
    return static_cast<plugin::ObjectOp&>(*foreign->op).plugin();
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
