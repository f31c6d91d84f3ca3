// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What all plugins share: fields, capabilities, resources, the root of creators.
#pragma once

#include "NvInferRuntimeBase.h"
#include "nvinfer1/plugin_base.h"
#include "nvinfer1/plugin_fields.h"
