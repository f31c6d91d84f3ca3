// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// THE table of tolerances: how far a kernel may be from the reference, by the output's type.
#pragma once

#include "base/dtype.h"

namespace tenon::conformance {

/// Greatest allowed max|a − b| / max|b| over a tensor. Integers and bool must be equal.
constexpr double tolerance(DType type) noexcept {
  switch (type) {
    case DType::F64:
      return 1e-12;
    case DType::F32:
      return 1e-5;
    case DType::F16:
      return 2e-3;
    case DType::BF16:
      return 1.6e-2;
    default:
      return 0;
  }
}

}  // namespace tenon::conformance
