// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What both halves of the plugin know: its name, its numbers, and the fields these travel in.
// The library brings "MaxPoolPlugin", version "1", namespace "".
#pragma once

#include "NvInferSafePlugin.h"
#include "NvInferSafeRuntime.h"
#include "max_pool_kernel.h"

namespace maxpool {

constexpr char const* kName = "MaxPoolPlugin";
constexpr char const* kVersion = "1";
constexpr char const* kNamespace = "";

/// The numbers of a model's node. They mean the same in every process, and are all that an engine
/// file keeps of the plugin; extents are told with each run.
struct Parameters {
  int32_t kernelShape[2] = {};  ///< height, width
  int32_t strides[2] = {};
  int32_t pads[2] = {};     ///< on both sides of an axis
  int32_t poolingType = 0;  ///< 0: maximum; there is no other
};

/// The fields that name `parameters`, pointing into them; used in models and engine files alike.
/// Without parameters: the names and types alone.
class Fields {
 public:
  explicit Fields(Parameters const* parameters = nullptr) noexcept;
  Fields(Fields const&) = delete;
  Fields& operator=(Fields const&) = delete;
  nvinfer1::PluginFieldCollection const& collection() const noexcept { return collection_; }

 private:
  static constexpr int32_t kCount = 4;
  nvinfer1::PluginField fields_[kCount];
  nvinfer1::PluginFieldCollection collection_;
};

/// Reads and checks fields; pType may be missing. False, with the reason told to `recorder` unless
/// that is null, when they make no window.
bool read(nvinfer1::PluginFieldCollection const* fields, Parameters& into,
          nvinfer2::safe::ISafeRecorder* recorder) noexcept;

Window windowOf(Parameters const& parameters) noexcept;

/// floor((extent + 2 pad - kernel) / stride) + 1.
int64_t pooled(int64_t extent, Axis const& axis) noexcept;

/// Whether `in` and `out` are pictures of one known type, not in vectors, and the second has the
/// extents that `window` makes of the first.
bool fits(nvinfer2::safe::TensorDescriptor const& in, nvinfer2::safe::TensorDescriptor const& out,
          Window const& window) noexcept;

}  // namespace maxpool
