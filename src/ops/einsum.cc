// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading equations, and the shapes they give.
#include "ops/einsum.h"

#include <algorithm>
#include <array>

#include "ops/rule.h"

namespace tenon::ops {

using expr::Expr;

namespace {

constexpr std::string_view kDots = "...";
constexpr int kLetters = 52;

int letter(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + kLetters / 2;
  return -1;
}

/// The labels of one term of `rank` axes: letters behind the numbers 0 … 7 of ellipses.
bool read_term(std::string_view text, size_t rank, std::vector<int>& labels) {
  size_t letters = 0;
  for (const char c : text) letters += letter(c) >= 0 ? 1 : 0;
  const bool dots = text.find(kDots) != std::string_view::npos;
  if (letters > rank || (!dots && letters != rank)) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, kDots.size()) == kDots) {
      for (size_t k = rank - letters; k-- > 0;) labels.push_back(static_cast<int>(k));
      i += kDots.size() - 1;
    } else if (letter(text[i]) < 0) {
      return false;
    } else {
      labels.push_back(Dims::kMaxRank + letter(text[i]));
    }
  }
  return labels.size() == rank;
}

/// Without an arrow: the ellipsis, then labels that occur once, in the alphabet's order.
std::vector<int> usual_output(const std::vector<std::vector<int>>& terms) {
  std::array<int, Dims::kMaxRank + kLetters> count{};
  for (const auto& term : terms) {
    for (const int label : term) ++count[static_cast<size_t>(label)];
  }
  std::vector<int> output;
  for (int k = Dims::kMaxRank - 1; k >= 0; --k) {
    if (count[static_cast<size_t>(k)] > 0) output.push_back(k);
  }
  for (int k = Dims::kMaxRank; k < Dims::kMaxRank + kLetters; ++k) {
    if (count[static_cast<size_t>(k)] == 1) output.push_back(k);
  }
  return output;
}

}  // namespace

bool plan_einsum(std::string_view equation, const std::vector<size_t>& ranks, EinsumPlan& plan) {
  std::string text;
  for (const char c : equation) {
    if (c != ' ') text += c;
  }
  const size_t arrow = text.find("->");
  std::string_view rest = std::string_view(text).substr(0, arrow);
  size_t dots = 0;
  for (const size_t rank : ranks) {
    if (rank > static_cast<size_t>(Dims::kMaxRank)) return false;
    const size_t comma = rest.find(',');
    const bool last = plan.terms.size() + 1 == ranks.size();
    if ((comma == std::string_view::npos) != last) return false;
    const std::string_view term = rest.substr(0, comma);
    if (!read_term(term, rank, plan.terms.emplace_back())) return false;
    for (const int label : plan.terms.back()) {
      if (label < Dims::kMaxRank) dots = std::max(dots, static_cast<size_t>(label) + 1);
    }
    if (!last) rest.remove_prefix(comma + 1);
  }
  if (arrow == std::string::npos) {
    plan.output = usual_output(plan.terms);
  } else {
    const std::string_view output = std::string_view(text).substr(arrow + 2);
    size_t rank = 0;
    for (const char c : output) rank += letter(c) >= 0 ? 1 : 0;
    if (output.find(kDots) != std::string_view::npos) rank += dots;
    if (!read_term(output, rank, plan.output)) return false;
  }
  for (const auto& term : plan.terms) {
    for (const int label : term) {
      const bool kept = std::ranges::find(plan.output, label) != plan.output.end();
      const bool known = std::ranges::find(plan.summed, label) != plan.summed.end();
      if (!kept && !known) plan.summed.push_back(label);
    }
  }
  constexpr size_t kMost = Dims::kMaxRank;
  return !ranks.empty() && ranks.size() <= EinsumPlan::kMostTerms && plan.output.size() <= kMost &&
         plan.summed.size() <= kMost;
}

Status infer(const Einsum& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, std::max<size_t>(inference.inputs.size(), 1),
                          EinsumPlan::kMostTerms));
  std::vector<size_t> ranks;
  for (size_t i = 0; i < inference.inputs.size(); ++i) {
    TENON_TRY(expect_same_type(inference, {0, i}));
    ranks.push_back(inference.in(i).shape.size());
  }
  TENON_TRY(expect_type(inference, 0, is_number(inference.in(0).dtype), "a number"));
  EinsumPlan plan;
  if (!plan_einsum(op.equation, ranks, plan)) {
    return inference.diag.fail(Code::InvalidModel,
                               "equation \"{}\" makes no sense for {} inputs of their ranks: each "
                               "term names every axis of its input by a letter, or the rest by ...",
                               op.equation, ranks.size());
  }
  std::array<std::optional<Expr>, Dims::kMaxRank + kLetters> extents;
  for (size_t i = 0; i < plan.terms.size(); ++i) {
    for (size_t axis = 0; axis < plan.terms[i].size(); ++axis) {
      const auto label = static_cast<size_t>(plan.terms[i][axis]);
      const Expr& extent = inference.in(i).shape[axis];
      std::optional<Expr>& all = extents[label];
      const bool spreads = label < static_cast<size_t>(Dims::kMaxRank);
      if (!all || (spreads && *all == Expr(1))) {
        all = extent;
      } else if (!can_equal(*all, extent) && !(spreads && extent == Expr(1))) {
        return inference.diag.fail(Code::InvalidModel,
                                   "one label of \"{}\" stands for axes of extents {} and {}",
                                   op.equation, expr::to_string(*all, inference.symbols),
                                   expr::to_string(extent, inference.symbols));
      } else if (!(extent == Expr(1))) {
        all = known(*all, extent);
      }
    }
  }
  expr::Shape shape;
  for (size_t i = 0; i < plan.output.size(); ++i) {
    const auto& extent = extents[static_cast<size_t>(plan.output[i])];
    const bool twice = std::count(plan.output.begin(), plan.output.end(), plan.output[i]) > 1;
    if (!extent || twice) {
      return inference.diag.fail(Code::InvalidModel,
                                 "a label of the output of \"{}\" is in no term, or named twice",
                                 op.equation);
    }
    shape.push_back(*extent);
  }
  inference.out(inference.in(0).dtype, std::move(shape));
  return {};
}

}  // namespace tenon::ops
