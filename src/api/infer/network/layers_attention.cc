// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calls of transformer layers that are more than a line.
#include "api/infer/network/layers_attention.h"

namespace tenon::api {

using nvinfer1::ITensor;

bool AttentionLayer::Face::setNormalizationOperation(
    nvinfer1::AttentionNormalizationOp op) noexcept {
  return layer_.change<ops::Attention>(
      [&](auto& own) { own.softmax = op == nvinfer1::AttentionNormalizationOp::kSOFTMAX; });
}

bool AttentionLayer::Face::setCausalKind(nvinfer1::CausalMaskKind kind) noexcept {
  const auto causal = to_own(kCausalKinds, kind);
  return causal && layer_.change<ops::Attention>([&](auto& own) { own.causal = *causal; });
}

bool AttentionLayer::Face::setDecomposable(bool decomposable) noexcept {
  return layer_.change<ops::Attention>([&](auto& own) { own.decomposable = decomposable; });
}

bool AttentionLayer::Face::setInput(int32_t index, ITensor& input) noexcept {
  if (index < 0 || index > static_cast<int32_t>(ops::kAttentionValue)) {
    layer_.network_.voice().refuse(Code::InvalidArgument,
                                   "IAttention::setInput takes 0, 1 or 2: query, key or value");
    return false;
  }
  return put(static_cast<size_t>(index), &input);
}

bool AttentionLayer::Face::setName(char const* name) noexcept {
  layer_.setName(name);
  return name != nullptr;
}

bool AttentionLayer::Face::setMetadata(char const* metadata) noexcept {
  layer_.setMetadata(metadata);
  return metadata != nullptr;
}

bool AttentionLayer::Face::setNormalizationQuantizeScale(ITensor&) noexcept {
  return layer_.network_.voice().absent("IAttention::setNormalizationQuantizeScale"), false;
}

bool AttentionLayer::Face::setNormalizationQuantizeToType(nvinfer1::DataType) noexcept {
  return layer_.network_.voice().absent("IAttention::setNormalizationQuantizeToType"), false;
}

bool AttentionLayer::Face::setQueryForm(nvinfer1::AttentionIOForm form) noexcept {
  const auto own_form = to_own(kSequenceForms, form);
  return own_form && layer_.change<ops::Attention>([&](auto& own) { own.query_form = *own_form; });
}

bool AttentionLayer::Face::setKeyValueForm(nvinfer1::AttentionIOForm form) noexcept {
  const auto own_form = to_own(kSequenceForms, form);
  return own_form && layer_.change<ops::Attention>([&](auto& own) { own.key_form = *own_form; });
}

bool AttentionLayer::Face::put(size_t input, ITensor* tensor) noexcept {
  ir::Value* value = tensor == nullptr ? nullptr : layer_.network_.value_of(*tensor);
  if (tensor != nullptr && value == nullptr) return false;
  return layer_.network_.replace_inputs(layer_.node_, {{input, value}});
}

bool KvCacheUpdateLayer::setUpdateForm(nvinfer1::AttentionIOForm form) noexcept {
  const auto own_form = to_own(kSequenceForms, form);
  return own_form && change<ops::KvCacheUpdate>([&](auto& own) { own.form = *own_form; });
}

bool KvCacheUpdateLayer::setUpdateLengths(ITensor* lengths) noexcept {
  ir::Value* value = lengths == nullptr ? nullptr : network_.value_of(*lengths);
  if (lengths != nullptr && value == nullptr) return false;
  return network_.replace_inputs(node_, {{3, value}});
}

bool MixtureLayer::put(size_t first, std::initializer_list<ITensor*> tensors) noexcept {
  std::vector<std::pair<size_t, ir::Value*>> inputs;
  for (ITensor* tensor : tensors) {
    ir::Value* value = network_.value_of(*tensor);
    if (value == nullptr) return false;
    inputs.emplace_back(first + inputs.size(), value);
  }
  return network_.replace_inputs(node_, inputs);
}

void MixtureLayer::setGatedWeights(ITensor& fcGateWeights, ITensor& fcUpWeights,
                                   ITensor& fcDownWeights,
                                   nvinfer1::MoEActType activationType) noexcept {
  if (put(ops::kExpertGate, {&fcGateWeights, &fcUpWeights, &fcDownWeights})) {
    setActivationType(activationType);
  }
}

void MixtureLayer::setGatedBiases(ITensor& fcGateBiases, ITensor& fcUpBiases,
                                  ITensor& fcDownBiases) noexcept {
  put(ops::kExpertGateBias, {&fcGateBiases, &fcUpBiases, &fcDownBiases});
}

void MixtureLayer::setActivationType(nvinfer1::MoEActType activationType) noexcept {
  change<ops::MixtureOfExperts>(
      [&](auto& own) { own.silu = activationType == nvinfer1::MoEActType::kSILU; });
}

void MixtureLayer::setQuantizationStatic(ITensor&, nvinfer1::DataType) noexcept {
  network_.voice().absent("IMoELayer::setQuantizationStatic");
}

void MixtureLayer::setQuantizationDynamicDblQ(ITensor&, nvinfer1::DataType, nvinfer1::Dims const&,
                                              nvinfer1::DataType) noexcept {
  network_.voice().absent("IMoELayer::setQuantizationDynamicDblQ");
}

void MixtureLayer::setQuantizationToType(nvinfer1::DataType) noexcept {
  network_.voice().absent("IMoELayer::setQuantizationToType");
}

void MixtureLayer::setQuantizationBlockShape(nvinfer1::Dims const&) noexcept {
  network_.voice().absent("IMoELayer::setQuantizationBlockShape");
}

void MixtureLayer::setDynQOutputScaleType(nvinfer1::DataType) noexcept {
  network_.voice().absent("IMoELayer::setDynQOutputScaleType");
}

void MixtureLayer::setSwigluParams(float limit, float alpha, float beta) noexcept {
  change<ops::MixtureOfExperts>([&](auto& own) {
    own.limit = limit;
    own.alpha = alpha;
    own.beta = beta;
  });
}

void MixtureLayer::setSwigluParamLimit(float limit) noexcept {
  change<ops::MixtureOfExperts>([&](auto& own) { own.limit = limit; });
}

void MixtureLayer::setSwigluParamAlpha(float alpha) noexcept {
  change<ops::MixtureOfExperts>([&](auto& own) { own.alpha = alpha; });
}

void MixtureLayer::setSwigluParamBeta(float beta) noexcept {
  change<ops::MixtureOfExperts>([&](auto& own) { own.beta = beta; });
}

}  // namespace tenon::api
