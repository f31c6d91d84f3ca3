// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Rows of elements in memory, read and written as working numbers.
#include "hostcuda/numeric/row.h"

#include <cmath>
#include <limits>
#include <type_traits>

#include "hostcuda/numeric/half.h"

namespace hostcuda {
namespace {

/// An element as it lies in memory: the 16-bit floats are bits with a name.
struct Half {
  std::uint16_t bits;
};
struct Bfloat {
  std::uint16_t bits;
};

template <typename Work, typename Element>
Work widen(Element element) {
  if constexpr (std::is_same_v<Element, Half>) {
    return static_cast<Work>(half_to_float(element.bits));
  } else if constexpr (std::is_same_v<Element, Bfloat>) {
    return static_cast<Work>(bfloat_to_float(element.bits));
  } else {
    return static_cast<Work>(element);
  }
}

/// The whole number nearest to `value` that Element can hold.
template <typename Element, typename Work>
Element saturate(Work value) {
  using Limits = std::numeric_limits<Element>;
  if (std::isnan(value)) {
    return 0;
  }
  const double nearest = std::nearbyint(static_cast<double>(value));
  if (nearest <= static_cast<double>(Limits::min())) {
    return Limits::min();
  }
  return nearest >= static_cast<double>(Limits::max()) ? Limits::max()
                                                       : static_cast<Element>(nearest);
}

template <typename Element, typename Work>
Element narrow(Work value) {
  if constexpr (std::is_same_v<Element, Half>) {
    return {float_to_half(static_cast<float>(value))};
  } else if constexpr (std::is_same_v<Element, Bfloat>) {
    return {float_to_bfloat(static_cast<float>(value))};
  } else if constexpr (std::is_integral_v<Element> && std::is_floating_point_v<Work>) {
    return saturate<Element>(value);
  } else {
    return static_cast<Element>(value);
  }
}

/// Calls `body` with a value of the element's type.
template <typename Work, typename Body>
void with_element(Number number, Body&& body) {
  if constexpr (std::is_same_v<Work, std::uint32_t>) {
    number == Number::S8   ? body(std::int8_t())
    : number == Number::U8 ? body(std::uint8_t())
                           : body(std::int32_t());
  } else {
    switch (number) {
      case Number::F32:
        return body(float());
      case Number::F64:
        return body(double());
      case Number::F16:
        return body(Half());
      case Number::Bf16:
        return body(Bfloat());
      case Number::S8:
        return body(std::int8_t());
      case Number::U8:
        return body(std::uint8_t());
      case Number::S32:
        return body(std::int32_t());
    }
  }
}

}  // namespace

std::size_t bytes_of(Number number) {
  constexpr std::size_t kBytes[] = {4, 8, 2, 2, 1, 1, 4};
  return kBytes[static_cast<std::size_t>(number)];
}

const char* name_of(Number number) {
  constexpr const char* kNames[] = {"f32", "f64", "f16", "bf16", "int8", "uint8", "int32"};
  return kNames[static_cast<std::size_t>(number)];
}

template <typename Work>
void load_row(Number number, const void* base, std::int64_t first, std::int64_t step,
              std::int64_t count, Work* out) {
  with_element<Work>(number, [&]<typename Element>(Element) {
    const Element* const from = static_cast<const Element*>(base) + first;
    if (step == 1) {
      for (std::int64_t i = 0; i < count; ++i) {
        out[i] = widen<Work>(from[i]);
      }
    } else {
      for (std::int64_t i = 0; i < count; ++i) {
        out[i] = widen<Work>(from[i * step]);
      }
    }
  });
}

template <typename Work>
void store_row(Number number, void* base, std::int64_t first, std::int64_t step, std::int64_t count,
               const Work* in) {
  with_element<Work>(number, [&]<typename Element>(Element) {
    Element* const to = static_cast<Element*>(base) + first;
    if (step == 1) {
      for (std::int64_t i = 0; i < count; ++i) {
        to[i] = narrow<Element>(in[i]);
      }
    } else {
      for (std::int64_t i = 0; i < count; ++i) {
        to[i * step] = narrow<Element>(in[i]);
      }
    }
  });
}

#define HOSTCUDA_ROWS(Work)                                                                   \
  template void load_row<Work>(Number, const void*, std::int64_t, std::int64_t, std::int64_t, \
                               Work*);                                                        \
  template void store_row<Work>(Number, void*, std::int64_t, std::int64_t, std::int64_t,      \
                                const Work*);
HOSTCUDA_ROWS(float)
HOSTCUDA_ROWS(double)
HOSTCUDA_ROWS(std::uint32_t)

}  // namespace hostcuda
