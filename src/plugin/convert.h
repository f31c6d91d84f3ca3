// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The one place where nvinfer1's types and numbers meet Tenon's.
#pragma once

#include <optional>

#include "NvInferRuntime.h"
#include "base/dims.h"
#include "base/dtype.h"
#include "base/status.h"
#include "expr/shape.h"
#include "kernel/layout.h"

namespace tenon::plugin {

/// Nullopt for a type that has no counterpart (kFP4, kE8M0; f64 and i16 the other way).
std::optional<DType> to_dtype(nvinfer1::DataType type) noexcept;
std::optional<nvinfer1::DataType> to_data_type(DType type) noexcept;

/// Nullopt for formats of accelerators that are not here (kDLA_*), and for private layouts.
std::optional<kernel::Layout> to_layout(nvinfer1::TensorFormat format) noexcept;
std::optional<nvinfer1::TensorFormat> to_format(const kernel::Layout& layout) noexcept;

/// Extents as they are; nbDims outside 0 … 8 gives an empty optional.
std::optional<Dims> to_dims(const nvinfer1::Dims& dims) noexcept;
nvinfer1::Dims to_nv_dims(const Dims& dims) noexcept;
/// Extents that are no constants become −1.
nvinfer1::Dims to_nv_dims(const expr::Shape& shape) noexcept;

nvinfer1::ErrorCode to_error_code(Code code) noexcept;

}  // namespace tenon::plugin
