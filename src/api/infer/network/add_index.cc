// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Adding layers that look for elements or address them, boxes and samples.
#include "api/infer/network/layers_index.h"
#include "api/infer/network/layers_reduce.h"
#include "api/infer/network/network.h"

namespace tenon::api {

using nvinfer1::DataType;
using nvinfer1::ITensor;

nvinfer1::ITopKLayer* Network::addTopK(ITensor& input, nvinfer1::TopKOperation op, int32_t k,
                                       uint32_t reduceAxes) noexcept {
  return addTopK(input, op, k, reduceAxes, DataType::kINT32);
}

nvinfer1::ITopKLayer* Network::addTopK(ITensor& input, nvinfer1::TopKOperation op, int32_t k,
                                       uint32_t reduceAxes, DataType indicesType) noexcept {
  const Dims axes = axes_of(reduceAxes);
  const auto type = plugin::to_dtype(indicesType);
  if (axes.rank() != 1 || !type) {
    voice_.refuse(Code::InvalidArgument, "addTopK needs one axis, and indices of kINT32 or kINT64");
    return nullptr;
  }
  const bool largest = op == nvinfer1::TopKOperation::kMAX;
  return add_to<nvinfer1::ITopKLayer>(ops::TopK{{expr::Expr(k)}, axes[0], largest, false, *type},
                                      {&input});
}

nvinfer1::INonZeroLayer* Network::addNonZero(ITensor& input) noexcept {
  return addNonZero(input, DataType::kINT32);
}

nvinfer1::INonZeroLayer* Network::addNonZero(ITensor& input, DataType indicesType) noexcept {
  const auto type = plugin::to_dtype(indicesType);
  return type ? add_to<nvinfer1::INonZeroLayer>(ops::NonZero{*type}, {&input}) : nullptr;
}

nvinfer1::IScatterLayer* Network::addScatter(ITensor& data, ITensor& indices, ITensor& updates,
                                             nvinfer1::ScatterMode mode) noexcept {
  return add_to<nvinfer1::IScatterLayer>(
      ops::Scatter{ScatterLayer::to_own(mode), 0, ops::ScatterReduction::None},
      {&data, &indices, &updates});
}

nvinfer1::IGatherLayer* Network::addGatherV2(ITensor& data, ITensor& indices,
                                             nvinfer1::GatherMode mode) noexcept {
  switch (mode) {
    case nvinfer1::GatherMode::kELEMENT:
      return add_to<nvinfer1::IGatherLayer>(ops::GatherElements{0}, {&data, &indices});
    case nvinfer1::GatherMode::kND:
      return add_to<nvinfer1::IGatherLayer>(ops::GatherNd{0}, {&data, &indices});
    case nvinfer1::GatherMode::kDEFAULT:
      break;
  }
  return addGather(data, indices, 0);
}

nvinfer1::IOneHotLayer* Network::addOneHot(ITensor& indices, ITensor& values, ITensor& depth,
                                           int32_t axis) noexcept {
  const ops::Content* content = content_of(depth, "the depth of a one-hot layer");
  if (content == nullptr || content->size() != 1) return nullptr;
  const int32_t rank = indices.getDimensions().nbDims + 1;
  return add_to<nvinfer1::IOneHotLayer>(ops::OneHot{axis < 0 ? axis + rank : axis, {(*content)[0]}},
                                        {&indices, &values, &depth});
}

nvinfer1::IReverseSequenceLayer* Network::addReverseSequence(ITensor& input,
                                                             ITensor& sequenceLens) noexcept {
  return add_to<nvinfer1::IReverseSequenceLayer>(ops::ReverseSequence{1, 0},
                                                 {&input, &sequenceLens});
}

nvinfer1::INMSLayer* Network::addNMS(ITensor& boxes, ITensor& scores,
                                     ITensor& maxOutputBoxesPerClass) noexcept {
  return addNMS(boxes, scores, maxOutputBoxesPerClass, DataType::kINT32);
}

nvinfer1::INMSLayer* Network::addNMS(ITensor& boxes, ITensor& scores,
                                     ITensor& maxOutputBoxesPerClass,
                                     DataType indicesType) noexcept {
  const auto type = plugin::to_dtype(indicesType);
  if (!type) return nullptr;
  return add_to<nvinfer1::INMSLayer>(ops::NonMaxSuppression{false, -1, *type},
                                     {&boxes, &scores, &maxOutputBoxesPerClass});
}

nvinfer1::IGridSampleLayer* Network::addGridSample(ITensor& input, ITensor& grid) noexcept {
  return add_to<nvinfer1::IGridSampleLayer>(ops::GridSample{}, {&input, &grid});
}

}  // namespace tenon::api
