// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element by element: unary and binary operators, selection, and fused chains of them.
#pragma once

#include <vector>

#include "base/dims.h"
#include "ops/activation.h"

namespace tenon::ops {

/// y = kind(x).
struct Unary {
  UnaryKind kind = UnaryKind::Abs;
  static constexpr auto fields() { return std::tuple{Field{"kind", &Unary::kind}}; }
};
Status infer(const Unary& op, Inference& inference);

/// y = kind(a, b), broadcast as in NumPy. Both inputs of one type.
struct ElementWise {
  ElementWiseKind kind = ElementWiseKind::Add;
  static constexpr auto fields() { return std::tuple{Field{"kind", &ElementWise::kind}}; }
};
Status infer(const ElementWise& op, Inference& inference);

/// y = condition ? a : b, broadcast. Inputs: condition (bool), a, b. Source: ONNX operator Where.
struct Select {
  static constexpr auto fields() { return std::tuple{}; }
};
Status infer(const Select& op, Inference& inference);

/// What one step of a fused chain does.
enum class PointwiseCode : uint8_t { Load, Unary, Activation, ElementWise };
inline constexpr std::string_view kPointwiseCodeNames[] = {"load", "unary", "activation",
                                                           "element_wise"};
template <>
inline constexpr std::span<const std::string_view> kNamesOf<PointwiseCode> = kPointwiseCodeNames;

/// One step: operands `lhs` and `rhs` number earlier steps (Load: lhs numbers an input of the
/// node). `kind` is the number of the UnaryKind, ActivationKind or ElementWiseKind.
struct PointwiseStep {
  PointwiseCode code = PointwiseCode::Load;
  int64_t kind = 0;
  int64_t lhs = 0, rhs = 0;
  float alpha = 0, beta = 0;

  static constexpr auto fields() {
    return std::tuple{Field{"code", &PointwiseStep::code},   Field{"kind", &PointwiseStep::kind},
                      Field{"lhs", &PointwiseStep::lhs},     Field{"rhs", &PointwiseStep::rhs},
                      Field{"alpha", &PointwiseStep::alpha}, Field{"beta", &PointwiseStep::beta}};
  }
};

/// A fused chain on f32: any number of inputs that broadcast to the output's shape; the last step
/// is the output. Made by passes/fuse_pointwise, never by importers.
struct Pointwise {
  std::vector<PointwiseStep> steps;
  static constexpr auto fields() { return std::tuple{Field{"steps", &Pointwise::steps}}; }
};
Status infer(const Pointwise& op, Inference& inference);

/// The shape both broadcast to, as in NumPy; nullopt (and nothing said) when they do not.
std::optional<expr::Shape> broadcast(const expr::Shape& a, const expr::Shape& b);

}  // namespace tenon::ops
