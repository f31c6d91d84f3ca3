// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How the columns of a matrix are packed for loops/panel.h.
#pragma once

#include <cstdint>

#include "backends/simd/loops/panel.h"

namespace tenon::simd {

/// `columns` columns as panels of two vectors; the last has one when that is enough. Columns beyond
/// the last are zero.
struct Panels {
  int64_t columns = 0;
  int64_t lanes = 1;  ///< of one vector

  Panels() = default;
  Panels(int64_t columns_in, Level level) : columns(columns_in), lanes(simd::lanes(level)) {}

  [[nodiscard]] int64_t full() const noexcept { return kMaxPanelVectors * lanes; }
  [[nodiscard]] int64_t count() const noexcept { return (columns + full() - 1) / full(); }
  [[nodiscard]] int64_t begin(int64_t panel) const noexcept { return panel * full(); }
  /// Columns that are there.
  [[nodiscard]] int64_t valid(int64_t panel) const noexcept {
    const int64_t rest = columns - begin(panel);
    return rest < full() ? rest : full();
  }
  [[nodiscard]] int64_t vectors(int64_t panel) const noexcept {
    return (valid(panel) + lanes - 1) / lanes;
  }
  /// Columns with padding.
  [[nodiscard]] int64_t padded() const noexcept { return (columns + lanes - 1) / lanes * lanes; }

  /// Packs element(k, column) for k < depth into [panel][k][lane] at `to`, padded() · depth floats.
  /// Panel p begins at begin(p) · depth.
  template <class Element>
  void pack(int64_t depth, const Element& element, float* to) const {
    for (int64_t panel = 0; panel < count(); ++panel) {
      for (int64_t k = 0; k < depth; ++k) {
        for (int64_t lane = 0; lane < vectors(panel) * lanes; ++lane) {
          *to++ = lane < valid(panel) ? element(k, begin(panel) + lane) : 0.0F;
        }
      }
    }
  }
};

}  // namespace tenon::simd
