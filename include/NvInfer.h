// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Everything: defining networks, building engines, running them.
#pragma once

#include "NvInferLegacyDims.h"
#include "NvInferRuntime.h"
#include "nvinfer1/algorithm_selector.h"
#include "nvinfer1/builder.h"
#include "nvinfer1/builder_config.h"
#include "nvinfer1/builder_flags.h"
#include "nvinfer1/calibrator.h"
#include "nvinfer1/layer.h"
#include "nvinfer1/layers/attention.h"
#include "nvinfer1/layers/constant.h"
#include "nvinfer1/layers/control.h"
#include "nvinfer1/layers/convolution.h"
#include "nvinfer1/layers/distributed.h"
#include "nvinfer1/layers/elementwise.h"
#include "nvinfer1/layers/matrix.h"
#include "nvinfer1/layers/movement.h"
#include "nvinfer1/layers/plugin.h"
#include "nvinfer1/layers/quantize.h"
#include "nvinfer1/layers/reduce.h"
#include "nvinfer1/layers/resize.h"
#include "nvinfer1/network.h"
#include "nvinfer1/tensor.h"
#include "nvinfer1/timing_cache.h"
