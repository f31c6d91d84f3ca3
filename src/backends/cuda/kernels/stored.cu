// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// To and from types that data are only kept in, some of which share bytes. Generated text before
// this defines X, S, Z and Y, a format below each (of x, scales, zeros and y), RANK, ZERO (zeros
// are there), SINGLE (quotients are rounded to f32) and KIND, a number below.
enum { kCast, kQuantize, kDequantize, kBlocks };

// Floats of few bits. MOST: the code of the greatest number; NONE: of what is no number, INFINITE
// likewise; 0 where there is none.
template <int EXPONENT, int MANTISSA, uint MOST, uint NONE, uint INFINITE>
struct Tiny {
  static const int kBits = 1 + EXPONENT + MANTISSA, kBias = (1 << (EXPONENT - 1)) - 1;
  static const bool kWhole = false;
  static const uint kSign = 1u << (EXPONENT + MANTISSA);
  static __device__ float decode(uint bits) {
    const uint code = bits & (kSign - 1), mantissa = code & ((1u << MANTISSA) - 1);
    const int exponent = (int)(code >> MANTISSA);
    float size = exponent == 0
                     ? ldexpf((float)code, 1 - kBias - MANTISSA)
                     : ldexpf((float)((1u << MANTISSA) + mantissa), exponent - kBias - MANTISSA);
    if (code > MOST) {
      size = __int_as_float(INFINITE != 0 && code == INFINITE ? 0x7f800000 : 0x7fc00000);
    }
    return (bits & kSign) != 0 ? -size : size;
  }
  // To nearest, ties to even; what is too great becomes the greatest.
  static __device__ uint encode(float value) {
    const uint sign = signbit(value) ? kSign : 0;
    if (value != value) return NONE != 0 ? sign | NONE : 0;
    const float size = fabsf(value);
    if (!(size < 2 * decode(MOST))) return sign | MOST;
    const int exponent = size == 0 ? 1 - kBias : max(ilogbf(size), 1 - kBias);
    const float steps = rintf(ldexpf(size, MANTISSA - exponent));
    return sign | min(((uint)(exponent + kBias - 1) << MANTISSA) + (uint)steps, MOST);
  }
};
// Powers of two: rounded up.
struct PowerOfTwo {
  static const int kBits = 8;
  static const bool kWhole = false;
  static __device__ float decode(uint bits) {
    return bits == 0xff ? __int_as_float(0x7fc00000) : ldexpf(1, (int)bits - 127);
  }
  static __device__ uint encode(float value) {
    if (!(value >= 0)) return 0xff;
    if (value == 0) return 0;
    int exponent = 0;
    const float fraction = frexpf(fminf(value, ldexpf(1, 127)), &exponent);
    if (fraction == 0.5f) --exponent;
    return (uint)min(max(exponent + 127, 0), 254);
  }
};
template <int BITS, bool SIGNED>
struct Few {
  static const int kBits = BITS;
  static const bool kWhole = true;
  static __device__ double decode(uint bits) {
    const bool minus = SIGNED && (bits >> (BITS - 1)) != 0;
    return minus ? (double)bits - (double)(1u << BITS) : (double)bits;
  }
  static __device__ uint encode(double value) {
    constexpr double kLeast = SIGNED ? -(double)(1u << (BITS - 1)) : 0;
    constexpr double kMost = SIGNED ? (1u << (BITS - 1)) - 1.0 : (1u << BITS) - 1.0;
    if (value != value) return 0;
    return (uint)(int)rint(fmin(fmax(value, kLeast), kMost)) & ((1u << BITS) - 1);
  }
};
template <class T>
struct Plain {
  static const int kBits = 8 * sizeof(T);
};

template <class F>
struct Element {
  static const int kEach = F::kBits < 8 ? 8 / F::kBits : 1;  // that share a byte
  static __device__ double read(const void* x, uint i) {
    if (F::kBits == 16) return F::decode(((const unsigned short*)x)[i]);
    const uint byte = ((const unsigned char*)x)[i / kEach];
    return F::decode(byte >> i % kEach * F::kBits & ((1u << F::kBits) - 1));
  }
  static __device__ i64 read_whole(const void* x, uint i) { return whole(read(x, i)); }
  /// Element `i` of kEach in `word`.
  static __device__ void put(double value, int i, uint& word) {
    word |= F::encode(value) << i * F::kBits;
  }
  static __device__ void put_whole(i64 value, int i, uint& word) {
    word |= ((uint)value & ((1u << F::kBits) - 1)) << i * F::kBits;
  }
  static __device__ void store(void* y, uint thread, uint word) {
    if (F::kBits == 16) {
      ((unsigned short*)y)[thread] = word;
    } else {
      ((unsigned char*)y)[thread] = word;
    }
  }
  typedef uint Word;
  static const bool kWraps = F::kWhole;  // integers that are cast
};
template <class T>
struct Element<Plain<T>> {
  static const int kEach = 1;
  static __device__ double read(const void* x, uint i) { return (double)wide(((const T*)x)[i]); }
  static __device__ i64 read_whole(const void* x, uint i) { return whole(wide(((const T*)x)[i])); }
  static __device__ void put(double value, int, T& word) { word = narrow<T>(value); }
  static __device__ void put_whole(i64 value, int, T& word) { word = narrow<T>(value); }
  static __device__ void store(void* y, uint thread, T word) { ((T*)y)[thread] = word; }
  typedef T Word;
  static const bool kWraps = false;
};

