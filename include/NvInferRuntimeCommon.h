// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The plugin registry, and what it needs.
#pragma once

#include "NvInferPluginBase.h"
#include "NvInferRuntimePlugin.h"
#include "nvinfer1/plugin_registry.h"
