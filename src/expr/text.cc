// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Expressions as infix text, and back.
#include <cctype>
#include <charconv>

#include "expr/expr.h"

namespace tenon::expr {

namespace {

struct Spelling {
  Op op;
  const char* before;
  const char* between;
  const char* after;
};
constexpr Spelling kSpellings[] = {
    {Op::Sum, "(", " + ", ")"},         {Op::Prod, "(", " * ", ")"},
    {Op::Max, "max(", ", ", ")"},       {Op::Min, "min(", ", ", ")"},
    {Op::Sub, "(", " - ", ")"},         {Op::Equal, "(", " == ", ")"},
    {Op::Less, "(", " < ", ")"},        {Op::FloorDiv, "floor(", " / ", ")"},
    {Op::CeilDiv, "ceil(", " / ", ")"},
};

/// Recursive descent over the fully bracketed form that to_string writes.
class Parser {
 public:
  Parser(std::string_view text,
         const std::function<std::optional<SymbolId>(std::string_view)>& symbol_of)
      : rest_(text), symbol_of_(symbol_of) {}

  std::optional<Expr> whole() {
    auto e = expression(0);
    skip_space();
    return rest_.empty() ? e : std::nullopt;
  }

 private:
  static constexpr int kMaxDepth = 200;

  void skip_space() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  bool eat(std::string_view token) {
    skip_space();
    while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
    while (!token.empty() && token.back() == ' ') token.remove_suffix(1);
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  static bool in_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == ':' ||
           c == '$';
  }

  std::optional<Expr> expression(int depth) {
    if (depth > kMaxDepth) return std::nullopt;
    for (const char* opening : {"max(", "min(", "floor(", "ceil(", "("}) {
      if (eat(opening)) return operation(opening, depth);
    }
    skip_space();
    int64_t number = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error == std::errc{}) {
      rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
      return Expr(number);
    }
    size_t length = 0;
    while (length < rest_.size() && in_name(rest_[length])) ++length;
    const auto id = length == 0 ? std::nullopt : symbol_of_(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return id ? std::optional(Expr::symbol(*id)) : std::nullopt;
  }

  std::optional<Expr> operation(std::string_view opening, int depth) {
    const auto lhs = expression(depth + 1);
    if (!lhs) return std::nullopt;
    for (const Spelling& spelling : kSpellings) {
      if (opening != spelling.before || !eat(spelling.between)) continue;
      const auto rhs = expression(depth + 1);
      if (!rhs || !eat(spelling.after)) return std::nullopt;
      return combine(spelling.op, *lhs, *rhs);
    }
    return std::nullopt;
  }

  std::string_view rest_;
  const std::function<std::optional<SymbolId>(std::string_view)>& symbol_of_;
};

}  // namespace

std::string to_string(const Expr& e, const std::function<std::string(SymbolId)>& name_of) {
  if (e.is_constant()) return std::to_string(e.constant());
  if (e.is_symbol()) return name_of(e.symbol_id());
  const Spelling& spelling = kSpellings[static_cast<size_t>(e.op())];
  return spelling.before + to_string(e.lhs(), name_of) + spelling.between +
         to_string(e.rhs(), name_of) + spelling.after;
}

std::optional<Expr> parse(
    std::string_view text,
    const std::function<std::optional<SymbolId>(std::string_view)>& symbol_of) {
  return Parser(text, symbol_of).whole();
}

}  // namespace tenon::expr
