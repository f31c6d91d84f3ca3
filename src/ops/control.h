// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The borders of loops and conditionals. What lies between them is inside; the number of its loop
// or conditional says which border belongs to which.
#pragma once

#include <variant>

#include "ops/enums.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

/// A value carried through a loop: input 0, from outside, in the first iteration, then what input
/// 1, from inside, was in the iteration before. Input 1 is the one back edge of a graph, and may be
/// absent until it is known; both have one type. Its output has no known content.
struct Recurrence {
  int64_t loop = 0;
  static constexpr auto fields() { return std::tuple{Field{"loop", &Recurrence::loop}}; }
};
Status infer(const Recurrence& op, Inference& inference);

/// Input 0, from outside, without `axis`: one slice an iteration, the last first with `reverse`. A
/// loop that goes on behind the last slice fails.
struct Iterator {
  int64_t loop = 0;
  int64_t axis = 0;
  bool reverse = false;
  static constexpr auto fields() {
    return std::tuple{Field{"loop", &Iterator::loop}, Field{"axis", &Iterator::axis},
                      Field{"reverse", &Iterator::reverse}};
  }
};
Status infer(const Iterator& op, Inference& inference);

/// Ends a loop. Count: after as many iterations as input 0 says, an integer from outside. While:
/// before the first iteration for which input 0, a boolean from inside, is false. A loop has at
/// least one limit, at most one of each kind. No outputs.
struct TripLimit {
  int64_t loop = 0;
  TripLimitKind kind = TripLimitKind::Count;
  static constexpr auto fields() {
    return std::tuple{Field{"loop", &TripLimit::loop}, Field{"kind", &TripLimit::kind}};
  }
};
Status infer(const TripLimit& op, Inference& inference);

/// Takes input 0 out of a loop. Last: its last value; of a recurrence, the value after the last
/// iteration, so that a loop without iterations gives the first one; zeros of anything else then.
/// Concatenate, Reverse: all values along the new axis `axis`, which has the extent that the
/// content of input 1, one integer, says. Where there are fewer iterations the rest is zeros, or
/// with `exact` the extent is their number, which only a run knows; more fail.
struct LoopOutput {
  int64_t loop = 0;
  LoopOutputKind kind = LoopOutputKind::Last;
  int64_t axis = 0;
  bool exact = false;
  static constexpr auto fields() {
    return std::tuple{Field{"loop", &LoopOutput::loop}, Field{"kind", &LoopOutput::kind},
                      Field{"axis", &LoopOutput::axis}, Field{"exact", &LoopOutput::exact}};
  }
};
Status infer(const LoopOutput& op, Inference& inference);

/// Says which branch of a conditional is run: input 0, one boolean. No outputs.
struct Condition {
  int64_t conditional = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"conditional", &Condition::conditional}};
  }
};
Status infer(const Condition& op, Inference& inference);

/// Hands a value into the branches of a conditional.
struct ConditionalInput {
  int64_t conditional = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"conditional", &ConditionalInput::conditional}};
  }
};
Status infer(const ConditionalInput& op, Inference& inference);

/// Input 0 if the condition holds, else input 1; of one type and rank. Where their extents differ,
/// only a run knows that of the output: the greater at most.
struct ConditionalOutput {
  int64_t conditional = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"conditional", &ConditionalOutput::conditional}};
  }
};
Status infer(const ConditionalOutput& op, Inference& inference);

/// True of the operators above, which only control flow knows how to run.
template <class Op>
bool is_border(const Op& op) noexcept {
  return std::holds_alternative<Recurrence>(op) || std::holds_alternative<Iterator>(op) ||
         std::holds_alternative<TripLimit>(op) || std::holds_alternative<LoopOutput>(op) ||
         std::holds_alternative<Condition>(op) || std::holds_alternative<ConditionalInput>(op) ||
         std::holds_alternative<ConditionalOutput>(op);
}

/// What `then_extent` or `else_extent` becomes, as the run will have it: equal ones stay.
expr::Expr either(const expr::Expr& then_extent, const expr::Expr& else_extent,
                  expr::SymbolTable& symbols);

}  // namespace tenon::ops
