// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Paddings that keep extents.
#include "api/infer/network/layers_window.h"

#include <algorithm>

namespace tenon::api {

std::optional<SamePads> same_pads(const expr::Shape& x, const Dims& kernel, const Dims& strides,
                                  const Dims& dilations, bool upper, bool transposed) {
  SamePads pads;
  for (int i = 0; i < kernel.rank(); ++i) {
    const int64_t span = (kernel[i] - 1) * dilations[i] + 1;
    int64_t total = span - strides[i];
    const auto axis = static_cast<size_t>(i) + 2;
    if (!transposed && strides[i] > 1) {
      if (axis >= x.size() || !x[axis].is_constant()) return std::nullopt;
      const int64_t left_over = x[axis].constant() % strides[i];
      if (left_over != 0) total = span - left_over;
    }
    total = std::max<int64_t>(total, 0);
    pads.begin.push_back(upper ? total / 2 : total - total / 2);
    pads.end.push_back(total - pads.begin[i]);
  }
  return pads;
}

}  // namespace tenon::api
