// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Batch normalization, with given statistics or with those of the batch.
#include <algorithm>
#include <cmath>

#include "hostcuda/cudnn/call.h"
#include "hostcuda/cudnn/slices.h"

namespace hostcuda::cudnn {
namespace {

/// One call, checked. Inference reads mean and variance, training writes what is not null.
struct BatchNorm {
  Pair pair;
  Tensor parameters;
  const void* scale = nullptr;
  const void* bias = nullptr;
  double epsilon = 0;
  const void* mean = nullptr;
  const void* variance = nullptr;
  double factor = 0;
  void* running_mean = nullptr;
  void* running_variance = nullptr;
  void* saved_mean = nullptr;
  void* saved_inv_variance = nullptr;
};

double read(const Tensor& tensor, const void* data, std::int64_t at) {
  double value = 0;
  load_row(*number_of(tensor.type), data, at, 0, 1, &value);
  return value;
}

void write(const Tensor& tensor, void* data, std::int64_t at, double value) {
  if (data != nullptr) {
    store_row(*number_of(tensor.type), data, at, 0, 1, &value);
  }
}

/// running = (1 - factor) running + factor value; what is running is not read at factor one.
void blend(const BatchNorm& b, void* running, std::int64_t at, double value) {
  if (running != nullptr) {
    const double old = b.factor == 1 ? 0 : (1 - b.factor) * read(b.parameters, running, at);
    write(b.parameters, running, at, old + b.factor * value);
  }
}

template <typename Work>
void normalize(const BatchNorm& b) {
  const Pair& pair = b.pair;
  const Walk walk(
      pair.y.rank, pair.y.dims,
      {steps_of(pair.x, pair.y), steps_of(b.parameters, pair.y), steps_of(pair.y, pair.y)});
  const Number number = *number_of(b.parameters.type);
  walk.each([&](const Row& row) {
    Work x[Walk::kRow], scale[Walk::kRow], bias[Walk::kRow], mean[Walk::kRow], variance[Walk::kRow];
    load_row(*number_of(pair.x.type), pair.from, row.first[0], row.steps[0], row.count, x);
    load_row(number, b.scale, row.first[1], row.steps[1], row.count, scale);
    load_row(number, b.bias, row.first[1], row.steps[1], row.count, bias);
    load_row(number, b.mean, row.first[1], row.steps[1], row.count, mean);
    load_row(number, b.variance, row.first[1], row.steps[1], row.count, variance);
    for (std::int64_t i = 0; i < row.count; ++i) {
      x[i] = bias[i] +
             scale[i] * (x[i] - mean[i]) / std::sqrt(variance[i] + static_cast<Work>(b.epsilon));
    }
    pair.blend.store(pair.y, pair.to, row.first[2], row.steps[2], row.count, x);
  });
}

/// Calls each(x) for the elements of x over `slice` from `from` on.
template <typename Each>
void each_element(const Tensor& x, const void* data, const Walk& slice, std::int64_t from,
                  const Each& each) {
  slice.each([&](const Row& row) {
    double values[Walk::kRow];
    load_row(*number_of(x.type), data, from + row.first[0], row.steps[0], row.count, values);
    std::for_each_n(values, row.count, each);
  });
}

void train(const BatchNorm& b) {
  const Tensor& x = b.pair.x;
  const Tensor& y = b.pair.y;
  Gathered marks{};
  double count = 1;
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(x.rank); ++axis) {
    marks[axis] = b.parameters.dims[axis] == 1;
    count *= marks[axis] ? x.dims[axis] : 1;
  }
  // y of one position is found by walking x and y together from x's and y's own beginnings.
  const Walk slice(x.rank, half_dims(x, marks, true), {steps_of(x, x), steps_of(y, y)});
  const Walk positions(x.rank, half_dims(x, marks, false),
                       {steps_of(x, x), steps_of(b.parameters, x), steps_of(y, y)});
  positions.each([&](const Row& at) {
    for (std::int64_t i = 0; i < at.count; ++i) {
      const std::int64_t from = at.first[0] + i * at.steps[0];
      const std::int64_t parameter = at.first[1] + i * at.steps[1];
      double sum = 0;
      each_element(x, b.pair.from, slice, from, [&](double value) { sum += value; });
      const double mean = sum / count;
      double squares = 0;
      each_element(x, b.pair.from, slice, from,
                   [&](double value) { squares += (value - mean) * (value - mean); });
      const double inverse = 1 / std::sqrt(squares / count + b.epsilon);
      blend(b, b.running_mean, parameter, mean);
      blend(b, b.running_variance, parameter, count > 1 ? squares / (count - 1) : 0);
      write(b.parameters, b.saved_mean, parameter, mean);
      write(b.parameters, b.saved_inv_variance, parameter, inverse);
      const double factor = read(b.parameters, b.scale, parameter) * inverse;
      const double bias = read(b.parameters, b.bias, parameter);
      slice.each([&](const Row& row) {
        double values[Walk::kRow];
        load_row(*number_of(x.type), b.pair.from, from + row.first[0], row.steps[0], row.count,
                 values);
        for (std::int64_t j = 0; j < row.count; ++j) {
          values[j] = bias + factor * (values[j] - mean);
        }
        b.pair.blend.store(y, b.pair.to, at.first[2] + i * at.steps[2] + row.first[1], row.steps[1],
                           row.count, values);
      });
    }
  });
}

/// The sizes that parameters have for x, packed.
Tensor parameters_of(const Tensor& x, cudnnBatchNormMode_t mode) {
  Tensor out = x;
  out.type = x.type == CUDNN_DATA_DOUBLE ? CUDNN_DATA_DOUBLE : CUDNN_DATA_FLOAT;
  out.dims[0] = 1;
  int stride = 1;
  for (auto axis = static_cast<std::size_t>(x.rank); axis-- > 0;) {
    if (axis >= 2 && mode != CUDNN_BATCHNORM_PER_ACTIVATION) {
      out.dims[axis] = 1;
    }
    out.strides[axis] = stride;
    stride *= out.dims[axis];
  }
  return out;
}

bool is_mode(cudnnBatchNormMode_t mode) {
  return mode >= CUDNN_BATCHNORM_PER_ACTIVATION && mode <= CUDNN_BATCHNORM_SPATIAL_PERSISTENT;
}

/// What both calls need; `b` has its pair.
cudnnStatus_t check(const char* call, cudnnBatchNormMode_t mode,
                    cudnnTensorDescriptor_t parameter_desc, const void* scale, const void* bias,
                    double epsilon, BatchNorm* b) {
  const Tensor& x = b->pair.x;
  if (!is_mode(mode) || !(epsilon >= CUDNN_BN_MIN_EPSILON)) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "mode ", static_cast<int>(mode),
                  " is none or epsilon is negative");
  }
  if (!same_shape(x, b->pair.y)) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "x of ", shape_name(x), " and y of ",
                  shape_name(b->pair.y), " differ");
  }
  if (x.type != CUDNN_DATA_FLOAT && x.type != CUDNN_DATA_DOUBLE && x.type != CUDNN_DATA_HALF &&
      x.type != CUDNN_DATA_BFLOAT16) {
    return refuse(CUDNN_STATUS_NOT_SUPPORTED, call, type_name(x.type), " is not supported");
  }
  for (const auto& [name, data] : {std::pair("the scale", scale), std::pair("the bias", bias)}) {
    if (const auto status = check_tensor(call, name, parameter_desc, data);
        status != CUDNN_STATUS_SUCCESS) {
      return status;
    }
  }
  const Tensor wanted = parameters_of(x, mode);
  if (!same_shape(wanted, *parameter_desc) || wanted.type != parameter_desc->type) {
    return refuse(CUDNN_STATUS_BAD_PARAM, call, "parameters are ", type_name(parameter_desc->type),
                  " of ", shape_name(*parameter_desc), ", and should be ", type_name(wanted.type),
                  " of ", shape_name(wanted));
  }
  b->parameters = *parameter_desc;
  b->scale = scale;
  b->bias = bias;
  b->epsilon = epsilon;
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace
}  // namespace hostcuda::cudnn

