// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The runtime interface with its C++ conveniences.
#pragma once

#include "channel_descriptor.h"
#include "cuda_runtime_api.h"
#include "driver_functions.h"
#include "vector_functions.h"

#ifdef __cplusplus
#include "cudart/cpp/graph.h"
#include "cudart/cpp/launch.h"
#include "cudart/cpp/memory.h"
#include "cudart/cpp/occupancy.h"
#endif
