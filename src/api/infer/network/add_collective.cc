// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Adding collectives, of which there is one rank.
#include "api/infer/network/layer.h"

namespace tenon::api {

namespace {

/// With one rank every collective gives what it takes.
class DistCollectiveLayer final
    : public LayerOf<nvinfer1::IDistCollectiveLayer, nvinfer1::LayerType::kDIST_COLLECTIVE> {
 public:
  using LayerOf::LayerOf;
};

}  // namespace

nvinfer1::IDistCollectiveLayer* Network::addDistCollective(nvinfer1::ITensor& input,
                                                           nvinfer1::CollectiveOperation,
                                                           nvinfer1::ReduceOperation, int64_t root,
                                                           int64_t* groups,
                                                           int64_t groupSize) noexcept {
  return guarded<nvinfer1::IDistCollectiveLayer*>(
      voice_, nullptr, [&]() -> nvinfer1::IDistCollectiveLayer* {
        const bool alone = groups == nullptr || (groupSize == 1 && groups[0] == 0);
        if (root < -1 || root > 0 || !alone) {
          voice_.refuse(Code::Unsupported,
                        "addDistCollective: an engine runs on one rank here, which is rank 0: give "
                        "no other root and no other group");
          return nullptr;
        }
        ir::Value* value = value_of(input);
        if (value == nullptr) return nullptr;
        Diagnostics diag = voice_.diagnostics();
        const auto node = graph_.add(ops::Identity{}, {value}, "", diag);
        if (!node.ok()) return nullptr;
        auto layer = std::make_unique<DistCollectiveLayer>(*this, **node);
        auto* const shown = layer.get();
        layers_[*node] = std::move(layer);
        return shown;
      });
}

}  // namespace tenon::api
