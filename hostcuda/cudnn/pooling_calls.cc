// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls of pooling: descriptors, sizes, checks.
#include <algorithm>

#include "hostcuda/cudnn/pooling.h"

using hostcuda::cudnn::Pair;
using hostcuda::cudnn::Pooling;
using hostcuda::cudnn::refuse;
using hostcuda::cudnn::shape_name;
using hostcuda::cudnn::Tensor;
using hostcuda::cudnn::with;

namespace {

cudnnStatus_t set(const char* call, Pooling* pooling, cudnnPoolingMode_t mode,
                  cudnnNanPropagation_t nan, int rank, const int* window, const int* padding,
                  const int* stride) {
  if (mode < CUDNN_POOLING_MAX || mode > CUDNN_POOLING_MAX_DETERMINISTIC ||
      (nan != CUDNN_NOT_PROPAGATE_NAN && nan != CUDNN_PROPAGATE_NAN)) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "there is no mode ", static_cast<int>(mode),
                  " with NaN propagation ", static_cast<int>(nan));
  }
  if (rank < 1 || rank > kPooledAxes) {
    return refuse(CUDNN_STATUS_NOT_SUPPORTED, call, "pooling over ", rank,
                  " axes is not within 1 to 6");
  }
  if (window == nullptr || padding == nullptr || stride == nullptr) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "window, padding or strides are a null pointer");
  }
  for (int s = 0; s < rank; ++s) {
    if (window[s] <= 0 || padding[s] < 0 || stride[s] <= 0) {
      return refuse(CUDNN_STATUS_BAD_PARAM, call, "axis ", s, " has window ", window[s],
                    ", padding ", padding[s], ", stride ", stride[s]);
    }
  }
  *pooling = {mode, nan, rank, {}, {}, {}};
  std::copy_n(window, rank, pooling->window.begin());
  std::copy_n(padding, rank, pooling->padding.begin());
  std::copy_n(stride, rank, pooling->stride.begin());
  return CUDNN_STATUS_SUCCESS;
}

template <typename Value>
void put(Value* to, Value value) {
  if (to != nullptr) {
    *to = value;
  }
}

/// Sizes of what pooling makes of `input`.
cudnnStatus_t output_dims(const char* call, const Pooling& pooling, const Tensor& input, int rank,
                          int* dims) {
  if (pooling.rank + 2 != input.rank || rank != input.rank || dims == nullptr) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "pooling over ", pooling.rank,
                  " axes, a tensor of rank ", input.rank, " and ", rank, " sizes do not fit");
  }
  std::copy_n(input.dims.begin(), 2, dims);
  for (int s = 0; s < pooling.rank; ++s) {
    const auto i = static_cast<size_t>(s);
    const int room = input.dims[i + 2] + 2 * pooling.padding[i] - pooling.window[i];
    if (room < 0) {
      return refuse(CUDNN_STATUS_BAD_PARAM, call, "the window ", pooling.window[i],
                    " is wider than axis ", s + 2, " of ", input.dims[i + 2], " with padding ",
                    pooling.padding[i]);
    }
    dims[s + 2] = 1 + room / pooling.stride[i];
  }
  return CUDNN_STATUS_SUCCESS;
}

/// Do the sizes fit, and does every window see an element of x?
cudnnStatus_t check(const char* call, const Pooling& pooling, const Tensor& x, const Tensor& y) {
  if (pooling.rank == 0) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "the descriptor was never set");
  }
  if (x.rank != pooling.rank + 2 || y.rank != x.rank || x.dims[0] != y.dims[0] ||
      x.dims[1] != y.dims[1]) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "x of ", shape_name(x), ", y of ", shape_name(y),
                  " and pooling over ", pooling.rank, " axes do not fit");
  }
  for (size_t s = 0; s < static_cast<size_t>(pooling.rank); ++s) {
    const std::int64_t last =
        std::int64_t{y.dims[s + 2] - 1} * pooling.stride[s] - pooling.padding[s];
    if (pooling.padding[s] >= pooling.window[s] || last >= x.dims[s + 2]) {
      return refuse(CUDNN_STATUS_BAD_PARAM, call, "along axis ", s + 2, " a window of ",
                    pooling.window[s], " sees nothing of x but padding: ", x.dims[s + 2],
                    " elements, padding ", pooling.padding[s], ", stride ", pooling.stride[s], ", ",
                    y.dims[s + 2], " outputs");
    }
    if (pooling.mode == CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING &&
        last + pooling.window[s] > std::int64_t{x.dims[s + 2]} + pooling.padding[s]) {
      return refuse(CUDNN_STATUS_NOT_SUPPORTED, call, "along axis ", s + 2,
                    " an average that counts padding reaches beyond it: y has ", y.dims[s + 2],
                    " outputs, more than fit");
    }
  }
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

HOSTCUDA_API cudnnStatus_t cudnnCreatePoolingDescriptor(cudnnPoolingDescriptor_t* descriptor) {
  return hostcuda::cudnn::create("cudnnCreatePoolingDescriptor", descriptor);
}

HOSTCUDA_API cudnnStatus_t cudnnDestroyPoolingDescriptor(cudnnPoolingDescriptor_t descriptor) {
  return hostcuda::cudnn::destroy("cudnnDestroyPoolingDescriptor", descriptor);
}

