// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Orders as permutations.
#include "importers/uff/axes.h"

#include <vector>

namespace tenon::uff {

namespace {

struct Run {
  int64_t first = 0, step = 0;  ///< step 0: one axis
};

}  // namespace

Result<Dims> main_axes(std::span<const int64_t> order, int rank, Diagnostics& diag) {
  Dims axes;
  if (order.empty()) {
    for (int axis = 0; axis < rank; ++axis) axes.push_back(axis);
    return axes;
  }
  std::vector<Run> runs;
  int letters = 0, spreads = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const bool more = i + 1 < order.size();
    if (more && order[i + 1] == kIncrement) {
      runs.push_back({order[i++], 1});
      ++spreads;
    } else if (more && order[i] == kDecrement) {
      runs.push_back({order[++i], -1});
      ++spreads;
    } else {
      runs.push_back({order[i], 0});
      ++letters;
    }
  }
  const int spread = spreads == 0 ? 0 : rank - letters;
  uint32_t seen = 0;
  bool sound = spreads <= 1 && spread >= 0 && letters + spread == rank;
  for (size_t i = 0; sound && i < runs.size(); ++i) {
    const int count = runs[i].step == 0 ? 1 : spread;
    sound = runs[i].first >= -rank && runs[i].first < rank;
    for (int k = 0; sound && k < count; ++k) {
      int64_t axis = runs[i].first;
      if (runs[i].step == 1) axis += k;
      if (runs[i].step == -1) axis += count - 1 - k;
      if (axis < 0) axis += rank;
      sound = axis >= 0 && axis < rank && (seen >> axis & 1) == 0;
      if (!sound) break;
      seen |= 1U << axis;
      axes.push_back(axis);
    }
  }
  if (sound) return axes;
  return diag.fail(Code::InvalidModel,
                   "field orders describes no tensor of rank {}: each axis must be named once",
                   rank);
}

bool is_main(const Dims& axes) noexcept {
  for (int i = 0; i < axes.rank(); ++i) {
    if (axes[i] != i) return false;
  }
  return true;
}

bool is_channel_last(const Dims& axes) noexcept {
  const int rank = axes.rank();
  if (rank < 3 || axes[0] != 0 || axes[rank - 1] != 1) return false;
  for (int i = 1; i + 1 < rank; ++i) {
    if (axes[i] != i + 1) return false;
  }
  return true;
}

Dims inverse(const Dims& axes) noexcept {
  Dims back = Dims::filled(axes.rank(), 0);
  for (int i = 0; i < axes.rank(); ++i) back[static_cast<int>(axes[i])] = i;
  return back;
}

}  // namespace tenon::uff
