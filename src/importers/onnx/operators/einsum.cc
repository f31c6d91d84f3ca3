// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Einstein sums of one and two tensors, by sums, transposes and one matrix product.
#include <algorithm>

#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;

/// A tensor whose axes have names.
struct Term {
  ir::Value* value = nullptr;
  std::string labels;

  [[nodiscard]] bool has(char label) const { return labels.find(label) != std::string::npos; }
  [[nodiscard]] Expr extent(char label) const { return value->shape()[labels.find(label)]; }
};

struct Equation {
  std::vector<std::string> terms;
  std::string output;
};

/// "ij,jk->ik". Without an arrow the output has the labels that occur once, in alphabetic order.
/// Nothing for an equation with ellipses, or labels repeated within a term.
std::optional<Equation> read_equation(std::string_view text) {
  Equation equation;
  equation.terms.emplace_back();
  bool arrow = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    std::string& into = arrow ? equation.output : equation.terms.back();
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter && into.find(c) == std::string::npos) {
      into += c;
    } else if (c == ',' && !arrow) {
      equation.terms.emplace_back();
    } else if (c == '-' && i + 1 < text.size() && text[i + 1] == '>' && !arrow) {
      arrow = true;
      ++i;
    } else if (c != ' ') {
      return std::nullopt;
    }
  }
  if (arrow) return equation;
  std::string all;
  for (const std::string& term : equation.terms) all += term;
  std::ranges::sort(all);
  for (const char c : all) {
    if (std::ranges::count(all, c) == 1) equation.output += c;
  }
  return equation;
}

/// Sums over the axes that `wanted` does not name.
Status sum_away(Context& node, const std::string& wanted, std::string_view role, Term& term) {
  ops::Reduce sum{ops::ReduceKind::Sum, {}, false};
  std::string left;
  for (size_t i = 0; i < term.labels.size(); ++i) {
    if (wanted.find(term.labels[i]) == std::string::npos) {
      sum.axes.push_back(static_cast<int64_t>(i));
    } else {
      left += term.labels[i];
    }
  }
  if (sum.axes.empty()) return {};
  TENON_ASSIGN(term.value, node.add(sum, {term.value}, fmt::format("{}_sum", role)));
  term.labels = left;
  return {};
}

/// Puts the axes in the order of `labels`, which names them all.
Status order(Context& node, const std::string& labels, std::string_view role, Term& term) {
  if (term.labels == labels) return {};
  Dims perm;
  for (const char label : labels) {
    perm.push_back(static_cast<int64_t>(term.labels.find(label)));
  }
  TENON_ASSIGN(term.value,
               node.add(ops::Transpose{perm}, {term.value}, fmt::format("{}_ordered", role)));
  term.labels = labels;
  return {};
}

Expr product(const Term& term, const std::string& labels) {
  Expr all = 1;
  for (const char label : labels) all = all * term.extent(label);
  return all;
}

/// [batch…, rows, columns] of a term.
Result<ir::Value*> as_matrix(Context& node, const std::string& batch, const std::string& rows,
                             const std::string& columns, std::string_view role, Term term) {
  TENON_TRY(order(node, batch + rows + columns, role, term));
  expr::Shape shape;
  for (const char label : batch) shape.push_back(term.extent(label));
  shape.push_back(product(term, rows));
  shape.push_back(product(term, columns));
  return node.add(ops::Reshape{std::move(shape)}, {term.value}, fmt::format("{}_matrix", role));
}

Result<Term> multiplied(Context& node, const Equation& equation, Term a, Term b) {
  TENON_TRY(sum_away(node, equation.output + b.labels, "a", a));
  TENON_TRY(sum_away(node, equation.output + a.labels, "b", b));
  std::string batch, left, right, summed;
  for (const char label : a.labels) {
    const bool shared = b.has(label), kept = equation.output.find(label) != std::string::npos;
    (shared && kept ? batch : shared ? summed : left) += label;
  }
  for (const char label : b.labels) {
    if (!a.has(label)) right += label;
  }
  TENON_ASSIGN(ir::Value * rows, as_matrix(node, batch, left, summed, "a", a));
  TENON_ASSIGN(ir::Value * columns, as_matrix(node, batch, summed, right, "b", b));
  TENON_ASSIGN(ir::Value * made, node.add(ops::MatMul{}, {rows, columns}, "product"));
  expr::Shape shape;
  for (const char label : batch + left) shape.push_back(a.extent(label));
  for (const char label : right) shape.push_back(b.extent(label));
  TENON_ASSIGN(made, node.add(ops::Reshape{std::move(shape)}, {made}, "apart"));
  return Term{made, batch + left + right};
}

Status import_einsum(Context& node) {
  TENON_TRY(node.expect_attribute("equation"));
  TENON_ASSIGN(const std::string_view text, node.text("equation", ""));
  TENON_TRY(node.expect_inputs(1, ops::EinsumPlan::kMostTerms));
  const std::optional<Equation> read = read_equation(text);
  const size_t count = read ? read->terms.size() : 0;
  // Products of two become matrix products; the rest is summed as it is written.
  if (count == 0 || count > 2) return node.finish(ops::Einsum{std::string(text)}, node.inputs());
  const Equation& equation = *read;
  TENON_TRY(node.expect_inputs(count, count));
  std::vector<Term> terms;
  for (size_t i = 0; i < count; ++i) {
    TENON_TRY(node.expect_rank(i, static_cast<int64_t>(equation.terms[i].size())));
    terms.push_back({node.in(i), equation.terms[i]});
  }
  for (const char label : equation.output) {
    const auto named = [&](const Term& term) { return term.has(label); };
    if (std::ranges::any_of(terms, named)) continue;
    return node.fail(Code::InvalidModel, "label {} of the output is in no term", label);
  }
  Term result = terms[0];
  if (count == 2) {
    TENON_ASSIGN(result, multiplied(node, equation, terms[0], terms[1]));
  } else {
    TENON_TRY(sum_away(node, equation.output, "x", result));
  }
  TENON_TRY(order(node, equation.output, "y", result));
  return node.finish(ops::Identity{}, {result.value});
}

/// Sums or products of all elements up to each.
template <ops::CumulativeKind kind>
Status import_cumulative(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(const std::vector<int64_t> axes, node.numbers(1, "the axis"));
  if (axes.size() != 1) return node.fail(Code::InvalidModel, "the axis is not one number");
  TENON_ASSIGN(const int64_t axis, node.normal_axis(axes[0], node.rank(0)));
  TENON_ASSIGN(const int64_t exclusive, node.integer("exclusive", 0));
  TENON_ASSIGN(const int64_t reverse, node.integer("reverse", 0));
  return node.finish(ops::Cumulative{kind, axis, exclusive != 0, reverse != 0}, {node.in(0)});
}

constexpr Row kEinsumRows[] = {
    {"CumProd", 26, kNoEnd, import_cumulative<ops::CumulativeKind::Prod>},
    {"CumSum", 11, kNoEnd, import_cumulative<ops::CumulativeKind::Sum>},
    {"Einsum", 12, kNoEnd, import_einsum},
};

}  // namespace

std::span<const Row> einsum_rows() { return kEinsumRows; }

}  // namespace tenon::onnx