HOSTCUDA_API cudnnStatus_t cudnnSetPooling2dDescriptor(cudnnPoolingDescriptor_t descriptor,
                                                       cudnnPoolingMode_t mode,
                                                       cudnnNanPropagation_t nan, int window_height,
                                                       int window_width, int vertical_padding,
                                                       int horizontal_padding, int vertical_stride,
                                                       int horizontal_stride) {
  return with("cudnnSetPooling2dDescriptor", descriptor, [&] {
    const int window[] = {window_height, window_width};
    const int padding[] = {vertical_padding, horizontal_padding};
    const int stride[] = {vertical_stride, horizontal_stride};
    return set("cudnnSetPooling2dDescriptor", descriptor, mode, nan, 2, window, padding, stride);
  });
}

HOSTCUDA_API cudnnStatus_t cudnnGetPooling2dDescriptor(
    const cudnnPoolingDescriptor_t descriptor, cudnnPoolingMode_t* mode, cudnnNanPropagation_t* nan,
    int* window_height, int* window_width, int* vertical_padding, int* horizontal_padding,
    int* vertical_stride, int* horizontal_stride) {
  return with("cudnnGetPooling2dDescriptor", descriptor, [&] {
    if (descriptor->rank != 2) {
      return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnGetPooling2dDescriptor", "the pooling is over ",
                    descriptor->rank, " axes and not 2");
    }
    put(mode, descriptor->mode);
    put(nan, descriptor->nan);
    put(window_height, descriptor->window[0]);
    put(window_width, descriptor->window[1]);
    put(vertical_padding, descriptor->padding[0]);
    put(horizontal_padding, descriptor->padding[1]);
    put(vertical_stride, descriptor->stride[0]);
    put(horizontal_stride, descriptor->stride[1]);
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnSetPoolingNdDescriptor(cudnnPoolingDescriptor_t descriptor,
                                                       const cudnnPoolingMode_t mode,
                                                       const cudnnNanPropagation_t nan, int rank,
                                                       const int window[], const int padding[],
                                                       const int strides[]) {
  return with("cudnnSetPoolingNdDescriptor", descriptor, [&] {
    return set("cudnnSetPoolingNdDescriptor", descriptor, mode, nan, rank, window, padding,
               strides);
  });
}

HOSTCUDA_API cudnnStatus_t cudnnGetPoolingNdDescriptor(const cudnnPoolingDescriptor_t descriptor,
                                                       int rank_requested, cudnnPoolingMode_t* mode,
                                                       cudnnNanPropagation_t* nan, int* rank,
                                                       int window[], int padding[], int strides[]) {
  return with("cudnnGetPoolingNdDescriptor", descriptor, [&] {
    if (rank_requested < 0 || rank_requested > kPooledAxes) {
      return refuse(CUDNN_STATUS_NOT_SUPPORTED, "cudnnGetPoolingNdDescriptor", rank_requested,
                    " axes are asked for, and 6 is the greatest");
    }
    put(mode, descriptor->mode);
    put(nan, descriptor->nan);
    put(rank, descriptor->rank);
    const int count = std::min(rank_requested, descriptor->rank);
    const std::pair<int*, const std::array<int, kPooledAxes>*> parts[] = {
        {window, &descriptor->window},
        {padding, &descriptor->padding},
        {strides, &descriptor->stride}};
    for (const auto& [to, from] : parts) {
      if (to != nullptr) {
        std::copy_n(from->begin(), count, to);
      }
    }
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnGetPoolingNdForwardOutputDim(
    const cudnnPoolingDescriptor_t descriptor, const cudnnTensorDescriptor_t input, int rank,
    int output_dims[]) {
  constexpr const char* kCall = "cudnnGetPoolingNdForwardOutputDim";
  return with(kCall, descriptor, [&] {
    return with(kCall, input,
                [&] { return ::output_dims(kCall, *descriptor, *input, rank, output_dims); });
  });
}

HOSTCUDA_API cudnnStatus_t cudnnGetPooling2dForwardOutputDim(
    const cudnnPoolingDescriptor_t descriptor, const cudnnTensorDescriptor_t input, int* n, int* c,
    int* h, int* w) {
  constexpr const char* kCall = "cudnnGetPooling2dForwardOutputDim";
  return with(kCall, descriptor, [&] {
    return with(kCall, input, [&] {
      int dims[4];
      const cudnnStatus_t status = output_dims(kCall, *descriptor, *input, 4, dims);
      if (status == CUDNN_STATUS_SUCCESS) {
        put(n, dims[0]);
        put(c, dims[1]);
        put(h, dims[2]);
        put(w, dims[3]);
      }
      return status;
    });
  });
}

HOSTCUDA_API cudnnStatus_t cudnnPoolingForward(cudnnHandle_t handle,
                                               const cudnnPoolingDescriptor_t descriptor,
                                               const void* alpha,
                                               const cudnnTensorDescriptor_t x_desc, const void* x,
                                               const void* beta,
                                               const cudnnTensorDescriptor_t y_desc, void* y) {
  constexpr const char* kCall = "cudnnPoolingForward";
  return hostcuda::cudnn::with_handle(handle, kCall, [&] {
    return with(kCall, descriptor, [&] {
      Pair pair;
      cudnnStatus_t status =
          hostcuda::cudnn::make_pair(kCall, alpha, x_desc, x, beta, y_desc, y, &pair);
      if (status == CUDNN_STATUS_SUCCESS) {
        status = check(kCall, *descriptor, pair.x, pair.y);
      }
      return status != CUDNN_STATUS_SUCCESS
                 ? status
                 : hostcuda::cudnn::enqueue_on(handle, [pair, pooling = *descriptor] {
                     hostcuda::cudnn::pool(pair, pooling);
                   });
    });
  });
}
