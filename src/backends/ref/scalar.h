// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The formulas of activations, unary and binary operators on one element.
#pragma once

#include <cstdint>

#include "ops/activation.h"
#include "ops/enums.h"

namespace tenon::ref {

/// Cuts the fraction off; what does not fit becomes the nearest end, NaN becomes 0.
int64_t saturate(double x) noexcept;

double apply(const ops::Activation& op, double x) noexcept;
/// Integers know none, relu and clip alone.
int64_t apply(const ops::Activation& op, int64_t x) noexcept;

double apply(ops::UnaryKind kind, double x) noexcept;
/// Integers know abs, neg, sign and (as 0 or 1) not.
int64_t apply(ops::UnaryKind kind, int64_t x) noexcept;

/// Comparisons and logic give 0 or 1.
double apply(ops::ElementWiseKind kind, double a, double b) noexcept;
/// Wraps around on overflow. Divisors must not be 0: see divides().
int64_t apply(ops::ElementWiseKind kind, int64_t a, int64_t b) noexcept;
/// True if the operator divides by its second operand.
bool divides(ops::ElementWiseKind kind) noexcept;

}  // namespace tenon::ref
