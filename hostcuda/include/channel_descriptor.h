// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The channel format of a C++ type: cudaCreateChannelDesc<float4>().
#pragma once

#ifdef __cplusplus

#include "cuda_runtime_api.h"

/** A type that is no channel: kind None, no bits. */
template <class T>
inline cudaChannelFormatDesc cudaCreateChannelDesc() {
  return cudaCreateChannelDesc(0, 0, 0, 0, cudaChannelFormatKindNone);
}

#define HOSTCUDA_CHANNELS(type, part, count, kind)                                     \
  template <>                                                                          \
  inline cudaChannelFormatDesc cudaCreateChannelDesc<type>() {                         \
    const int bits = static_cast<int>(8 * sizeof(part));                               \
    return cudaCreateChannelDesc(bits, (count) > 1 ? bits : 0, (count) > 2 ? bits : 0, \
                                 (count) > 3 ? bits : 0, cudaChannelFormatKind##kind); \
  }
#define HOSTCUDA_VECTOR_CHANNELS(name, part, kind) \
  HOSTCUDA_CHANNELS(part, part, 1, kind)           \
  HOSTCUDA_CHANNELS(name##1, part, 1, kind)        \
  HOSTCUDA_CHANNELS(name##2, part, 2, kind)        \
  HOSTCUDA_CHANNELS(name##4, part, 4, kind)

HOSTCUDA_CHANNELS(char, char, 1, Signed)
HOSTCUDA_VECTOR_CHANNELS(char, signed char, Signed)
HOSTCUDA_VECTOR_CHANNELS(uchar, unsigned char, Unsigned)
HOSTCUDA_VECTOR_CHANNELS(short, short, Signed)
HOSTCUDA_VECTOR_CHANNELS(ushort, unsigned short, Unsigned)
HOSTCUDA_VECTOR_CHANNELS(int, int, Signed)
HOSTCUDA_VECTOR_CHANNELS(uint, unsigned int, Unsigned)
HOSTCUDA_VECTOR_CHANNELS(float, float, Float)

#undef HOSTCUDA_CHANNELS
#undef HOSTCUDA_VECTOR_CHANNELS

/** One, two and four numbers of 16 bits. */
inline cudaChannelFormatDesc cudaCreateChannelDescHalf1() {
  return cudaCreateChannelDesc(16, 0, 0, 0, cudaChannelFormatKindFloat);
}
inline cudaChannelFormatDesc cudaCreateChannelDescHalf() { return cudaCreateChannelDescHalf1(); }
inline cudaChannelFormatDesc cudaCreateChannelDescHalf2() {
  return cudaCreateChannelDesc(16, 16, 0, 0, cudaChannelFormatKindFloat);
}
inline cudaChannelFormatDesc cudaCreateChannelDescHalf4() {
  return cudaCreateChannelDesc(16, 16, 16, 16, cudaChannelFormatKindFloat);
}

#endif
