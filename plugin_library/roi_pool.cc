// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Samples looked up in all channels.
#include "plugin_library/roi_pool.h"

#include <limits>

namespace shipped {

void pool(Planes const& planes, Corners const* samples, int64_t count, bool average, bool first) {
  for (int64_t channel = 0; channel < planes.channels; ++channel) {
    float const* map = planes.maps + channel * planes.size;
    float& cell = planes.cells[channel * planes.cellsEach];
    float value = !first ? cell : average ? 0 : -std::numeric_limits<float>::infinity();
    for (int64_t i = 0; i < count; ++i) {
      Corners const& s = samples[i];
      float const a = s.weight[0] * map[s.at[0]], b = s.weight[1] * map[s.at[1]];
      float const c = s.weight[2] * map[s.at[2]], d = s.weight[3] * map[s.at[3]];
      value = average ? value + (a + b + c + d) : std::max({value, a, b, c, d});
    }
    cell = value;
  }
}

void finish(Planes const& planes, int64_t total, bool average) {
  for (int64_t channel = 0; channel < planes.channels; ++channel) {
    float& cell = planes.cells[channel * planes.cellsEach];
    if (total == 0) cell = 0;
    if (average && total > 0) cell /= static_cast<float>(total);
  }
}

}  // namespace shipped
