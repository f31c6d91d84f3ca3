// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Basic types: versions, data types, extents, error codes, the error recorder.
#pragma once

#include <cstddef>
#include <cstdint>

#include "NvInferVersion.h"
#include "nvinfer1/cuda_types.h"
#include "nvinfer1/dims.h"
#include "nvinfer1/error_recorder.h"
#include "nvinfer1/macros.h"
#include "nvinfer1/types.h"
#include "nvinfer1/versioned_interface.h"
