// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reductions of tensors along the axes where the result has size one.
#include <cmath>
#include <limits>

#include "hostcuda/cudnn/call.h"
#include "hostcuda/cudnn/slices.h"

struct cudnnReduceTensorStruct {
  bool set = false;
  cudnnReduceTensorOp_t op = CUDNN_REDUCE_TENSOR_ADD;
  cudnnDataType_t compute_type = CUDNN_DATA_FLOAT;
  cudnnNanPropagation_t nan = CUDNN_NOT_PROPAGATE_NAN;
  cudnnReduceTensorIndices_t indices = CUDNN_REDUCE_TENSOR_NO_INDICES;
  cudnnIndicesType_t indices_type = CUDNN_32BIT_INDICES;
};

namespace hostcuda::cudnn {
namespace {

using Reduce = cudnnReduceTensorStruct;

/// One element of the result as it grows.
class Accumulator {
 public:
  explicit Accumulator(const Reduce& reduce) : reduce_(reduce) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const cudnnReduceTensorOp_t op = reduce.op;
    value_ = op == CUDNN_REDUCE_TENSOR_MIN                                             ? kInfinity
             : op == CUDNN_REDUCE_TENSOR_MAX                                           ? -kInfinity
             : op == CUDNN_REDUCE_TENSOR_MUL || op == CUDNN_REDUCE_TENSOR_MUL_NO_ZEROS ? 1
                                                                                       : 0;
  }

  void add(double x) {
    switch (reduce_.op) {
      case CUDNN_REDUCE_TENSOR_ADD:
      case CUDNN_REDUCE_TENSOR_AVG:
        value_ += x;
        break;
      case CUDNN_REDUCE_TENSOR_MUL:
        value_ *= x;
        break;
      case CUDNN_REDUCE_TENSOR_MUL_NO_ZEROS:
        value_ *= x == 0 ? 1 : x;
        break;
      case CUDNN_REDUCE_TENSOR_NORM1:
        value_ += std::abs(x);
        break;
      case CUDNN_REDUCE_TENSOR_NORM2:
        value_ += x * x;
        break;
      case CUDNN_REDUCE_TENSOR_MIN:
        take(x, x < value_);
        break;
      case CUDNN_REDUCE_TENSOR_MAX:
        take(x, x > value_);
        break;
      case CUDNN_REDUCE_TENSOR_AMAX:
        take(std::abs(x), std::abs(x) > value_);
        break;
    }
  }

  double result(double count) const {
    return reduce_.op == CUDNN_REDUCE_TENSOR_AVG     ? value_ / count
           : reduce_.op == CUDNN_REDUCE_TENSOR_NORM2 ? std::sqrt(value_)
                                                     : value_;
  }

 private:
  void take(double x, bool better) {
    if (better || (reduce_.nan == CUDNN_PROPAGATE_NAN && std::isnan(x))) {
      value_ = x;
    }
  }

  const Reduce& reduce_;
  double value_ = 0;
};

void run(const Reduce& reduce, const Pair& pair) {
  const Tensor& a = pair.x;
  const Tensor& c = pair.y;
  Gathered marks{};
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(a.rank); ++axis) {
    marks[axis] = c.dims[axis] == 1;
  }
  const Walk slice(a.rank, half_dims(a, marks, true), {steps_of(a, a)});
  const std::int64_t elements = count_of(a) / count_of(c);  // of a slice, without remainder
  const auto count = static_cast<double>(elements);
  each_position(a, steps_of(c, a), marks, [&](std::int64_t from, std::int64_t to) {
    Accumulator sum(reduce);
    slice.each([&](const Row& row) {
      double values[Walk::kRow];
      load_row(*number_of(a.type), pair.from, from + row.first[0], row.steps[0], row.count, values);
      for (std::int64_t i = 0; i < row.count; ++i) {
        sum.add(values[i]);
      }
    });
    double value = sum.result(count);
    pair.blend.store(c, pair.to, to, 1, 1, &value);
  });
}

cudnnStatus_t check(const char* call, const Reduce& reduce, const Tensor& a, const Tensor& c) {
  if (!reduce.set) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "the descriptor was never set");
  }
  if (!repeats_to(c, a)) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "A of ", shape_name(a),
                  " cannot be reduced to C of ", shape_name(c));
  }
  const bool wide = c.type == CUDNN_DATA_DOUBLE;
  for (const cudnnDataType_t type : {a.type, c.type, reduce.compute_type}) {
    if ((type == CUDNN_DATA_DOUBLE) != wide || type == CUDNN_DATA_INT32) {
      return refuse(CUDNN_STATUS_NOT_SUPPORTED, call, "A ", type_name(a.type), ", C ",
                    type_name(c.type), " computed in ", type_name(reduce.compute_type),
                    " is not supported");
    }
  }
  return CUDNN_STATUS_SUCCESS;
}

/// What a call that asks for room is answered: none is needed.
cudnnStatus_t no_room(const char* call, cudnnHandle_t handle, const Reduce* reduce, const Tensor* a,
                      const Tensor* c, size_t* bytes) {
  return with_handle(handle, call, [&] {
    return with(call, reduce, [&] {
      return with(call, a, [&] {
        return with(call, c, [&] {
          if (bytes == nullptr) {
            return refuse(CUDNN_STATUS_BAD_PARAM, call, "the pointer for the answer is null");
          }
          *bytes = 0;
          return CUDNN_STATUS_SUCCESS;
        });
      });
    });
  });
}

}  // namespace
}  // namespace hostcuda::cudnn

