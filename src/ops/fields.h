// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How a parameter struct names its members, once for text, bytes, equality and hashing.
#pragma once

#include <tuple>

namespace tenon::ops {

/// One member and its name in IR text. A struct lists them:
///   static constexpr auto fields() { return std::tuple{Field{"axis", &Softmax::axis}}; }
/// Member types: bool, int64_t, float, double, std::string, Dims, expr::Shape, DType, ConstantRef,
/// scoped enumerations that have `inline constexpr EnumNames kNamesOf<E>` (ops/enums.h), structs
/// with fields() of their own, and std::vector of such structs.
template <class Struct, class Member>
struct Field {
  const char* name;
  Member Struct::*member;
};
template <class Struct, class Member>
Field(const char*, Member Struct::*) -> Field<Struct, Member>;

/// Calls visit(name, member) for every member, in order.
template <class Struct, class Visit>
constexpr void for_each_field(Struct& value, Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field.name, value.*(field.member)), ...); },
             std::remove_const_t<Struct>::fields());
}

}  // namespace tenon::ops
