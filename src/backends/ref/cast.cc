// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Conversion between element types.
#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"

namespace tenon::ref {

namespace {

template <class To, class From>
To convert(From value) noexcept {
  if constexpr (std::is_same_v<To, bool>) {
    return load(value) != 0;
  } else if constexpr (kReal<From> && !kReal<To>) {
    return static_cast<To>(saturate(load(value)));
  } else if constexpr (std::is_arithmetic_v<From> && std::is_arithmetic_v<To>) {
    return static_cast<To>(value);
  } else {
    return store<To>(static_cast<Wide<To>>(load(value)));
  }
}

}  // namespace

Status run(const ops::Cast&, const Call& call) noexcept {
  return with_any(call.in_type(0), [&](auto from) {
    return with_any(call.out_type(), [&](auto to) {
      using From = typename decltype(from)::type;
      using To = typename decltype(to)::type;
      const From* x = call.in<From>(0);
      To* y = call.out<To>();
      const int64_t count = call.out_dims().volume();
      for (int64_t i = 0; i < count; ++i) y[i] = convert<To>(x[i]);
      return Status{};
    });
  });
}

}  // namespace tenon::ref
