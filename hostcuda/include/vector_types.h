// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Short vectors x, y, z, w of the plain number types, and the extents of a launch.
#pragma once

#include "host_defines.h"

// One, two, three and four numbers; the second and fourth argument align two and four of them.
#define HOSTCUDA_VECTORS(name, number, align2, align4) \
  struct name##1 {                                     \
    number x;                                          \
  };                                                   \
  struct __align__(align2) name##2 {                   \
    number x, y;                                       \
  };                                                   \
  struct name##3 {                                     \
    number x, y, z;                                    \
  };                                                   \
  HOSTCUDA_VECTOR4(name##4, number, align4)            \
  typedef struct name##1 name##1;                      \
  typedef struct name##2 name##2;                      \
  typedef struct name##3 name##3;

#define HOSTCUDA_VECTOR4(name, number, align) \
  struct __align__(align) name {              \
    number x, y, z, w;                        \
  };                                          \
  typedef struct name name;

HOSTCUDA_VECTORS(char, signed char, 2, 4)
HOSTCUDA_VECTORS(uchar, unsigned char, 2, 4)
HOSTCUDA_VECTORS(short, short, 4, 8)
HOSTCUDA_VECTORS(ushort, unsigned short, 4, 8)
HOSTCUDA_VECTORS(int, int, 8, 16)
HOSTCUDA_VECTORS(uint, unsigned int, 8, 16)
HOSTCUDA_VECTORS(long, long, 16, 16)
HOSTCUDA_VECTORS(ulong, unsigned long, 16, 16)
HOSTCUDA_VECTORS(longlong, long long, 16, 16)
HOSTCUDA_VECTORS(ulonglong, unsigned long long, 16, 16)
HOSTCUDA_VECTORS(float, float, 8, 16)
HOSTCUDA_VECTORS(double, double, 16, 16)

// Four numbers of eight bytes with the alignment in the name.
HOSTCUDA_VECTOR4(long4_16a, long, 16)
HOSTCUDA_VECTOR4(long4_32a, long, 32)
HOSTCUDA_VECTOR4(ulong4_16a, unsigned long, 16)
HOSTCUDA_VECTOR4(ulong4_32a, unsigned long, 32)
HOSTCUDA_VECTOR4(longlong4_16a, long long, 16)
HOSTCUDA_VECTOR4(longlong4_32a, long long, 32)
HOSTCUDA_VECTOR4(ulonglong4_16a, unsigned long long, 16)
HOSTCUDA_VECTOR4(ulonglong4_32a, unsigned long long, 32)
HOSTCUDA_VECTOR4(double4_16a, double, 16)
HOSTCUDA_VECTOR4(double4_32a, double, 32)

#undef HOSTCUDA_VECTORS
#undef HOSTCUDA_VECTOR4

/** Extents of a grid or a block; what is not named is 1. */
struct dim3 {
  unsigned int x, y, z;
#ifdef __cplusplus
  constexpr dim3(unsigned int width = 1, unsigned int height = 1, unsigned int depth = 1)
      : x(width), y(height), z(depth) {}
  constexpr dim3(uint3 extents) : x(extents.x), y(extents.y), z(extents.z) {}
  constexpr operator uint3() const { return uint3{x, y, z}; }
#endif
};
typedef struct dim3 dim3;
