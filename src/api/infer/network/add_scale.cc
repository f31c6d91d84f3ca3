// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Adding layers that scale, quantise, normalise, sum and fill.
#include <fmt/core.h>

#include <algorithm>

#include "api/infer/network/layers_scale.h"
#include "api/infer/network/network.h"

namespace tenon::api {

using nvinfer1::DataType;
using nvinfer1::ITensor;
using nvinfer1::Weights;

nvinfer1::ILRNLayer* Network::addLRN(ITensor& input, int64_t window, float alpha, float beta,
                                     float k) noexcept {
  return add_to<nvinfer1::ILRNLayer>(ops::Lrn{window, alpha, beta, k}, {&input});
}

nvinfer1::IScaleLayer* Network::addScale(ITensor& input, nvinfer1::ScaleMode mode, Weights shift,
                                         Weights scale, Weights power) noexcept {
  return addScaleNd(input, mode, shift, scale, power, 1);
}

nvinfer1::IScaleLayer* Network::addScaleNd(ITensor& input, nvinfer1::ScaleMode mode, Weights shift,
                                           Weights scale, Weights power,
                                           int32_t channelAxis) noexcept {
  ir::Value* x = value_of(input);
  const auto kind = to_own(kScaleModes, mode);
  if (x == nullptr || !kind) return nullptr;
  const auto dims = ScaleLayer::weight_dims(*kind, channelAxis, x->shape());
  if (!dims) {
    voice_.refuse(Code::InvalidArgument,
                  "addScaleNd needs the extents that its weights count, from the channel axis on");
    return nullptr;
  }
  std::vector<ir::Value*> inputs{x};
  for (const Weights& weights : {shift, scale, power}) {
    inputs.push_back(weights.count > 0 ? add_weights(weights, *dims) : nullptr);
    if (weights.count > 0 && inputs.back() == nullptr) return nullptr;
  }
  return static_cast<nvinfer1::IScaleLayer*>(
      add(ops::ScaleShift{*kind, channelAxis}, std::move(inputs)));
}

nvinfer1::IParametricReLULayer* Network::addParametricReLU(ITensor& input,
                                                           ITensor& slope) noexcept {
  return add_to<nvinfer1::IParametricReLULayer>(ops::ParametricRelu{}, {&input, &slope});
}

nvinfer1::INormalizationLayer* Network::addNormalization(ITensor& input, ITensor& scale,
                                                         ITensor& bias,
                                                         uint32_t axesMask) noexcept {
  return add_to<nvinfer1::INormalizationLayer>(
      ops::Normalization{axes_of(axesMask), 1e-5F, 1, false}, {&input, &scale, &bias});
}

nvinfer1::INormalizationLayer* Network::addNormalizationV2(ITensor& input, ITensor& scale,
                                                           ITensor& bias,
                                                           uint32_t axesMask) noexcept {
  return add_to<nvinfer1::INormalizationLayer>(
      ops::Normalization{axes_of(axesMask), 1e-5F, 1, true}, {&input, &scale, &bias});
}

nvinfer1::ICumulativeLayer* Network::addCumulative(ITensor& input, ITensor& axis,
                                                   nvinfer1::CumulativeOperation, bool exclusive,
                                                   bool reverse) noexcept {
  const auto axes = axes_from(axis, static_cast<size_t>(input.getDimensions().nbDims));
  if (!axes || axes->rank() != 1) return nullptr;
  return add_to<nvinfer1::ICumulativeLayer>(
      ops::Cumulative{ops::CumulativeKind::Sum, (*axes)[0], exclusive, reverse}, {&input, &axis});
}

nvinfer1::IRaggedSoftMaxLayer* Network::addRaggedSoftMax(ITensor& input, ITensor& bounds) noexcept {
  return add_to<nvinfer1::IRaggedSoftMaxLayer>(ops::RaggedSoftmax{}, {&input, &bounds});
}

nvinfer1::IEinsumLayer* Network::addEinsum(ITensor* const* inputs, int32_t nbInputs,
                                           char const* equation) noexcept {
  if (inputs == nullptr || nbInputs < 1 || equation == nullptr) {
    voice_.refuse(Code::InvalidArgument, "addEinsum needs inputs and an equation");
    return nullptr;
  }
  return add_to<nvinfer1::IEinsumLayer>(ops::Einsum{equation}, {inputs, inputs + nbInputs});
}

nvinfer1::IFillLayer* Network::addFill(nvinfer1::Dims const& dimensions,
                                       nvinfer1::FillOperation op) noexcept {
  return addFill(dimensions, op, DataType::kFLOAT);
}

nvinfer1::IFillLayer* Network::addFill(nvinfer1::Dims const& dimensions, nvinfer1::FillOperation op,
                                       DataType outputType) noexcept {
  const auto dims = plugin::to_dims(dimensions);
  const auto kind = to_own(kFills, op);
  const auto type = plugin::to_dtype(outputType);
  if (!dims || !kind || !type) return nullptr;
  ops::Fill fill{*kind, expr::to_shape(*dims), *type, 0, 1, 0};
  // Unlike layers draw unlike numbers; the same network draws the same.
  fill.seed = static_cast<int64_t>(graph_.nodes().size());
  if (*kind != ops::FillKind::Linspace || dims->rank() <= 1) {
    return static_cast<nvinfer1::IFillLayer*>(add(std::move(fill), {}));
  }
  // Steps come by setInput(2): until then there are none.
  const std::vector<float> none(static_cast<size_t>(dims->rank()), 0);
  ir::Value* steps = nullptr;
  if (*type == DType::F32) {
    steps = graph_.add_constant(ops::ConstantData::of<float>({dims->rank()}, none), "");
  } else if (*type == DType::I32) {
    const std::vector<int32_t> whole(none.begin(), none.end());
    steps = graph_.add_constant(ops::ConstantData::of<int32_t>({dims->rank()}, whole), "");
  } else if (*type == DType::I64) {
    const std::vector<int64_t> whole(none.begin(), none.end());
    steps = graph_.add_constant(ops::ConstantData::of<int64_t>({dims->rank()}, whole), "");
  }
  return static_cast<nvinfer1::IFillLayer*>(add(std::move(fill), {nullptr, nullptr, steps}));
}

nvinfer1::IAssertionLayer* Network::addAssertion(ITensor& condition, char const* message) noexcept {
  const ir::Value* value = value_of(condition);
  if (value == nullptr) return nullptr;
  if (value->type.content) {
    const auto fails = [](const expr::Expr& e) { return e == expr::Expr(0); };
    if (std::any_of(value->type.content->begin(), value->type.content->end(), fails)) {
      voice_.refuse(Code::InvalidModel, fmt::format("the assertion '{}' does not hold: {}",
                                                    value->name, message ? message : ""));
      return nullptr;
    }
  }
  return add_to<nvinfer1::IAssertionLayer>(ops::Assertion{message == nullptr ? "" : message},
                                           {&condition});
}

nvinfer1::ISqueezeLayer* Network::addSqueeze(ITensor& input, ITensor& axes) noexcept {
  const auto dims = axes_from(axes, static_cast<size_t>(input.getDimensions().nbDims));
  return dims ? add_to<nvinfer1::ISqueezeLayer>(ops::Squeeze{*dims}, {&input, &axes}) : nullptr;
}

nvinfer1::IUnsqueezeLayer* Network::addUnsqueeze(ITensor& input, ITensor& axes) noexcept {
  const int64_t count = axes.getDimensions().nbDims == 0 ? 1 : axes.getDimensions().d[0];
  const int64_t rank = input.getDimensions().nbDims + count;
  if (count < 0 || rank > Dims::kMaxRank) return nullptr;
  const auto dims = axes_from(axes, static_cast<size_t>(rank));
  return dims ? add_to<nvinfer1::IUnsqueezeLayer>(ops::Unsqueeze{*dims}, {&input, &axes}) : nullptr;
}

namespace {

/// The axis that a vector of scales counts until setAxis says otherwise: the channels' when they
/// are as many, else the first that has so many elements; −1 for a single scale.
int64_t usual_axis(const ITensor& input, const ITensor& scale) {
  const nvinfer1::Dims x = input.getDimensions(), vector = scale.getDimensions();
  if (vector.nbDims != 1 || vector.d[0] == 1) return -1;
  if (x.nbDims > 1 && x.d[1] == vector.d[0]) return 1;
  const auto* found = std::find(x.d, x.d + x.nbDims, vector.d[0]);
  return found == x.d + x.nbDims ? -1 : found - x.d;
}

}  // namespace

nvinfer1::IQuantizeLayer* Network::addQuantize(ITensor& input, ITensor& scale) noexcept {
  return addQuantize(input, scale, DataType::kINT8);
}

nvinfer1::IQuantizeLayer* Network::addQuantize(ITensor& input, ITensor& scale,
                                               DataType outputType) noexcept {
  const auto type = plugin::to_dtype(outputType);
  if (!type) return nullptr;
  return add_to<nvinfer1::IQuantizeLayer>(ops::Quantize{usual_axis(input, scale), *type},
                                          {&input, &scale});
}

nvinfer1::IDequantizeLayer* Network::addDequantize(ITensor& input, ITensor& scale) noexcept {
  return addDequantize(input, scale, DataType::kFLOAT);
}

nvinfer1::IDequantizeLayer* Network::addDequantize(ITensor& input, ITensor& scale,
                                                   DataType outputType) noexcept {
  const auto type = plugin::to_dtype(outputType);
  if (!type) return nullptr;
  return add_to<nvinfer1::IDequantizeLayer>(ops::Dequantize{usual_axis(input, scale), *type},
                                            {&input, &scale});
}

nvinfer1::IDynamicQuantizeLayer* Network::addDynamicQuantize(ITensor& input, int32_t axis,
                                                             int32_t blockSize, DataType outputType,
                                                             DataType scaleType) noexcept {
  nvinfer1::Dims block = input.getDimensions();
  if (axis < 0 || axis >= block.nbDims) {
    voice_.refuse(Code::InvalidArgument,
                  fmt::format("addDynamicQuantize: axis {} is no axis of '{}', which has {}", axis,
                              input.getName(), block.nbDims));
    return nullptr;
  }
  std::fill_n(block.d, block.nbDims, 1);
  block.d[axis] = blockSize;
  return addDynamicQuantizeV2(input, block, outputType, scaleType);
}

nvinfer1::IDynamicQuantizeLayer* Network::addDynamicQuantizeV2(ITensor& input,
                                                               nvinfer1::Dims const& blockShape,
                                                               DataType outputType,
                                                               DataType scaleType) noexcept {
  const auto to = plugin::to_dtype(outputType), scale = plugin::to_dtype(scaleType);
  const auto block = plugin::to_dims(blockShape);
  if (!to || !scale || !block) return nullptr;
  return add_to<nvinfer1::IDynamicQuantizeLayer>(ops::DynamicQuantize{*block, *to, *scale},
                                                 {&input});
}

}  // namespace tenon::api
