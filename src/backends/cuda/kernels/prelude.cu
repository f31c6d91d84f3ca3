// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What every kernel's text begins with: element types, vectors, division by numbers known before.
typedef unsigned int uint;
typedef long long i64;
typedef unsigned long long u64;

// First in every kernel: lets the next kernel come, and waits for what those before have written.
// Does nothing for launches that do not overlap.
__device__ __forceinline__ void begin_kernel() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;");
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

struct half_t {
  unsigned short bits;
};
struct bfloat_t {
  unsigned short bits;
};
struct bool_t {
  unsigned char bits;
};
struct alignas(16) unit16_t {
  uint x, y, z, w;
};

// What elements are computed in.
template <class T>
struct WideOf {
  typedef i64 Type;
};
template <>
struct WideOf<float> {
  typedef float Type;
};
template <>
struct WideOf<half_t> {
  typedef float Type;
};
template <>
struct WideOf<bfloat_t> {
  typedef float Type;
};
template <>
struct WideOf<double> {
  typedef double Type;
};
template <class T>
using Wide = typename WideOf<T>::Type;

__device__ __forceinline__ float wide(float x) { return x; }
__device__ __forceinline__ double wide(double x) { return x; }
__device__ __forceinline__ float wide(half_t x) {
  float y;
  asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x.bits));
  return y;
}
__device__ __forceinline__ float wide(bfloat_t x) { return __uint_as_float((uint)x.bits << 16); }
__device__ __forceinline__ i64 wide(bool_t x) { return x.bits != 0; }
__device__ __forceinline__ i64 wide(signed char x) { return x; }
__device__ __forceinline__ i64 wide(unsigned char x) { return x; }
__device__ __forceinline__ i64 wide(short x) { return x; }
__device__ __forceinline__ i64 wide(int x) { return x; }
__device__ __forceinline__ i64 wide(i64 x) { return x; }

// To integers: towards zero, kept within i64, NaN gives 0.
__device__ __forceinline__ i64 whole(float x) { return x != x ? 0 : (i64)x; }
__device__ __forceinline__ i64 whole(double x) { return x != x ? 0 : (i64)x; }
__device__ __forceinline__ i64 whole(i64 x) { return x; }

template <class T>
struct Narrow {
  template <class W>
  static __device__ __forceinline__ T of(W x) {
    return (T)whole(x);
  }
};
template <>
struct Narrow<float> {
  template <class W>
  static __device__ __forceinline__ float of(W x) {
    return (float)x;
  }
};
template <>
struct Narrow<double> {
  template <class W>
  static __device__ __forceinline__ double of(W x) {
    return (double)x;
  }
};
template <>
struct Narrow<half_t> {
  template <class W>
  static __device__ __forceinline__ half_t of(W x) {
    half_t y;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y.bits) : "f"((float)x));
    return y;
  }
};
template <>
struct Narrow<bfloat_t> {
  template <class W>
  static __device__ __forceinline__ bfloat_t of(W x) {
    bfloat_t y;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(y.bits) : "f"((float)x));
    return y;
  }
};
template <>
struct Narrow<bool_t> {
  template <class W>
  static __device__ __forceinline__ bool_t of(W x) {
    bool_t y;
    y.bits = x != 0;
    return y;
  }
};
template <class T, class W>
__device__ __forceinline__ T narrow(W x) {
  return Narrow<T>::of(x);
}

// N elements that are read and written at once; at a multiple of their size.
template <class T, int N>
struct alignas(sizeof(T) * N) Vec {
  T v[N];
};
template <int Bytes>
struct Raw;
template <>
struct Raw<1> {
  typedef unsigned char Type;
};
template <>
struct Raw<2> {
  typedef unsigned short Type;
};
template <>
struct Raw<4> {
  typedef uint Type;
};
template <>
struct Raw<8> {
  typedef uint2 Type;
};
template <>
struct Raw<16> {
  typedef uint4 Type;
};
template <int N, class T>
__device__ __forceinline__ Vec<T, N> load_vec(const T* from) {
  typedef typename Raw<sizeof(T) * N>::Type R;
  Vec<T, N> x;
  *(R*)&x = *(const R*)from;
  return x;
}
template <int N, class T>
__device__ __forceinline__ void store_vec(T* to, const Vec<T, N>& x) {
  typedef typename Raw<sizeof(T) * N>::Type R;
  *(R*)to = *(const R*)&x;
}

// Division of numbers below 2^31.
struct Divisor {
  uint divisor, magic, shift;
};
__device__ __forceinline__ uint divide(uint n, const Divisor& by) {
  return (__umulhi(n, by.magic) + n) >> by.shift;
}
/// Divides n, and gives the rest.
__device__ __forceinline__ uint split(uint& n, const Divisor& by) {
  const uint quotient = divide(n, by), rest = n - quotient * by.divisor;
  n = quotient;
  return rest;
}

template <class W>
__device__ __forceinline__ W lowest();
template <>
__device__ __forceinline__ float lowest<float>() {
  return __int_as_float(0xff800000);
}
template <>
__device__ __forceinline__ double lowest<double>() {
  return __longlong_as_double(0xfff0000000000000LL);
}
template <>
__device__ __forceinline__ i64 lowest<i64>() {
  return (i64)0x8000000000000000ULL;
}
template <class W>
__device__ __forceinline__ W highest() {
  return -lowest<W>();
}
template <>
__device__ __forceinline__ i64 highest<i64>() {
  return 0x7fffffffffffffffLL;
}
