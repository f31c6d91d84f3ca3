// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One element at a time, in double or int64. Sources: the ONNX operator pages of the same names.
#include "backends/ref/scalar.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace tenon::ref {

using ops::ActivationKind;
using ops::ElementWiseKind;
using ops::UnaryKind;

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
/// log(1 + exp(x)) without overflow.
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double clip(double x, double low, double high) { return std::min(std::max(x, low), high); }
double elu(double x, double alpha) { return x >= 0 ? x : alpha * std::expm1(x); }
double gelu_tanh(double x) {
  const double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
  return x * (1 + std::tanh(inner)) / 2;
}

}  // namespace

int64_t saturate(double x) noexcept {
  if (std::isnan(x)) return 0;
  if (x >= 0x1p63) return std::numeric_limits<int64_t>::max();
  if (x < -0x1p63) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(x);
}

double apply(const ops::Activation& op, double x) noexcept {
  const double alpha = op.alpha, beta = op.beta;
  switch (op.kind) {
    case ActivationKind::None:
      return x;
    case ActivationKind::Relu:
      return std::max(x, 0.0);
    case ActivationKind::Sigmoid:
      return sigmoid(x);
    case ActivationKind::Tanh:
      return std::tanh(x);
    case ActivationKind::LeakyRelu:
      return x >= 0 ? x : alpha * x;
    case ActivationKind::Elu:
      return elu(x, alpha);
    case ActivationKind::Selu:
      return beta * elu(x, alpha);
    case ActivationKind::Softsign:
      return x / (1 + std::abs(x));
    case ActivationKind::Softplus:
      return alpha * softplus(beta * x);
    case ActivationKind::Clip:
      return clip(x, alpha, beta);
    case ActivationKind::HardSigmoid:
      return clip(alpha * x + beta, 0, 1);
    case ActivationKind::HardSwish:
      return x * clip(alpha * x + beta, 0, 1);
    case ActivationKind::ScaledTanh:
      return alpha * std::tanh(beta * x);
    case ActivationKind::ThresholdedRelu:
      return x > alpha ? x : 0;
    case ActivationKind::GeluErf:
      return x * (1 + std::erf(x / std::numbers::sqrt2)) / 2;
    case ActivationKind::GeluTanh:
      return gelu_tanh(x);
    case ActivationKind::Celu:
      return std::max(0.0, x) + std::min(0.0, alpha * std::expm1(x / alpha));
    case ActivationKind::Mish:
      return x * std::tanh(softplus(x));
  }
  return x;
}

int64_t apply(const ops::Activation& op, int64_t x) noexcept {
  if (op.kind == ActivationKind::Relu) return std::max<int64_t>(x, 0);
  if (op.kind != ActivationKind::Clip) return x;
  // A bound between two integers keeps the integers inside it.
  if (static_cast<double>(x) < op.alpha) x = saturate(std::ceil(op.alpha));
  if (static_cast<double>(x) > op.beta) x = saturate(std::floor(op.beta));
  return x;
}

double apply(UnaryKind kind, double x) noexcept {
  switch (kind) {
    case UnaryKind::Abs:
      return std::abs(x);
    case UnaryKind::Neg:
      return -x;
    case UnaryKind::Exp:
      return std::exp(x);
    case UnaryKind::Log:
      return std::log(x);
    case UnaryKind::Sqrt:
      return std::sqrt(x);
    case UnaryKind::Reciprocal:
      return 1 / x;
    case UnaryKind::Floor:
      return std::floor(x);
    case UnaryKind::Ceil:
      return std::ceil(x);
    case UnaryKind::Round:
      return std::nearbyint(x);
    case UnaryKind::Sign:
      return x > 0 ? 1 : x < 0 ? -1 : x;
    case UnaryKind::Erf:
      return std::erf(x);
    case UnaryKind::Not:
      return x == 0 ? 1 : 0;
    case UnaryKind::Sin:
      return std::sin(x);
    case UnaryKind::Cos:
      return std::cos(x);
    case UnaryKind::Tan:
      return std::tan(x);
    case UnaryKind::Asin:
      return std::asin(x);
    case UnaryKind::Acos:
      return std::acos(x);
    case UnaryKind::Atan:
      return std::atan(x);
    case UnaryKind::Sinh:
      return std::sinh(x);
    case UnaryKind::Cosh:
      return std::cosh(x);
    case UnaryKind::Asinh:
      return std::asinh(x);
    case UnaryKind::Acosh:
      return std::acosh(x);
    case UnaryKind::Atanh:
      return std::atanh(x);
    case UnaryKind::IsInf:
      return std::isinf(x) ? 1 : 0;
    case UnaryKind::IsNan:
      return std::isnan(x) ? 1 : 0;
  }
  return x;
}

