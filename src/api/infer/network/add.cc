// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Adding layers whose operators there are.
#include <fmt/core.h>

#include <algorithm>
#include <type_traits>

#include "api/infer/network/kinds.h"
#include "api/infer/network/layers_movement.h"
#include "api/infer/network/layers_reduce.h"
#include "api/infer/network/network.h"
#include "plugin/convert.h"

namespace tenon::api {

nvinfer1::IActivationLayer* Network::addActivation(nvinfer1::ITensor& input,
                                                   nvinfer1::ActivationType type) noexcept {
  const auto kind = to_own(kActivations, type);
  return kind ? add_to<nvinfer1::IActivationLayer>(ops::Activation{*kind, 0, 0}, {&input})
              : nullptr;
}

nvinfer1::ISoftMaxLayer* Network::addSoftMax(nvinfer1::ITensor& input) noexcept {
  // The interface's default: the channel axis of [N, C, ...], the only axis of lower ranks.
  const auto rank = static_cast<int64_t>(input.getDimensions().nbDims);
  return add_to<nvinfer1::ISoftMaxLayer>(ops::Softmax{std::max<int64_t>(0, rank - 3), false},
                                         {&input});
}

nvinfer1::IConcatenationLayer* Network::addConcatenation(nvinfer1::ITensor* const* inputs,
                                                         int32_t nbInputs) noexcept {
  // The interface's default: the third-last axis, or the first.
  const int32_t rank = nbInputs > 0 ? inputs[0]->getDimensions().nbDims : 0;
  return add_to<nvinfer1::IConcatenationLayer>(ops::Concat{std::max(0, rank - 3)},
                                               {inputs, inputs + nbInputs});
}

nvinfer1::IElementWiseLayer* Network::addElementWise(nvinfer1::ITensor& input1,
                                                     nvinfer1::ITensor& input2,
                                                     nvinfer1::ElementWiseOperation op) noexcept {
  const auto kind = to_own(kElementWises, op);
  return kind ? add_to<nvinfer1::IElementWiseLayer>(ops::ElementWise{*kind}, {&input1, &input2})
              : nullptr;
}

nvinfer1::IUnaryLayer* Network::addUnary(nvinfer1::ITensor& input,
                                         nvinfer1::UnaryOperation operation) noexcept {
  const auto kind = to_own(kUnaries, operation);
  return kind ? add_to<nvinfer1::IUnaryLayer>(ops::Unary{*kind}, {&input}) : nullptr;
}

nvinfer1::IShuffleLayer* Network::addShuffle(nvinfer1::ITensor& input) noexcept {
  ir::Value* value = value_of(input);
  return value == nullptr ? nullptr
                          : add_to<nvinfer1::IShuffleLayer>(ops::Reshape{value->shape()}, {&input});
}

nvinfer1::IReduceLayer* Network::addReduce(nvinfer1::ITensor& input,
                                           nvinfer1::ReduceOperation operation, uint32_t reduceAxes,
                                           bool keepDimensions) noexcept {
  const auto kind = to_own(kReduces, operation);
  return kind ? add_to<nvinfer1::IReduceLayer>(
                    ops::Reduce{*kind, axes_of(reduceAxes), keepDimensions}, {&input})
              : nullptr;
}

nvinfer1::IGatherLayer* Network::addGather(nvinfer1::ITensor& data, nvinfer1::ITensor& indices,
                                           int32_t axis) noexcept {
  return add_to<nvinfer1::IGatherLayer>(ops::Gather{axis}, {&data, &indices});
}

nvinfer1::IMatrixMultiplyLayer* Network::addMatrixMultiply(nvinfer1::ITensor& input0,
                                                           nvinfer1::MatrixOperation op0,
                                                           nvinfer1::ITensor& input1,
                                                           nvinfer1::MatrixOperation op1) noexcept {
  const ops::Op op = product_of({op0, op1}, {static_cast<size_t>(input0.getDimensions().nbDims),
                                             static_cast<size_t>(input1.getDimensions().nbDims)});
  return add_to<nvinfer1::IMatrixMultiplyLayer>(op, {&input0, &input1});
}

nvinfer1::IConstantLayer* Network::addConstant(nvinfer1::Dims const& dimensions,
                                               nvinfer1::Weights weights) noexcept {
  const auto dims = plugin::to_dims(dimensions);
  ir::Value* value = dims ? add_weights(weights, *dims) : nullptr;
  if (value == nullptr) return nullptr;
  return static_cast<nvinfer1::IConstantLayer*>(layer_of(value->producer()));
}

nvinfer1::IIdentityLayer* Network::addIdentity(nvinfer1::ITensor& input) noexcept {
  return add_to<nvinfer1::IIdentityLayer>(ops::Identity{}, {&input});
}

nvinfer1::ICastLayer* Network::addCast(nvinfer1::ITensor& input,
                                       nvinfer1::DataType toType) noexcept {
  const auto type = plugin::to_dtype(toType);
  return type ? add_to<nvinfer1::ICastLayer>(ops::Cast{*type}, {&input}) : nullptr;
}

nvinfer1::ISliceLayer* Network::addSlice(nvinfer1::ITensor& input, nvinfer1::Dims const& start,
                                         nvinfer1::Dims const& size,
                                         nvinfer1::Dims const& stride) noexcept {
  const auto starts = plugin::to_dims(start), sizes = plugin::to_dims(size),
             steps = plugin::to_dims(stride);
  const ir::Value* x = value_of(input);
  if (!starts || !sizes || !steps || x == nullptr) return nullptr;
  ops::Slice asked{expr::to_shape(*starts), expr::to_shape(*sizes), *steps};
  const auto rank = static_cast<int>(x->shape().size());
  if (starts->rank() == rank && sizes->rank() == rank && steps->rank() == rank) {
    ops::Op op = SliceLayer::strict(asked, *x, graph_);
    const bool beyond = std::holds_alternative<ops::SliceBeyond>(op);
    auto* layer = add_to<nvinfer1::ISliceLayer>(std::move(op), {&input});
    if (layer != nullptr && beyond) static_cast<SliceLayer*>(layer)->await_mode();
    return layer;
  }
  // Until its axes are named it is the whole; until a mode is set it may not go beyond the input.
  ops::Slice whole{expr::Shape(x->shape().size(), expr::Expr(0)), x->shape(),
                   Dims::filled(rank, 1)};
  auto* layer = add_to<nvinfer1::ISliceLayer>(std::move(whole), {&input});
  if (layer != nullptr) static_cast<SliceLayer*>(layer)->expect(std::move(asked));
  return layer;
}

nvinfer1::IResizeLayer* Network::addResize(nvinfer1::ITensor& input) noexcept {
  const ir::Value* x = value_of(input);
  if (x == nullptr) return nullptr;
  ops::Resize op;  // The identity, until extents or scales are set.
  op.target = x->shape();
  return add_to<nvinfer1::IResizeLayer>(std::move(op), {&input});
}

nvinfer1::IShapeLayer* Network::addShape(nvinfer1::ITensor& input) noexcept {
  return add_to<nvinfer1::IShapeLayer>(ops::Shape{}, {&input});
}

template <class Op>
nvinfer1::ILayer* Network::add_kernel(const char* call, nvinfer1::ITensor& input, int64_t maps,
                                      const nvinfer1::Dims& size, const nvinfer1::Weights& weights,
                                      const nvinfer1::Weights& bias) noexcept {
  ir::Value* x = value_of(input);
  const auto kernel = plugin::to_dims(size);
  if (x == nullptr || !kernel || x->shape().size() < 2 || !x->shape()[1].is_constant()) {
    voice_.refuse(
        Code::InvalidArgument,
        fmt::format("{} needs an input [N, C, ...] with a known C and a kernel size", call));
    return nullptr;
  }
  // Weights are [maps, C / groups, kernel...], and [C, maps / groups, kernel...] the other way.
  // Groups follow from their number: setNbGroups comes after this call.
  const int64_t channels = x->shape()[1].constant();
  const bool forward = std::is_same_v<Op, ops::Convolution>;
  const int64_t whole = forward ? maps : channels, split = forward ? channels : maps;
  const int64_t per_part = whole * kernel->volume();
  const int64_t per_group = per_part > 0 ? weights.count / per_part : 0;
  Dims weight_dims{whole, per_group};
  for (const int64_t extent : *kernel) weight_dims.push_back(extent);
  std::vector<ir::Value*> inputs{x, add_weights(weights, weight_dims)};
  if (bias.count > 0) inputs.push_back(add_weights(bias, Dims{maps}));
  if (std::find(inputs.begin(), inputs.end(), nullptr) != inputs.end()) return nullptr;
  Op op;
  op.kernel = *kernel;
  op.strides = op.dilations = Dims::filled(kernel->rank(), 1);
  op.pads_begin = op.pads_end = Dims::filled(kernel->rank(), 0);
  op.groups = per_group > 0 ? split / per_group : 1;
  return add(op, std::move(inputs));
}

nvinfer1::IConvolutionLayer* Network::addConvolutionNd(nvinfer1::ITensor& input,
                                                       int64_t nbOutputMaps,
                                                       nvinfer1::Dims const& kernelSize,
                                                       nvinfer1::Weights kernelWeights,
                                                       nvinfer1::Weights biasWeights) noexcept {
  return static_cast<nvinfer1::IConvolutionLayer*>(add_kernel<ops::Convolution>(
      "addConvolutionNd", input, nbOutputMaps, kernelSize, kernelWeights, biasWeights));
}

nvinfer1::IDeconvolutionLayer* Network::addDeconvolutionNd(nvinfer1::ITensor& input,
                                                           int64_t nbOutputMaps,
                                                           nvinfer1::Dims kernelSize,
                                                           nvinfer1::Weights kernelWeights,
                                                           nvinfer1::Weights biasWeights) noexcept {
  return static_cast<nvinfer1::IDeconvolutionLayer*>(add_kernel<ops::Deconvolution>(
      "addDeconvolutionNd", input, nbOutputMaps, kernelSize, kernelWeights, biasWeights));
}

nvinfer1::IPoolingLayer* Network::addPoolingNd(nvinfer1::ITensor& input, nvinfer1::PoolingType type,
                                               nvinfer1::Dims const& windowSize) noexcept {
  const auto kind = to_own(kPoolings, type);
  const auto window = plugin::to_dims(windowSize);
  if (!kind || !window) {
    voice_.refuse(Code::InvalidArgument, "addPoolingNd needs a known type and a window size");
    return nullptr;
  }
  ops::Pooling op;
  op.kind = *kind;
  op.kernel = *window;
  op.strides = *window;
  op.dilations = Dims::filled(window->rank(), 1);
  op.pads_begin = op.pads_end = Dims::filled(window->rank(), 0);
  return add_to<nvinfer1::IPoolingLayer>(op, {&input});
}

nvinfer1::ISelectLayer* Network::addSelect(nvinfer1::ITensor& condition,
                                           nvinfer1::ITensor& thenInput,
                                           nvinfer1::ITensor& elseInput) noexcept {
  return add_to<nvinfer1::ISelectLayer>(ops::Select{}, {&condition, &thenInput, &elseInput});
}

nvinfer1::IPaddingLayer* Network::addPaddingNd(nvinfer1::ITensor& input,
                                               nvinfer1::Dims const& prePadding,
                                               nvinfer1::Dims const& postPadding) noexcept {
  const ir::Value* x = value_of(input);
  if (x == nullptr || x->shape().size() < 2 || prePadding.nbDims != 2 || postPadding.nbDims != 2) {
    voice_.refuse(Code::InvalidArgument, "addPaddingNd pads the last two dimensions");
    return nullptr;
  }
  const auto rank = static_cast<int>(x->shape().size());
  ops::Pad op{Dims::filled(rank, 0), Dims::filled(rank, 0), ops::PadMode::Constant, 0};
  for (int i = 0; i < 2; ++i) {
    op.begin[rank - 2 + i] = prePadding.d[i];
    op.end[rank - 2 + i] = postPadding.d[i];
  }
  return add_to<nvinfer1::IPaddingLayer>(op, {&input});
}

}  // namespace tenon::api
