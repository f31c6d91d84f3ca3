// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that are not there yet, by name: docs/coverage.md is made from these calls.
#include "api/infer/network/network.h"

namespace tenon::api {

nvinfer1::ILRNLayer* Network::addLRN(nvinfer1::ITensor&, int64_t, float, float, float) noexcept {
  return voice_.absent("INetworkDefinition::addLRN"), nullptr;
}

nvinfer1::IScaleLayer* Network::addScale(nvinfer1::ITensor&, nvinfer1::ScaleMode, nvinfer1::Weights,
                                         nvinfer1::Weights, nvinfer1::Weights) noexcept {
  return voice_.absent("INetworkDefinition::addScale"), nullptr;
}

nvinfer1::IOneHotLayer* Network::addOneHot(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                           nvinfer1::ITensor&, int32_t) noexcept {
  return voice_.absent("INetworkDefinition::addOneHot"), nullptr;
}

nvinfer1::ITopKLayer* Network::addTopK(nvinfer1::ITensor&, nvinfer1::TopKOperation, int32_t,
                                       uint32_t) noexcept {
  return voice_.absent("INetworkDefinition::addTopK"), nullptr;
}

nvinfer1::ITopKLayer* Network::addTopK(nvinfer1::ITensor&, nvinfer1::TopKOperation, int32_t,
                                       uint32_t, nvinfer1::DataType) noexcept {
  return voice_.absent("INetworkDefinition::addTopK"), nullptr;
}

nvinfer1::IRaggedSoftMaxLayer* Network::addRaggedSoftMax(nvinfer1::ITensor&,
                                                         nvinfer1::ITensor&) noexcept {
  return voice_.absent("INetworkDefinition::addRaggedSoftMax"), nullptr;
}

nvinfer1::INonZeroLayer* Network::addNonZero(nvinfer1::ITensor&) noexcept {
  return voice_.absent("INetworkDefinition::addNonZero"), nullptr;
}

nvinfer1::INonZeroLayer* Network::addNonZero(nvinfer1::ITensor&, nvinfer1::DataType) noexcept {
  return voice_.absent("INetworkDefinition::addNonZero"), nullptr;
}

nvinfer1::IParametricReLULayer* Network::addParametricReLU(nvinfer1::ITensor&,
                                                           nvinfer1::ITensor&) noexcept {
  return voice_.absent("INetworkDefinition::addParametricReLU"), nullptr;
}

nvinfer1::IDeconvolutionLayer* Network::addDeconvolutionNd(nvinfer1::ITensor&, int64_t,
                                                           nvinfer1::Dims, nvinfer1::Weights,
                                                           nvinfer1::Weights) noexcept {
  return voice_.absent("INetworkDefinition::addDeconvolutionNd"), nullptr;
}

nvinfer1::IScaleLayer* Network::addScaleNd(nvinfer1::ITensor&, nvinfer1::ScaleMode,
                                           nvinfer1::Weights, nvinfer1::Weights, nvinfer1::Weights,
                                           int32_t) noexcept {
  return voice_.absent("INetworkDefinition::addScaleNd"), nullptr;
}

nvinfer1::ILoop* Network::addLoop() noexcept {
  return voice_.absent("INetworkDefinition::addLoop"), nullptr;
}

nvinfer1::IIfConditional* Network::addIfConditional() noexcept {
  return voice_.absent("INetworkDefinition::addIfConditional"), nullptr;
}

nvinfer1::IAssertionLayer* Network::addAssertion(nvinfer1::ITensor&, char const*) noexcept {
  return voice_.absent("INetworkDefinition::addAssertion"), nullptr;
}

nvinfer1::IFillLayer* Network::addFill(nvinfer1::Dims const&, nvinfer1::FillOperation) noexcept {
  return voice_.absent("INetworkDefinition::addFill"), nullptr;
}

nvinfer1::IFillLayer* Network::addFill(nvinfer1::Dims const&, nvinfer1::FillOperation,
                                       nvinfer1::DataType) noexcept {
  return voice_.absent("INetworkDefinition::addFill"), nullptr;
}

nvinfer1::IDequantizeLayer* Network::addDequantize(nvinfer1::ITensor&,
                                                   nvinfer1::ITensor&) noexcept {
  return voice_.absent("INetworkDefinition::addDequantize"), nullptr;
}

nvinfer1::IDequantizeLayer* Network::addDequantize(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                                   nvinfer1::DataType) noexcept {
  return voice_.absent("INetworkDefinition::addDequantize"), nullptr;
}

nvinfer1::IScatterLayer* Network::addScatter(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                             nvinfer1::ITensor&, nvinfer1::ScatterMode) noexcept {
  return voice_.absent("INetworkDefinition::addScatter"), nullptr;
}

nvinfer1::IQuantizeLayer* Network::addQuantize(nvinfer1::ITensor&, nvinfer1::ITensor&) noexcept {
  return voice_.absent("INetworkDefinition::addQuantize"), nullptr;
}

nvinfer1::IQuantizeLayer* Network::addQuantize(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                               nvinfer1::DataType) noexcept {
  return voice_.absent("INetworkDefinition::addQuantize"), nullptr;
}

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

nvinfer1::IEinsumLayer* Network::addEinsum(nvinfer1::ITensor* const*, int32_t,
                                           char const*) noexcept {
  return voice_.absent("INetworkDefinition::addEinsum"), nullptr;
}

nvinfer1::IGridSampleLayer* Network::addGridSample(nvinfer1::ITensor&,
                                                   nvinfer1::ITensor&) noexcept {
  return voice_.absent("INetworkDefinition::addGridSample"), nullptr;
}

nvinfer1::INMSLayer* Network::addNMS(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                     nvinfer1::ITensor&) noexcept {
  return voice_.absent("INetworkDefinition::addNMS"), nullptr;
}

nvinfer1::INMSLayer* Network::addNMS(nvinfer1::ITensor&, nvinfer1::ITensor&, nvinfer1::ITensor&,
                                     nvinfer1::DataType) noexcept {
  return voice_.absent("INetworkDefinition::addNMS"), nullptr;
}

nvinfer1::IReverseSequenceLayer* Network::addReverseSequence(nvinfer1::ITensor&,
                                                             nvinfer1::ITensor&) noexcept {
  return voice_.absent("INetworkDefinition::addReverseSequence"), nullptr;
}

nvinfer1::INormalizationLayer* Network::addNormalization(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                                         nvinfer1::ITensor&, uint32_t) noexcept {
  return voice_.absent("INetworkDefinition::addNormalization"), nullptr;
}

nvinfer1::ICumulativeLayer* Network::addCumulative(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                                   nvinfer1::CumulativeOperation, bool,
                                                   bool) noexcept {
  return voice_.absent("INetworkDefinition::addCumulative"), nullptr;
}

nvinfer1::IAttention* Network::addAttention(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                            nvinfer1::ITensor&, nvinfer1::AttentionNormalizationOp,
                                            bool) noexcept {
  return voice_.absent("INetworkDefinition::addAttention"), nullptr;
}

nvinfer1::IAttention* Network::addAttentionV2(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                              nvinfer1::ITensor&,
                                              nvinfer1::AttentionNormalizationOp,
                                              nvinfer1::CausalMaskKind) noexcept {
  return voice_.absent("INetworkDefinition::addAttentionV2"), nullptr;
}

nvinfer1::IRotaryEmbeddingLayer* Network::addRotaryEmbedding(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                                             nvinfer1::ITensor&, bool,
                                                             int32_t) noexcept {
  return voice_.absent("INetworkDefinition::addRotaryEmbedding"), nullptr;
}

nvinfer1::IKVCacheUpdateLayer* Network::addKVCacheUpdate(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                                         nvinfer1::ITensor&,
                                                         nvinfer1::KVCacheMode) noexcept {
  return voice_.absent("INetworkDefinition::addKVCacheUpdate"), nullptr;
}

nvinfer1::IMoELayer* Network::addMoE(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                     nvinfer1::ITensor&) noexcept {
  return voice_.absent("INetworkDefinition::addMoE"), nullptr;
}

nvinfer1::IDistCollectiveLayer* Network::addDistCollective(nvinfer1::ITensor&,
                                                           nvinfer1::CollectiveOperation,
                                                           nvinfer1::ReduceOperation, int64_t,
                                                           int64_t*, int64_t) noexcept {
  return voice_.absent("INetworkDefinition::addDistCollective"), nullptr;
}

nvinfer1::ISqueezeLayer* Network::addSqueeze(nvinfer1::ITensor&, nvinfer1::ITensor&) noexcept {
  return voice_.absent("INetworkDefinition::addSqueeze"), nullptr;
}

nvinfer1::IUnsqueezeLayer* Network::addUnsqueeze(nvinfer1::ITensor&, nvinfer1::ITensor&) noexcept {
  return voice_.absent("INetworkDefinition::addUnsqueeze"), nullptr;
}

nvinfer1::INormalizationLayer* Network::addNormalizationV2(nvinfer1::ITensor&, nvinfer1::ITensor&,
                                                           nvinfer1::ITensor&, uint32_t) noexcept {
  return voice_.absent("INetworkDefinition::addNormalizationV2"), nullptr;
}

}  // namespace tenon::api
