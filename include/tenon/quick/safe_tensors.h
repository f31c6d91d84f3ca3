// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensors of safe engines as quick plugins see them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "NvInferSafeRuntime.h"
#include "nvinfer1/plugin_desc.h"
#include "tenon/quick/call.h"

namespace tenon {
namespace quick {

/// The format that the strides of a descriptor make; kLINEAR for an order that has no name.
inline nvinfer1::TensorFormat format_of(nvinfer2::safe::TensorDescriptor const& d) {
  using F = nvinfer1::TensorFormat;
  auto const& order = d.strideOrder;
  bool const vectors = d.vectorizedDim >= 0 && d.componentsPerVector > 1;
  std::int32_t const rank = order.nbDims - (vectors ? 1 : 0);
  if (rank < 3) return F::kLINEAR;
  if (!vectors) {
    if (order.d[rank - 3] == 0) return F::kHWC;
    return rank > 3 && order.d[rank - 4] == 0 ? F::kDHWC : F::kLINEAR;
  }
  // The vector lies innermost; blocks of vectors lie next to it when channels do.
  bool const channels_last = order.d[d.vectorizedDim] == 1;
  bool const deep = d.vectorizedDim == rank - 4;
  switch (d.componentsPerVector) {
    case 2:
      return F::kCHW2;
    case 4:
      return F::kCHW4;
    case 8:
      return deep ? F::kDHWC8 : F::kHWC8;
    case 16:
      return channels_last ? F::kHWC16 : F::kCHW16;
    case 32:
      return deep ? F::kCDHW32 : F::kCHW32;
    default:
      return F::kLINEAR;
  }
}

/// What run() reads of a tensor.
inline nvinfer1::PluginTensorDesc desc_of(nvinfer2::safe::TensorDescriptor const& d) {
  return {d.userShape, d.dataType, format_of(d), 1.0F};
}

inline std::int64_t count_of(nvinfer1::Dims const& dims) {
  std::int64_t count = 1;
  for (std::int32_t i = 0; i < dims.nbDims; ++i) count *= dims.d[i];
  return count;
}

inline bool same(nvinfer1::Dims const& a, nvinfer1::Dims const& b) {
  bool equal = a.nbDims == b.nbDims;
  for (std::int32_t i = 0; equal && i < a.nbDims; ++i) equal = a.d[i] == b.d[i];
  return equal;
}

/// Puts what stands in `from` into `descs` and `tensors`, of one size; whether an extent differs
/// from the last time. Allocates nothing.
inline bool describe(nvinfer2::safe::TensorDescriptor const* from,
                     std::vector<nvinfer1::PluginTensorDesc>& descs, std::vector<Tensor>& tensors) {
  bool changed = false;
  for (std::size_t i = 0; i < descs.size(); ++i) {
    changed |= tensors[i].desc == nullptr || !same(descs[i].dims, from[i].userShape);
    descs[i] = desc_of(from[i]);
    tensors[i].desc = &descs[i];
    tensors[i].count = count_of(descs[i].dims);
  }
  return changed;
}

}  // namespace quick
}  // namespace tenon
