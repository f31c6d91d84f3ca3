// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Engines of the 7.x set.
#pragma once

#include "NvInferRuntimeCommon.h"
#include "nvinfer7/engine.h"
