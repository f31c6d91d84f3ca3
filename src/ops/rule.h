// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the operators' rules share: checks that explain a refusal, windows, and content.
#pragma once

#include <initializer_list>
#include <string>

#include "ops/activation.h"
#include "ops/inference.h"

namespace tenon::ops {

/// Any type but Bool.
constexpr bool is_number(DType type) noexcept { return type != DType::Bool; }
/// A number without fraction.
constexpr bool is_integer(DType type) noexcept { return is_number(type) && !is_floating(type); }

/// "[N, 3, 224, 224]"
std::string text(const Inference& inference, const expr::Shape& shape);

/// Refuses fewer than `required` inputs, an absent one among these, and more than `most`.
Status expect_inputs(Inference& inference, size_t required, size_t most);
/// Refuses when the inputs at `positions` (absent ones apart) differ in type.
Status expect_same_type(Inference& inference, std::initializer_list<size_t> positions);
/// Refuses input `i` unless `accepted`; `wanted` says what would be: "a floating type".
Status expect_type(Inference& inference, size_t i, bool accepted, const char* wanted);
Status expect_floating(Inference& inference, size_t i);
/// Refuses an axis outside 0 … rank−1.
Status expect_axis(Inference& inference, int64_t axis, size_t rank);
/// Refuses such axes, and those that do not ascend.
Status expect_ascending_axes(Inference& inference, const Dims& axes, size_t rank);
/// Refuses input `i`, where it is there, unless it is a vector of `channels` elements.
Status expect_bias(Inference& inference, size_t i, const expr::Expr& channels);
/// Refuses an activation that cannot work on `type` or with its parameters.
Status expect_activation(const Activation& op, DType type, Inference& inference);

/// False only when both are numbers and differ.
inline bool can_equal(const expr::Expr& a, const expr::Expr& b) noexcept {
  return !a.is_constant() || !b.is_constant() || a.constant() == b.constant();
}
/// Of two extents that must be equal, the one that says more.
inline const expr::Expr& known(const expr::Expr& a, const expr::Expr& b) noexcept {
  return a.is_constant() ? a : b;
}

/// True if `from` broadcasts to `to` without changing it, as far as can be told.
bool broadcasts_to(const expr::Shape& from, const expr::Shape& to);

/// The sliding window of convolutions and poolings.
struct Window {
  const Dims& kernel;
  const Dims& strides;
  const Dims& pads_begin;
  const Dims& pads_end;
  const Dims& dilations;
};
/// Refuses a window that does not suit an input [N, C, spatial…], or has parameters that make no
/// sense.
Status expect_window(const Window& window, const expr::Shape& input, Inference& inference);
/// Windows along spatial axis `i` of extent `extent`. With `ceil` a last, partial window counts if
/// it begins within the input or the padding before it.
expr::Expr window_count(const Window& window, int i, const expr::Expr& extent, bool ceil);

/// Content of a constant; nothing for floating types and large tensors.
std::optional<Content> content_of(const ConstantData& data);
/// `content` of a tensor of shape `from`, broadcast to `to`; nothing when an extent is no number or
/// the result is large.
std::optional<Content> spread(const Content& content, const expr::Shape& from,
                              const expr::Shape& to);

}  // namespace tenon::ops
