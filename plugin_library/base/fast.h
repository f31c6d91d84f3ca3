// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A mark for inner loops that are worth a copy for each instruction set.
#pragma once

// Sums are written in lanes and never contracted, so all copies give the same bits. Sanitizers and
// other processors have the plain copy only.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SHIPPED_FAST __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SHIPPED_FAST
#endif
