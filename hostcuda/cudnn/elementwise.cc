// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Whole tensors: copies between layouts, sums, scalings, fills, activations.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "hostcuda/cudnn/call.h"

struct cudnnActivationStruct {
  bool set = false;
  cudnnActivationMode_t mode = CUDNN_ACTIVATION_RELU;
  cudnnNanPropagation_t nan = CUDNN_NOT_PROPAGATE_NAN;
  double coefficient = 0;
  double swish_beta = 1;
};

namespace hostcuda::cudnn {
namespace {

using Activation = cudnnActivationStruct;

/// One element by the descriptor.
template <typename Work>
Work activate(const Activation& a, Work x) {
  const auto coefficient = static_cast<Work>(a.coefficient);
  const bool keeps_nan = a.nan == CUDNN_PROPAGATE_NAN;
  switch (a.mode) {
    case CUDNN_ACTIVATION_SIGMOID:
      return Work(1) / (Work(1) + std::exp(-x));
    case CUDNN_ACTIVATION_RELU:
      return x > Work(0) || (keeps_nan && std::isnan(x)) ? x : Work(0);
    case CUDNN_ACTIVATION_TANH:
      return std::tanh(x);
    case CUDNN_ACTIVATION_CLIPPED_RELU:
      return keeps_nan && std::isnan(x) ? x : x > Work(0) ? std::min(x, coefficient) : Work(0);
    case CUDNN_ACTIVATION_ELU:
      return x > Work(0) ? x : coefficient * std::expm1(x);
    case CUDNN_ACTIVATION_SWISH:
      return x / (Work(1) + std::exp(-static_cast<Work>(a.swish_beta) * x));
    case CUDNN_ACTIVATION_IDENTITY:
      break;
  }
  return x;
}

bool is_activation(cudnnActivationMode_t mode) {
  return mode >= CUDNN_ACTIVATION_SIGMOID && mode <= CUDNN_ACTIVATION_SWISH;
}

cudnnStatus_t check_same(const char* call, const Tensor& x, const Tensor& y) {
  return same_shape(x, y) ? CUDNN_STATUS_SUCCESS
                          : refuse(CUDNN_STATUS_BAD_PARAM, call, "x of ", shape_name(x),
                                   " and y of ", shape_name(y), " differ");
}

/// The common form of y = alpha f(x) + beta y: put on the stream once `check` is content.
template <typename Check, typename Function>
cudnnStatus_t mapped(cudnnHandle_t handle, const char* call, const void* alpha,
                     cudnnTensorDescriptor_t x_desc, const void* x, const void* beta,
                     cudnnTensorDescriptor_t y_desc, void* y, Check check, Function function) {
  return with_handle(handle, call, [&] {
    Pair pair;
    cudnnStatus_t status = make_pair(call, alpha, x_desc, x, beta, y_desc, y, &pair);
    if (status == CUDNN_STATUS_SUCCESS) {
      status = check(pair);
    }
    return status != CUDNN_STATUS_SUCCESS
               ? status
               : enqueue_on(handle, [pair, function] { map(pair, function); });
  });
}

/// y = f(y) for all of one tensor.
template <typename Function>
cudnnStatus_t in_place(cudnnHandle_t handle, const char* call, cudnnTensorDescriptor_t y_desc,
                       void* y, const void* value, Function function) {
  return with_handle(handle, call, [&] {
    const cudnnStatus_t status = check_tensor(call, "y", y_desc, y);
    if (status != CUDNN_STATUS_SUCCESS) {
      return status;
    }
    if (value == nullptr) {
      return refuse(CUDNN_STATUS_BAD_PARAM, call, "the value is a null pointer");
    }
    return enqueue_on(handle,
                      [pair = Pair{*y_desc, y, *y_desc, y, {}}, function] { map(pair, function); });
  });
}

}  // namespace
}  // namespace hostcuda::cudnn

using hostcuda::cudnn::activate;
using hostcuda::cudnn::Activation;
using hostcuda::cudnn::check_same;
using hostcuda::cudnn::Pair;
using hostcuda::cudnn::refuse;
using hostcuda::cudnn::shape_name;
using hostcuda::cudnn::with;

HOSTCUDA_API cudnnStatus_t cudnnTransformTensor(cudnnHandle_t handle, const void* alpha,
                                                const cudnnTensorDescriptor_t x_desc, const void* x,
                                                const void* beta,
                                                const cudnnTensorDescriptor_t y_desc, void* y) {
  return hostcuda::cudnn::mapped(
      handle, "cudnnTransformTensor", alpha, x_desc, x, beta, y_desc, y,
      [](const Pair& pair) { return check_same("cudnnTransformTensor", pair.x, pair.y); },
      [](auto value) { return value; });
}

HOSTCUDA_API cudnnStatus_t cudnnAddTensor(cudnnHandle_t handle, const void* alpha,
                                          const cudnnTensorDescriptor_t a_desc, const void* A,
                                          const void* beta, const cudnnTensorDescriptor_t c_desc,
                                          void* C) {
  return hostcuda::cudnn::mapped(
      handle, "cudnnAddTensor", alpha, a_desc, A, beta, c_desc, C,
      [](const Pair& pair) {
        return hostcuda::cudnn::repeats_to(pair.x, pair.y)
                   ? CUDNN_STATUS_SUCCESS
                   : refuse(CUDNN_STATUS_BAD_PARAM, "cudnnAddTensor", "A of ", shape_name(pair.x),
                            " cannot be repeated to C of ", shape_name(pair.y));
      },
      [](auto value) { return value; });
}

