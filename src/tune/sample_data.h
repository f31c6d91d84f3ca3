// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What tensors hold while kernels are timed.
#pragma once

#include <cstddef>
#include <span>

#include "base/dtype.h"

namespace tenon::tune {

/// Fills a buffer of elements: floating types with numbers of magnitude up to one (no denormals,
/// which would slow kernels down), integers and bool with zero, a valid index everywhere.
/// Deterministic.
void fill_sample(DType dtype, std::span<std::byte> bytes) noexcept;

}  // namespace tenon::tune
