// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tensor descriptors: life, layouts, sizes.
#include <algorithm>
#include <limits>

#include "hostcuda/cudnn/call.h"

using hostcuda::cudnn::refuse;
using hostcuda::cudnn::Tensor;
using hostcuda::cudnn::with;

namespace {

using Dims = std::array<int, CUDNN_DIM_MAX>;

bool is_type(cudnnDataType_t type) {
  return type >= CUDNN_DATA_FLOAT && type <= CUDNN_DATA_COMPLEX_FP64;
}

/// Bytes of an element of a type that a descriptor may carry.
size_t size_of(cudnnDataType_t type) {
  switch (type) {
    case CUDNN_DATA_DOUBLE:
    case CUDNN_DATA_INT64:
    case CUDNN_DATA_COMPLEX_FP32:
      return 8;
    case CUDNN_DATA_COMPLEX_FP64:
      return 16;
    case CUDNN_DATA_FLOAT:
    case CUDNN_DATA_INT32:
    case CUDNN_DATA_UINT32:
    case CUDNN_DATA_FAST_FLOAT_FOR_FP8:
      return 4;
    case CUDNN_DATA_HALF:
    case CUDNN_DATA_BFLOAT16:
      return 2;
    default:
      return 1;
  }
}

/// Is it a type whose elements are packed several to a unit, as only vector layouts have them?
bool is_packed(cudnnDataType_t type) {
  return type == CUDNN_DATA_INT8x4 || type == CUDNN_DATA_UINT8x4 || type == CUDNN_DATA_INT8x32 ||
         type == CUDNN_DATA_FP4_E2M1 || type == CUDNN_DATA_INT4 || type == CUDNN_DATA_UINT4;
}

/// Sets a descriptor, or says what is wrong.
cudnnStatus_t set(const char* call, Tensor* tensor, cudnnDataType_t type, int rank, const int* dims,
                  const int* strides) {
  if (!is_type(type)) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "there is no type ", static_cast<int>(type));
  }
  if (is_packed(type)) {
    return refuse(CUDNN_STATUS_NOT_SUPPORTED, call, "type ", hostcuda::cudnn::type_name(type),
                  " is not supported");
  }
  if (rank < 3 || rank > CUDNN_DIM_MAX) {
    return refuse(CUDNN_STATUS_NOT_SUPPORTED, call, "rank ", rank, " is not within 3 to 8");
  }
  if (dims == nullptr || strides == nullptr) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "the sizes or strides are a null pointer");
  }
  std::int64_t last = 0;
  for (int axis = 0; axis < rank; ++axis) {
    if (dims[axis] <= 0 || strides[axis] < 0) {
      return refuse(CUDNN_STATUS_BAD_PARAM, call, "axis ", axis, " has size ", dims[axis],
                    " and stride ", strides[axis]);
    }
    last += std::int64_t{dims[axis] - 1} * strides[axis];
    if (last > std::numeric_limits<int>::max()) {
      return refuse(CUDNN_STATUS_NOT_SUPPORTED, call, "a tensor of more than 2^31 elements");
    }
  }
  tensor->type = type;
  tensor->rank = rank;
  tensor->dims = {};
  tensor->strides = {};
  std::copy_n(dims, rank, tensor->dims.begin());
  std::copy_n(strides, rank, tensor->strides.begin());
  return CUDNN_STATUS_SUCCESS;
}

/// The same for a packed layout by its name.
cudnnStatus_t set_packed(const char* call, Tensor* tensor, cudnnTensorFormat_t format,
                         cudnnDataType_t type, int rank, const int* dims) {
  if (format == CUDNN_TENSOR_NCHW_VECT_C) {
    return refuse(CUDNN_STATUS_NOT_SUPPORTED, call,
                  "the layout CUDNN_TENSOR_NCHW_VECT_C is not supported");
  }
  if (format != CUDNN_TENSOR_NCHW && format != CUDNN_TENSOR_NHWC) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "there is no layout ", static_cast<int>(format));
  }
  if (rank < 3 || rank > CUDNN_DIM_MAX || dims == nullptr) {
    return set(call, tensor, type, rank, dims, dims);
  }
  Dims strides{};
  std::int64_t stride = 1;
  const auto take = [&](int axis) {
    strides[static_cast<size_t>(axis)] = static_cast<int>(stride);
    stride =
        std::min<std::int64_t>(stride * std::max(dims[axis], 1), std::numeric_limits<int>::max());
  };
  if (format == CUDNN_TENSOR_NHWC) {
    take(1);
  }
  for (int axis = rank - 1; axis >= 0; --axis) {
    if (axis != 1 || format == CUDNN_TENSOR_NCHW) {
      take(axis);
    }
  }
  return set(call, tensor, type, rank, dims, strides.data());
}

