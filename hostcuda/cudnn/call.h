// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How every cuDNN call begins and ends.
#pragma once

#include <cudnn.h>

#include <new>
#include <utility>

#include "hostcuda/cudnn/tensor.h"
#include "hostcuda/numeric/live.h"
#include "hostcuda/numeric/refusal.h"
#include "hostcuda/numeric/work.h"

struct cudnnContext {
  cudaStream_t stream = nullptr;
};

namespace hostcuda::cudnn {

/// Says `text` by say_refusal() and to the logging callback.
void tell(const std::string& text);

/// Tells "<call>: <parts>"; returns `status`.
template <typename... Parts>
cudnnStatus_t refuse(cudnnStatus_t status, const char* call, const Parts&... parts) {
  tell(sentence(call, ": ", parts...));
  return status;
}

/// The body of every call that is more than an assignment.
template <typename Body>
cudnnStatus_t guarded(Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED;
  } catch (...) {
    return CUDNN_STATUS_INTERNAL_ERROR;
  }
}

/// The same for calls on a handle.
template <typename Body>
cudnnStatus_t with_handle(cudnnHandle_t handle, const char* call, Body&& body) noexcept {
  return guarded([&] {
    return Live<cudnnContext>::all().contains(handle)
               ? body()
               : refuse(CUDNN_STATUS_NOT_INITIALIZED, call,
                        "the handle is none that cudnnCreate made and that lives");
  });
}

/// Makes a descriptor or handle.
template <typename Object>
cudnnStatus_t create(const char* call, Object** out) noexcept {
  return guarded([&]() -> cudnnStatus_t {
    if (out == nullptr) {
      return refuse(CUDNN_STATUS_BAD_PARAM, call, "the pointer for the answer is null");
    }
    *out = Live<Object>::all().create();
    return *out == nullptr ? CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED
                           : CUDNN_STATUS_SUCCESS;
  });
}

/// Ends a descriptor; null is none and is let pass.
template <typename Object>
cudnnStatus_t destroy(const char* call, Object* object) noexcept {
  return guarded([&] {
    return object == nullptr || Live<Object>::all().destroy(object)
               ? CUDNN_STATUS_SUCCESS
               : refuse(CUDNN_STATUS_BAD_PARAM, call, "the descriptor was destroyed already");
  });
}

/// Runs `body` when `object` is a descriptor that lives.
template <typename Object, typename Body>
cudnnStatus_t with(const char* call, const Object* object, Body&& body) noexcept {
  return guarded([&] {
    return Live<Object>::all().contains(object)
               ? body()
               : refuse(CUDNN_STATUS_BAD_PARAM, call, "a descriptor is none that lives");
  });
}

/// Refuses tensors that are not there, not set, or of a type that is not computed with here, and
/// data that are null; `call` is a literal.
cudnnStatus_t check_tensor(const char* call, const char* name, cudnnTensorDescriptor_t tensor,
                           const void* data);

/// Refuses two tensors of unlike types.
cudnnStatus_t check_types(const char* call, const Tensor& a, const Tensor& b);

/// Puts `work` on the handle's stream.
template <typename Work>
cudnnStatus_t enqueue_on(cudnnHandle_t handle, Work work) {
  return enqueue(handle->stream, std::move(work)) == cudaSuccess
             ? CUDNN_STATUS_SUCCESS
             : CUDNN_STATUS_EXECUTION_FAILED_CUDART;
}

/// Calls `body` with a number of the type in which tensors of `type` are worked on: double for
/// double and for int32, which float cannot hold, else float.
template <typename Body>
void with_work(cudnnDataType_t type, Body&& body) {
  if (type == CUDNN_DATA_DOUBLE || type == CUDNN_DATA_INT32) {
    body(double());
  } else {
    body(float());
  }
}

/// alpha or beta: a double where tensors are double, else a float.
inline double scalar(cudnnDataType_t type, const void* pointer) {
  return type == CUDNN_DATA_DOUBLE ? *static_cast<const double*>(pointer)
                                   : static_cast<double>(*static_cast<const float*>(pointer));
}

/// The two scalars that blend a result into what was there.
struct Blend {
  double alpha = 1, beta = 0;

  /// Writes alpha row + beta y to a row of y, which is not read where beta is zero; `row` is spent.
  template <typename Work>
  void store(const Tensor& y, void* data, std::int64_t first, std::int64_t step, std::int64_t count,
             Work* row) const {
    const Number number = *number_of(y.type);
    Work old[Walk::kRow];
    if (beta != 0) {
      load_row(number, data, first, step, count, old);
    }
    for (std::int64_t i = 0; i < count; ++i) {
      row[i] = static_cast<Work>(alpha) * row[i];
      if (beta != 0) {
        row[i] += static_cast<Work>(beta) * old[i];
      }
    }
    store_row(number, data, first, step, count, row);
  }
};

/// One call's input and output, checked.
struct Pair {
  Tensor x;
  const void* from = nullptr;
  Tensor y;
  void* to = nullptr;
  Blend blend;
};

/// Checks what y = alpha f(x) + beta y needs and fills `pair`; sizes are left to the caller. Types
/// must be the same.
cudnnStatus_t make_pair(const char* call, const void* alpha, cudnnTensorDescriptor_t x_desc,
                        const void* x, const void* beta, cudnnTensorDescriptor_t y_desc, void* y,
                        Pair* pair);

/// y = alpha f(x) + beta y element by element over tensors of the same sizes; `function` takes and
/// returns a Work, which is float or double.
template <typename Function>
void map(const Pair& pair, const Function& function) {
  with_work(pair.y.type, [&]<typename Work>(Work) {
    const Walk walk(pair.y.rank, pair.y.dims, {steps_of(pair.x, pair.y), steps_of(pair.y, pair.y)});
    walk.each([&](const Row& row) {
      Work values[Walk::kRow];
      load_row(*number_of(pair.x.type), pair.from, row.first[0], row.steps[0], row.count, values);
      for (std::int64_t i = 0; i < row.count; ++i) {
        values[i] = function(values[i]);
      }
      pair.blend.store(pair.y, pair.to, row.first[1], row.steps[1], row.count, values);
    });
  });
}

}  // namespace hostcuda::cudnn