/// Which entry holds for an element: by the block that it is in.
struct Entries {
  Divisor block[8];
  int stride[8];
};
struct Arguments {
  const void* x;
  const void* scale;
  const void* zero;
  void* y;
  void* scales;  // of blocks: what is found out
  uint items, blocks;
  float most;  // the greatest number of y
  Divisor extent[8];
  Entries scale_of, zero_of;
  Divisor block_count[8];
};
__device__ __forceinline__ uint entry_of(const Arguments& a, const Entries& entries, uint item) {
  uint entry = 0;
#pragma unroll
  for (int d = RANK - 1; d >= 0; --d) {
    entry += divide(split(item, a.extent[d]), entries.block[d]) * entries.stride[d];
  }
  return entry;
}

// A thread a block: the scale that its greatest number needs.
extern "C" __global__ void scale_blocks(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint number = blockIdx.x * blockDim.x + threadIdx.x;
  if (number >= a.blocks) return;
  uint rest = number, begin[RANK + 1], size[RANK + 1], count = 1;
#pragma unroll
  for (int d = RANK - 1; d >= 0; --d) {
    const uint block = a.scale_of.block[d].divisor;
    begin[d] = split(rest, a.block_count[d]) * block;
    size[d] = min(block, a.extent[d].divisor - begin[d]);
    count *= size[d];
  }
  float peak = 0;
  for (uint i = 0; i < count; ++i) {
    uint place = i, at = 0, stride = 1;
#pragma unroll
    for (int d = RANK - 1; d >= 0; --d) {
      at += (begin[d] + place % size[d]) * stride;
      place /= size[d];
      stride *= a.extent[d].divisor;
    }
    const float value = fabsf((float)Element<X>::read(a.x, at));
    if (!(value <= peak)) peak = value;
  }
  const float of_scales = a.scale != nullptr ? (float)Element<Z>::read(a.scale, 0) : 1;
  typename Element<S>::Word word = {};
  Element<S>::put(__fdiv_rn(__fdiv_rn(peak, a.most), of_scales), 0, word);
  Element<S>::store(a.scales, number, word);
}

__device__ __forceinline__ double converted(const Arguments& a, uint item) {
  const double x = Element<X>::read(a.x, item);
  if (KIND == kCast) return x;
  if (KIND == kBlocks) {
    const float own = (float)Element<S>::read(a.scales, entry_of(a, a.scale_of, item));
    const float scale = a.scale != nullptr ? own * (float)Element<Z>::read(a.scale, 0) : own;
    return scale == 0 ? 0.0f : __fdiv_rn((float)x, scale);
  }
  const double scale = Element<S>::read(a.scale, entry_of(a, a.scale_of, item));
  const double zero = ZERO ? Element<Z>::read(a.zero, entry_of(a, a.zero_of, item)) : 0;
  if (KIND == kDequantize) return __dmul_rn(x - zero, scale);
  const double quotient = x / scale, rounded = SINGLE ? (double)(float)quotient : quotient;
  return (Y_IS_WHOLE ? rint(rounded) : rounded) + zero;
}

// A thread what is stored at once.
extern "C" __global__ void convert_stored(const __grid_constant__ Arguments a) {
  begin_kernel();
  const uint thread = blockIdx.x * blockDim.x + threadIdx.x, first = thread * Element<Y>::kEach;
  if (first >= a.items) return;
  typename Element<Y>::Word word = {};
#pragma unroll
  for (int i = 0; i < Element<Y>::kEach; ++i) {
    const uint item = first + i;
    if (item >= a.items) break;
    if (KIND == kCast && Element<Y>::kWraps) {
      Element<Y>::put_whole(Element<X>::read_whole(a.x, item), i, word);
    } else {
      Element<Y>::put(converted(a, item), i, word);
    }
  }
  Element<Y>::store(a.y, thread, word);
}
