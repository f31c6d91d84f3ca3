// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// All types of the driver interface.
#pragma once

#include "cudadrv/types/device.h"
#include "cudadrv/types/device_attribute.h"
#include "cudadrv/types/graph.h"
#include "cudadrv/types/handles.h"
#include "cudadrv/types/memory.h"
#include "cudadrv/types/module.h"
#include "cudadrv/types/pool.h"
#include "cudadrv/types/result.h"
#include "cudadrv/types/stream.h"

#ifdef __cplusplus
#define CUDADRV_CALLS_BEGIN extern "C" {
#define CUDADRV_CALLS_END }
#else
#define CUDADRV_CALLS_BEGIN
#define CUDADRV_CALLS_END
#endif