using hostcuda::cudnn::BatchNorm;
using hostcuda::cudnn::refuse;
using hostcuda::cudnn::with;

HOSTCUDA_API cudnnStatus_t cudnnDeriveBNTensorDescriptor(cudnnTensorDescriptor_t derived,
                                                         const cudnnTensorDescriptor_t x_desc,
                                                         cudnnBatchNormMode_t mode) {
  constexpr const char* kCall = "cudnnDeriveBNTensorDescriptor";
  return with(kCall, derived, [&] {
    return with(kCall, x_desc, [&] {
      if (x_desc->rank == 0 || !hostcuda::cudnn::is_mode(mode)) {
        return refuse(CUDNN_STATUS_BAD_PARAM, kCall, "x was never set or there is no mode ",
                      static_cast<int>(mode));
      }
      *derived = hostcuda::cudnn::parameters_of(*x_desc, mode);
      return CUDNN_STATUS_SUCCESS;
    });
  });
}

HOSTCUDA_API cudnnStatus_t cudnnBatchNormalizationForwardInference(
    cudnnHandle_t handle, cudnnBatchNormMode_t mode, const void* alpha, const void* beta,
    const cudnnTensorDescriptor_t x_desc, const void* x, const cudnnTensorDescriptor_t y_desc,
    void* y, const cudnnTensorDescriptor_t parameter_desc, const void* scale, const void* bias,
    const void* mean, const void* variance, double epsilon) {
  constexpr const char* kCall = "cudnnBatchNormalizationForwardInference";
  return hostcuda::cudnn::with_handle(handle, kCall, [&] {
    BatchNorm b;
    cudnnStatus_t status =
        hostcuda::cudnn::make_pair(kCall, alpha, x_desc, x, beta, y_desc, y, &b.pair);
    if (status == CUDNN_STATUS_SUCCESS) {
      status = hostcuda::cudnn::check(kCall, mode, parameter_desc, scale, bias, epsilon, &b);
    }
    if (status != CUDNN_STATUS_SUCCESS) {
      return status;
    }
    if (mean == nullptr || variance == nullptr) {
      return refuse(CUDNN_STATUS_BAD_PARAM, kCall, "the mean or variance is a null pointer");
    }
    b.mean = mean;
    b.variance = variance;
    return hostcuda::cudnn::enqueue_on(handle, [b] {
      hostcuda::cudnn::with_work(b.pair.y.type,
                                 [&]<typename Work>(Work) { hostcuda::cudnn::normalize<Work>(b); });
    });
  });
}

