// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that move elements and look at none.
#include <algorithm>
#include <cstring>

#include "backends/ref/copy.h"
#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

namespace {

/// y[i] = x[base + position of i under strides], in the output's order.
Status copy_by_strides(const Call& call, int64_t base, const Dims& strides) noexcept {
  return with_size(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const T* x = call.in<T>(0) + base;
    T* y = call.out<T>();
    for (Walk<1> walk(call.out_dims(), {strides}); !walk.done(); walk.next()) *y++ = x[walk.at[0]];
    return Status{};
  });
}

/// Product of the extents from axis `begin` up to `end`.
int64_t volume(const Dims& dims, int64_t begin, int64_t end) noexcept {
  int64_t product = 1;
  for (int64_t i = begin; i < end; ++i) product *= dims[static_cast<int>(i)];
  return product;
}

}  // namespace

Status run(const ops::Identity&, const Call& call) noexcept { return copy_all(call); }
Status run(const ops::Reshape&, const Call& call) noexcept { return copy_all(call); }

Status run(const ops::Transpose& op, const Call& call) noexcept {
  const Dims from = row_major_strides(call.in_dims(0));
  Dims strides;
  for (const int64_t axis : op.perm) strides.push_back(from[static_cast<int>(axis)]);
  return copy_by_strides(call, 0, strides);
}

Status run(const ops::Expand&, const Call& call) noexcept {
  return copy_by_strides(call, 0, broadcast_strides(call.in_dims(0), call.out_dims()));
}

Status slice(const Dims& starts, const Dims& steps, const Call& call) noexcept {
  Dims strides = row_major_strides(call.in_dims(0));
  int64_t base = 0;
  for (int i = 0; i < strides.rank(); ++i) {
    base += starts[i] * strides[i];
    strides[i] *= steps[i];
  }
  return copy_by_strides(call, base, strides);
}

Status run(const ops::Concat& op, const Call& call) noexcept {
  const Dims& dims = call.out_dims();
  const int64_t outer = volume(dims, 0, op.axis);
  const size_t row =
      byte_size(call.out_type(), static_cast<size_t>(volume(dims, op.axis, dims.rank())));
  size_t offset = 0;
  for (size_t i = 0; i < call.input_count(); ++i) {
    const int64_t elements = volume(call.in_dims(i), op.axis, dims.rank());
    const size_t bytes = byte_size(call.out_type(), static_cast<size_t>(elements));
    if (bytes == 0) continue;
    for (int64_t line = 0; line < outer; ++line) {
      std::memcpy(call.out<std::byte>() + static_cast<size_t>(line) * row + offset,
                  call.in<std::byte>(i) + static_cast<size_t>(line) * bytes, bytes);
    }
    offset += bytes;
  }
  return {};
}

Status run(const ops::Gather& op, const Call& call) noexcept {
  const Dims& dims = call.in_dims(0);
  const int64_t outer = volume(dims, 0, op.axis), extent = dims[static_cast<int>(op.axis)];
  const Dims& places = call.in_dims(1);
  const int64_t picks = volume(places, op.batch_dims, places.rank());
  const int64_t lines = volume(dims, op.batch_dims, op.axis);  // of one entry of the batch
  const auto inner =
      byte_size(call.out_type(), static_cast<size_t>(volume(dims, op.axis + 1, dims.rank())));
  auto* y = call.out<std::byte>();
  for (int64_t line = 0; line < outer; ++line) {
    const int64_t first = line / lines * picks;
    for (int64_t pick = first; pick < first + picks; ++pick, y += inner) {
      int64_t index =
          call.in_type(1) == DType::I64 ? call.in<int64_t>(1)[pick] : call.in<int32_t>(1)[pick];
      if (index < 0) index += extent;
      if (index < 0 || index >= extent) {
        return {Code::InvalidArgument, "gather was given an index outside its axis"};
      }
      if (inner == 0) continue;
      std::memcpy(y, call.in<std::byte>(0) + static_cast<size_t>(line * extent + index) * inner,
                  inner);
    }
  }
  return {};
}

namespace {

/// Where output element `at` of one axis comes from; −1 for the constant.
int64_t padded_source(const ops::Pad& op, int axis, int64_t extent, int64_t at) noexcept {
  const int64_t source = at - op.begin[axis];
  // Negative pads cut first; what is left is then padded.
  const int64_t low = std::max<int64_t>(0, -op.begin[axis]);
  const int64_t high = extent - std::max<int64_t>(0, -op.end[axis]) - 1;
  if (source >= low && source <= high) return source;
  if (op.mode == ops::PadMode::Constant) return -1;
  if (op.mode == ops::PadMode::Edge) return std::clamp(source, low, high);
  return source < low ? 2 * low - source : 2 * high - source;
}

}  // namespace

Status run(const ops::Pad& op, const Call& call) noexcept {
  return copy_or_fill(call, op.value, [&](int axis, int64_t extent, int64_t at) {
    return padded_source(op, axis, extent, at);
  });
}

Status run(const ops::Shape&, const Call& call) noexcept {
  std::copy(call.in_dims(0).begin(), call.in_dims(0).end(), call.out<int64_t>());
  return {};
}

}  // namespace tenon::ref
