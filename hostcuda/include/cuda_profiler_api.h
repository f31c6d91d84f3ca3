// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where a profile begins and ends.
#pragma once

#include "cuda_runtime_api.h"

HOSTCUDA_CALLS_BEGIN

/** Does nothing on a host but tell that it was asked. */
cudaError_t cudaProfilerStart(void);
cudaError_t cudaProfilerStop(void);

HOSTCUDA_CALLS_END
