// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element by element with parameters that are tensors.
#include <algorithm>
#include <cmath>

#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/storage.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

namespace {

/// Strides of an optional input; zeros when it is absent.
Dims strides_of(const Call& call, size_t i) noexcept {
  const Dims& dims = call.out_dims();
  return call.has(i) ? broadcast_strides(call.in_dims(i), dims) : Dims::filled(dims.rank(), 0);
}

/// Which entry of a scale holds for an element: there is one for all, one for each place of `axis`,
/// or one for each block.
class Along {
 public:
  Along(const Dims& dims, int64_t axis, const Dims& entries) noexcept : dims_(dims) {
    if (entries.volume() == 1) return;
    if (entries.rank() == dims.rank() && dims.rank() > 1) {
      const Dims strides = row_major_strides(entries);
      for (int i = 0; i < dims.rank(); ++i) {
        block_.push_back(std::max<int64_t>(1, dims[i] / std::max<int64_t>(1, entries[i])));
        strides_.push_back(strides[i]);
      }
    } else if (axis >= 0) {
      const Split split(dims, axis);
      extent_ = split.extent;
      inner_ = split.inner;
    }
  }
  [[nodiscard]] int64_t operator()(int64_t at) const noexcept {
    if (block_.rank() == 0) return at / inner_ % extent_;
    int64_t entry = 0;
    for (int i = dims_.rank() - 1; i >= 0; --i) {
      entry += at % dims_[i] / block_[i] * strides_[i];
      at /= dims_[i];
    }
    return entry;
  }

 private:
  const Dims& dims_;
  int64_t extent_ = 1, inner_ = 1;
  Dims block_, strides_;
};

/// Extents of an optional input; of one element when it is absent.
Dims entries_of(const Call& call, size_t i) noexcept {
  return call.has(i) ? call.in_dims(i) : Dims{};
}

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
  const Along along(call.out_dims(), op.axis, call.in_dims(1));
  const To* zero = call.optional<To>(2);
  const Along of_zero(call.out_dims(), op.axis, entries_of(call, 2));
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
  const Along along(call.out_dims(), op.axis, call.in_dims(1));
  const From* zero = call.optional<From>(2);
  const Along of_zero(call.out_dims(), op.axis, entries_of(call, 2));
  for (int64_t i = 0; i < call.out_dims().volume(); ++i) {
    auto value = static_cast<double>(call.in<From>(0)[i]);
    if (zero != nullptr) value -= static_cast<double>(zero[of_zero(i)]);
    call.out<To>()[i] = store<To>(value * load(call.in<Scale>(1)[along(i)]));
  }
}

/// Where the quantised numbers, or the scales, are of a type of storage.
void quantize_stored(const ops::Quantize& op, const Call& call) noexcept {
  const Along along(call.out_dims(), op.axis, call.in_dims(1));
  const Along of_zero(call.out_dims(), op.axis, entries_of(call, 2));
  const auto read = [&](size_t input, int64_t i) {
    return read_element(call.in_type(input), call.in<std::byte>(input), i);
  };
  for (int64_t i = 0; i < call.out_dims().volume(); ++i) {
    double value = static_cast<float>(read(0, i) / read(1, along(i)));
    if (!is_floating(op.to)) value = std::nearbyint(value);
    if (call.has(2)) value += read(2, of_zero(i));
    write_element(op.to, call.out<std::byte>(), i, value);
  }
}

template <class To>
void dequantize_stored(const ops::Dequantize& op, const Call& call) noexcept {
  const Along along(call.out_dims(), op.axis, call.in_dims(1));
  const Along of_zero(call.out_dims(), op.axis, entries_of(call, 2));
  const auto read = [&](size_t input, int64_t i) {
    return read_element(call.in_type(input), call.in<std::byte>(input), i);
  };
  for (int64_t i = 0; i < call.out_dims().volume(); ++i) {
    const double zero = call.has(2) ? read(2, of_zero(i)) : 0;
    call.out<To>()[i] = store<To>((read(0, i) - zero) * read(1, along(i)));
  }
}

bool is_byte(DType type) noexcept { return type == DType::I8 || type == DType::U8; }

}  // namespace

Status run(const ops::Quantize& op, const Call& call) noexcept {
  if (!is_byte(op.to) || is_storage(call.in_type(1)) || is_storage(call.in_type(0))) {
    quantize_stored(op, call);
    return {};
  }
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
  if (is_storage(call.in_type(0)) || is_storage(call.in_type(1))) {
    return with_float(call.out_type(), [&](auto to) {
      dequantize_stored<typename decltype(to)::type>(op, call);
      return Status{};
    });
  }
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

/// The elements of one block of x, those that are there.
class ScaleBlock {
 public:
  /// ScaleBlock `number` of the row-major stack `blocks` of blocks.
  ScaleBlock(const Dims& dims, const Dims& block, const Dims& blocks, int64_t number) noexcept {
    const Dims strides = row_major_strides(dims);
    for (int i = dims.rank() - 1; i >= 0; --i) {
      const int64_t begin = number % blocks[i] * block[i];
      number /= blocks[i];
      first_ += begin * strides[i];
      extents_.push_back(std::min(block[i], dims[i] - begin));
      strides_.push_back(strides[i]);
    }
  }
  template <class Visit>
  void each(Visit&& visit) const noexcept {
    for (int64_t n = extents_.volume(), i = 0; i < n; ++i) {
      int64_t at = first_;
      int64_t rest = i;
      for (int axis = 0; axis < extents_.rank(); ++axis) {  // the innermost first
        at += rest % extents_[axis] * strides_[axis];
        rest /= extents_[axis];
      }
      visit(at);
    }
  }

 private:
  int64_t first_ = 0;
  Dims extents_, strides_;  ///< the innermost first
};

/// The number of the block that element `at` is in.
int64_t block_of(const Dims& dims, const Dims& block, const Dims& blocks, int64_t at) noexcept {
  int64_t number = 0, stride = 1;
  for (int i = dims.rank() - 1; i >= 0; --i) {
    number += at % dims[i] / block[i] * stride;
    stride *= blocks[i];
    at /= dims[i];
  }
  return number;
}

}  // namespace

Status run(const ops::DynamicQuantize& op, const Call& call) noexcept {
  const Dims &dims = call.in_dims(0), &blocks = call.output_descs[1].dims;
  const auto read = [&](int64_t i) {
    return static_cast<float>(read_element(call.in_type(0), call.in<std::byte>(0), i));
  };
  const auto of_scales =
      call.has(1) ? static_cast<float>(read_element(call.in_type(1), call.in<std::byte>(1), 0))
                  : 1.0F;
  const auto most = static_cast<float>(greatest(op.to));
  auto* scales = call.out<std::byte>(1);
  for (int64_t b = 0; b < blocks.volume(); ++b) {
    float peak = 0;
    ScaleBlock(dims, op.block, blocks, b).each([&](int64_t i) {
      const float size = std::fabs(read(i));
      if (!(size <= peak)) peak = size;  // so that NaN stays
    });
    write_element(op.scale, scales, b, peak / most / of_scales);
  }
  // One after the other, as elements share bytes.
  for (int64_t i = 0; i < dims.volume(); ++i) {
    const int64_t entry = block_of(dims, op.block, blocks, i);
    const float scale = static_cast<float>(read_element(op.scale, scales, entry)) * of_scales;
    const float value = read(i);
    write_element(op.to, call.out<std::byte>(), i, scale == 0 ? 0.0F : value / scale);
  }
  return {};
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
