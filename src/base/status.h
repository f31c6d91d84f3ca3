// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a call reports when it cannot do its work: a code and a literal, sixteen bytes, no
// allocation.
#pragma once

#include <cstdint>

namespace tenon {

/// The kinds of failure, one row each: enumerator and the words a person reads.
#define TENON_CODES(X)                   \
  X(Ok, "ok")                            \
  X(InvalidArgument, "invalid argument") \
  X(InvalidModel, "invalid model")       \
  X(InvalidPlan, "invalid engine file")  \
  X(Unsupported, "unsupported")          \
  X(NotFound, "not found")               \
  X(OutOfMemory, "out of memory")        \
  X(Io, "input/output error")            \
  X(Device, "device error")              \
  X(Plugin, "plugin error")              \
  X(Cancelled, "cancelled")              \
  X(Internal, "internal error")

enum class Code : uint8_t {
#define TENON_ROW(name, words) name,
  TENON_CODES(TENON_ROW)
#undef TENON_ROW
};

/// The words of a code, e.g. "invalid argument". Never null.
const char* to_string(Code code) noexcept;

/// Outcome of a call. `what` points at a literal (static storage) or is null; the full sentence
/// goes to Diagnostics at the place of failure.
struct [[nodiscard]] Status {
  Code code = Code::Ok;
  const char* what = nullptr;

  [[nodiscard]] constexpr bool ok() const noexcept { return code == Code::Ok; }
};
static_assert(sizeof(Status) <= 16);

}  // namespace tenon

/// Returns from the enclosing function when `expr` (a Status) is a failure.
#define TENON_TRY(expr)                                                  \
  do {                                                                   \
    if (::tenon::Status status_ = (expr); !status_.ok()) return status_; \
  } while (false)
