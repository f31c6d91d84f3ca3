// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators as chains.
#include "backends/simd/pointwise_program.h"

#include <fmt/core.h>

#include "backends/simd/run/pointwise_program.h"

namespace tenon::simd {

using ops::PointwiseCode;
using ops::PointwiseStep;

ops::Pointwise as_pointwise(const ops::Op& op) {
  if (const auto* chain = std::get_if<ops::Pointwise>(&op)) return *chain;
  const PointwiseStep first{.code = PointwiseCode::Load, .lhs = 0};
  if (const auto* unary = std::get_if<ops::Unary>(&op)) {
    return {{first, {.code = PointwiseCode::Unary, .kind = static_cast<int64_t>(unary->kind)}}};
  }
  if (const auto* activation = std::get_if<ops::Activation>(&op)) {
    return {{first,
             {.code = PointwiseCode::Activation,
              .kind = static_cast<int64_t>(activation->kind),
              .alpha = activation->alpha,
              .beta = activation->beta}}};
  }
  const auto kind = static_cast<int64_t>(std::get<ops::ElementWise>(op).kind);
  return {{first,
           {.code = PointwiseCode::Load, .lhs = 1},
           {.code = PointwiseCode::ElementWise, .kind = kind, .lhs = 0, .rhs = 1}}};
}

std::string refuse_pointwise(const ops::Pointwise& chain, size_t inputs) {
  if (chain.steps.empty()) return "it has no steps";
  const FaultyStep step = find_fault(chain.steps, inputs);
  if (step.fault == StepFault::None) return {};
  if (step.fault == StepFault::GivesBool) return "it gives bool";
  return fmt::format("step {} names what is not there", step.index);
}

}  // namespace tenon::simd
