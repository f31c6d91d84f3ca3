// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Half precision on the host: the IEEE 754 format of 16 bits.
#pragma once

#ifdef __cplusplus

#include <type_traits>

#include "cudart/numbers/format.h"
#include "vector_functions.h"

#define HOSTCUDA_NUMBER __half
#define HOSTCUDA_PAIR __half2
#define HOSTCUDA_RAW __half_raw
#define HOSTCUDA_RAW_PAIR __half2_raw
#define HOSTCUDA_FORMAT hostcuda_numbers::Binary16
#define HOSTCUDA_WORD half
// One after the other: the functions need the type.
#include "cudart/numbers/types.inl"

#include "cudart/numbers/functions.inl"

#include "cudart/numbers/conversions.inl"
#undef HOSTCUDA_NUMBER
#undef HOSTCUDA_PAIR
#undef HOSTCUDA_RAW
#undef HOSTCUDA_RAW_PAIR
#undef HOSTCUDA_FORMAT
#undef HOSTCUDA_WORD

static inline __half2 __half2half2(const __half a) { return __half2(a, a); }
static inline __half2 make_half2(const __half x, const __half y) { return __half2(x, y); }

#else

/* In C a number is its bits. */
typedef struct {
  unsigned short x;
} __half_raw, __half;
typedef struct __attribute__((aligned(4))) {
  unsigned short x, y;
} __half2_raw;
typedef struct __attribute__((aligned(4))) {
  __half x, y;
} __half2;

#endif

typedef __half half;
typedef __half2 half2;
typedef __half nv_half;
typedef __half2 nv_half2;
typedef __half __nv_half;
typedef __half2 __nv_half2;
typedef __half_raw __nv_half_raw;
typedef __half2_raw __nv_half2_raw;
