// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Axes in the order they lie in memory.
#include "plugin/adapt/safe_build/descriptors.h"

#include <algorithm>

#include "plugin/convert.h"

namespace tenon::plugin {

namespace {

using nvinfer2::safe::TensorDescriptor;

/// Fills in extents, and the memory's order of axes from the innermost on.
int list_axes(const kernel::TensorDesc& tensor, TensorDescriptor& out,
              int (&innermost_first)[nvinfer2::safe::PhysicalDims::MAX_DIMS]) noexcept {
  const int rank = tensor.dims.rank();
  const kernel::Layout& layout = tensor.layout;
  const bool plain = layout.is_linear() || !kernel::fits(layout, rank);
  const int channel = plain ? -1 : rank - layout.channel_from_end;
  const bool vectors = !plain && layout.vector > 1;
  int axes = 0;
  for (int axis = 0; axis < rank; ++axis) {
    const bool split = vectors && axis == channel;
    const int64_t vector = layout.vector;
    out.shape.d[axes++] = split ? (tensor.dims[axis] + vector - 1) / vector : tensor.dims[axis];
    if (split) out.shape.d[axes++] = vector;
  }
  int at = 0;
  const auto physical = [&](int axis) { return vectors && axis > channel ? axis + 1 : axis; };
  if (vectors) innermost_first[at++] = channel + 1;
  const bool channels_last = !plain && layout.order == kernel::Layout::Order::ChannelsLast;
  if (channels_last) innermost_first[at++] = channel;
  for (int axis = rank - 1; axis >= 0; --axis) {
    if (!channels_last || axis != channel) innermost_first[at++] = physical(axis);
  }
  if (vectors) {
    out.vectorizedDim = channel;
    out.componentsPerVector = layout.vector;
  }
  return axes;
}

}  // namespace

TensorDescriptor to_tensor_descriptor(const kernel::TensorDesc& tensor, const char* name,
                                      bool input) noexcept {
  TensorDescriptor out;
  out.tensorName = name;
  out.ioMode = input ? nvinfer1::TensorIOMode::kINPUT : nvinfer1::TensorIOMode::kOUTPUT;
  out.memPlacement = nvinfer2::safe::MemoryPlacement::kGPU;
  if (tensor.absent()) return out;
  out.dataType = to_data_type(tensor.dtype).value_or(nvinfer1::DataType::kFLOAT);
  out.bytesPerComponent = byte_size(tensor.dtype, 1);
  out.sizeInBytes = static_cast<uint64_t>(tensor.bytes());
  out.userShape = to_nv_dims(tensor.dims);
  int innermost_first[nvinfer2::safe::PhysicalDims::MAX_DIMS] = {};
  const int axes = list_axes(tensor, out, innermost_first);
  out.shape.nbDims = out.stride.nbDims = out.strideOrder.nbDims = axes;
  int64_t stride = 1;
  for (int at = 0; at < axes; ++at) {
    const int axis = innermost_first[at];
    out.stride.d[axis] = stride;
    out.strideOrder.d[axis] = at;
    stride *= std::max<int64_t>(out.shape.d[axis], 1);
  }
  return out;
}

}  // namespace tenon::plugin
