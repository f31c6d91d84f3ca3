// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Makes the compiler lay out the virtual tables that plugins compiled elsewhere rely on.
#include "NvInfer.h"
#include "impl/NvInferPythonPlugin.h"
#ifndef SHAPES_WITHOUT_SAFE
#include "NvInferConsistency.h"
#endif

// The table of a class is laid out where its first virtual method that is not inline stands.
#define SHAPE(scope, name)    \
  namespace shape {           \
  struct name : scope::name { \
    virtual void key();       \
  };                          \
  void name::key() {}         \
  }

SHAPE(nvinfer1, IErrorRecorder)
SHAPE(nvinfer1, ILogger)
SHAPE(nvinfer1, ILoggerFinder)
SHAPE(nvinfer1, IGpuAllocator)
SHAPE(nvinfer1, IGpuAsyncAllocator)
SHAPE(nvinfer1, IOutputAllocator)
SHAPE(nvinfer1, IProfiler)
SHAPE(nvinfer1, IDebugListener)
SHAPE(nvinfer1, IProgressMonitor)
SHAPE(nvinfer1, IStreamReader)
SHAPE(nvinfer1, IStreamReaderV2)
SHAPE(nvinfer1, IStreamWriter)
SHAPE(nvinfer1, IPluginResource)
SHAPE(nvinfer1, IPluginResourceContext)
SHAPE(nvinfer1, IPluginRegistry)
SHAPE(nvinfer1, IPluginCreator)
SHAPE(nvinfer1, IPluginCreatorV3One)
SHAPE(nvinfer1, IPluginV2)
SHAPE(nvinfer1, IPluginV2Ext)
SHAPE(nvinfer1, IPluginV2IOExt)
SHAPE(nvinfer1, IPluginV2DynamicExt)
SHAPE(nvinfer1, IPluginV3)
SHAPE(nvinfer1, IPluginV3OneCore)
SHAPE(nvinfer1, IPluginV3OneBuild)
SHAPE(nvinfer1, IPluginV3OneBuildV2)
SHAPE(nvinfer1, IPluginV3OneRuntime)
SHAPE(nvinfer1, IPluginV3QuickCore)
SHAPE(nvinfer1, IPluginV3QuickBuild)
SHAPE(nvinfer1, IPluginV3QuickAOTBuild)
SHAPE(nvinfer1, IPluginV3QuickRuntime)
SHAPE(nvinfer1, IPluginCreatorV3Quick)
SHAPE(nvinfer1, ISymExprsImpl)
SHAPE(nvinfer1, IKernelLaunchParamsImpl)
SHAPE(nvinfer1, IInt8Calibrator)
SHAPE(nvinfer1, IInt8EntropyCalibrator2)
SHAPE(nvinfer1, IInt8LegacyCalibrator)
SHAPE(nvinfer1, IAlgorithmSelector)
SHAPE(nvinfer1::apiv, VExprBuilder)
SHAPE(nvinfer1::apiv, VDimensionExpr)

#ifndef SHAPES_WITHOUT_SAFE
SHAPE(nvinfer2::safe, ISafeRecorder)
SHAPE(nvinfer2::safe, ISafeMemAllocator)
SHAPE(nvinfer2::safe, ISafePluginResourceContext)
SHAPE(nvinfer2::safe, ISafePluginRegistry)
SHAPE(nvinfer2::safe, IPluginV3OneSafeCore)
SHAPE(nvinfer2::safe, IPluginV3OneSafeBuild)
SHAPE(nvinfer2::safe, IPluginV3OneSafeBuildMSS)
SHAPE(nvinfer2::safe, IPluginV3OneSafeRuntime)
SHAPE(nvinfer2::safe, ISafePluginCreatorV3One)
SHAPE(nvinfer2::safe, ITRTGraph)
SHAPE(nvinfer2::safe::consistency, IPluginChecker)
#endif

// Expressions are reached through one pointer right behind the pointer to the virtual table.
static_assert(sizeof(nvinfer1::IExprBuilder) == 2 * sizeof(void*), "");
static_assert(sizeof(nvinfer1::IDimensionExpr) == 2 * sizeof(void*), "");
static_assert(sizeof(nvinfer1::ISymExprs) == 2 * sizeof(void*), "");
static_assert(sizeof(nvinfer1::IKernelLaunchParams) == 2 * sizeof(void*), "");

// Structures that cross the border by value.
static_assert(sizeof(nvinfer1::Dims) == 72, "");
static_assert(sizeof(nvinfer1::InterfaceInfo) == 16, "");
static_assert(sizeof(nvinfer1::Weights) == 24, "");
static_assert(sizeof(nvinfer1::PluginField) == 24, "");
static_assert(sizeof(nvinfer1::PluginFieldCollection) == 16, "");
static_assert(sizeof(nvinfer1::PluginTensorDesc) == 88, "");
static_assert(sizeof(nvinfer1::DynamicPluginTensorDesc) == 304, "");
static_assert(sizeof(nvinfer1::DimsExprs) == 72, "");
