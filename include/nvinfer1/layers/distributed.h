// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers over several ranks.
#pragma once

#include "nvinfer1/layers/reduce.h"

namespace nvinfer1 {

/// How ranks exchange data.
enum class CollectiveOperation : int32_t {
  kALL_REDUCE = 0,
  kALL_GATHER = 1,
  kBROADCAST = 2,
  kREDUCE = 3,
  kREDUCE_SCATTER = 4,
  kALL_TO_ALL = 5,
  kGATHER = 6,
  kSCATTER = 7,
};
namespace impl {
template <>
struct EnumMaxImpl<CollectiveOperation> {
  static constexpr int32_t kVALUE = 8;
};
}  // namespace impl

/// An exchange between ranks, with the communicator of the execution context.
class IDistCollectiveLayer : public ILayer {
 protected:
  virtual ~IDistCollectiveLayer() noexcept = default;
};

}  // namespace nvinfer1
