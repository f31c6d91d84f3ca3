// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Short vectors from their numbers: make_float4(x, y, z, w) and its kin.
#pragma once

#include "vector_types.h"

#define HOSTCUDA_MAKE4(name, number)                                           \
  static __inline__ name make_##name(number x, number y, number z, number w) { \
    name made;                                                                 \
    made.x = x;                                                                \
    made.y = y;                                                                \
    made.z = z;                                                                \
    made.w = w;                                                                \
    return made;                                                               \
  }

#define HOSTCUDA_MAKE(name, number)                                        \
  static __inline__ name##1 make_##name##1(number x) {                     \
    name##1 made;                                                          \
    made.x = x;                                                            \
    return made;                                                           \
  }                                                                        \
  static __inline__ name##2 make_##name##2(number x, number y) {           \
    name##2 made;                                                          \
    made.x = x;                                                            \
    made.y = y;                                                            \
    return made;                                                           \
  }                                                                        \
  static __inline__ name##3 make_##name##3(number x, number y, number z) { \
    name##3 made;                                                          \
    made.x = x;                                                            \
    made.y = y;                                                            \
    made.z = z;                                                            \
    return made;                                                           \
  }                                                                        \
  HOSTCUDA_MAKE4(name##4, number)

HOSTCUDA_MAKE(char, signed char)
HOSTCUDA_MAKE(uchar, unsigned char)
HOSTCUDA_MAKE(short, short)
HOSTCUDA_MAKE(ushort, unsigned short)
HOSTCUDA_MAKE(int, int)
HOSTCUDA_MAKE(uint, unsigned int)
HOSTCUDA_MAKE(long, long)
HOSTCUDA_MAKE(ulong, unsigned long)
HOSTCUDA_MAKE(longlong, long long)
HOSTCUDA_MAKE(ulonglong, unsigned long long)
HOSTCUDA_MAKE(float, float)
HOSTCUDA_MAKE(double, double)
HOSTCUDA_MAKE4(long4_16a, long)
HOSTCUDA_MAKE4(long4_32a, long)
HOSTCUDA_MAKE4(ulong4_16a, unsigned long)
HOSTCUDA_MAKE4(ulong4_32a, unsigned long)
HOSTCUDA_MAKE4(longlong4_16a, long long)
HOSTCUDA_MAKE4(longlong4_32a, long long)
HOSTCUDA_MAKE4(ulonglong4_16a, unsigned long long)
HOSTCUDA_MAKE4(ulonglong4_32a, unsigned long long)
HOSTCUDA_MAKE4(double4_16a, double)
HOSTCUDA_MAKE4(double4_32a, double)

#undef HOSTCUDA_MAKE
#undef HOSTCUDA_MAKE4
