// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The 7.x set: implicit batch, bindings by index, destroy().
#pragma once

#include "NvInferRuntime.h"
#include "nvinfer7/builder.h"
