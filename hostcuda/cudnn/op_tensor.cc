// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sums, products, extremes of two tensors, and functions of one.
#include <algorithm>
#include <cmath>

#include "hostcuda/cudnn/call.h"

struct cudnnOpTensorStruct {
  bool set = false;
  cudnnOpTensorOp_t op = CUDNN_OP_TENSOR_ADD;
  cudnnDataType_t compute_type = CUDNN_DATA_FLOAT;
  cudnnNanPropagation_t nan = CUDNN_NOT_PROPAGATE_NAN;
};

namespace hostcuda::cudnn {
namespace {

using OpTensor = cudnnOpTensorStruct;

bool is_unary(cudnnOpTensorOp_t op) {
  return op == CUDNN_OP_TENSOR_SQRT || op == CUDNN_OP_TENSOR_NOT;
}

template <typename Work>
Work combine(const OpTensor& op, Work a, Work b) {
  const bool is_nan = op.nan == CUDNN_PROPAGATE_NAN && (std::isnan(a) || std::isnan(b));
  switch (op.op) {
    case CUDNN_OP_TENSOR_ADD:
      return a + b;
    case CUDNN_OP_TENSOR_MUL:
      return a * b;
    case CUDNN_OP_TENSOR_MIN:
      return is_nan ? a + b : std::fmin(a, b);
    case CUDNN_OP_TENSOR_MAX:
      return is_nan ? a + b : std::fmax(a, b);
    case CUDNN_OP_TENSOR_SQRT:
      return std::sqrt(a);
    case CUDNN_OP_TENSOR_NOT:
      return Work(1) - a;
  }
  return a;
}

/// One call, checked; `pair` is A and C, and B is A where there is none.
struct Call {
  OpTensor op;
  Pair pair;
  Tensor b;
  const void* second = nullptr;
  double alpha1 = 0, alpha2 = 0;
};

template <typename Work>
void run(const Call& call) {
  const Tensor& c = call.pair.y;
  const Walk walk(c.rank, c.dims, {steps_of(call.pair.x, c), steps_of(call.b, c), steps_of(c, c)});
  walk.each([&](const Row& row) {
    Work a[Walk::kRow], b[Walk::kRow];
    load_row(*number_of(call.pair.x.type), call.pair.from, row.first[0], row.steps[0], row.count,
             a);
    load_row(*number_of(call.b.type), call.second, row.first[1], row.steps[1], row.count, b);
    for (std::int64_t i = 0; i < row.count; ++i) {
      a[i] = combine(call.op, static_cast<Work>(call.alpha1) * a[i],
                     static_cast<Work>(call.alpha2) * b[i]);
    }
    call.pair.blend.store(c, call.pair.to, row.first[2], row.steps[2], row.count, a);
  });
}

/// Types: all double, worked on in double, or none and in float.
cudnnStatus_t check_compute(const char* name, const Call& call) {
  const bool wide = call.pair.y.type == CUDNN_DATA_DOUBLE;
  for (const cudnnDataType_t type : {call.pair.x.type, call.b.type, call.op.compute_type}) {
    if ((type == CUDNN_DATA_DOUBLE) != wide || type == CUDNN_DATA_INT32) {
      return refuse(CUDNN_STATUS_NOT_SUPPORTED, name, "A ", type_name(call.pair.x.type), ", B ",
                    type_name(call.b.type), ", C ", type_name(call.pair.y.type), " computed in ",
                    type_name(call.op.compute_type), " is not supported");
    }
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t check(const char* name, const Call& call) {
  if (!call.op.set) {
    return refuse(CUDNN_STATUS_BAD_PARAM, name, "the descriptor was never set");
  }
  if (!same_shape(call.pair.x, call.pair.y) || !repeats_to(call.b, call.pair.y)) {
    return refuse(CUDNN_STATUS_BAD_PARAM, name, "A of ", shape_name(call.pair.x), ", B of ",
                  shape_name(call.b), " and C of ", shape_name(call.pair.y), " do not fit");
  }
  return check_compute(name, call);
}

}  // namespace
}  // namespace hostcuda::cudnn

using hostcuda::cudnn::check_tensor;
using hostcuda::cudnn::refuse;
using hostcuda::cudnn::with;

HOSTCUDA_API cudnnStatus_t cudnnCreateOpTensorDescriptor(cudnnOpTensorDescriptor_t* descriptor) {
  return hostcuda::cudnn::create("cudnnCreateOpTensorDescriptor", descriptor);
}

HOSTCUDA_API cudnnStatus_t cudnnDestroyOpTensorDescriptor(cudnnOpTensorDescriptor_t descriptor) {
  return hostcuda::cudnn::destroy("cudnnDestroyOpTensorDescriptor", descriptor);
}

HOSTCUDA_API cudnnStatus_t cudnnSetOpTensorDescriptor(cudnnOpTensorDescriptor_t descriptor,
                                                      cudnnOpTensorOp_t op,
                                                      cudnnDataType_t compute_type,
                                                      cudnnNanPropagation_t nan) {
  return with("cudnnSetOpTensorDescriptor", descriptor, [&] {
    if (op < CUDNN_OP_TENSOR_ADD || op > CUDNN_OP_TENSOR_NOT) {
      return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnSetOpTensorDescriptor", "there is no operation ",
                    static_cast<int>(op));
    }
    *descriptor = {true, op, compute_type, nan};
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnGetOpTensorDescriptor(const cudnnOpTensorDescriptor_t descriptor,
                                                      cudnnOpTensorOp_t* op,
                                                      cudnnDataType_t* compute_type,
                                                      cudnnNanPropagation_t* nan) {
  return with("cudnnGetOpTensorDescriptor", descriptor, [&] {
    if (op == nullptr || compute_type == nullptr || nan == nullptr) {
      return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnGetOpTensorDescriptor",
                    "a pointer for an answer is null");
    }
    *op = descriptor->op;
    *compute_type = descriptor->compute_type;
    *nan = descriptor->nan;
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnOpTensor(cudnnHandle_t handle,
                                         const cudnnOpTensorDescriptor_t descriptor,
                                         const void* alpha1, const cudnnTensorDescriptor_t a_desc,
                                         const void* A, const void* alpha2,
                                         const cudnnTensorDescriptor_t b_desc, const void* B,
                                         const void* beta, const cudnnTensorDescriptor_t c_desc,
                                         void* C) {
  constexpr const char* kCall = "cudnnOpTensor";
  return hostcuda::cudnn::with_handle(handle, kCall, [&] {
    return with(kCall, descriptor, [&] {
      const bool unary = hostcuda::cudnn::is_unary(descriptor->op);
      const cudnnTensorDescriptor_t second_desc = unary ? a_desc : b_desc;
      const void* const second = unary ? A : B;
      for (const cudnnStatus_t status :
           {check_tensor(kCall, "A", a_desc, A), check_tensor(kCall, "B", second_desc, second),
            check_tensor(kCall, "C", c_desc, C)}) {
        if (status != CUDNN_STATUS_SUCCESS) {
          return status;
        }
      }
      if (alpha1 == nullptr || beta == nullptr || (!unary && alpha2 == nullptr)) {
        return refuse(CUDNN_STATUS_BAD_PARAM, kCall, "a scalar is a null pointer");
      }
      const auto scalar = [&](const void* pointer) {
        return hostcuda::cudnn::scalar(c_desc->type, pointer);
      };
      const hostcuda::cudnn::Call call{*descriptor,    {*a_desc, A, *c_desc, C, {1, scalar(beta)}},
                                       *second_desc,   second,
                                       scalar(alpha1), unary ? 0 : scalar(alpha2)};
      if (const auto status = check(kCall, call); status != CUDNN_STATUS_SUCCESS) {
        return status;
      }
      return hostcuda::cudnn::enqueue_on(handle, [call] {
        hostcuda::cudnn::with_work(call.pair.y.type,
                                   [&]<typename Work>(Work) { hostcuda::cudnn::run<Work>(call); });
      });
    });
  });
}
