// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Rows with bias, or one long row without.
#include "plugin_library/gelu.h"

#include "plugin_library/base/exponential.h"
#include "plugin_library/base/fast.h"
#include "plugin_library/norm_kernel.h"

namespace shipped {

namespace {

/// x / 2 · (1 + tanh(√(2/π) (x + 0.044715 x³))), tanh written as an exponential.
inline float gelu(float x) {
  constexpr float kTwiceRootOfTwoByPi = 1.5957691216F;
  return x / (1 + exponential(-kTwiceRootOfTwoByPi * (x + 0.044715F * x * x * x)));
}

}  // namespace

SHIPPED_FAST void geluOf(float const* x, float* y, int64_t count) noexcept {
  for (int64_t i = 0; i < count; ++i) y[i] = gelu(x[i]);
}

Signature Gelu::signature() const noexcept {
  static constexpr Element kReal[] = {Element::Real};
  return {kReal, 1, kReal};
}

bool Gelu::shapes(ShapeRules const& rules, std::span<nvinfer1::DimsExprs> outputs) const noexcept {
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
  Floats const& bias = parameters().bias;
  float const* x = run.in[0].reals();
  float* y = run.out[0].reals();
  int64_t const count = run.in[0].volume();
  if (bias.empty()) return geluOf(x, y, count), true;
  auto const row = static_cast<int64_t>(bias.size());
  for (int64_t first = 0; first < count; first += row) {
    addRows(x + first, bias.data(), y + first, row);
    geluOf(y + first, y + first, row);
  }
  return true;
}

}  // namespace shipped
