// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Any operator: the variant of all parameter structs, and what can be asked of it.
#pragma once

#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "ops/activation.h"
#include "ops/attention.h"
#include "ops/control.h"
#include "ops/convolution.h"
#include "ops/detection.h"
#include "ops/einsum.h"
#include "ops/foreign.h"
#include "ops/index.h"
#include "ops/mat_mul.h"
#include "ops/movement.h"
#include "ops/normalization.h"
#include "ops/pointwise.h"
#include "ops/pooling.h"
#include "ops/quantized.h"
#include "ops/rearrange.h"
#include "ops/recurrent.h"
#include "ops/reduction.h"
#include "ops/resize.h"
#include "ops/scaling.h"

namespace tenon::ops {

/// A plugin as an operator. Copies of the struct share the plugin; ir::Graph::clone deep-copies it.
struct Foreign {
  std::shared_ptr<ForeignOp> op;
  static constexpr auto fields() { return std::tuple{}; }
};
Status infer(const Foreign& op, Inference& inference);

/// Stands first in the variant so that a row is a row: never a real node.
struct Nothing {
  static constexpr auto fields() { return std::tuple{}; }
};
Status infer(const Nothing& op, Inference& inference);

using Op = std::variant<Nothing
#define TENON_OP(Struct, text, layer) , Struct
#include "ops/ops.def"
#undef TENON_OP
                        >;

/// The operator's text in IR, e.g. "convolution".
std::string_view name_of(const Op& op) noexcept;

/// Runs the operator's type and shape rule.
Status infer(const Op& op, Inference& inference);

/// True of operators of our own with a size known only at run time, which an output of theirs
/// tells.
bool tells_sizes(const Op& op) noexcept;

/// Parameters as bytes, for engine files and timing keys: equal parameters give equal bytes. Shapes
/// are written as expr::Code. Foreign and Constant have none. Fails for an expression too deep to
/// compile.
Result<Bytes> pack(const Op& op);

/// Reads what pack wrote into a struct of the same type; fails with InvalidPlan on anything else.
/// In members of type expr::Shape the numbers come back; an extent that is no number comes back as
/// an expression that is not constant (its symbols mean nothing here).
template <class Struct>
Result<Struct> unpack(std::span<const std::byte> bytes);
/// The same from the front of `reader`, for records that go on with bytes of their own.
template <class Struct>
Result<Struct> unpack(ByteReader& reader);

/// True if both are the same operator with equal parameters. Constants compare by their numbers,
/// plugins by identity.
bool same_parameters(const Op& a, const Op& b);

}  // namespace tenon::ops

#include "ops/pack.inl"
