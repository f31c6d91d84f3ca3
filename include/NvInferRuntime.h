// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Everything needed to load and run engines and to write plugins.
#pragma once

#include "NvInferImpl.h"
#include "NvInferPluginBase.h"
#include "NvInferRuntimeCommon.h"
#include "nvinfer1/allocator.h"
#include "nvinfer1/context.h"
#include "nvinfer1/engine.h"
#include "nvinfer1/expr.h"
#include "nvinfer1/hardware.h"
#include "nvinfer1/inspector.h"
#include "nvinfer1/logger.h"
#include "nvinfer1/observers.h"
#include "nvinfer1/optimization_profile.h"
#include "nvinfer1/plugin_v2_dynamic.h"
#include "nvinfer1/plugin_v3.h"
#include "nvinfer1/refitter.h"
#include "nvinfer1/runtime.h"
#include "nvinfer1/runtime_config.h"
#include "nvinfer1/streams.h"
#include "nvinfer1/tensor_format.h"
#include "nvinfer1/weights.h"
