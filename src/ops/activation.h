// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Activation functions: one input, one output of the same type and shape.
#pragma once

#include "ops/enums.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

/// y = kind(x; alpha, beta), see ActivationKind. Input of a floating type (Relu and Clip: any
/// type).
struct Activation {
  ActivationKind kind = ActivationKind::Relu;
  float alpha = 0, beta = 0;

  static constexpr auto fields() {
    return std::tuple{Field{"kind", &Activation::kind}, Field{"alpha", &Activation::alpha},
                      Field{"beta", &Activation::beta}};
  }
  friend bool operator==(const Activation&, const Activation&) = default;
};
Status infer(const Activation& op, Inference& inference);

}  // namespace tenon::ops
