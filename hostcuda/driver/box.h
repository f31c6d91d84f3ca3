// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The driver's descriptions of copies, in the runtime's words.
#pragma once

#include "hostcuda/driver/call.h"

namespace hostcuda::driver {

/// Writes `copy` as the runtime describes it. CUDA_ERROR_INVALID_VALUE for a kind of memory there
/// is not; CUDA_ERROR_NOT_SUPPORTED for arrays, which a CPU has none of.
CUresult describe(const CUDA_MEMCPY3D* copy, cudaMemcpy3DParms* out) noexcept;

/// The same for rows: a box one slice deep.
CUresult describe(const CUDA_MEMCPY2D* copy, cudaMemcpy3DParms* out) noexcept;

}  // namespace hostcuda::driver
