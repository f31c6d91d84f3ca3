// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernels of this backend that records may name, and the door for those who only run.
#pragma once

#include <memory>

#include "kernel/record.h"

namespace tenon::simd {

/// Name and version of each kernel: KernelId::name and KernelId::version.
// clang-format off
#define TENON_SIMD_KERNELS(X)                                                                 \
  X(pointwise, 1) X(convolution_depthwise, 1) X(convolution_rows, 1)                          \
  X(convolution_channels, 1) X(mat_mul_packed, 1) X(mat_mul_plain, 1) X(pooling, 1)           \
  X(resize, 1) X(softmax, 1) X(reduce, 1) X(transpose, 1) X(slice, 1) X(expand, 1)            \
  X(concat, 1) X(pad, 1) X(gather, 1) X(cast, 1) X(copy, 1) X(requantize, 1)               \
  X(pooling_small, 2) X(quant_mat_mul, 1)
// clang-format on
/// Kernels on tiles (AMX), which safe engines have none of.
#define TENON_SIMD_TILE_KERNELS(X) X(quant_mat_mul_tiles, 1) X(quant_convolution_tiles, 1)

// A kernel is a file run/x.cc that defines x::load.
#define TENON_ROW(name, version)                                                 \
  namespace name {                                                               \
  inline constexpr uint32_t kVersion = version;                                  \
  Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, \
                                               Diagnostics& diag);               \
  }
TENON_SIMD_KERNELS(TENON_ROW)
TENON_SIMD_TILE_KERNELS(TENON_ROW)
#undef TENON_ROW

/// Status::what of a run that met an index of a gather which is none.
extern const char* const kGatherOutOfRange;

/// The loader of family "simd": finds the kernel of the record's name, reorders included.
Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag);

}  // namespace tenon::simd
