// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Extents, strides and their order, of tensors in vectors too.
#include "plugin/descriptor.h"

#include "plugin/convert.h"

namespace tenon::plugin {

namespace {

using nvinfer2::safe::PhysicalDims;
using nvinfer2::safe::TensorDescriptor;

void push(PhysicalDims& list, int64_t value) noexcept { list.d[list.nbDims++] = value; }

/// Strides of a tensor in vectors: the vector is an axis of its own behind the one it splits.
void put_vectors(const kernel::TensorDesc& tensor, int axis, TensorDescriptor& to) noexcept {
  const Dims& dims = tensor.dims;
  const int64_t vector = tensor.layout.vector;
  const int64_t count = (dims[axis] + vector - 1) / vector;
  const bool last = tensor.layout.order == kernel::Layout::Order::ChannelsLast;
  // From the innermost: the vector, or with channels last all vectors of a pixel, then the others.
  int64_t step = last ? count * vector : vector;
  Dims strides = dims;
  for (int i = dims.rank() - 1; i >= 0; --i) {
    if (i == axis && last) {
      strides[i] = vector;
      continue;
    }
    strides[i] = step;
    step *= i == axis ? count : dims[i];
  }
  for (int i = 0; i < dims.rank(); ++i) {
    push(to.shape, i == axis ? count : dims[i]);
    push(to.stride, strides[i]);
    if (i != axis) continue;
    push(to.shape, vector);
    push(to.stride, 1);
  }
  to.vectorizedDim = axis;
  to.componentsPerVector = static_cast<uint64_t>(vector);
}

void put_plain(const kernel::TensorDesc& tensor, TensorDescriptor& to) noexcept {
  const Dims strides = kernel::strides(tensor.layout, tensor.dims);
  for (int i = 0; i < tensor.dims.rank(); ++i) {
    push(to.shape, tensor.dims[i]);
    push(to.stride, strides[i]);
  }
}

/// Equal strides belong to axes of one element: the later one counts as the smaller.
void put_order(TensorDescriptor& to) noexcept {
  const PhysicalDims& stride = to.stride;
  for (int i = 0; i < stride.nbDims; ++i) {
    int64_t smaller = 0;
    for (int k = 0; k < stride.nbDims; ++k) {
      smaller += stride.d[k] < stride.d[i] || (stride.d[k] == stride.d[i] && k > i) ? 1 : 0;
    }
    push(to.strideOrder, smaller);
  }
}

}  // namespace

TensorDescriptor to_descriptor(const char* name, const kernel::TensorDesc& tensor,
                               nvinfer1::TensorIOMode mode) noexcept {
  TensorDescriptor to;
  to.tensorName = name;
  to.ioMode = mode;
  to.memPlacement = nvinfer2::safe::MemoryPlacement::kGPU;
  const auto type = to_data_type(tensor.dtype);
  if (tensor.absent() || !type || tensor.layout.private_id != 0) return to;
  to.dataType = *type;
  to.bytesPerComponent = byte_size(tensor.dtype, 1);
  to.sizeInBytes = static_cast<uint64_t>(tensor.bytes());
  to.userShape = to_nv_dims(tensor.dims);
  to.shape = to.stride = to.strideOrder = {0, {}};
  if (tensor.layout.vector > 1 && kernel::fits(tensor.layout, tensor.dims.rank())) {
    put_vectors(tensor, tensor.dims.rank() - tensor.layout.channel_from_end, to);
  } else {
    put_plain(tensor, to);
  }
  put_order(to);
  return to;
}

}  // namespace tenon::plugin
