// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Names that the safe interface shares with nvinfer1.
#pragma once

#include "NvInferPluginBase.h"
#include "NvInferRuntimeBase.h"

namespace nvinfer2 {
namespace safe {

// The same types, not copies: safe plugins use both namespaces at once.
using AsciiChar = nvinfer1::AsciiChar;
using DataType = nvinfer1::DataType;
using Dims = nvinfer1::Dims;
using ErrorCode = nvinfer1::ErrorCode;
using IErrorRecorder = nvinfer1::IErrorRecorder;
using InterfaceInfo = nvinfer1::InterfaceInfo;
using IPluginCapability = nvinfer1::IPluginCapability;
using IPluginCreatorInterface = nvinfer1::IPluginCreatorInterface;
using IPluginResource = nvinfer1::IPluginResource;
using IPluginV3 = nvinfer1::IPluginV3;
using IVersionedInterface = nvinfer1::IVersionedInterface;
using PluginField = nvinfer1::PluginField;
using PluginFieldCollection = nvinfer1::PluginFieldCollection;
using TensorIOMode = nvinfer1::TensorIOMode;
using TensorRTPhase = nvinfer1::TensorRTPhase;

namespace impl {
/// Holds the number of enumerators of T as `kVALUE`; specialised beside each enumeration.
template <typename T>
struct EnumMaxImpl;
}  // namespace impl

/// One more than the largest enumerator of T, for the enumerations of this namespace.
template <typename T>
constexpr int32_t EnumMax() noexcept {
  return impl::EnumMaxImpl<T>::kVALUE;
}

}  // namespace safe
}  // namespace nvinfer2
