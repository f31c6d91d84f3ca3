// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Macros of the interface: version arithmetic, symbol visibility, deprecation marks.
#pragma once

#include "NvInferVersion.h"

/// A version as one number: major * 10000 + minor * 100 + patch.
#define NV_TENSORRT_VERSION_INT(major, minor, patch) ((major)*10000L + (minor)*100L + (patch)*1L)
#define NV_TENSORRT_VERSION \
  NV_TENSORRT_VERSION_INT(NV_TENSORRT_MAJOR, NV_TENSORRT_MINOR, NV_TENSORRT_PATCH)

// Deprecation marks are silent unless TENON_WARN_DEPRECATED is defined: much code in the field uses
// members that newer releases of the interface dropped, and Tenon keeps all of them.
#if defined(TENON_WARN_DEPRECATED)
#define TRT_DEPRECATED [[deprecated]]
#define TRT_DEPRECATED_BECAUSE(REASON) [[deprecated(REASON)]]
#if __cplusplus >= 201703L
#define TRT_DEPRECATED_ENUM [[deprecated]]
#else
#define TRT_DEPRECATED_ENUM
#endif
#else
#define TRT_DEPRECATED
#define TRT_DEPRECATED_BECAUSE(REASON)
#define TRT_DEPRECATED_ENUM
#endif

#if __cplusplus > 201703L
#define TRT_NODISCARD [[nodiscard]]
#define TRT_NODISCARD_BECAUSE(REASON) [[nodiscard(REASON)]]
#elif __cplusplus >= 201703L
#define TRT_NODISCARD [[nodiscard]]
#define TRT_NODISCARD_BECAUSE(REASON) [[nodiscard]]
#else
#define TRT_NODISCARD
#define TRT_NODISCARD_BECAUSE(REASON)
#endif

/// Marks the functions that the libraries export.
#define TENSORRTAPI __attribute__((visibility("default")))
#define TRT_DEPRECATED_API TRT_DEPRECATED TENSORRTAPI

/// Empty; old plugin sources spell it where `noexcept` stands today.
#define TRTNOEXCEPT
