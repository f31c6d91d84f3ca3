// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layouts a tensor may have in memory.
#pragma once

#include "nvinfer1/types.h"

namespace nvinfer1 {

/// Order and packing of elements, seen from the last dimensions. "Vectors of n" split the named
/// dimension into groups of n that lie side by side, the last group padded; "padded to n" rounds
/// the extent of the innermost channels up to n.
enum class TensorFormat : int32_t {
  kLINEAR = 0,      ///< row-major, all types and ranks
  kCHW2 = 1,        ///< vectors of 2 on the third-last dimension; kHALF, kBF16
  kHWC8 = 2,        ///< channels (third-last) innermost, padded to 8; kHALF, kBF16
  kCHW4 = 3,        ///< vectors of 4 on the third-last dimension; kINT8
  kCHW16 = 4,       ///< vectors of 16 on the third-last dimension; kHALF
  kCHW32 = 5,       ///< vectors of 32 on the third-last dimension; kINT8, kFLOAT, kHALF
  kDHWC8 = 6,       ///< channels (fourth-last) innermost, padded to 8; kHALF, kBF16
  kCDHW32 = 7,      ///< vectors of 32 on the fourth-last dimension; kINT8, kHALF
  kHWC = 8,         ///< channels (third-last) innermost, unpadded; kFLOAT, kUINT8
  kDLA_LINEAR = 9,  ///< planar layout of a deep learning accelerator
  kDLA_HWC4 = 10,   ///< image layout of a deep learning accelerator
  kHWC16 = 11,      ///< channels (third-last) innermost, padded to 16; kHALF, kINT8, kFP8
  kDHWC = 12,       ///< channels (fourth-last) innermost, unpadded; kFLOAT
};
namespace impl {
template <>
struct EnumMaxImpl<TensorFormat> {
  static constexpr int32_t kVALUE = 13;
};
}  // namespace impl

/// The name plugins use.
using PluginFormat = TensorFormat;

/// Bit i set: TensorFormat i is allowed.
using TensorFormats = uint32_t;

}  // namespace nvinfer1
