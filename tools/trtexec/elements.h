// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Elements of tensors: sizes, names, numbers.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "NvInfer.h"

namespace tenon::trtexec {

/// "fp32", "int64", …: as formats and names of raw files spell it.
const char* to_text(nvinfer1::DataType type);

/// Bytes of `count` elements; those of less than a byte are packed.
size_t bytes_of(nvinfer1::DataType type, int64_t count);

bool is_integer(nvinfer1::DataType type);

/// Element `index`. Throws Failure for types whose numbers cannot be shown yet.
double element(const void* data, nvinfer1::DataType type, int64_t index);

/// Seeded numbers: -1 to 1 for real types, -128 to 127 for integers, 0 or 1 for truth values.
void fill_random(void* data, nvinfer1::DataType type, int64_t count, unsigned seed);

}  // namespace tenon::trtexec
