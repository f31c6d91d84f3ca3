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
#include "nvinfer1/layers_attention.h"
#include "nvinfer1/layers_constant.h"
#include "nvinfer1/layers_control.h"
#include "nvinfer1/layers_convolution.h"
#include "nvinfer1/layers_distributed.h"
#include "nvinfer1/layers_elementwise.h"
#include "nvinfer1/layers_matrix.h"
#include "nvinfer1/layers_movement.h"
#include "nvinfer1/layers_plugin.h"
#include "nvinfer1/layers_quantize.h"
#include "nvinfer1/layers_reduce.h"
#include "nvinfer1/layers_resize.h"
#include "nvinfer1/network.h"
#include "nvinfer1/tensor.h"
#include "nvinfer1/timing_cache.h"
