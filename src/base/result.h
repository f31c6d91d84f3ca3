// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A value or the Status that says why there is none.
#pragma once

#include <cassert>
#include <optional>
#include <utility>

#include "base/status.h"

namespace tenon {

/// Holds a T, or a failed Status; never an Ok without a value. Thread rule: as T.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}       // NOLINT(google-explicit-constructor)
  Result(Status status) noexcept : status_(status) {  // NOLINT(google-explicit-constructor)
    if (status_.ok()) status_ = {Code::Internal, "a result was made from Ok without a value"};
  }

  [[nodiscard]] bool ok() const noexcept { return value_.has_value(); }
  [[nodiscard]] Status status() const noexcept { return status_; }

  /// The value; only when ok().
  T& value() & noexcept { return assert(ok()), *value_; }
  const T& value() const& noexcept { return assert(ok()), *value_; }
  T&& value() && noexcept { return assert(ok()), std::move(*value_); }
  T& operator*() & noexcept { return value(); }
  const T& operator*() const& noexcept { return value(); }
  T* operator->() noexcept { return &value(); }
  const T* operator->() const noexcept { return &value(); }

 private:
  std::optional<T> value_;
  Status status_{};
};

}  // namespace tenon

#define TENON_JOIN_(a, b) a##b
#define TENON_JOIN(a, b) TENON_JOIN_(a, b)
#define TENON_ASSIGN_(decl, expr, temporary)      \
  auto temporary = (expr);                        \
  if (!temporary.ok()) return temporary.status(); \
  decl = std::move(temporary).value()

/// `TENON_ASSIGN(auto x, make_x());` declares x from a Result, or returns its Status.
#define TENON_ASSIGN(decl, expr) TENON_ASSIGN_(decl, expr, TENON_JOIN(result_at_, __LINE__))
