// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Names of all interface classes and enumerations, declared only.
#pragma once

#include "NvInferLegacyDims.h"
#include "NvInferRuntimeCommon.h"
#include "nvinfer1/forward.h"
