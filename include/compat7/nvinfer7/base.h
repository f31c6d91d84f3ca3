// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What every header of the 7.x set begins with: the namespace of its own, and macros.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../nvinfer1/cuda_types.h"
#include "../NvInferVersion.h"

// Programs see this set as nvinfer1 and nvuffparser: the namespace is inline. A translation unit
// that defines TENON_COMPAT7_APART sees it beside the present interface, as nvinfer1::compat7; then
// the macros, which both sets have, are the other set's. The symbols are the same either way.
#ifdef TENON_COMPAT7_APART
#define TENON_COMPAT7_INLINE
#else
#define TENON_COMPAT7_INLINE inline
#define TRT_DEPRECATED
#define TRT_DEPRECATED_ENUM
#define TENSORRTAPI __attribute__((visibility("default")))
#define TRTNOEXCEPT
#endif
#define TENON_COMPAT7_API __attribute__((visibility("default")))

namespace nvinfer1 {
TENON_COMPAT7_INLINE namespace compat7 {
  /// The number that plugins carry: major · 1000 + minor · 100 + patch.
  constexpr int kINTERFACE_VERSION = 7000;

}  // namespace compat7
}  // namespace nvinfer1
