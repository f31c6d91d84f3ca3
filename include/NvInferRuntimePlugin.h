// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Version 2 plugins with static shapes, and their creator.
#pragma once

#include "NvInferPluginBase.h"
#include "nvinfer1/plugin_desc.h"
#include "nvinfer1/plugin_v2.h"
