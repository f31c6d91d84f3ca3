// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// THE list of own SIMD kernels.
#include "backends/simd/list.h"

namespace tenon::simd {

namespace {

#define ROW(name, ...) \
  { #name, name::kVersion, &serves < __VA_ARGS__>, &name::refuse, &name::create }
constexpr Row kRows[] = {
    ROW(pointwise, ops::Pointwise, ops::Unary, ops::Activation, ops::ElementWise),
    ROW(convolution_depthwise, ops::Convolution),
    ROW(convolution_rows, ops::Convolution),
    ROW(convolution_channels, ops::Convolution),
    ROW(mat_mul_packed, ops::MatMul),
    ROW(mat_mul_plain, ops::MatMul),
    ROW(pooling, ops::Pooling),
    ROW(resize, ops::Resize),
    ROW(softmax, ops::Softmax),
    ROW(reduce, ops::Reduce),
    ROW(transpose, ops::Transpose),
    ROW(slice, ops::Slice),
    ROW(expand, ops::Expand),
    ROW(concat, ops::Concat),
    ROW(pad, ops::Pad),
    ROW(gather, ops::Gather),
    ROW(cast, ops::Cast),
    ROW(copy, ops::Reshape, ops::Identity),
    ROW(requantize, ops::Quantize, ops::Dequantize, ops::QuantSum),
    ROW(quant_mat_mul, ops::QuantMatMul),
    ROW(quant_mat_mul_tiles, ops::QuantMatMul),
    ROW(quant_convolution_tiles, ops::QuantConvolution),
    ROW(pooling_small, ops::Pooling, ops::QuantPooling),
};
#undef ROW

}  // namespace

std::span<const Row> rows() noexcept { return kRows; }

}  // namespace tenon::simd
