// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Quick plugins, under the name that Python bindings include.
#pragma once

#include "NvInfer.h"
#include "nvinfer1/plugin_v3_quick.h"
#include "nvinfer1/symbolic_launch.h"