HOSTCUDA_API cudnnStatus_t cudnnBatchNormalizationForwardTraining(
    cudnnHandle_t handle, cudnnBatchNormMode_t mode, const void* alpha, const void* beta,
    const cudnnTensorDescriptor_t x_desc, const void* x, const cudnnTensorDescriptor_t y_desc,
    void* y, const cudnnTensorDescriptor_t parameter_desc, const void* scale, const void* bias,
    double factor, void* running_mean, void* running_variance, double epsilon, void* saved_mean,
    void* saved_inv_variance) {
  constexpr const char* kCall = "cudnnBatchNormalizationForwardTraining";
  return hostcuda::cudnn::with_handle(handle, kCall, [&] {
    BatchNorm b;
    cudnnStatus_t status =
        hostcuda::cudnn::make_pair(kCall, alpha, x_desc, x, beta, y_desc, y, &b.pair);
    if (status == CUDNN_STATUS_SUCCESS) {
      status = hostcuda::cudnn::check(kCall, mode, parameter_desc, scale, bias, epsilon, &b);
    }
    if (status != CUDNN_STATUS_SUCCESS) {
      return status;
    }
    if ((running_mean == nullptr) != (running_variance == nullptr) ||
        (saved_mean == nullptr) != (saved_inv_variance == nullptr)) {
      return refuse(CUDNN_STATUS_BAD_PARAM, kCall,
                    "of two statistics that go together one is a null pointer");
    }
    b.factor = factor;
    b.running_mean = running_mean;
    b.running_variance = running_variance;
    b.saved_mean = saved_mean;
    b.saved_inv_variance = saved_inv_variance;
    return hostcuda::cudnn::enqueue_on(handle, [b] { hostcuda::cudnn::train(b); });
  });
}
