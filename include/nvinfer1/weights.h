// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Constant values and blocks of host memory.
#pragma once

#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {

/// Constant values, not owned. They must stay alive until the network, or the refitter, they were
/// given to is done with. `values` null with count 0 stands for "none".
class Weights {
 public:
  DataType type;
  void const* values;
  int64_t count;  ///< elements
};

/// What a weight is for a layer.
enum class WeightsRole : int32_t {
  kKERNEL = 0,
  kBIAS = 1,
  kSHIFT = 2,
  kSCALE = 3,
  kCONSTANT = 4,
  kANY = 5,  ///< weights addressed by their own name
};
namespace impl {
template <>
struct EnumMaxImpl<WeightsRole> {
  static constexpr int32_t kVALUE = 6;
};
}  // namespace impl

/// A block of memory that the library made, such as a serialized engine. Freed with delete.
class IHostMemory : public INoCopy {
 public:
  virtual ~IHostMemory() noexcept = default;

  virtual void* data() const noexcept = 0;
  virtual std::size_t size() const noexcept = 0;  ///< bytes
  virtual DataType type() const noexcept = 0;     ///< kINT8 for plain bytes
};

}  // namespace nvinfer1
