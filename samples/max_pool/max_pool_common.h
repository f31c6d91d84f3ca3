// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the max-pool plugins of all versions share: name, parameters, fields and extents. Each of
// the libraries brings "MaxPoolPlugin", version "1", namespace "": max-pooling of float32
// [N, C, H, W].
#pragma once

#include <array>
#include <string>

#include "NvInfer.h"
#include "max_pool_kernel.h"

namespace maxpool {

constexpr char const* kName = "MaxPoolPlugin";
constexpr char const* kVersion = "1";
constexpr char const* kNamespace = "";

/// What the creator reads from the fields of a model's node.
struct Parameters {
  std::array<int32_t, 2> kernelShape{};  ///< height, width
  std::array<int32_t, 2> strides{};
  std::array<int32_t, 2> pads{};  ///< on both sides of an axis
  int32_t poolingType = 0;        ///< 0: maximum; there is no other
};

/// The names and types that read() understands; static storage.
nvinfer1::PluginFieldCollection const& understoodFields();

/// Reads and checks the fields; false, with the reason said, when they make no window.
bool read(nvinfer1::PluginFieldCollection const* fields, Parameters& into);

Window windowOf(Parameters const& parameters);

/// floor((extent + 2 pad - kernel) / stride) + 1, as a number or as an expression.
int64_t pooled(int64_t extent, Axis const& axis);
nvinfer1::IDimensionExpr const* pooled(nvinfer1::IDimensionExpr const& extent, Axis const& axis,
                                       nvinfer1::IExprBuilder& builder);

/// Says one sentence to the logger of whoever uses the plugin.
void report(nvinfer1::ILogger::Severity severity, std::string const& sentence);

}  // namespace maxpool
