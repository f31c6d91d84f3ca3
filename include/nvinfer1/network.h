// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The definition of a network.
#pragma once

#include "nvinfer1/builder_flags.h"
#include "nvinfer1/error_recorder.h"
#include "nvinfer1/layer.h"
#include "nvinfer1/layers/attention.h"
#include "nvinfer1/layers/constant.h"
#include "nvinfer1/layers/control.h"
#include "nvinfer1/layers/convolution.h"
#include "nvinfer1/layers/distributed.h"
#include "nvinfer1/layers/elementwise.h"
#include "nvinfer1/layers/matrix.h"
#include "nvinfer1/layers/movement.h"
#include "nvinfer1/layers/plugin.h"
#include "nvinfer1/layers/quantize.h"
#include "nvinfer1/layers/reduce.h"
#include "nvinfer1/layers/resize.h"
#include "nvinfer1/tensor.h"
#include "nvinfer1/weights.h"

namespace nvinfer1 {

class IBuilder;

/// A graph of layers and tensors, made by IBuilder::createNetworkV2 or filled by a parser; freed
/// with delete. Owns its layers and tensors. Each add method takes inputs of this network and
/// answers the layer, or null with the reason reported. Weights given to it must stay alive until
/// the last build. Used by one thread at a time.
class INetworkDefinition : public INoCopy {
 public:
  virtual ~INetworkDefinition() noexcept = default;

  /// A network input; its name must be new. -1 stands for dynamic extents.
  virtual ITensor* addInput(char const* name, DataType type, Dims const& dimensions) noexcept = 0;

  /// Makes a tensor a network output; it should have a name.
  virtual void markOutput(ITensor& tensor) noexcept = 0;

  /// Marks a tensor to be shown to an IDebugListener. False when it cannot be.
  virtual bool markDebug(ITensor& tensor) noexcept = 0;
  virtual bool unmarkDebug(ITensor& tensor) noexcept = 0;

  virtual bool isDebugTensor(ITensor const& tensor) const noexcept = 0;

  /// The same for all tensors that survive fusion.
  virtual bool markUnfusedTensorsAsDebugTensors() noexcept = 0;
  virtual bool unmarkUnfusedTensorsAsDebugTensors() noexcept = 0;

  virtual IActivationLayer* addActivation(ITensor& input, ActivationType type) noexcept = 0;

  /// `window` is odd.
  virtual ILRNLayer* addLRN(ITensor& input, int64_t window, float alpha, float beta,
                            float k) noexcept = 0;

  /// kCHANNEL goes along dimension 1.
  virtual IScaleLayer* addScale(ITensor& input, ScaleMode mode, Weights shift, Weights scale,
                                Weights power) noexcept = 0;

  virtual ISoftMaxLayer* addSoftMax(ITensor& input) noexcept = 0;

  /// Along the axis set later.
  virtual IConcatenationLayer* addConcatenation(ITensor* const* inputs,
                                                int32_t nbInputs) noexcept = 0;

  virtual IElementWiseLayer* addElementWise(ITensor& input1, ITensor& input2,
                                            ElementWiseOperation op) noexcept = 0;
  virtual IUnaryLayer* addUnary(ITensor& input, UnaryOperation operation) noexcept = 0;
  virtual IShuffleLayer* addShuffle(ITensor& input) noexcept = 0;
  virtual IOneHotLayer* addOneHot(ITensor& indices, ITensor& values, ITensor& depth,
                                  int32_t axis) noexcept = 0;

  /// Layers, inputs and outputs by index, in the order they were added; null out of range.
  virtual int32_t getNbLayers() const noexcept = 0;
  virtual ILayer* getLayer(int32_t index) const noexcept = 0;
  virtual int32_t getNbInputs() const noexcept = 0;
  virtual ITensor* getInput(int32_t index) const noexcept = 0;
  virtual int32_t getNbOutputs() const noexcept = 0;
  virtual ITensor* getOutput(int32_t index) const noexcept = 0;

  /// Bit i of `reduceAxes` set: axis i is reduced.
  virtual IReduceLayer* addReduce(ITensor& input, ReduceOperation operation, uint32_t reduceAxes,
                                  bool keepDimensions) noexcept = 0;

  /// One bit of `reduceAxes` set: the axis.
  TRT_DEPRECATED virtual ITopKLayer* addTopK(ITensor& input, TopKOperation op, int32_t k,
                                             uint32_t reduceAxes) noexcept = 0;
  virtual ITopKLayer* addTopK(ITensor& input, TopKOperation op, int32_t k, uint32_t reduceAxes,
                              DataType indicesType) noexcept = 0;

  /// Whole slices along `axis`.
  virtual IGatherLayer* addGather(ITensor& data, ITensor& indices, int32_t axis) noexcept = 0;

  /// The axis, for modes that have one, is set later.
  virtual IGatherLayer* addGatherV2(ITensor& data, ITensor& indices, GatherMode mode) noexcept = 0;

