// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What layers of indices do in more than a line.
#include "api/infer/network/layers_index.h"

#include "api/infer/network/layers_reduce.h"

namespace tenon::api {

void TopKLayer::setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept {
  if (index != 1) return LayerOf::setInput(index, tensor);
  const ops::Content* k = network_.content_of(tensor, "the k of a top-k layer");
  if (k == nullptr) return;
  change<ops::TopK>([&](auto& op) { op.k.assign(k->begin(), k->end()); });
}

void TopKLayer::setReduceAxes(uint32_t reduceAxes) noexcept {
  const Dims axes = axes_of(reduceAxes);
  if (axes.rank() != 1) {
    network_.voice().refuse(Code::InvalidArgument, "ITopKLayer::setReduceAxes takes one axis");
    return;
  }
  change<ops::TopK>([&](auto& op) { op.axis = axes[0]; });
}

void GatherLayer::setGatherAxis(int32_t axis) noexcept {
  network_.change(node_, [&] {
    if (auto* gather = node_.as<ops::Gather>()) gather->axis = axis;
    if (auto* elements = node_.as<ops::GatherElements>()) elements->axis = axis;
  });
}

int32_t GatherLayer::getGatherAxis() const noexcept {
  if (const auto* gather = node_.as<ops::Gather>()) return static_cast<int32_t>(gather->axis);
  const auto* elements = node_.as<ops::GatherElements>();
  return elements != nullptr ? static_cast<int32_t>(elements->axis) : 0;
}

void GatherLayer::setNbElementWiseDims(int32_t elementWiseDims) noexcept {
  const bool simple = node_.as<ops::Gather>() != nullptr;
  const bool elements = node_.as<ops::GatherElements>() != nullptr;
  if (elementWiseDims < 0 || (simple && elementWiseDims > 1) || (elements && elementWiseDims > 0)) {
    network_.voice().refuse(Code::InvalidArgument,
                            "IGatherLayer::setNbElementWiseDims takes 0 or 1 in mode kDEFAULT, and "
                            "0 in mode kELEMENT");
    return;
  }
  network_.change(node_, [&] {
    if (auto* gather = node_.as<ops::Gather>()) gather->batch_dims = elementWiseDims;
    if (auto* nd = node_.as<ops::GatherNd>()) nd->batch_dims = elementWiseDims;
  });
}

int32_t GatherLayer::getNbElementWiseDims() const noexcept {
  if (const auto* gather = node_.as<ops::Gather>()) return static_cast<int32_t>(gather->batch_dims);
  const auto* nd = node_.as<ops::GatherNd>();
  return nd != nullptr ? static_cast<int32_t>(nd->batch_dims) : 0;
}

void GatherLayer::setMode(nvinfer1::GatherMode mode) noexcept {
  if (mode == getMode()) return;
  const int32_t axis = getGatherAxis();
  network_.change(node_, [&] {
    switch (mode) {
      case nvinfer1::GatherMode::kDEFAULT:
        node_.op = ops::Gather{axis, 0};
        break;
      case nvinfer1::GatherMode::kELEMENT:
        node_.op = ops::GatherElements{axis};
        break;
      case nvinfer1::GatherMode::kND:
        node_.op = ops::GatherNd{0};
        break;
    }
  });
}

nvinfer1::GatherMode GatherLayer::getMode() const noexcept {
  if (node_.as<ops::GatherElements>() != nullptr) return nvinfer1::GatherMode::kELEMENT;
  if (node_.as<ops::GatherNd>() != nullptr) return nvinfer1::GatherMode::kND;
  return nvinfer1::GatherMode::kDEFAULT;
}

}  // namespace tenon::api
