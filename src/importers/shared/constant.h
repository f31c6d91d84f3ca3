// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Constants that importers make up.
#pragma once

#include <span>

#include "ops/constant_data.h"

namespace tenon::importers {

/// A constant of `values` converted to `dtype`: halves and bfloats rounded to nearest even,
/// integers to the nearest end where a value is out of range. Not for types of storage.
ops::ConstantRef make_constant(DType dtype, const Dims& dims, std::span<const double> values);

}  // namespace tenon::importers
