// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading and writing elements by their indices.
#include <algorithm>
#include <cstring>

#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

using ops::ScatterReduction;

namespace {

/// An index counted from the front; −1 when it is outside.
int64_t from_front(int64_t index, int64_t extent) noexcept {
  if (index < 0) index += extent;
  return index < 0 || index >= extent ? -1 : index;
}

/// Where tuple `at` of input 1 points to in `dims` from axis `first` on; −1 when outside.
int64_t offset_of(const Call& call, int64_t at, int64_t length, const Dims& dims,
                  int first) noexcept {
  const Dims strides = row_major_strides(dims);
  int64_t offset = 0;
  for (int i = 0; i < length; ++i) {
    const int64_t index = from_front(call.index(1, at * length + i), dims[first + i]);
    if (index < 0) return -1;
    offset += index * strides[first + i];
  }
  return offset;
}

template <class T>
T reduced(ScatterReduction reduction, T there, T update) noexcept {
  using ops::ElementWiseKind;
  switch (reduction) {
    case ScatterReduction::None:
      return update;
    case ScatterReduction::Add:
      return store<T>(apply(ElementWiseKind::Add, load(there), load(update)));
    case ScatterReduction::Mul:
      return store<T>(apply(ElementWiseKind::Mul, load(there), load(update)));
    case ScatterReduction::Max:
      return store<T>(apply(ElementWiseKind::Max, load(there), load(update)));
    case ScatterReduction::Min:
      return store<T>(apply(ElementWiseKind::Min, load(there), load(update)));
  }
  return update;
}

template <class T>
Status scatter_elements(const ops::Scatter& op, const Call& call) noexcept {
  const Dims& dims = call.out_dims();
  const Dims strides = row_major_strides(dims);
  const auto axis = static_cast<int>(op.axis);
  Dims fixed = strides;
  fixed[axis] = 0;
  int64_t at = 0;
  for (Walk<1> walk(call.in_dims(1), {fixed}); !walk.done(); walk.next(), ++at) {
    const int64_t index = from_front(call.index(1, at), dims[axis]);
    if (index < 0) return {Code::InvalidArgument, "scatter was given an index outside its axis"};
    T& y = call.out<T>()[walk.at[0] + index * strides[axis]];
    y = reduced(op.reduction, y, call.in<T>(2)[at]);
  }
  return {};
}

template <class T>
Status scatter_nd(const ops::Scatter& op, const Call& call) noexcept {
  const Dims &dims = call.out_dims(), &indices = call.in_dims(1);
  const int64_t length = indices.back();
  int64_t tuples = 1, slice = 1;
  for (int i = 0; i < indices.rank() - 1; ++i) tuples *= indices[i];
  for (auto i = static_cast<int>(length); i < dims.rank(); ++i) slice *= dims[i];
  for (int64_t at = 0; at < tuples; ++at) {
    const int64_t offset = offset_of(call, at, length, dims, 0);
    if (offset < 0) return {Code::InvalidArgument, "scatter was given an index outside its axis"};
    for (int64_t i = 0; i < slice; ++i) {
      T& y = call.out<T>()[offset + i];
      y = reduced(op.reduction, y, call.in<T>(2)[at * slice + i]);
    }
  }
  return {};
}

}  // namespace

Status run(const ops::Scatter& op, const Call& call) noexcept {
  const auto count = static_cast<size_t>(call.out_dims().volume());
  if (count == 0 && call.in_dims(1).volume() == 0) return {};
  std::memmove(call.args.outputs[0], call.args.inputs[0], byte_size(call.out_type(), count));
  return with_any(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    return op.mode == ops::ScatterMode::Nd ? scatter_nd<T>(op, call)
                                           : scatter_elements<T>(op, call);
  });
}

Status run(const ops::GatherElements& op, const Call& call) noexcept {
  return with_size(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const Dims& dims = call.in_dims(0);
    const auto axis = static_cast<int>(op.axis);
    Dims fixed = row_major_strides(dims);
    const int64_t stride = fixed[axis];
    fixed[axis] = 0;
    int64_t at = 0;
    for (Walk<1> walk(call.out_dims(), {fixed}); !walk.done(); walk.next(), ++at) {
      const int64_t index = from_front(call.index(1, at), dims[axis]);
      if (index < 0) {
        return Status{Code::InvalidArgument, "gather was given an index outside its axis"};
      }
      call.out<T>()[at] = call.in<T>(0)[walk.at[0] + index * stride];
    }
    return Status{};
  });
}

Status run(const ops::GatherNd& op, const Call& call) noexcept {
  const Dims &dims = call.in_dims(0), &indices = call.in_dims(1);
  const auto batch = static_cast<int>(op.batch_dims);
  const int64_t length = indices.back();
  int64_t batches = 1, tuples = 1, slice = 1, whole = 1;
  for (int i = 0; i < batch; ++i) batches *= dims[i];
  for (int i = batch; i < indices.rank() - 1; ++i) tuples *= indices[i];
  for (int i = batch; i < dims.rank(); ++i) {
    whole *= dims[i];
    if (i >= batch + length) slice *= dims[i];
  }
  const size_t bytes = byte_size(call.out_type(), static_cast<size_t>(slice));
  const size_t width = byte_size(call.out_type(), 1);
  auto* y = call.out<std::byte>();
  for (int64_t at = 0; at < batches * tuples; ++at, y += bytes) {
    const int64_t offset = offset_of(call, at, length, dims, batch);
    if (offset < 0) return {Code::InvalidArgument, "gather was given an index outside its axis"};
    if (bytes == 0) continue;
    const auto from = static_cast<size_t>(at / tuples * whole + offset);
    std::memcpy(y, call.in<std::byte>(0) + from * width, bytes);
  }
  return {};
}

}  // namespace tenon::ref
