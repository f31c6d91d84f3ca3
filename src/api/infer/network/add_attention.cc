// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Adding layers of transformer networks.
#include "api/infer/network/layers_attention.h"
#include "api/infer/network/network.h"

namespace tenon::api {

using nvinfer1::ITensor;

namespace {

/// Three axes are packed sequences from the start: their layer could not be made otherwise.
ops::SequenceForm form_of(const ITensor& tensor) noexcept {
  return tensor.getDimensions().nbDims == 3 ? ops::SequenceForm::Packed : ops::SequenceForm::Padded;
}

}  // namespace

nvinfer1::IAttention* Network::addAttention(ITensor& query, ITensor& key, ITensor& value,
                                            nvinfer1::AttentionNormalizationOp normOp,
                                            bool causal) noexcept {
  return addAttentionV2(
      query, key, value, normOp,
      causal ? nvinfer1::CausalMaskKind::kUPPER_LEFT : nvinfer1::CausalMaskKind::kNONE);
}

nvinfer1::IAttention* Network::addAttentionV2(ITensor& query, ITensor& key, ITensor& value,
                                              nvinfer1::AttentionNormalizationOp normOp,
                                              nvinfer1::CausalMaskKind causalKind) noexcept {
  const auto causal = to_own(kCausalKinds, causalKind);
  if (!causal) return nullptr;
  const bool softmax = normOp == nvinfer1::AttentionNormalizationOp::kSOFTMAX;
  auto* layer = add_to<nvinfer1::IAttentionOutputLayer>(
      ops::Attention{softmax, *causal, form_of(query), form_of(key), false},
      {&query, &key, &value});
  return layer == nullptr ? nullptr : layer->getAttention();
}

nvinfer1::IRotaryEmbeddingLayer* Network::addRotaryEmbedding(ITensor& input, ITensor& cosCache,
                                                             ITensor& sinCache, bool interleaved,
                                                             int32_t rotaryEmbeddingDim) noexcept {
  return add_to<nvinfer1::IRotaryEmbeddingLayer>(
      ops::RotaryEmbedding{interleaved, rotaryEmbeddingDim}, {&input, &cosCache, &sinCache});
}

nvinfer1::IKVCacheUpdateLayer* Network::addKVCacheUpdate(ITensor& cache, ITensor& update,
                                                         ITensor& writeIndices,
                                                         nvinfer1::KVCacheMode cacheMode) noexcept {
  if (cacheMode != nvinfer1::KVCacheMode::kLINEAR) return nullptr;
  return add_to<nvinfer1::IKVCacheUpdateLayer>(ops::KvCacheUpdate{form_of(update)},
                                               {&cache, &update, &writeIndices});
}

nvinfer1::IMoELayer* Network::addMoE(ITensor& hiddenStates, ITensor& selectedExpertsForTokens,
                                     ITensor& scoresForSelectedExperts) noexcept {
  return add_to<nvinfer1::IMoELayer>(
      ops::MixtureOfExperts{},
      {&hiddenStates, &selectedExpertsForTokens, &scoresForSelectedExperts});
}

}  // namespace tenon::api
