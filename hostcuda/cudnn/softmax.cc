// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Softmax over the channels or over everything but the batch.
#include <cmath>
#include <limits>
#include <vector>

#include "hostcuda/cudnn/call.h"
#include "hostcuda/cudnn/slices.h"

namespace hostcuda::cudnn {
namespace {

/// In place: the greatest is taken off first, so that no exponential overflows, whatever the
/// algorithm.
template <typename Work>
void normalize(std::vector<Work>& values, bool logarithm) {
  Work greatest = -std::numeric_limits<Work>::infinity();
  for (const Work value : values) {
    greatest = value > greatest ? value : greatest;
  }
  double sum = 0;
  for (Work& value : values) {
    value -= greatest;
    sum += static_cast<double>(std::exp(value));
  }
  for (Work& value : values) {
    value = static_cast<Work>(logarithm ? static_cast<double>(value) - std::log(sum)
                                        : static_cast<double>(std::exp(value)) / sum);
  }
}

template <typename Work>
void softmax(const Pair& pair, const Gathered& marks, bool logarithm) {
  const Tensor& x = pair.x;
  const Tensor& y = pair.y;
  const Walk slice(x.rank, half_dims(x, marks, true), {steps_of(x, x), steps_of(y, y)});
  std::vector<Work> values;
  each_position(x, steps_of(y, y), marks, [&](std::int64_t from, std::int64_t to) {
    values.clear();
    slice.each([&](const Row& row) {
      values.resize(values.size() + static_cast<std::size_t>(row.count));
      load_row(*number_of(x.type), pair.from, from + row.first[0], row.steps[0], row.count,
               values.data() + values.size() - row.count);
    });
    normalize(values, logarithm);
    Work* next = values.data();
    slice.each([&](const Row& row) {
      pair.blend.store(y, pair.to, to + row.first[1], row.steps[1], row.count, next);
      next += row.count;
    });
  });
}

bool is_float(cudnnDataType_t type) {
  return type == CUDNN_DATA_FLOAT || type == CUDNN_DATA_DOUBLE || type == CUDNN_DATA_HALF ||
         type == CUDNN_DATA_BFLOAT16;
}

}  // namespace
}  // namespace hostcuda::cudnn

HOSTCUDA_API cudnnStatus_t cudnnSoftmaxForward(cudnnHandle_t handle,
                                               cudnnSoftmaxAlgorithm_t algorithm,
                                               cudnnSoftmaxMode_t mode, const void* alpha,
                                               const cudnnTensorDescriptor_t x_desc, const void* x,
                                               const void* beta,
                                               const cudnnTensorDescriptor_t y_desc, void* y) {
  using hostcuda::cudnn::refuse;
  using hostcuda::cudnn::same_shape;
  using hostcuda::cudnn::shape_name;
  constexpr const char* kCall = "cudnnSoftmaxForward";
  return hostcuda::cudnn::with_handle(handle, kCall, [&] {
    if (algorithm < CUDNN_SOFTMAX_FAST || algorithm > CUDNN_SOFTMAX_LOG ||
        (mode != CUDNN_SOFTMAX_MODE_INSTANCE && mode != CUDNN_SOFTMAX_MODE_CHANNEL)) {
      return refuse(CUDNN_STATUS_BAD_PARAM, kCall, "there is no algorithm ",
                    static_cast<int>(algorithm), " with mode ", static_cast<int>(mode));
    }
    hostcuda::cudnn::Pair pair;
    const cudnnStatus_t status =
        hostcuda::cudnn::make_pair(kCall, alpha, x_desc, x, beta, y_desc, y, &pair);
    if (status != CUDNN_STATUS_SUCCESS) {
      return status;
    }
    if (!same_shape(pair.x, pair.y)) {
      return refuse(CUDNN_STATUS_BAD_PARAM, kCall, "x of ", shape_name(pair.x), " and y of ",
                    shape_name(pair.y), " differ");
    }
    if (!hostcuda::cudnn::is_float(pair.x.type)) {
      return refuse(CUDNN_STATUS_NOT_SUPPORTED, kCall, hostcuda::cudnn::type_name(pair.x.type),
                    " is not supported");
    }
    hostcuda::cudnn::Gathered marks{};
    for (size_t axis = 1; axis < marks.size(); ++axis) {
      marks[axis] = axis == 1 || mode == CUDNN_SOFTMAX_MODE_INSTANCE;
    }
    return hostcuda::cudnn::enqueue_on(
        handle, [pair, marks, logarithm = algorithm == CUDNN_SOFTMAX_LOG] {
          hostcuda::cudnn::with_work(pair.y.type, [&]<typename Work>(Work) {
            hostcuda::cudnn::softmax<Work>(pair, marks, logarithm);
          });
        });
  });
}