HOSTCUDA_API cudnnStatus_t cudnnSetTensor(cudnnHandle_t handle,
                                          const cudnnTensorDescriptor_t y_desc, void* y,
                                          const void* value) {
  double read = 0;
  if (value != nullptr && hostcuda::Live<cudnnTensorStruct>::all().contains(y_desc)) {
    if (const auto number = hostcuda::cudnn::number_of(y_desc->type)) {
      hostcuda::load_row(*number, value, 0, 0, 1, &read);  // it is given in y's own type
    }
  }
  return hostcuda::cudnn::in_place(handle, "cudnnSetTensor", y_desc, y, value,
                                   [read](auto old) { return static_cast<decltype(old)>(read); });
}

HOSTCUDA_API cudnnStatus_t cudnnScaleTensor(cudnnHandle_t handle,
                                            const cudnnTensorDescriptor_t y_desc, void* y,
                                            const void* alpha) {
  double factor = 0;
  if (alpha != nullptr && hostcuda::Live<cudnnTensorStruct>::all().contains(y_desc)) {
    factor = hostcuda::cudnn::scalar(y_desc->type, alpha);
  }
  return hostcuda::cudnn::in_place(
      handle, "cudnnScaleTensor", y_desc, y, alpha,
      [factor](auto old) { return static_cast<decltype(old)>(factor) * old; });
}

HOSTCUDA_API cudnnStatus_t
cudnnCreateActivationDescriptor(cudnnActivationDescriptor_t* descriptor) {
  return hostcuda::cudnn::create("cudnnCreateActivationDescriptor", descriptor);
}

HOSTCUDA_API cudnnStatus_t
cudnnDestroyActivationDescriptor(cudnnActivationDescriptor_t descriptor) {
  return hostcuda::cudnn::destroy("cudnnDestroyActivationDescriptor", descriptor);
}

HOSTCUDA_API cudnnStatus_t cudnnSetActivationDescriptor(cudnnActivationDescriptor_t descriptor,
                                                        cudnnActivationMode_t mode,
                                                        cudnnNanPropagation_t nan,
                                                        double coefficient) {
  return with("cudnnSetActivationDescriptor", descriptor, [&] {
    if (!hostcuda::cudnn::is_activation(mode) ||
        (nan != CUDNN_NOT_PROPAGATE_NAN && nan != CUDNN_PROPAGATE_NAN)) {
      return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnSetActivationDescriptor", "there is no mode ",
                    static_cast<int>(mode), " with NaN propagation ", static_cast<int>(nan));
    }
    const double swish_beta = descriptor->swish_beta;
    *descriptor = {true, mode, nan, coefficient, swish_beta};
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnGetActivationDescriptor(
    const cudnnActivationDescriptor_t descriptor, cudnnActivationMode_t* mode,
    cudnnNanPropagation_t* nan, double* coefficient) {
  return with("cudnnGetActivationDescriptor", descriptor, [&] {
    if (mode == nullptr || nan == nullptr || coefficient == nullptr) {
      return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnGetActivationDescriptor",
                    "a pointer for an answer is null");
    }
    *mode = descriptor->mode;
    *nan = descriptor->nan;
    *coefficient = descriptor->coefficient;
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t
cudnnSetActivationDescriptorSwishBeta(cudnnActivationDescriptor_t descriptor, double swish_beta) {
  return with("cudnnSetActivationDescriptorSwishBeta", descriptor, [&] {
    descriptor->swish_beta = swish_beta;
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t
cudnnGetActivationDescriptorSwishBeta(cudnnActivationDescriptor_t descriptor, double* swish_beta) {
  return with("cudnnGetActivationDescriptorSwishBeta", descriptor, [&] {
    if (swish_beta == nullptr) {
      return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnGetActivationDescriptorSwishBeta",
                    "the pointer for the answer is null");
    }
    *swish_beta = descriptor->swish_beta;
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnActivationForward(cudnnHandle_t handle,
                                                  cudnnActivationDescriptor_t descriptor,
                                                  const void* alpha,
                                                  const cudnnTensorDescriptor_t x_desc,
                                                  const void* x, const void* beta,
                                                  const cudnnTensorDescriptor_t y_desc, void* y) {
  constexpr const char* kCall = "cudnnActivationForward";
  return with(kCall, descriptor, [&] {
    const Activation activation = *descriptor;
    return hostcuda::cudnn::mapped(
        handle, kCall, alpha, x_desc, x, beta, y_desc, y,
        [&](const Pair& pair) {
          if (!activation.set) {
            return refuse(CUDNN_STATUS_BAD_PARAM, kCall, "the descriptor was never set");
          }
          return check_same(kCall, pair.x, pair.y);
        },
        [activation](auto value) { return activate(activation, value); });
  });
}
