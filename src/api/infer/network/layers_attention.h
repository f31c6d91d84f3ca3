// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers of transformer networks.
#pragma once

#include <string>

#include "api/infer/network/kinds.h"
#include "api/infer/network/layer.h"

namespace tenon::api {

inline constexpr KindRow<nvinfer1::CausalMaskKind, ops::CausalKind> kCausalKinds[] = {
    {nvinfer1::CausalMaskKind::kNONE, ops::CausalKind::None},
    {nvinfer1::CausalMaskKind::kUPPER_LEFT, ops::CausalKind::UpperLeft},
    {nvinfer1::CausalMaskKind::kLOWER_RIGHT, ops::CausalKind::LowerRight},
};
inline constexpr KindRow<nvinfer1::AttentionIOForm, ops::SequenceForm> kSequenceForms[] = {
    {nvinfer1::AttentionIOForm::kPADDED_BHND, ops::SequenceForm::Padded},
    {nvinfer1::AttentionIOForm::kPACKED_NHD, ops::SequenceForm::Packed},
};

/// An attention as one node: the output layer that the interface shows, and the attention it
/// belongs to.
class AttentionLayer final
    : public LayerOf<nvinfer1::IAttentionOutputLayer, nvinfer1::LayerType::kATTENTION_OUTPUT> {
 public:
  AttentionLayer(Network& network, ir::Node& node) : LayerOf(network, node), face_(*this) {}
  nvinfer1::IAttention* getAttention() const noexcept override { return &face_; }

 private:
  class Face final : public nvinfer1::IAttention {
   public:
    explicit Face(AttentionLayer& layer) : layer_(layer) {}
    ~Face() noexcept override = default;

    bool setNormalizationOperation(nvinfer1::AttentionNormalizationOp op) noexcept override;
    nvinfer1::AttentionNormalizationOp getNormalizationOperation() const noexcept override {
      return own().softmax ? nvinfer1::AttentionNormalizationOp::kSOFTMAX
                           : nvinfer1::AttentionNormalizationOp::kNONE;
    }
    bool setMask(nvinfer1::ITensor& mask) noexcept override {
      return put(ops::kAttentionMask, &mask);
    }
    nvinfer1::ITensor* getMask() noexcept override { return layer_.getInput(ops::kAttentionMask); }
    bool setCausal(bool isCausal) noexcept override {
      return setCausalKind(isCausal ? nvinfer1::CausalMaskKind::kUPPER_LEFT
                                    : nvinfer1::CausalMaskKind::kNONE);
    }
    bool getCausal() const noexcept override { return own().causal != ops::CausalKind::None; }
    bool setCausalKind(nvinfer1::CausalMaskKind kind) noexcept override;
    nvinfer1::CausalMaskKind getCausalKind() const noexcept override {
      return to_foreign(kCausalKinds, own().causal);
    }
    bool setDecomposable(bool decomposable) noexcept override;
    bool getDecomposable() const noexcept override { return own().decomposable; }
    bool setInput(int32_t index, nvinfer1::ITensor& input) noexcept override;
    int32_t getNbInputs() const noexcept override { return layer_.getNbInputs(); }
    nvinfer1::ITensor* getInput(int32_t index) const noexcept override {
      return layer_.getInput(index);
    }
    int32_t getNbOutputs() const noexcept override { return layer_.getNbOutputs(); }
    nvinfer1::ITensor* getOutput(int32_t index) const noexcept override {
      return layer_.getOutput(index);
    }
    bool setName(char const* name) noexcept override;
    char const* getName() const noexcept override { return layer_.getName(); }
    bool setNormalizationQuantizeScale(nvinfer1::ITensor& tensor) noexcept override;
    nvinfer1::ITensor* getNormalizationQuantizeScale() const noexcept override { return nullptr; }
    bool setNormalizationQuantizeToType(nvinfer1::DataType type) noexcept override;
    nvinfer1::DataType getNormalizationQuantizeToType() const noexcept override {
      return nvinfer1::DataType::kFLOAT;
    }
    bool setMetadata(char const* metadata) noexcept override;
    char const* getMetadata() const noexcept override { return layer_.getMetadata(); }
    bool setNbRanks(int32_t nbRanks) noexcept override { return layer_.setNbRanks(nbRanks); }
    int32_t getNbRanks() const noexcept override { return layer_.getNbRanks(); }
    bool setQueryForm(nvinfer1::AttentionIOForm form) noexcept override;
    nvinfer1::AttentionIOForm getQueryForm() const noexcept override {
      return to_foreign(kSequenceForms, own().query_form);
    }
    bool setKeyValueForm(nvinfer1::AttentionIOForm form) noexcept override;
    nvinfer1::AttentionIOForm getKeyValueForm() const noexcept override {
      return to_foreign(kSequenceForms, own().key_form);
    }
    bool setQueryLengths(nvinfer1::ITensor* lengths) noexcept override {
      return put(ops::kAttentionQueryLengths, lengths);
    }
    nvinfer1::ITensor* getQueryLengths() const noexcept override {
      return layer_.getInput(ops::kAttentionQueryLengths);
    }
    bool setKeyValueLengths(nvinfer1::ITensor* lengths) noexcept override {
      return put(ops::kAttentionKeyLengths, lengths);
    }
    nvinfer1::ITensor* getKeyValueLengths() const noexcept override {
      return layer_.getInput(ops::kAttentionKeyLengths);
    }

   private:
    [[nodiscard]] const ops::Attention& own() const noexcept { return layer_.op<ops::Attention>(); }
    bool put(size_t input, nvinfer1::ITensor* tensor) noexcept;

    AttentionLayer& layer_;
  };

  mutable Face face_;
};

class RotaryEmbeddingLayer final
    : public LayerOf<nvinfer1::IRotaryEmbeddingLayer, nvinfer1::LayerType::kROTARY_EMBEDDING> {
 public:
  using LayerOf::LayerOf;
  void setInterleaved(bool interleaved) noexcept override {
    change<ops::RotaryEmbedding>([&](auto& op) { op.interleaved = interleaved; });
  }
  bool getInterleaved() const noexcept override { return op<ops::RotaryEmbedding>().interleaved; }
  bool setRotaryEmbeddingDim(int32_t rotaryEmbeddingDim) noexcept override {
    return change<ops::RotaryEmbedding>([&](auto& op) { op.size = rotaryEmbeddingDim; });
  }
  int32_t getRotaryEmbeddingDim() const noexcept override {
    return static_cast<int32_t>(op<ops::RotaryEmbedding>().size);
  }
};

class KvCacheUpdateLayer final
    : public LayerOf<nvinfer1::IKVCacheUpdateLayer, nvinfer1::LayerType::kKVCACHE_UPDATE> {
 public:
  using LayerOf::LayerOf;
  bool setCacheMode(nvinfer1::KVCacheMode cacheMode) noexcept override {
    return cacheMode == nvinfer1::KVCacheMode::kLINEAR;
  }
  nvinfer1::KVCacheMode getCacheMode() const noexcept override {
    return nvinfer1::KVCacheMode::kLINEAR;
  }
  bool setUpdateForm(nvinfer1::AttentionIOForm form) noexcept override;
  nvinfer1::AttentionIOForm getUpdateForm() const noexcept override {
    return to_foreign(kSequenceForms, op<ops::KvCacheUpdate>().form);
  }
  bool setUpdateLengths(nvinfer1::ITensor* lengths) noexcept override;
  nvinfer1::ITensor* getUpdateLengths() const noexcept override { return getInput(3); }
};

class MixtureLayer final : public LayerOf<nvinfer1::IMoELayer, nvinfer1::LayerType::kMOE> {
 public:
  using LayerOf::LayerOf;
  void setGatedWeights(nvinfer1::ITensor& fcGateWeights, nvinfer1::ITensor& fcUpWeights,
                       nvinfer1::ITensor& fcDownWeights,
                       nvinfer1::MoEActType activationType) noexcept override;
  void setGatedBiases(nvinfer1::ITensor& fcGateBiases, nvinfer1::ITensor& fcUpBiases,
                      nvinfer1::ITensor& fcDownBiases) noexcept override;
  void setActivationType(nvinfer1::MoEActType activationType) noexcept override;
  nvinfer1::MoEActType getActivationType() const noexcept override {
    return op<ops::MixtureOfExperts>().silu ? nvinfer1::MoEActType::kSILU
                                            : nvinfer1::MoEActType::kNONE;
  }
  void setQuantizationStatic(nvinfer1::ITensor& fcDownActivationScale,
                             nvinfer1::DataType dataType) noexcept override;
  void setQuantizationDynamicDblQ(nvinfer1::ITensor& fcDownActivationDblQScale,
                                  nvinfer1::DataType dataType, nvinfer1::Dims const& blockShape,
                                  nvinfer1::DataType dynQOutputScaleType) noexcept override;
  void setQuantizationToType(nvinfer1::DataType type) noexcept override;
  nvinfer1::DataType getQuantizationToType() const noexcept override {
    return nvinfer1::DataType::kFLOAT;
  }
  void setQuantizationBlockShape(nvinfer1::Dims const& blockShape) noexcept override;
  nvinfer1::Dims getQuantizationBlockShape() const noexcept override { return {}; }
  void setDynQOutputScaleType(nvinfer1::DataType type) noexcept override;
  nvinfer1::DataType getDynQOutputScaleType() const noexcept override {
    return nvinfer1::DataType::kFLOAT;
  }
  void setSwigluParams(float limit, float alpha, float beta) noexcept override;
  void setSwigluParamLimit(float limit) noexcept override;
  float getSwigluParamLimit() const noexcept override { return op<ops::MixtureOfExperts>().limit; }
  void setSwigluParamAlpha(float alpha) noexcept override;
  float getSwigluParamAlpha() const noexcept override { return op<ops::MixtureOfExperts>().alpha; }
  void setSwigluParamBeta(float beta) noexcept override;
  float getSwigluParamBeta() const noexcept override { return op<ops::MixtureOfExperts>().beta; }

 private:
  bool put(size_t first, std::initializer_list<nvinfer1::ITensor*> tensors) noexcept;
};

}  // namespace tenon::api
