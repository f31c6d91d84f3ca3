// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Conversion between element types.
#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/storage.h"
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

/// From or to a type of storage.
Status convert_stored(const Call& call) noexcept {
  const DType source = call.in_type(0), target = call.out_type();
  const int64_t count = call.out_dims().volume();
  const void* x = call.in<std::byte>(0);
  const auto read = [&](int64_t i) { return read_element(source, x, i); };
  if (is_storage(target) && is_floating(target)) {
    for (int64_t i = 0; i < count; ++i) write_element(target, call.out<std::byte>(), i, read(i));
    return {};
  }
  if (is_storage(target)) {  // Integers wrap around.
    for (int64_t i = 0; i < count; ++i) {
      write_code(target, call.out<std::byte>(), i,
                 static_cast<uint64_t>(read_integer(source, x, i)));
    }
    return {};
  }
  return with_any(target, [&](auto to) {
    using To = typename decltype(to)::type;
    for (int64_t i = 0; i < count; ++i) call.out<To>()[i] = convert<To>(read(i));
    return Status{};
  });
}

}  // namespace

Status run(const ops::Cast&, const Call& call) noexcept {
  const DType source = call.in_type(0), target = call.out_type();
  if (is_storage(source) || is_storage(target)) return convert_stored(call);
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
