// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which Highway targets a loop file is compiled for, and how its tables are found by level. Include
// before hwy/foreach_target.h.
#pragma once

#include "backends/simd/run/level.h"

// One target a level, so that equal records run equal code on every machine.
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL | HWY_SVE | HWY_SVE_256 | HWY_SVE2 | HWY_SVE2_128)
// The baseline works on arrays of four lanes. Highway turns that off for GCC before 12.3, which may
// miscompile high halves of integer products; no loop here takes any.
#define HWY_BROKEN_EMU128 0
#include "hwy/detect_targets.h"

#if HWY_TARGETS & HWY_AVX3
#define TENON_SIMD_CASE_AVX512 \
  if (level == Level::Avx512) return N_AVX3::kTable;
#else
#define TENON_SIMD_CASE_AVX512
#endif
#if HWY_TARGETS & HWY_AVX2
#define TENON_SIMD_CASE_AVX2 \
  if (level == Level::Avx2) return N_AVX2::kTable;
#else
#define TENON_SIMD_CASE_AVX2
#endif

/// Defines `const Table& getter(Level)` from the `kTable` that each target's namespace holds. Use
/// once, inside HWY_ONCE, in namespace tenon::simd.
#define TENON_SIMD_TABLE(Table, getter)                                             \
  const Table& getter([[maybe_unused]] Level level) noexcept {                      \
    TENON_SIMD_CASE_AVX512 TENON_SIMD_CASE_AVX2 return HWY_STATIC_DISPATCH(kTable); \
  }
