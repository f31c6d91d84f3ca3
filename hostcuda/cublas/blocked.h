// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A matrix product over packed panels, for the formats that oneDNN does not multiply.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace hostcuda::cublas {

/// A column-major matrix as it lies in memory, and whether op() transposes it.
template <typename Work>
struct Packed {
  const Work* data;
  std::int64_t ld;
  bool transposed;
  Work at(std::int64_t row, std::int64_t column) const {
    return transposed ? data[column + row * ld] : data[row + column * ld];
  }
};

/// The side of the tile of C that is kept in registers.
inline constexpr std::int64_t kTile = 4;

/// Panels of kTile rows of op(A), or of columns of op(B) when `columns`; each lies k by k-index,
/// zeros behind the edge.
template <typename Work>
std::vector<Work> pack_panels(const Packed<Work>& from, std::int64_t extent, std::int64_t depth,
                              bool columns) {
  const std::int64_t panels = (extent + kTile - 1) / kTile;
  std::vector<Work> out(static_cast<std::size_t>(panels * kTile * depth));
  for (std::int64_t panel = 0; panel < panels; ++panel) {
    Work* const to = out.data() + panel * kTile * depth;
    const std::int64_t width = std::min(kTile, extent - panel * kTile);
    for (std::int64_t k = 0; k < depth; ++k) {
      for (std::int64_t i = 0; i < width; ++i) {
        const std::int64_t index = panel * kTile + i;
        to[k * kTile + i] = columns ? from.at(k, index) : from.at(index, k);
      }
    }
  }
  return out;
}

/// sums[j][i] = the product of row i of one panel with column j of the other.
template <typename Work>
void multiply_tile(const Work* a, const Work* b, std::int64_t depth, Work (&sums)[kTile][kTile]) {
  for (auto& column : sums) {
    std::fill(std::begin(column), std::end(column), Work());
  }
  for (std::int64_t k = 0; k < depth; ++k, a += kTile, b += kTile) {
    for (std::int64_t j = 0; j < kTile; ++j) {
      for (std::int64_t i = 0; i < kTile; ++i) {
        sums[j][i] += a[i] * b[j];
      }
    }
  }
}

/// C = alpha op(A) op(B) + beta C, C column-major of m by n; C is not read where beta is zero. Work
/// is float, double, or std::uint32_t, which stands for whole numbers modulo 2^32.
template <typename Work>
void multiply_blocked(std::int64_t m, std::int64_t n, std::int64_t k, Work alpha,
                      const Packed<Work>& a, const Packed<Work>& b, Work beta, Work* c,
                      std::int64_t ldc) {
  const std::vector<Work> rows = pack_panels(a, m, k, false);
  const std::vector<Work> columns = pack_panels(b, n, k, true);
  for (std::int64_t j = 0; j < n; j += kTile) {
    for (std::int64_t i = 0; i < m; i += kTile) {
      Work sums[kTile][kTile];
      multiply_tile(rows.data() + i * k, columns.data() + j * k, k, sums);
      for (std::int64_t jj = 0; jj < std::min(kTile, n - j); ++jj) {
        Work* const to = c + i + (j + jj) * ldc;
        for (std::int64_t ii = 0; ii < std::min(kTile, m - i); ++ii) {
          const Work product = alpha * sums[jj][ii];
          to[ii] = beta == Work() ? product : product + beta * to[ii];
        }
      }
    }
  }
}

}  // namespace hostcuda::cublas
