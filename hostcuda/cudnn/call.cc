// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How every cuDNN call begins and ends.
#include "hostcuda/cudnn/call.h"

namespace hostcuda::cudnn {

cudnnStatus_t check_tensor(const char* call, const char* name, cudnnTensorDescriptor_t tensor,
                           const void* data) {
  if (!Live<Tensor>::all().contains(tensor)) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "the descriptor of ", name, " is none that lives");
  }
  if (tensor->rank == 0) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "the descriptor of ", name, " was never set");
  }
  if (!number_of(tensor->type)) {
    return refuse(CUDNN_STATUS_NOT_SUPPORTED, call, name, " of ", type_name(tensor->type),
                  " is not supported");
  }
  if (data == nullptr) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, name, " is a null pointer");
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t check_types(const char* call, const Tensor& a, const Tensor& b) {
  return a.type == b.type ? CUDNN_STATUS_SUCCESS
                          : refuse(CUDNN_STATUS_NOT_SUPPORTED, call, type_name(a.type),
                                   " together with ", type_name(b.type), " is not supported");
}

cudnnStatus_t make_pair(const char* call, const void* alpha, cudnnTensorDescriptor_t x_desc,
                        const void* x, const void* beta, cudnnTensorDescriptor_t y_desc, void* y,
                        Pair* pair) {
  for (const cudnnStatus_t status :
       {check_tensor(call, "x", x_desc, x), check_tensor(call, "y", y_desc, y)}) {
    if (status != CUDNN_STATUS_SUCCESS) {
      return status;
    }
  }
  if (alpha == nullptr || beta == nullptr) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "alpha or beta is a null pointer");
  }
  *pair = {*x_desc, x, *y_desc, y, {scalar(y_desc->type, alpha), scalar(y_desc->type, beta)}};
  return check_types(call, pair->x, pair->y);
}

}  // namespace hostcuda::cudnn
