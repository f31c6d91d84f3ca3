// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Kernels that no test can reach on this machine.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "device/isa.h"

namespace tenon::simd {

/// Name and reason.
inline std::vector<std::pair<std::string_view, std::string_view>> gaps() {
  if ((device::usable_isa() & device::isa_bit(device::Isa::Amx)) != 0) return {};
  constexpr std::string_view kNoTiles = "the machine has no tiles of integers (amx)";
  return {{"quant_mat_mul_tiles", kNoTiles}, {"quant_convolution_tiles", kNoTiles}};
}

}  // namespace tenon::simd