template <typename Value>
void put(Value* to, Value value) {
  if (to != nullptr) {
    *to = value;
  }
}

}  // namespace

HOSTCUDA_API cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t* tensor) {
  return hostcuda::cudnn::create("cudnnCreateTensorDescriptor", tensor);
}

HOSTCUDA_API cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t tensor) {
  return hostcuda::cudnn::destroy("cudnnDestroyTensorDescriptor", tensor);
}

HOSTCUDA_API cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t tensor,
                                                      cudnnTensorFormat_t format,
                                                      cudnnDataType_t type, int n, int c, int h,
                                                      int w) {
  return with("cudnnSetTensor4dDescriptor", tensor, [&] {
    const int dims[] = {n, c, h, w};
    return set_packed("cudnnSetTensor4dDescriptor", tensor, format, type, 4, dims);
  });
}

HOSTCUDA_API cudnnStatus_t cudnnSetTensor4dDescriptorEx(cudnnTensorDescriptor_t tensor,
                                                        cudnnDataType_t type, int n, int c, int h,
                                                        int w, int n_stride, int c_stride,
                                                        int h_stride, int w_stride) {
  return with("cudnnSetTensor4dDescriptorEx", tensor, [&] {
    const int dims[] = {n, c, h, w};
    const int strides[] = {n_stride, c_stride, h_stride, w_stride};
    return set("cudnnSetTensor4dDescriptorEx", tensor, type, 4, dims, strides);
  });
}

HOSTCUDA_API cudnnStatus_t cudnnGetTensor4dDescriptor(const cudnnTensorDescriptor_t tensor,
                                                      cudnnDataType_t* type, int* n, int* c, int* h,
                                                      int* w, int* n_stride, int* c_stride,
                                                      int* h_stride, int* w_stride) {
  return with("cudnnGetTensor4dDescriptor", tensor, [&] {
    if (tensor->rank != 4) {
      return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnGetTensor4dDescriptor", "the tensor has rank ",
                    tensor->rank, " and not 4");
    }
    put(type, tensor->type);
    int* const dims[] = {n, c, h, w};
    int* const strides[] = {n_stride, c_stride, h_stride, w_stride};
    for (size_t axis = 0; axis < 4; ++axis) {
      put(dims[axis], tensor->dims[axis]);
      put(strides[axis], tensor->strides[axis]);
    }
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnSetTensorNdDescriptor(cudnnTensorDescriptor_t tensor,
                                                      cudnnDataType_t type, int rank,
                                                      const int dims[], const int strides[]) {
  return with("cudnnSetTensorNdDescriptor", tensor,
              [&] { return set("cudnnSetTensorNdDescriptor", tensor, type, rank, dims, strides); });
}

HOSTCUDA_API cudnnStatus_t cudnnSetTensorNdDescriptorEx(cudnnTensorDescriptor_t tensor,
                                                        cudnnTensorFormat_t format,
                                                        cudnnDataType_t type, int rank,
                                                        const int dims[]) {
  return with("cudnnSetTensorNdDescriptorEx", tensor, [&] {
    return set_packed("cudnnSetTensorNdDescriptorEx", tensor, format, type, rank, dims);
  });
}

HOSTCUDA_API cudnnStatus_t cudnnGetTensorNdDescriptor(const cudnnTensorDescriptor_t tensor,
                                                      int rank_requested, cudnnDataType_t* type,
                                                      int* rank, int dims[], int strides[]) {
  return with("cudnnGetTensorNdDescriptor", tensor, [&] {
    if (rank_requested < 0 || rank_requested > CUDNN_DIM_MAX) {
      return refuse(CUDNN_STATUS_NOT_SUPPORTED, "cudnnGetTensorNdDescriptor", "rank ",
                    rank_requested, " is asked for, and 8 is the greatest");
    }
    put(type, tensor->type);
    put(rank, tensor->rank);
    const int count = std::min(rank_requested, tensor->rank);
    if (dims != nullptr) {
      std::copy_n(tensor->dims.begin(), count, dims);
    }
    if (strides != nullptr) {
      std::copy_n(tensor->strides.begin(), count, strides);
    }
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnGetTensorSizeInBytes(const cudnnTensorDescriptor_t tensor,
                                                     size_t* size) {
  return with("cudnnGetTensorSizeInBytes", tensor, [&] {
    if (size == nullptr) {
      return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnGetTensorSizeInBytes",
                    "the pointer for the answer is null");
    }
    size_t last = 0;
    for (size_t axis = 0; axis < static_cast<size_t>(tensor->rank); ++axis) {
      last +=
          static_cast<size_t>(tensor->dims[axis] - 1) * static_cast<size_t>(tensor->strides[axis]);
    }
    *size = tensor->rank == 0 ? 0 : (last + 1) * size_of(tensor->type);
    return CUDNN_STATUS_SUCCESS;
  });
}