  virtual IRaggedSoftMaxLayer* addRaggedSoftMax(ITensor& input, ITensor& bounds) noexcept = 0;
  virtual IMatrixMultiplyLayer* addMatrixMultiply(ITensor& input0, MatrixOperation op0,
                                                  ITensor& input1,
                                                  MatrixOperation op1) noexcept = 0;
  TRT_DEPRECATED virtual INonZeroLayer* addNonZero(ITensor& input) noexcept = 0;
  virtual INonZeroLayer* addNonZero(ITensor& input, DataType indicesType) noexcept = 0;
  virtual IConstantLayer* addConstant(Dims const& dimensions, Weights weights) noexcept = 0;
  virtual IIdentityLayer* addIdentity(ITensor& input) noexcept = 0;
  virtual ICastLayer* addCast(ITensor& input, DataType toType) noexcept = 0;

  /// Takes out a tensor that no layer makes or uses.
  virtual void removeTensor(ITensor& tensor) noexcept = 0;

  /// Takes the mark of markOutput away.
  virtual void unmarkOutput(ITensor& tensor) noexcept = 0;

  /// The network keeps a clone of `plugin`.
  TRT_DEPRECATED virtual IPluginV2Layer* addPluginV2(ITensor* const* inputs, int32_t nbInputs,
                                                     IPluginV2& plugin) noexcept = 0;

  /// The network keeps a clone of `plugin`; the caller may free his at once. `shapeInputs` follow
  /// `inputs` in the layer and hand the plugin their values.
  virtual IPluginV3Layer* addPluginV3(ITensor* const* inputs, int32_t nbInputs,
                                      ITensor* const* shapeInputs, int32_t nbShapeInputs,
                                      IPluginV3& plugin) noexcept = 0;

  virtual ISliceLayer* addSlice(ITensor& input, Dims const& start, Dims const& size,
                                Dims const& stride) noexcept = 0;

  /// Copied; the engine bears it.
  virtual void setName(char const* name) noexcept = 0;
  virtual char const* getName() const noexcept = 0;

  virtual IShapeLayer* addShape(ITensor& input) noexcept = 0;

  /// Always false.
  TRT_DEPRECATED virtual bool hasImplicitBatchDimension() const noexcept = 0;

  /// The flags it was made with.
  virtual NetworkDefinitionCreationFlags getFlags() const noexcept = 0;
  virtual bool getFlag(
      NetworkDefinitionCreationFlag networkDefinitionCreationFlag) const noexcept = 0;

  /// Makes a tensor an output whose values may be asked for while shapes are computed.
  virtual bool markOutputForShapes(ITensor& tensor) noexcept = 0;
  virtual bool unmarkOutputForShapes(ITensor& tensor) noexcept = 0;

  virtual IParametricReLULayer* addParametricReLU(ITensor& input, ITensor& slope) noexcept = 0;

  /// `kernelSize` has an extent for each spatial dimension.
  virtual IConvolutionLayer* addConvolutionNd(ITensor& input, int64_t nbOutputMaps,
                                              Dims const& kernelSize, Weights kernelWeights,
                                              Weights biasWeights) noexcept = 0;

  virtual IPoolingLayer* addPoolingNd(ITensor& input, PoolingType type,
                                      Dims const& windowSize) noexcept = 0;
  virtual IDeconvolutionLayer* addDeconvolutionNd(ITensor& input, int64_t nbOutputMaps,
                                                  Dims kernelSize, Weights kernelWeights,
                                                  Weights biasWeights) noexcept = 0;
  virtual IScaleLayer* addScaleNd(ITensor& input, ScaleMode mode, Weights shift, Weights scale,
                                  Weights power, int32_t channelAxis) noexcept = 0;
  virtual IResizeLayer* addResize(ITensor& input) noexcept = 0;

  /// A loop, to be filled.
  virtual ILoop* addLoop() noexcept = 0;

  /// A conditional, to be filled.
  virtual IIfConditional* addIfConditional() noexcept = 0;

  virtual ISelectLayer* addSelect(ITensor& condition, ITensor& thenInput,
                                  ITensor& elseInput) noexcept = 0;
  virtual IAssertionLayer* addAssertion(ITensor& condition, char const* message) noexcept = 0;

  /// The form without a type answers kFLOAT.
  TRT_DEPRECATED virtual IFillLayer* addFill(Dims const& dimensions, FillOperation op) noexcept = 0;
  virtual IFillLayer* addFill(Dims const& dimensions, FillOperation op,
                              DataType outputType) noexcept = 0;

  /// Two extents each.
  virtual IPaddingLayer* addPaddingNd(ITensor& input, Dims const& prePadding,
                                      Dims const& postPadding) noexcept = 0;

  /// Names weights for the refitter. `weights` are recognised by their address. False for weights
  /// that are not in the network.
  virtual bool setWeightsName(Weights weights, char const* name) noexcept = 0;

  /// Where errors go; null for none.
  virtual void setErrorRecorder(IErrorRecorder* recorder) noexcept = 0;
  virtual IErrorRecorder* getErrorRecorder() const noexcept = 0;

