// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Parameters of an operator out of an engine file, without the variant of all operators.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "expr/shape.h"
#include "ops/constant_data.h"
#include "ops/enums.h"
#include "ops/fields.h"

namespace tenon::ops {

/// What unpack() makes of a member of type expr::Shape where no memory may be taken: put it in that
/// member's place in a struct of your own.
struct Extents {
  Dims numbers;       ///< those that are none are 0
  bool known = true;  ///< all are numbers
};

/// Reads what pack wrote into a struct of the same type; fails with InvalidPlan on anything else.
/// In members of type expr::Shape the numbers come back; an extent that is no number comes back as
/// an expression that is not constant (its symbols mean nothing here).
template <class Struct>
Result<Struct> unpack(std::span<const std::byte> bytes);
/// The same from the front of `reader`, for records that go on with bytes of their own.
template <class Struct>
Result<Struct> unpack(ByteReader& reader);

}  // namespace tenon::ops

#include "ops/pack.inl"
