// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Numbers for symbolic extents: their bounds over all profiles, and what timing uses.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "builder/builder.h"

namespace tenon::builder {

/// Least and greatest value, both possible bounds.
struct Interval {
  int64_t low = 0, high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// Bounds of an expression whose symbols lie in `symbols` (nullopt: unknown symbol). Exact where
/// every symbol stands once; else never too narrow. Divisors count as at least 1. Nullopt for an
/// unknown symbol or on overflow.
std::optional<Interval> bounds(const expr::Expr& e,
                               std::span<const std::optional<Interval>> symbols);

/// Extents of a tensor: least and greatest over all profiles, opt of the first.
struct ExtentRange {
  Dims min, opt, max;
};

/// The numbers of all symbols of one build.
class Extents {
 public:
  /// `profiles` are complete (see profiles.h); the graph outlives this and keeps its symbols.
  Extents(const ir::Graph& graph, const std::vector<ProfileRanges>& profiles);

  /// Extents of a shape; a failure names `tensor` and the size that nothing tells.
  [[nodiscard]] Result<ExtentRange> of(const expr::Shape& shape, std::string_view tensor,
                                       Diagnostics& diag) const;
  /// The extents in each profile, where each leaves one choice; else empty.
  [[nodiscard]] std::vector<Dims> each(const expr::Shape& shape) const;
  /// The value timing uses.
  [[nodiscard]] std::optional<int64_t> opt(const expr::Expr& e) const;
  /// The same with sizes that only runs find out at their bounds; nullopt without such sizes.
  [[nodiscard]] std::optional<Dims> room(const expr::Shape& shape) const;

 private:
  /// Whether elements of shape inputs tell extents.
  [[nodiscard]] bool tells_elements(const expr::Shape& shape) const;
  void learn_input(size_t profile, const ops::TensorType& type, const InputRange& range);
  void learn(size_t profile, const expr::Expr& e, int64_t min, int64_t opt, int64_t max);

  const ir::Graph* graph_;
  std::vector<std::vector<std::optional<Interval>>> profiles_;  ///< by profile, by symbol
  std::vector<int64_t> opt_;                                    ///< by symbol, of profile 0
  std::vector<int64_t> room_;  ///< the same, sizes that runs find out at their bounds
  std::vector<bool> known_;    ///< by symbol
};

}  // namespace tenon::builder