  /// The form without a type answers kFLOAT.
  TRT_DEPRECATED virtual IDequantizeLayer* addDequantize(ITensor& input,
                                                         ITensor& scale) noexcept = 0;
  virtual IDequantizeLayer* addDequantize(ITensor& input, ITensor& scale,
                                          DataType outputType) noexcept = 0;

  virtual IScatterLayer* addScatter(ITensor& data, ITensor& indices, ITensor& updates,
                                    ScatterMode mode) noexcept = 0;

  /// The form without a type answers kINT8.
  TRT_DEPRECATED virtual IQuantizeLayer* addQuantize(ITensor& input, ITensor& scale) noexcept = 0;
  virtual IQuantizeLayer* addQuantize(ITensor& input, ITensor& scale,
                                      DataType outputType) noexcept = 0;

  /// Blocks of `blockSize` along `axis`.
  TRT_DEPRECATED virtual IDynamicQuantizeLayer* addDynamicQuantize(ITensor& input, int32_t axis,
                                                                   int32_t blockSize,
                                                                   DataType outputType,
                                                                   DataType scaleType) noexcept = 0;
  virtual IDynamicQuantizeLayer* addDynamicQuantizeV2(ITensor& input, Dims const& blockShape,
                                                      DataType outputType,
                                                      DataType scaleType) noexcept = 0;

  virtual IEinsumLayer* addEinsum(ITensor* const* inputs, int32_t nbInputs,
                                  char const* equation) noexcept = 0;
  virtual IGridSampleLayer* addGridSample(ITensor& input, ITensor& grid) noexcept = 0;
  TRT_DEPRECATED virtual INMSLayer* addNMS(ITensor& boxes, ITensor& scores,
                                           ITensor& maxOutputBoxesPerClass) noexcept = 0;
  virtual INMSLayer* addNMS(ITensor& boxes, ITensor& scores, ITensor& maxOutputBoxesPerClass,
                            DataType indicesType) noexcept = 0;
  virtual IReverseSequenceLayer* addReverseSequence(ITensor& input,
                                                    ITensor& sequenceLens) noexcept = 0;

  /// Bit i of `axesMask` set: axis i is normalized over.
  TRT_DEPRECATED virtual INormalizationLayer* addNormalization(ITensor& input, ITensor& scale,
                                                               ITensor& bias,
                                                               uint32_t axesMask) noexcept = 0;

  virtual ICumulativeLayer* addCumulative(ITensor& input, ITensor& axis,
                                          CumulativeOperation operation, bool exclusive,
                                          bool reverse) noexcept = 0;

  /// Query, key and value of shape batch, heads, positions, head size.
  virtual IAttention* addAttention(ITensor& query, ITensor& key, ITensor& value,
                                   AttentionNormalizationOp normOp, bool causal) noexcept = 0;
  virtual IAttention* addAttentionV2(ITensor& query, ITensor& key, ITensor& value,
                                     AttentionNormalizationOp normOp,
                                     CausalMaskKind causalKind) noexcept = 0;

  /// The caches hold cosines and sines by position.
  virtual IRotaryEmbeddingLayer* addRotaryEmbedding(ITensor& input, ITensor& cosCache,
                                                    ITensor& sinCache, bool interleaved,
                                                    int32_t rotaryEmbeddingDim) noexcept = 0;

  virtual IKVCacheUpdateLayer* addKVCacheUpdate(ITensor& cache, ITensor& update,
                                                ITensor& writeIndices,
                                                KVCacheMode cacheMode) noexcept = 0;
  virtual IMoELayer* addMoE(ITensor& hiddenStates, ITensor& selectedExpertsForTokens,
                            ITensor& scoresForSelectedExperts) noexcept = 0;

  /// `groups` holds `groupSize` ranks, all when null; copied. `root` counts within the group, -1
  /// for none.
  virtual IDistCollectiveLayer* addDistCollective(ITensor& input,
                                                  CollectiveOperation distCollectiveOp,
                                                  ReduceOperation reduceOp, int64_t root,
                                                  int64_t* groups, int64_t groupSize) noexcept = 0;

  /// The builder that made it.
  virtual IBuilder& getBuilder() const noexcept = 0;

  /// Marks weights, named by setWeightsName, for BuilderFlag::kREFIT_INDIVIDUAL. False for an
  /// unknown name.
  virtual bool markWeightsRefittable(char const* name) noexcept = 0;
  virtual bool unmarkWeightsRefittable(char const* name) noexcept = 0;

  virtual bool areWeightsMarkedRefittable(char const* name) const noexcept = 0;
  virtual ISqueezeLayer* addSqueeze(ITensor& input, ITensor& axes) noexcept = 0;
  virtual IUnsqueezeLayer* addUnsqueeze(ITensor& input, ITensor& axes) noexcept = 0;

  /// Scale and bias of any shape that broadcasts to the input.
  virtual INormalizationLayer* addNormalizationV2(ITensor& input, ITensor& scale, ITensor& bias,
                                                  uint32_t axesMask) noexcept = 0;
};

}  // namespace nvinfer1
