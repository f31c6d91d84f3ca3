// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Dims of a fixed rank.
#pragma once

#include "NvInferRuntimeBase.h"
#include "nvinfer1/legacy_dims.h"