int64_t apply(UnaryKind kind, int64_t x) noexcept {
  const auto negated = static_cast<int64_t>(0 - static_cast<uint64_t>(x));
  if (kind == UnaryKind::Neg) return negated;
  if (kind == UnaryKind::Abs) return x < 0 ? negated : x;
  if (kind == UnaryKind::Sign) return x > 0 ? 1 : x < 0 ? -1 : 0;
  if (kind == UnaryKind::Not) return x == 0 ? 1 : 0;
  return x;
}

bool divides(ElementWiseKind kind) noexcept {
  return kind == ElementWiseKind::Div || kind == ElementWiseKind::FloorDiv ||
         kind == ElementWiseKind::Mod || kind == ElementWiseKind::Fmod;
}

namespace {

/// NaN when either is, as NumPy's maximum and minimum.
double larger(double a, double b) { return std::isnan(a) || a > b ? a : b; }
double smaller(double a, double b) { return std::isnan(a) || a < b ? a : b; }
/// The remainder with the divisor's sign.
double floor_mod(double a, double b) {
  const double rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

int64_t floor_mod(int64_t a, int64_t b) {
  if (b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }
int64_t divide(int64_t a, int64_t b) {
  return b == -1 ? wrap(0 - static_cast<uint64_t>(a)) : a / b;
}

int64_t power(int64_t base, int64_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
  uint64_t result = 1;
  auto square = static_cast<uint64_t>(base);
  for (auto rest = static_cast<uint64_t>(exponent); rest != 0; rest >>= 1) {
    if ((rest & 1) != 0) result *= square;
    square *= square;
  }
  return wrap(result);
}

}  // namespace

double apply(ElementWiseKind kind, double a, double b) noexcept {
  switch (kind) {
    case ElementWiseKind::Add:
      return a + b;
    case ElementWiseKind::Sub:
      return a - b;
    case ElementWiseKind::Mul:
      return a * b;
    case ElementWiseKind::Div:
      return a / b;
    case ElementWiseKind::FloorDiv:
      return std::floor(a / b);
    case ElementWiseKind::Max:
      return larger(a, b);
    case ElementWiseKind::Min:
      return smaller(a, b);
    case ElementWiseKind::Pow:
      return std::pow(a, b);
    case ElementWiseKind::Mod:
      return floor_mod(a, b);
    case ElementWiseKind::Fmod:
      return std::fmod(a, b);
    case ElementWiseKind::And:
      return a != 0 && b != 0;
    case ElementWiseKind::Or:
      return a != 0 || b != 0;
    case ElementWiseKind::Xor:
      return (a != 0) != (b != 0);
    case ElementWiseKind::Equal:
      return a == b;
    case ElementWiseKind::Less:
      return a < b;
    case ElementWiseKind::Greater:
      return a > b;
    case ElementWiseKind::LessOrEqual:
      return a <= b;
    case ElementWiseKind::GreaterOrEqual:
      return a >= b;
  }
  return a;
}

int64_t apply(ElementWiseKind kind, int64_t a, int64_t b) noexcept {
  const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  switch (kind) {
    case ElementWiseKind::Add:
      return wrap(x + y);
    case ElementWiseKind::Sub:
      return wrap(x - y);
    case ElementWiseKind::Mul:
      return wrap(x * y);
    case ElementWiseKind::Div:
      return divide(a, b);
    case ElementWiseKind::FloorDiv:
      return wrap(static_cast<uint64_t>(divide(a, b)) -
                  (b != -1 && a % b != 0 && (a < 0) != (b < 0) ? 1U : 0U));
    case ElementWiseKind::Max:
      return std::max(a, b);
    case ElementWiseKind::Min:
      return std::min(a, b);
    case ElementWiseKind::Pow:
      return power(a, b);
    case ElementWiseKind::Mod:
      return floor_mod(a, b);
    case ElementWiseKind::Fmod:
      return b == -1 ? 0 : a % b;
    case ElementWiseKind::And:
      return a != 0 && b != 0;
    case ElementWiseKind::Or:
      return a != 0 || b != 0;
    case ElementWiseKind::Xor:
      return (a != 0) != (b != 0);
    case ElementWiseKind::Equal:
      return a == b;
    case ElementWiseKind::Less:
      return a < b;
    case ElementWiseKind::Greater:
      return a > b;
    case ElementWiseKind::LessOrEqual:
      return a <= b;
    case ElementWiseKind::GreaterOrEqual:
      return a >= b;
  }
  return a;
}

}  // namespace tenon::ref
