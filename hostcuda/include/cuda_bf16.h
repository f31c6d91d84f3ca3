// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// bfloat16 on the host: the upper half of a float.
#pragma once

#ifdef __cplusplus

#include <type_traits>

#include "cudart/numbers/format.h"
#include "vector_functions.h"

#define HOSTCUDA_NUMBER __nv_bfloat16
#define HOSTCUDA_PAIR __nv_bfloat162
#define HOSTCUDA_RAW __nv_bfloat16_raw
#define HOSTCUDA_RAW_PAIR __nv_bfloat162_raw
#define HOSTCUDA_FORMAT hostcuda_numbers::Bfloat16
#define HOSTCUDA_WORD bfloat16
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

static inline __nv_bfloat162 __bfloat162bfloat162(const __nv_bfloat16 a) {
  return __nv_bfloat162(a, a);
}
static inline __nv_bfloat162 make_bfloat162(const __nv_bfloat16 x, const __nv_bfloat16 y) {
  return __nv_bfloat162(x, y);
}

#else

/* In C a number is its bits. */
typedef struct {
  unsigned short x;
} __nv_bfloat16_raw, __nv_bfloat16;
typedef struct __attribute__((aligned(4))) {
  unsigned short x, y;
} __nv_bfloat162_raw;
typedef struct __attribute__((aligned(4))) {
  __nv_bfloat16 x, y;
} __nv_bfloat162;

#endif

typedef __nv_bfloat16 nv_bfloat16;
typedef __nv_bfloat162 nv_bfloat162;
