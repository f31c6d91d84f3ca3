// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// max|a − b| / max|b| over finite elements; all else must be the same.
#include "compare.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "conformance/tolerance.h"

namespace tenon::onnx_nodes {

std::optional<std::string> difference(const ops::ConstantData& made,
                                      const ops::ConstantData& expected, double least) {
  if (made.dtype() != expected.dtype() || !(made.dims() == expected.dims())) {
    return fmt::format("made {} {}, expected {} {}", to_string(made.dtype()),
                       to_string(made.dims()), to_string(expected.dtype()),
                       to_string(expected.dims()));
  }
  double off = 0, largest = 0;
  for (int64_t i = 0; i < expected.count(); ++i) {
    if (!is_floating(expected.dtype())) {
      if (made.integer(i) == expected.integer(i)) continue;
      return fmt::format("element {} is {}, expected {}", i, made.integer(i), expected.integer(i));
    }
    const double a = made.real(i), b = expected.real(i);
    if (std::isfinite(a) && std::isfinite(b)) {
      off = std::max(off, std::abs(a - b));
      largest = std::max(largest, std::abs(b));
    } else if (a != b && !(std::isnan(a) && std::isnan(b))) {
      return fmt::format("element {} is {}, expected {}", i, a, b);
    }
  }
  const double allowed = std::max(conformance::tolerance(expected.dtype()), least);
  if (off <= allowed * largest) return std::nullopt;
  return fmt::format("differs by {:g} where the largest number is {:g}", off, largest);
}

}  // namespace tenon::onnx_nodes
