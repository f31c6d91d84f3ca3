// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The runtime interface with its C++ conveniences.
#pragma once

// clang-format off: the renames in cuda_runtime_api.h come first.
#include "cuda_runtime_api.h"
// clang-format on
#include "channel_descriptor.h"
#include "driver_functions.h"
#include "vector_functions.h"

#ifdef __cplusplus
#include "cudart/cpp/graph.h"
#include "cudart/cpp/launch.h"
#include "cudart/cpp/memory.h"
#include "cudart/cpp/occupancy.h"
#endif
