// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Rows with bias, or one long row without.
#include "plugin_library/gelu.h"

#include <cmath>

namespace shipped {

namespace {

float gelu(float x) {
  constexpr float kRootOfTwoByPi = 0.7978845608F;
  return 0.5F * x * (1 + std::tanh(kRootOfTwoByPi * (x + 0.044715F * x * x * x)));
}

}  // namespace

Signature Gelu::signature() const noexcept {
  static constexpr Element kReal[] = {Element::Real};
  return {kReal, 1, kReal};
}

bool Gelu::shapes(ShapeRules const& rules, std::span<nvinfer1::DimsExprs> outputs) noexcept {
  outputs[0] = rules.in[0];
  return true;
}

bool Gelu::fits(std::span<Tensor const> in) const noexcept {
  auto const row = static_cast<int64_t>(parameters().bias.size());
  return row == 0 || in[0].volume() % row == 0 ||
         fail("input has " + std::to_string(in[0].volume()) +
              " elements, which are no whole rows of the " + std::to_string(row) +
              " values of attribute bias");
}

bool Gelu::compute(Run const& run) const noexcept {
  float const *x = run.in[0].reals(), *bias = parameters().bias.data();
  float* y = run.out[0].reals();
  int64_t const count = run.in[0].volume();
  auto const row = static_cast<int64_t>(parameters().bias.size());
  if (row == 0) {
    for (int64_t i = 0; i < count; ++i) y[i] = gelu(x[i]);
    return true;
  }
  for (int64_t first = 0; first < count; first += row) {
    for (int64_t i = 0; i < row; ++i) y[first + i] = gelu(x[first + i] + bias[i]);
  }
  return true;
}

}  // namespace shipped
