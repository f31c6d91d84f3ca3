// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that are not there yet, by name: docs/coverage.md is made from these calls.
#include "api/infer/network/network.h"

namespace tenon::api {

nvinfer1::IDynamicQuantizeLayer* Network::addDynamicQuantize(nvinfer1::ITensor&, int32_t, int32_t,
                                                             nvinfer1::DataType,
                                                             nvinfer1::DataType) noexcept {
  return voice_.absent("INetworkDefinition::addDynamicQuantize"), nullptr;
}

nvinfer1::IDynamicQuantizeLayer* Network::addDynamicQuantizeV2(nvinfer1::ITensor&,
                                                               nvinfer1::Dims const&,
                                                               nvinfer1::DataType,
                                                               nvinfer1::DataType) noexcept {
  return voice_.absent("INetworkDefinition::addDynamicQuantizeV2"), nullptr;
}

nvinfer1::IDistCollectiveLayer* Network::addDistCollective(nvinfer1::ITensor&,
                                                           nvinfer1::CollectiveOperation,
                                                           nvinfer1::ReduceOperation, int64_t,
                                                           int64_t*, int64_t) noexcept {
  return voice_.absent("INetworkDefinition::addDistCollective"), nullptr;
}

}  // namespace tenon::api
