// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Parameters of an operator out of an engine file, without the variant of all operators: see
// ops/op.h.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "expr/shape.h"
#include "ops/constant_data.h"
#include "ops/enums.h"
#include "ops/fields.h"

namespace tenon::ops {

template <class Struct>
Result<Struct> unpack(std::span<const std::byte> bytes);
template <class Struct>
Result<Struct> unpack(ByteReader& reader);

namespace detail {

/// What unpack() makes of a member of type expr::Shape where no memory may be taken: put it in that
/// member's place in a struct of your own.
struct Extents {
  Dims numbers;       ///< those that are none are 0
  bool known = true;  ///< all are numbers
};
bool read(ByteReader& reader, Extents& value);

}  // namespace detail

using Extents = detail::Extents;

}  // namespace tenon::ops

#include "ops/pack.inl"
