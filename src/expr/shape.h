// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Symbolic shapes and the table of the symbols they mention.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/dims.h"
#include "expr/expr.h"

namespace tenon::expr {

/// One expression an axis. Rank 0 is a scalar.
using Shape = std::vector<Expr>;

Shape to_shape(const Dims& dims);
/// The numbers, when every extent is a constant and the rank is at most Dims::kMaxRank.
std::optional<Dims> to_dims(const Shape& shape);
/// Product of all extents.
Expr volume(const Shape& shape);

/// What a symbol stands for. A network input's extent has no bounds here (profiles give them); a
/// size known only at run time has its expected and its greatest value.
struct Symbol {
  std::string name;
  std::optional<Expr> opt;
  std::optional<Expr> upper;
  [[nodiscard]] bool data_dependent() const noexcept { return upper.has_value(); }
};

/// The symbols of one graph. Ids are dense, from 0, in order of making. Not thread-safe.
class SymbolTable {
 public:
  /// The symbol of that name, made when there is none: equal names are equal sizes.
  Expr named(std::string_view name);
  /// The symbol of element `i` of a shape input, "<input>[<i>]": a number of any sign.
  Expr element(std::string_view input, size_t i);
  /// A new symbol for a size known only at run time; `hint` is made unique.
  Expr data_dependent(std::string_view hint, Expr opt, Expr upper);

  /// From now on the size is known before a run, as one of a network input is.
  void forget_bounds(SymbolId id) noexcept { symbols_[id].opt = symbols_[id].upper = std::nullopt; }

  [[nodiscard]] std::optional<SymbolId> find(std::string_view name) const noexcept;
  /// True of what element() makes: known by its name, which files keep.
  [[nodiscard]] bool is_element(SymbolId id) const noexcept;
  [[nodiscard]] const Symbol& operator[](SymbolId id) const noexcept { return symbols_[id]; }
  [[nodiscard]] size_t size() const noexcept { return symbols_.size(); }

 private:
  std::vector<Symbol> symbols_;
};

/// True if `e` cannot be negative: extents never are, elements of shape inputs may be.
bool never_negative(const Expr& e, const SymbolTable& symbols);
/// True if `e` mentions an element of a shape input.
bool mentions_element(const Expr& e, const SymbolTable& symbols);

std::string to_string(const Expr& e, const SymbolTable& symbols);
/// "[N, 3, 224, 224]"
std::string to_string(const Shape& shape, const SymbolTable& symbols);

}  // namespace tenon::expr
