// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The reference kernels: one function an operator, found by the operator's parameters.
#pragma once

#include "backends/ref/call.h"
#include "ops/op.h"

namespace tenon::ref {

// Each computes all outputs of one node. Never allocates; fails only for data that no shape check
// can see (an index out of range, an integer divided by zero) or a type it lacks.
Status run(const ops::Activation& op, const Call& call) noexcept;
Status run(const ops::BatchNorm& op, const Call& call) noexcept;
Status run(const ops::Cast& op, const Call& call) noexcept;
Status run(const ops::Concat& op, const Call& call) noexcept;
Status run(const ops::Convolution& op, const Call& call) noexcept;
Status run(const ops::ElementWise& op, const Call& call) noexcept;
Status run(const ops::Expand& op, const Call& call) noexcept;
Status run(const ops::Gather& op, const Call& call) noexcept;
Status run(const ops::Identity& op, const Call& call) noexcept;
Status run(const ops::MatMul& op, const Call& call) noexcept;
Status run(const ops::Pad& op, const Call& call) noexcept;
Status run(const ops::Pointwise& op, const Call& call) noexcept;
Status run(const ops::Pooling& op, const Call& call) noexcept;
Status run(const ops::Reduce& op, const Call& call) noexcept;
Status run(const ops::Reshape& op, const Call& call) noexcept;
Status run(const ops::Resize& op, const Call& call) noexcept;
Status run(const ops::Select& op, const Call& call) noexcept;
Status run(const ops::Shape& op, const Call& call) noexcept;
Status run(const ops::Softmax& op, const Call& call) noexcept;
Status run(const ops::Transpose& op, const Call& call) noexcept;
Status run(const ops::Unary& op, const Call& call) noexcept;

/// Slice with its starts computed; sizes are the output's extents.
Status slice(const Dims& starts, const Dims& steps, const Call& call) noexcept;

/// Scratch bytes of an operator; 0 unless an overload below says otherwise.
template <class Struct>
size_t workspace(const Struct& op) noexcept {
  (void)op;
  return 0;
}
/// One value a step.
inline size_t workspace(const ops::Pointwise& op) noexcept {
  return op.steps.size() * sizeof(double);
}

}  // namespace tenon::ref
