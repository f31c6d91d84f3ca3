// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element by element with parameters that are tensors.
#include <algorithm>
#include <cmath>

#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

namespace {

/// Strides of an optional input; zeros when it is absent.
Dims strides_of(const Call& call, size_t i) noexcept {
  const Dims& dims = call.out_dims();
  return call.has(i) ? broadcast_strides(call.in_dims(i), dims) : Dims::filled(dims.rank(), 0);
}

/// Elements of `axis` between two of a vector along it, and its extent; one for all without an
/// axis.
struct Along {
  int64_t extent = 1, inner = 1;
  Along(const Dims& dims, int64_t axis, int64_t entries) noexcept {
    if (axis < 0 || entries == 1) return;
    const Split split(dims, axis);
    extent = split.extent;
    inner = split.inner;
  }
  [[nodiscard]] int64_t operator()(int64_t at) const noexcept { return at / inner % extent; }
};

}  // namespace

Status run(const ops::ScaleShift&, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const T *shift = call.optional<T>(ops::kScaleShift),
            *scale = call.optional<T>(ops::kScaleFactor),
            *power = call.optional<T>(ops::kScalePower);
    int64_t i = 0;
    for (Walk<3> walk(call.out_dims(),
                      {strides_of(call, 1), strides_of(call, 2), strides_of(call, 3)});
         !walk.done(); walk.next(), ++i) {
      double value = load(call.in<T>(0)[i]);
      if (scale != nullptr) value *= load(scale[walk.at[1]]);
      if (shift != nullptr) value += load(shift[walk.at[0]]);
      if (power != nullptr) value = std::pow(value, load(power[walk.at[2]]));
      call.out<T>()[i] = store<T>(value);
    }
    return Status{};
  });
}

Status run(const ops::ParametricRelu&, const Call& call) noexcept {
  return with_number(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    int64_t i = 0;
    for (Walk<1> walk(call.out_dims(), {strides_of(call, 1)}); !walk.done(); walk.next(), ++i) {
      const T x = call.in<T>(0)[i];
      call.out<T>()[i] =
          load(x) < 0
              ? store<T>(apply(ops::ElementWiseKind::Mul, load(x), load(call.in<T>(1)[walk.at[0]])))
              : x;
    }
    return Status{};
  });
}

namespace {

template <class From, class Scale, class To>
void quantize(const ops::Quantize& op, const Call& call) noexcept {
  const Along along(call.out_dims(), op.axis, call.in_dims(1).volume());
  const To* zero = call.optional<To>(2);
  const Along of_zero(call.out_dims(), op.axis, zero != nullptr ? call.in_dims(2).volume() : 1);
  constexpr double kLeast = std::numeric_limits<To>::lowest(),
                   kMost = std::numeric_limits<To>::max();
  for (int64_t i = 0; i < call.out_dims().volume(); ++i) {
    double value = load(call.in<From>(0)[i]) / load(call.in<Scale>(1)[along(i)]);
    // The quotient is a number of f32, unless the scale is wider: which way a half goes hangs on
    // it.
    if constexpr (!std::is_same_v<Scale, double>) value = static_cast<float>(value);
    value = std::nearbyint(value);
    if (zero != nullptr) value += static_cast<double>(zero[of_zero(i)]);
    if (std::isnan(value)) value = 0;
    call.out<To>()[i] = static_cast<To>(std::clamp(value, kLeast, kMost));
  }
}

template <class From, class Scale, class To>
void dequantize(const ops::Dequantize& op, const Call& call) noexcept {
  const Along along(call.out_dims(), op.axis, call.in_dims(1).volume());
  const From* zero = call.optional<From>(2);
  const Along of_zero(call.out_dims(), op.axis, zero != nullptr ? call.in_dims(2).volume() : 1);
  for (int64_t i = 0; i < call.out_dims().volume(); ++i) {
    auto value = static_cast<double>(call.in<From>(0)[i]);
    if (zero != nullptr) value -= static_cast<double>(zero[of_zero(i)]);
    call.out<To>()[i] = store<To>(value * load(call.in<Scale>(1)[along(i)]));
  }
}

}  // namespace

Status run(const ops::Quantize& op, const Call& call) noexcept {
  return with_float(call.in_type(0), [&](auto from) {
    return with_float(call.in_type(1), [&](auto scale) {
      using From = typename decltype(from)::type;
      using Scale = typename decltype(scale)::type;
      if (op.to == DType::U8) {
        quantize<From, Scale, uint8_t>(op, call);
      } else {
        quantize<From, Scale, int8_t>(op, call);
      }
      return Status{};
    });
  });
}

Status run(const ops::Dequantize& op, const Call& call) noexcept {
  return with_number(call.in_type(0), [&](auto from) {
    return with_float(call.in_type(1), [&]([[maybe_unused]] auto scale) {
      return with_float(call.out_type(), [&]([[maybe_unused]] auto to) {
        using From = typename decltype(from)::type;
        if constexpr (kReal<From>) {
          return kNoSuchType;
        } else {
          dequantize<From, typename decltype(scale)::type, typename decltype(to)::type>(op, call);
          return Status{};
        }
      });
    });
  });
}

namespace {

template <class T>
T bitwise(ops::BitwiseKind kind, T a, T b) noexcept {
  using Bits = std::make_unsigned_t<T>;
  const auto x = static_cast<Bits>(a), y = static_cast<Bits>(b);
  constexpr int kBits = sizeof(T) * 8;
  const bool within = b >= 0 && static_cast<uint64_t>(y) < static_cast<uint64_t>(kBits);
  switch (kind) {
    case ops::BitwiseKind::And:
      return static_cast<T>(x & y);
    case ops::BitwiseKind::Or:
      return static_cast<T>(x | y);
    case ops::BitwiseKind::Xor:
      return static_cast<T>(x ^ y);
    case ops::BitwiseKind::ShiftLeft:
      return within ? static_cast<T>(static_cast<uint64_t>(x) << static_cast<uint64_t>(y)) : T{0};
    case ops::BitwiseKind::ShiftRight:
      return within ? static_cast<T>(static_cast<uint64_t>(x) >> static_cast<uint64_t>(y)) : T{0};
  }
  return a;
}

}  // namespace

Status run(const ops::Bitwise& op, const Call& call) noexcept {
  return with_number(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    if constexpr (kReal<T>) {
      return kNoSuchType;
    } else {
      T* y = call.out<T>();
      for (Walk<2> walk(call.out_dims(), {strides_of(call, 0), strides_of(call, 1)}); !walk.done();
           walk.next()) {
        *y++ = bitwise(op.kind, call.in<T>(0)[walk.at[0]], call.in<T>(1)[walk.at[1]]);
      }
      return Status{};
    }
  });
}

}  // namespace tenon::ref
