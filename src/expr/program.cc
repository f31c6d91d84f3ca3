// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Compiling, checking and running postfix code.
#include "expr/program.h"

#include <algorithm>
#include <array>

#include "expr/requirement.h"

namespace tenon::expr {

namespace {

enum class Word : uint8_t { Number, Symbol, Operation };
constexpr auto kLastOp = static_cast<int64_t>(Op::CeilDiv);

int64_t pack(Word word, int64_t operand) { return (operand << 8) | static_cast<int64_t>(word); }
Word kind(int64_t word) { return static_cast<Word>(word & 0xff); }
int64_t operand(int64_t word) { return word >> 8; }

void emit(const Expr& e, Code& code) {
  if (e.is_constant()) {
    code.push_back(pack(Word::Number, 0));
    code.push_back(e.constant());
  } else if (e.is_symbol()) {
    code.push_back(pack(Word::Symbol, e.symbol_id()));
  } else {
    emit(e.lhs(), code);
    emit(e.rhs(), code);
    code.push_back(pack(Word::Operation, static_cast<int64_t>(e.op())));
  }
}

}  // namespace

std::optional<Code> compile(const Expr& e) {
  Code code;
  emit(e, code);
  if (!verify(code, SIZE_MAX).ok()) return std::nullopt;
  return code;
}

Status verify(std::span<const int64_t> code, size_t symbol_count) noexcept {
  int depth = 0;
  for (size_t i = 0; i < code.size(); ++i) {
    const int64_t value = operand(code[i]);
    switch (kind(code[i])) {
      case Word::Number:
        if (++i >= code.size())
          return {tenon::Code::InvalidPlan, "shape program ends within a number"};
        ++depth;
        break;
      case Word::Symbol:
        if (value < 0 || static_cast<uint64_t>(value) >= symbol_count) {
          return {tenon::Code::InvalidPlan, "shape program names an unknown symbol"};
        }
        ++depth;
        break;
      case Word::Operation:
        if (value < 0 || value > kLastOp) {
          return {tenon::Code::InvalidPlan, "shape program names an unknown operation"};
        }
        if (--depth < 1) return {tenon::Code::InvalidPlan, "shape program lacks operands"};
        break;
      default:
        return {tenon::Code::InvalidPlan, "shape program has an unknown word"};
    }
    if (depth > kMaxStack) return {tenon::Code::InvalidPlan, "shape program is too deep"};
  }
  if (depth != 1) return {tenon::Code::InvalidPlan, "shape program has not one result"};
  return {};
}

Status evaluate(std::span<const int64_t> code, std::span<const int64_t> symbols,
                int64_t& result) noexcept {
  int64_t stack[kMaxStack + 1];
  int top = 0;
  for (size_t i = 0; i < code.size(); ++i) {
    switch (kind(code[i])) {
      case Word::Number:
        stack[top++] = code[++i];
        break;
      case Word::Symbol:
        stack[top++] = symbols[static_cast<size_t>(operand(code[i]))];
        break;
      case Word::Operation: {
        --top;
        const auto value = apply(static_cast<Op>(operand(code[i])), stack[top - 1], stack[top]);
        if (!value)
          return {tenon::Code::InvalidArgument, "shape arithmetic overflows or divides by zero"};
        stack[top - 1] = *value;
        break;
      }
    }
  }
  result = stack[0];
  return {};
}

std::optional<Unmet> unmet(std::span<const int64_t> code,
                           std::span<const int64_t> symbols) noexcept {
  /// A number, and the sides of the equation that it is the outcome of.
  struct Entry {
    int64_t number = 0;
    bool equation = false;
    int64_t wished = 0, there = 0;
  };
  std::array<Entry, kMaxStack + 1> stack;
  size_t top = 0;
  for (size_t i = 0; i < code.size(); ++i) {
    switch (kind(code[i])) {
      case Word::Number:
        stack[top++] = {code[++i]};
        break;
      case Word::Symbol:
        stack[top++] = {symbols[static_cast<size_t>(operand(code[i]))]};
        break;
      case Word::Operation: {
        const Entry right = stack[--top], left = stack[top - 1];
        const auto op = static_cast<Op>(operand(code[i]));
        const auto value = apply(op, left.number, right.number);
        if (value) {
          stack[top - 1] = {*value, op == Op::Equal, left.number, right.number};
          break;
        }
        const bool elements = op == Op::FloorDiv, extent = op == Op::CeilDiv;
        if (!right.equation || left.number != 0 || !(elements || extent)) return std::nullopt;
        return Unmet{elements ? Need::Elements : Need::Extent, right.wished, right.there};
      }
    }
  }
  return std::nullopt;
}

std::optional<int64_t> evaluate(const Expr& e, std::span<const int64_t> symbols) noexcept {
  if (e.is_constant()) return e.constant();
  if (e.is_symbol()) {
    if (e.symbol_id() >= symbols.size()) return std::nullopt;
    return symbols[e.symbol_id()];
  }
  const auto lhs = evaluate(e.lhs(), symbols);
  const auto rhs = evaluate(e.rhs(), symbols);
  if (!lhs || !rhs) return std::nullopt;
  return apply(e.op(), *lhs, *rhs);
}

}  // namespace tenon::expr
