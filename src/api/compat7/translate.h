// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Both interfaces side by side, and the small types of one as the other's.
#pragma once

#define TENON_COMPAT7_APART
#include "NvInfer.h"
#include "compat7/NvInfer.h"

namespace tenon::compat7 {

namespace v7 = nvinfer1::compat7;

v7::Dims to_v7(const nvinfer1::Dims& dims) noexcept;
nvinfer1::Dims from_v7(const v7::Dims& dims) noexcept;

/// Extents without and with a batch of one in front.
nvinfer1::Dims without_batch(const nvinfer1::Dims& dims) noexcept;
nvinfer1::Dims with_batch(const nvinfer1::Dims& dims) noexcept;

/// True for types and formats that the 7.x interface has.
bool has_v7(nvinfer1::DataType type) noexcept;
bool has_v7(nvinfer1::TensorFormat format) noexcept;

inline v7::DataType to_v7(nvinfer1::DataType type) noexcept {
  return static_cast<v7::DataType>(type);
}
inline nvinfer1::DataType from_v7(v7::DataType type) noexcept {
  return static_cast<nvinfer1::DataType>(type);
}
v7::PluginTensorDesc to_v7(const nvinfer1::PluginTensorDesc& desc) noexcept;
/// Layers that 7.x has no number for are plugins.
v7::LayerType to_v7(nvinfer1::LayerType type) noexcept;

/// The 7.x logger as one of the present interface. It lives as long as the process: what hears it
/// may outlive whoever asks.
nvinfer1::ILogger& logger_of(v7::ILogger& logger);

}  // namespace tenon::compat7
