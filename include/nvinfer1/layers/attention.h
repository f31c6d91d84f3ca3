// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers of transformer networks.
#pragma once

#include "nvinfer1/layer.h"

namespace nvinfer1 {

class IAttention;

/// What is done to the scores.
enum class AttentionNormalizationOp : int32_t {
  kNONE = 0,
  kSOFTMAX = 1,
};
namespace impl {
template <>
struct EnumMaxImpl<AttentionNormalizationOp> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// Which later positions are hidden.
enum class CausalMaskKind : int32_t {
  kNONE = 0,
  kUPPER_LEFT = 1,   ///< query i sees keys 0 to i
  kLOWER_RIGHT = 2,  ///< the last query sees all keys
};
namespace impl {
template <>
struct EnumMaxImpl<CausalMaskKind> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// How sequences of several lengths lie together.
enum class AttentionIOForm : int32_t {
  kPADDED_BHND = 0,  ///< batch, heads, padded length, head size
  kPACKED_NHD = 1,   ///< sum of lengths, heads, head size
};
namespace impl {
template <>
struct EnumMaxImpl<AttentionIOForm> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// A layer at the border of an attention.
class IAttentionBoundaryLayer : public ILayer {
 public:
  /// Never null.
  virtual IAttention* getAttention() const noexcept = 0;

 protected:
  virtual ~IAttentionBoundaryLayer() noexcept = default;
};

/// What goes into an attention.
class IAttentionInputLayer : public IAttentionBoundaryLayer {
 protected:
  virtual ~IAttentionInputLayer() noexcept = default;
};

/// What comes out of it.
class IAttentionOutputLayer : public IAttentionBoundaryLayer {
 protected:
  virtual ~IAttentionOutputLayer() noexcept = default;
};

/// normalize(query * key^T [+ mask]) * value. Inputs 0, 1 and 2 are query, key and value. Owned by
/// the network. Setters answer false, and change nothing, when they refuse.
class IAttention : public INoCopy {
 public:
  virtual bool setNormalizationOperation(AttentionNormalizationOp op) noexcept = 0;
  virtual AttentionNormalizationOp getNormalizationOperation() const noexcept = 0;

  /// kBOOL: true may be seen. Otherwise of the type of the query: added to the scores. Not with a
  /// causal mask.
  virtual bool setMask(ITensor& mask) noexcept = 0;
  virtual ITensor* getMask() noexcept = 0;

  /// Whether later positions are hidden: kUPPER_LEFT or kNONE.
  virtual bool setCausal(bool isCausal) noexcept = 0;
  virtual bool getCausal() const noexcept = 0;

  /// Which later positions are hidden.
  virtual bool setCausalKind(CausalMaskKind kind) noexcept = 0;
  virtual CausalMaskKind getCausalKind() const noexcept = 0;

  /// Whether it may be computed by several kernels when there is no single one. False by default.
  virtual bool setDecomposable(bool decomposable) noexcept = 0;
  virtual bool getDecomposable() const noexcept = 0;

  /// Replaces query, key or value.
  virtual bool setInput(int32_t index, ITensor& input) noexcept = 0;
  virtual int32_t getNbInputs() const noexcept = 0;
  virtual ITensor* getInput(int32_t index) const noexcept = 0;

  virtual int32_t getNbOutputs() const noexcept = 0;
  virtual ITensor* getOutput(int32_t index) const noexcept = 0;

  /// A name for messages; copied.
  virtual bool setName(char const* name) noexcept = 0;
  virtual char const* getName() const noexcept = 0;

  /// Scale for quantizing the normalized scores; with a type to quantize to.
  virtual bool setNormalizationQuantizeScale(ITensor& tensor) noexcept = 0;
  virtual ITensor* getNormalizationQuantizeScale() const noexcept = 0;

  virtual bool setNormalizationQuantizeToType(DataType type) noexcept = 0;
  virtual DataType getNormalizationQuantizeToType() const noexcept = 0;

  /// Text shown by the engine inspector; copied.
  virtual bool setMetadata(char const* metadata) noexcept = 0;
  virtual char const* getMetadata() const noexcept = 0;

  /// Number of ranks that work on it together, at least 1.
  virtual bool setNbRanks(int32_t nbRanks) noexcept = 0;
  virtual int32_t getNbRanks() const noexcept = 0;

  /// kPADDED_BHND by default. The packed form needs the lengths.
  virtual bool setQueryForm(AttentionIOForm form) noexcept = 0;
  virtual AttentionIOForm getQueryForm() const noexcept = 0;

  virtual bool setKeyValueForm(AttentionIOForm form) noexcept = 0;
  virtual AttentionIOForm getKeyValueForm() const noexcept = 0;

  /// Number of positions of each sequence, kINT32; null for all.
  virtual bool setQueryLengths(ITensor* lengths) noexcept = 0;
  virtual ITensor* getQueryLengths() const noexcept = 0;