using hostcuda::cudnn::check_tensor;
using hostcuda::cudnn::refuse;
using hostcuda::cudnn::with;

HOSTCUDA_API cudnnStatus_t
cudnnCreateReduceTensorDescriptor(cudnnReduceTensorDescriptor_t* descriptor) {
  return hostcuda::cudnn::create("cudnnCreateReduceTensorDescriptor", descriptor);
}

HOSTCUDA_API cudnnStatus_t
cudnnDestroyReduceTensorDescriptor(cudnnReduceTensorDescriptor_t descriptor) {
  return hostcuda::cudnn::destroy("cudnnDestroyReduceTensorDescriptor", descriptor);
}

HOSTCUDA_API cudnnStatus_t cudnnSetReduceTensorDescriptor(cudnnReduceTensorDescriptor_t descriptor,
                                                          cudnnReduceTensorOp_t op,
                                                          cudnnDataType_t compute_type,
                                                          cudnnNanPropagation_t nan,
                                                          cudnnReduceTensorIndices_t indices,
                                                          cudnnIndicesType_t indices_type) {
  constexpr const char* kCall = "cudnnSetReduceTensorDescriptor";
  return with(kCall, descriptor, [&] {
    if (op < CUDNN_REDUCE_TENSOR_ADD || op > CUDNN_REDUCE_TENSOR_MUL_NO_ZEROS) {
      return refuse(CUDNN_STATUS_BAD_PARAM, kCall, "there is no operation ", static_cast<int>(op));
    }
    if (indices != CUDNN_REDUCE_TENSOR_NO_INDICES) {
      return refuse(CUDNN_STATUS_NOT_SUPPORTED, kCall,
                    "indices of what was chosen are not supported");
    }
    *descriptor = {true, op, compute_type, nan, indices, indices_type};
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnGetReduceTensorDescriptor(
    const cudnnReduceTensorDescriptor_t descriptor, cudnnReduceTensorOp_t* op,
    cudnnDataType_t* compute_type, cudnnNanPropagation_t* nan, cudnnReduceTensorIndices_t* indices,
    cudnnIndicesType_t* indices_type) {
  return with("cudnnGetReduceTensorDescriptor", descriptor, [&] {
    if (op == nullptr || compute_type == nullptr || nan == nullptr || indices == nullptr ||
        indices_type == nullptr) {
      return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnGetReduceTensorDescriptor",
                    "a pointer for an answer is null");
    }
    *op = descriptor->op;
    *compute_type = descriptor->compute_type;
    *nan = descriptor->nan;
    *indices = descriptor->indices;
    *indices_type = descriptor->indices_type;
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnGetReductionIndicesSize(
    cudnnHandle_t handle, const cudnnReduceTensorDescriptor_t descriptor,
    const cudnnTensorDescriptor_t a_desc, const cudnnTensorDescriptor_t c_desc, size_t* bytes) {
  return hostcuda::cudnn::no_room("cudnnGetReductionIndicesSize", handle, descriptor, a_desc,
                                  c_desc, bytes);
}

HOSTCUDA_API cudnnStatus_t cudnnGetReductionWorkspaceSize(
    cudnnHandle_t handle, const cudnnReduceTensorDescriptor_t descriptor,
    const cudnnTensorDescriptor_t a_desc, const cudnnTensorDescriptor_t c_desc, size_t* bytes) {
  return hostcuda::cudnn::no_room("cudnnGetReductionWorkspaceSize", handle, descriptor, a_desc,
                                  c_desc, bytes);
}

HOSTCUDA_API cudnnStatus_t cudnnReduceTensor(cudnnHandle_t handle,
                                             const cudnnReduceTensorDescriptor_t descriptor, void*,
                                             size_t, void*, size_t, const void* alpha,
                                             const cudnnTensorDescriptor_t a_desc, const void* A,
                                             const void* beta, const cudnnTensorDescriptor_t c_desc,
                                             void* C) {
  constexpr const char* kCall = "cudnnReduceTensor";
  return hostcuda::cudnn::with_handle(handle, kCall, [&] {
    return with(kCall, descriptor, [&] {
      for (const cudnnStatus_t status :
           {check_tensor(kCall, "A", a_desc, A), check_tensor(kCall, "C", c_desc, C)}) {
        if (status != CUDNN_STATUS_SUCCESS) {
          return status;
        }
      }
      if (alpha == nullptr || beta == nullptr) {
        return refuse(CUDNN_STATUS_BAD_PARAM, kCall, "alpha or beta is a null pointer");
      }
      const auto scalar = [&](const void* pointer) {
        return hostcuda::cudnn::scalar(c_desc->type, pointer);
      };
      const hostcuda::cudnn::Pair pair{*a_desc, A, *c_desc, C, {scalar(alpha), scalar(beta)}};
      const cudnnStatus_t status = hostcuda::cudnn::check(kCall, *descriptor, pair.x, pair.y);
      return status != CUDNN_STATUS_SUCCESS
                 ? status
                 : hostcuda::cudnn::enqueue_on(handle, [pair, reduce = *descriptor] {
                     hostcuda::cudnn::run(reduce, pair);
                   });
    });
  });
}
