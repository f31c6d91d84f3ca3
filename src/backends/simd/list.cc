// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// THE list of own SIMD kernels.
#include "backends/simd/list.h"

namespace tenon::simd {

namespace {

#define ROW(name, version, ...) \
  { #name, version, &serves < __VA_ARGS__>, &name::refuse, &name::create, &name::load }
constexpr Row kRows[] = {
    ROW(pointwise, 1, ops::Pointwise, ops::Unary, ops::Activation, ops::ElementWise),
    ROW(convolution_depthwise, 1, ops::Convolution),
    ROW(convolution_rows, 1, ops::Convolution),
    ROW(convolution_channels, 1, ops::Convolution),
    ROW(mat_mul_packed, 1, ops::MatMul),
    ROW(mat_mul_plain, 1, ops::MatMul),
    ROW(pooling, 1, ops::Pooling),
    ROW(resize, 1, ops::Resize),
    ROW(softmax, 1, ops::Softmax),
    ROW(reduce, 1, ops::Reduce),
    ROW(transpose, 1, ops::Transpose),
    ROW(slice, 1, ops::Slice),
    ROW(expand, 1, ops::Expand),
    ROW(concat, 1, ops::Concat),
    ROW(pad, 1, ops::Pad),
    ROW(gather, 1, ops::Gather),
    ROW(cast, 1, ops::Cast),
    ROW(copy, 1, ops::Reshape, ops::Identity),
};
#undef ROW

}  // namespace

std::span<const Row> rows() noexcept { return kRows; }

}  // namespace tenon::simd