  virtual bool setKeyValueLengths(ITensor* lengths) noexcept = 0;
  virtual ITensor* getKeyValueLengths() const noexcept = 0;

 protected:
  virtual ~IAttention() noexcept = default;
};

/// Rotates pairs of input 0 by input 1 (cosines) and 2 (sines), at the positions of input 3 when
/// given.
class IRotaryEmbeddingLayer : public ILayer {
 public:
  /// Whether pairs are neighbours and not half the size apart.
  virtual void setInterleaved(bool interleaved) noexcept = 0;
  virtual bool getInterleaved() const noexcept = 0;

  /// How many of each head's elements are rotated; 0 for all. False when negative.
  virtual bool setRotaryEmbeddingDim(int32_t rotaryEmbeddingDim) noexcept = 0;
  virtual int32_t getRotaryEmbeddingDim() const noexcept = 0;

 protected:
  virtual ~IRotaryEmbeddingLayer() noexcept = default;
};

/// Where updates go.
enum class KVCacheMode : int32_t {
  kLINEAR = 0,  ///< one after the other
};
namespace impl {
template <>
struct EnumMaxImpl<KVCacheMode> {
  static constexpr int32_t kVALUE = 1;
};
}  // namespace impl

/// Writes input 1 into the cache, input 0, from the positions of input 2 on. The output shares the
/// cache's memory.
class IKVCacheUpdateLayer : public ILayer {
 public:
  /// False for no enumerator.
  virtual bool setCacheMode(KVCacheMode cacheMode) noexcept = 0;
  virtual KVCacheMode getCacheMode() const noexcept = 0;

  /// kPADDED_BHND by default. The packed form needs the lengths.
  virtual bool setUpdateForm(AttentionIOForm form) noexcept = 0;
  virtual AttentionIOForm getUpdateForm() const noexcept = 0;

  /// Number of positions in each update, kINT32; null for all.
  virtual bool setUpdateLengths(ITensor* lengths) noexcept = 0;
  virtual ITensor* getUpdateLengths() const noexcept = 0;

 protected:
  virtual ~IKVCacheUpdateLayer() noexcept = default;
};

/// Function inside an expert.
enum class MoEActType : int32_t {
  kNONE = 0,
  kSILU = 1,  ///< x * sigmoid(x)
};
namespace impl {
template <>
struct EnumMaxImpl<MoEActType> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// A mixture of experts: each token of input 0 goes through the experts named in input 1, weighted
/// by input 2.
class IMoELayer : public ILayer {
 public:
  /// Weights of the gate, up and down products of all experts, and the function between.
  virtual void setGatedWeights(ITensor& fcGateWeights, ITensor& fcUpWeights, ITensor& fcDownWeights,
                               MoEActType activationType) noexcept = 0;

  /// Their biases; optional.
  virtual void setGatedBiases(ITensor& fcGateBiases, ITensor& fcUpBiases,
                              ITensor& fcDownBiases) noexcept = 0;

  virtual void setActivationType(MoEActType activationType) noexcept = 0;
  virtual MoEActType getActivationType() const noexcept = 0;

  /// Quantizes what goes into the down product with one scale.
  virtual void setQuantizationStatic(ITensor& fcDownActivationScale,
                                     DataType dataType) noexcept = 0;

  /// The same in blocks whose scales are found from the data, and are quantized too.
  virtual void setQuantizationDynamicDblQ(ITensor& fcDownActivationDblQScale, DataType dataType,
                                          Dims const& blockShape,
                                          DataType dynQOutputScaleType) noexcept = 0;

  /// Type, block and scale type of that quantization.
  virtual void setQuantizationToType(DataType type) noexcept = 0;
  virtual DataType getQuantizationToType() const noexcept = 0;

  virtual void setQuantizationBlockShape(Dims const& blockShape) noexcept = 0;
  virtual Dims getQuantizationBlockShape() const noexcept = 0;
  virtual void setDynQOutputScaleType(DataType type) noexcept = 0;
  virtual DataType getDynQOutputScaleType() const noexcept = 0;

  /// Limit, alpha and beta of a clamped gate: x * sigmoid(alpha * x) * (up + beta).
  virtual void setSwigluParams(float limit, float alpha, float beta) noexcept = 0;

  virtual void setSwigluParamLimit(float limit) noexcept = 0;
  virtual float getSwigluParamLimit() const noexcept = 0;
  virtual void setSwigluParamAlpha(float alpha) noexcept = 0;
  virtual float getSwigluParamAlpha() const noexcept = 0;
  virtual void setSwigluParamBeta(float beta) noexcept = 0;
  virtual float getSwigluParamBeta() const noexcept = 0;

 protected:
  virtual ~IMoELayer() noexcept = default;
};

}  // namespace nvinfer1
