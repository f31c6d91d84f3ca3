// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The network: INetworkDefinition as a live view of a graph.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "NvInfer.h"
#include "api/infer/network/tensor.h"
#include "api/voice.h"
#include "builder/builder.h"
#include "ir/graph.h"

namespace tenon::api {

class Builder;
class IfConditional;
class LayerHandle;
class Loop;

/// Owns the graph that parsers and users fill. Tensors and layers are made when asked for, one a
/// value or node. One thread at a time.
class Network final : public nvinfer1::INetworkDefinition {
 public:
  Network(nvinfer1::IBuilder& builder, const Voice& voice,
          nvinfer1::NetworkDefinitionCreationFlags flags);
  ~Network() noexcept override;

  [[nodiscard]] ir::Graph& graph() noexcept { return graph_; }
  [[nodiscard]] const ir::Graph& graph() const noexcept { return graph_; }
  [[nodiscard]] Voice& voice() noexcept { return voice_; }
  /// The greatest magnitude of each tensor, by name, that has a dynamic range.
  [[nodiscard]] std::unordered_map<std::string, float> ranges() const;
  /// Names of values marked for debugging.
  [[nodiscard]] std::vector<std::string> debug_tensors() const;
  /// Whatever fusion leaves is marked for debugging.
  [[nodiscard]] bool debug_unfused() const noexcept { return debug_unfused_; }
  /// The floating-point constants of the network with the names they go by; with `marked_only`
  /// those of weights that markWeightsRefittable named.
  [[nodiscard]] std::vector<builder::RefittableWeights> refittable_weights(bool marked_only) const;

  /// Fails, naming every layer, where setters left a layer half described.
  Status expect_finished(Diagnostics& diag) const;

  /// The views of core objects.
  nvinfer1::ITensor* tensor_of(ir::Value* value) noexcept;
  nvinfer1::ILayer* layer_of(ir::Node* node) noexcept;
  /// The view of values[index]; null when out of range or absent.
  nvinfer1::ITensor* tensor_at(const std::vector<ir::Value*>& values, int32_t index) noexcept;
  /// The view of a loop or conditional by its number, made when asked for.
  nvinfer1::ILoop* loop(int64_t number) noexcept;
  nvinfer1::IIfConditional* conditional(int64_t number) noexcept;
  /// The core object behind a view of this network; null, reported, for another network's.
  ir::Value* value_of(nvinfer1::ITensor& tensor) noexcept;

  /// Appends the core objects of a list, null where it has null; false for another network's.
  bool values_of(nvinfer1::ITensor* const* tensors, int32_t count,
                 std::vector<ir::Value*>& values) noexcept;

  /// Adds a node and gives its layer; null, reported, when the operator's rule refuses.
  nvinfer1::ILayer* add(ops::Op op, std::vector<ir::Value*> inputs) noexcept;
  /// The same over tensors, giving the layer's own interface; all tensors must be of this network.
  template <class Layer>
  Layer* add_to(ops::Op op, const std::vector<nvinfer1::ITensor*>& inputs) noexcept;
  /// A convolution, or one the other way (Op), with weights in the order its operator has them;
  /// null, reported in the name of `call`, when they do not suit.
  template <class Op>
  nvinfer1::ILayer* add_kernel(const char* call, nvinfer1::ITensor& input, int64_t maps,
                               const nvinfer1::Dims& size, const nvinfer1::Weights& weights,
                               const nvinfer1::Weights& bias) noexcept;
  /// A constant of the user's weights; they must stay alive until the engine is built, as the
  /// interface demands. An empty name is made up.
  ir::Value* add_weights(const nvinfer1::Weights& weights, const Dims& dims) noexcept;
  void set_input(ir::Node& node, int32_t index, nvinfer1::ITensor& tensor) noexcept;
  /// Makes inputs of a node, by index, read these values (null: absent); undone, reported, when the
  /// operator's rule refuses.
  bool replace_inputs(ir::Node& node,
                      const std::vector<std::pair<size_t, ir::Value*>>& inputs) noexcept;
  /// Makes input `index` of a node a constant of the user's weights, none for empty ones; undone,
  /// reported, when the operator's rule refuses.
  bool replace_weights(ir::Node& node, size_t index, const nvinfer1::Weights& weights,
                       const Dims& dims) noexcept;
  /// The elements of a shape tensor as expressions; null, reported, when they do not follow from
  /// shapes and shape inputs. `what` says what they mean: "the k of a top-k layer".
  const ops::Content* content_of(nvinfer1::ITensor& tensor, const char* what) noexcept;
  /// The axes, ascending, that a tensor of constants names in a tensor of `rank` axes; nullopt,
  /// reported, when they are no axes.
  std::optional<Dims> axes_from(nvinfer1::ITensor& tensor, size_t rank) noexcept;
  /// Runs `edit` on a node's parameters and types the graph anew; undone when that fails.
  bool change(ir::Node& node, const std::function<void()>& edit) noexcept;
  /// Gives an output another type. Between whole numbers, truth values and real numbers a cast,
  /// which is part of the layer to whoever looks, does so at once; a wish for less precise numbers
  /// is kept for the build to obey or refuse (docs/precision.md). False, reported, otherwise.
  bool set_output_type(ir::Node& node, int32_t index, nvinfer1::DataType wanted) noexcept;
  void reset_output_type(ir::Node& node, int32_t index) noexcept;
  /// Types the graph anew after an edit of an input; reports what does not fit.
  bool refresh() noexcept;

  nvinfer1::ITensor* addInput(char const* name, nvinfer1::DataType type,
                              nvinfer1::Dims const& dimensions) noexcept override;
  void markOutput(nvinfer1::ITensor& tensor) noexcept override;
  bool markDebug(nvinfer1::ITensor& tensor) noexcept override;
  bool unmarkDebug(nvinfer1::ITensor& tensor) noexcept override;
  bool isDebugTensor(nvinfer1::ITensor const& tensor) const noexcept override;
  bool markUnfusedTensorsAsDebugTensors() noexcept override { return debug_unfused_ = true; }
  bool unmarkUnfusedTensorsAsDebugTensors() noexcept override {
    debug_unfused_ = false;
    return true;
  }
  int32_t getNbLayers() const noexcept override;
  nvinfer1::ILayer* getLayer(int32_t index) const noexcept override;
  int32_t getNbInputs() const noexcept override;
  nvinfer1::ITensor* getInput(int32_t index) const noexcept override;
  int32_t getNbOutputs() const noexcept override;
  nvinfer1::ITensor* getOutput(int32_t index) const noexcept override;
  void removeTensor(nvinfer1::ITensor& tensor) noexcept override;
  void unmarkOutput(nvinfer1::ITensor& tensor) noexcept override;
  void setName(char const* name) noexcept override { graph_.name = name == nullptr ? "" : name; }
  char const* getName() const noexcept override { return graph_.name.c_str(); }
  bool hasImplicitBatchDimension() const noexcept override { return false; }
  nvinfer1::NetworkDefinitionCreationFlags getFlags() const noexcept override { return flags_; }
  bool getFlag(nvinfer1::NetworkDefinitionCreationFlag flag) const noexcept override;
  bool markOutputForShapes(nvinfer1::ITensor& tensor) noexcept override;
  bool unmarkOutputForShapes(nvinfer1::ITensor& tensor) noexcept override;
  bool setWeightsName(nvinfer1::Weights weights, char const* name) noexcept override;
  void setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept override;
  nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept override;
  nvinfer1::IBuilder& getBuilder() const noexcept override { return builder_; }
  bool markWeightsRefittable(char const* name) noexcept override;
  bool unmarkWeightsRefittable(char const* name) noexcept override;
  bool areWeightsMarkedRefittable(char const* name) const noexcept override {
    return name != nullptr && refittable_.contains(name);
  }

  // Layers: infer/network/add_*.cc, one file a family.
  nvinfer1::IActivationLayer* addActivation(nvinfer1::ITensor& input,
                                            nvinfer1::ActivationType type) noexcept override;
  nvinfer1::ILRNLayer* addLRN(nvinfer1::ITensor& input, int64_t window, float alpha, float beta,
                              float k) noexcept override;
  nvinfer1::IScaleLayer* addScale(nvinfer1::ITensor& input, nvinfer1::ScaleMode mode,
                                  nvinfer1::Weights shift, nvinfer1::Weights scale,
                                  nvinfer1::Weights power) noexcept override;
  nvinfer1::ISoftMaxLayer* addSoftMax(nvinfer1::ITensor& input) noexcept override;
  nvinfer1::IConcatenationLayer* addConcatenation(nvinfer1::ITensor* const* inputs,
                                                  int32_t nbInputs) noexcept override;
  nvinfer1::IElementWiseLayer* addElementWise(nvinfer1::ITensor& input1, nvinfer1::ITensor& input2,
                                              nvinfer1::ElementWiseOperation op) noexcept override;
  nvinfer1::IUnaryLayer* addUnary(nvinfer1::ITensor& input,
                                  nvinfer1::UnaryOperation operation) noexcept override;
  nvinfer1::IShuffleLayer* addShuffle(nvinfer1::ITensor& input) noexcept override;
  nvinfer1::IOneHotLayer* addOneHot(nvinfer1::ITensor& indices, nvinfer1::ITensor& values,
                                    nvinfer1::ITensor& depth, int32_t axis) noexcept override;
  nvinfer1::IReduceLayer* addReduce(nvinfer1::ITensor& input, nvinfer1::ReduceOperation operation,
                                    uint32_t reduceAxes, bool keepDimensions) noexcept override;
  nvinfer1::ITopKLayer* addTopK(nvinfer1::ITensor& input, nvinfer1::TopKOperation op, int32_t k,
                                uint32_t reduceAxes) noexcept override;
  nvinfer1::ITopKLayer* addTopK(nvinfer1::ITensor& input, nvinfer1::TopKOperation op, int32_t k,
                                uint32_t reduceAxes,
                                nvinfer1::DataType indicesType) noexcept override;
  nvinfer1::IGatherLayer* addGather(nvinfer1::ITensor& data, nvinfer1::ITensor& indices,
                                    int32_t axis) noexcept override;
  nvinfer1::IGatherLayer* addGatherV2(nvinfer1::ITensor& data, nvinfer1::ITensor& indices,
                                      nvinfer1::GatherMode mode) noexcept override;
  nvinfer1::IRaggedSoftMaxLayer* addRaggedSoftMax(nvinfer1::ITensor& input,
                                                  nvinfer1::ITensor& bounds) noexcept override;
  nvinfer1::IMatrixMultiplyLayer* addMatrixMultiply(
      nvinfer1::ITensor& input0, nvinfer1::MatrixOperation op0, nvinfer1::ITensor& input1,
      nvinfer1::MatrixOperation op1) noexcept override;
  nvinfer1::INonZeroLayer* addNonZero(nvinfer1::ITensor& input) noexcept override;
  nvinfer1::INonZeroLayer* addNonZero(nvinfer1::ITensor& input,
                                      nvinfer1::DataType indicesType) noexcept override;
  nvinfer1::IConstantLayer* addConstant(nvinfer1::Dims const& dimensions,
                                        nvinfer1::Weights weights) noexcept override;
  nvinfer1::IIdentityLayer* addIdentity(nvinfer1::ITensor& input) noexcept override;
  nvinfer1::ICastLayer* addCast(nvinfer1::ITensor& input,
                                nvinfer1::DataType toType) noexcept override;
  nvinfer1::IPluginV2Layer* addPluginV2(nvinfer1::ITensor* const* inputs, int32_t nbInputs,
                                        nvinfer1::IPluginV2& plugin) noexcept override;
  nvinfer1::IPluginV3Layer* addPluginV3(nvinfer1::ITensor* const* inputs, int32_t nbInputs,
                                        nvinfer1::ITensor* const* shapeInputs,
                                        int32_t nbShapeInputs,
                                        nvinfer1::IPluginV3& plugin) noexcept override;
  nvinfer1::ISliceLayer* addSlice(nvinfer1::ITensor& input, nvinfer1::Dims const& start,
                                  nvinfer1::Dims const& size,
                                  nvinfer1::Dims const& stride) noexcept override;
  nvinfer1::IShapeLayer* addShape(nvinfer1::ITensor& input) noexcept override;
  nvinfer1::IParametricReLULayer* addParametricReLU(nvinfer1::ITensor& input,
                                                    nvinfer1::ITensor& slope) noexcept override;
  nvinfer1::IConvolutionLayer* addConvolutionNd(nvinfer1::ITensor& input, int64_t nbOutputMaps,
                                                nvinfer1::Dims const& kernelSize,
                                                nvinfer1::Weights kernelWeights,
                                                nvinfer1::Weights biasWeights) noexcept override;
  nvinfer1::IPoolingLayer* addPoolingNd(nvinfer1::ITensor& input, nvinfer1::PoolingType type,
                                        nvinfer1::Dims const& windowSize) noexcept override;
  nvinfer1::IDeconvolutionLayer* addDeconvolutionNd(
      nvinfer1::ITensor& input, int64_t nbOutputMaps, nvinfer1::Dims kernelSize,
      nvinfer1::Weights kernelWeights, nvinfer1::Weights biasWeights) noexcept override;
  nvinfer1::IScaleLayer* addScaleNd(nvinfer1::ITensor& input, nvinfer1::ScaleMode mode,
                                    nvinfer1::Weights shift, nvinfer1::Weights scale,
                                    nvinfer1::Weights power, int32_t channelAxis) noexcept override;
  nvinfer1::IResizeLayer* addResize(nvinfer1::ITensor& input) noexcept override;
  nvinfer1::ILoop* addLoop() noexcept override;
  nvinfer1::IIfConditional* addIfConditional() noexcept override;
  nvinfer1::ISelectLayer* addSelect(nvinfer1::ITensor& condition, nvinfer1::ITensor& thenInput,
                                    nvinfer1::ITensor& elseInput) noexcept override;
  nvinfer1::IAssertionLayer* addAssertion(nvinfer1::ITensor& condition,
                                          char const* message) noexcept override;
  nvinfer1::IFillLayer* addFill(nvinfer1::Dims const& dimensions,
                                nvinfer1::FillOperation op) noexcept override;
  nvinfer1::IFillLayer* addFill(nvinfer1::Dims const& dimensions, nvinfer1::FillOperation op,
                                nvinfer1::DataType outputType) noexcept override;
  nvinfer1::IPaddingLayer* addPaddingNd(nvinfer1::ITensor& input, nvinfer1::Dims const& prePadding,
                                        nvinfer1::Dims const& postPadding) noexcept override;
  nvinfer1::IDequantizeLayer* addDequantize(nvinfer1::ITensor& input,
                                            nvinfer1::ITensor& scale) noexcept override;
  nvinfer1::IDequantizeLayer* addDequantize(nvinfer1::ITensor& input, nvinfer1::ITensor& scale,
                                            nvinfer1::DataType outputType) noexcept override;
  nvinfer1::IScatterLayer* addScatter(nvinfer1::ITensor& data, nvinfer1::ITensor& indices,
                                      nvinfer1::ITensor& updates,
                                      nvinfer1::ScatterMode mode) noexcept override;
  nvinfer1::IQuantizeLayer* addQuantize(nvinfer1::ITensor& input,
                                        nvinfer1::ITensor& scale) noexcept override;
  nvinfer1::IQuantizeLayer* addQuantize(nvinfer1::ITensor& input, nvinfer1::ITensor& scale,
                                        nvinfer1::DataType outputType) noexcept override;
  nvinfer1::IDynamicQuantizeLayer* addDynamicQuantize(
      nvinfer1::ITensor& input, int32_t axis, int32_t blockSize, nvinfer1::DataType outputType,
      nvinfer1::DataType scaleType) noexcept override;
  nvinfer1::IDynamicQuantizeLayer* addDynamicQuantizeV2(
      nvinfer1::ITensor& input, nvinfer1::Dims const& blockShape, nvinfer1::DataType outputType,
      nvinfer1::DataType scaleType) noexcept override;
  nvinfer1::IEinsumLayer* addEinsum(nvinfer1::ITensor* const* inputs, int32_t nbInputs,
                                    char const* equation) noexcept override;
  nvinfer1::IGridSampleLayer* addGridSample(nvinfer1::ITensor& input,
                                            nvinfer1::ITensor& grid) noexcept override;
  nvinfer1::INMSLayer* addNMS(nvinfer1::ITensor& boxes, nvinfer1::ITensor& scores,
                              nvinfer1::ITensor& maxOutputBoxesPerClass) noexcept override;
  nvinfer1::INMSLayer* addNMS(nvinfer1::ITensor& boxes, nvinfer1::ITensor& scores,
                              nvinfer1::ITensor& maxOutputBoxesPerClass,
                              nvinfer1::DataType indicesType) noexcept override;
  nvinfer1::IReverseSequenceLayer* addReverseSequence(
      nvinfer1::ITensor& input, nvinfer1::ITensor& sequenceLens) noexcept override;
  nvinfer1::INormalizationLayer* addNormalization(nvinfer1::ITensor& input,
                                                  nvinfer1::ITensor& scale, nvinfer1::ITensor& bias,
                                                  uint32_t axesMask) noexcept override;
  nvinfer1::ICumulativeLayer* addCumulative(nvinfer1::ITensor& input, nvinfer1::ITensor& axis,
                                            nvinfer1::CumulativeOperation operation, bool exclusive,
                                            bool reverse) noexcept override;
  nvinfer1::IAttention* addAttention(nvinfer1::ITensor& query, nvinfer1::ITensor& key,
                                     nvinfer1::ITensor& value,
                                     nvinfer1::AttentionNormalizationOp normOp,
                                     bool causal) noexcept override;
  nvinfer1::IAttention* addAttentionV2(nvinfer1::ITensor& query, nvinfer1::ITensor& key,
                                       nvinfer1::ITensor& value,
                                       nvinfer1::AttentionNormalizationOp normOp,
                                       nvinfer1::CausalMaskKind causalKind) noexcept override;
  nvinfer1::IRotaryEmbeddingLayer* addRotaryEmbedding(nvinfer1::ITensor& input,
                                                      nvinfer1::ITensor& cosCache,
                                                      nvinfer1::ITensor& sinCache, bool interleaved,
                                                      int32_t rotaryEmbeddingDim) noexcept override;
  nvinfer1::IKVCacheUpdateLayer* addKVCacheUpdate(
      nvinfer1::ITensor& cache, nvinfer1::ITensor& update, nvinfer1::ITensor& writeIndices,
      nvinfer1::KVCacheMode cacheMode) noexcept override;
  nvinfer1::IMoELayer* addMoE(nvinfer1::ITensor& hiddenStates,
                              nvinfer1::ITensor& selectedExpertsForTokens,
                              nvinfer1::ITensor& scoresForSelectedExperts) noexcept override;
  nvinfer1::IDistCollectiveLayer* addDistCollective(nvinfer1::ITensor& input,
                                                    nvinfer1::CollectiveOperation distCollectiveOp,
                                                    nvinfer1::ReduceOperation reduceOp,
                                                    int64_t root, int64_t* groups,
                                                    int64_t groupSize) noexcept override;
  nvinfer1::ISqueezeLayer* addSqueeze(nvinfer1::ITensor& input,
                                      nvinfer1::ITensor& axes) noexcept override;
  nvinfer1::IUnsqueezeLayer* addUnsqueeze(nvinfer1::ITensor& input,
                                          nvinfer1::ITensor& axes) noexcept override;
  nvinfer1::INormalizationLayer* addNormalizationV2(nvinfer1::ITensor& input,
                                                    nvinfer1::ITensor& scale,
                                                    nvinfer1::ITensor& bias,
                                                    uint32_t axesMask) noexcept override;

 private:
  nvinfer1::IBuilder& builder_;
  mutable Voice voice_;
  nvinfer1::NetworkDefinitionCreationFlags flags_;
  ir::Graph graph_;
  std::unordered_map<const ir::Value*, std::unique_ptr<Tensor>> tensors_;
  std::unordered_map<const ir::Node*, std::unique_ptr<LayerHandle>> layers_;
  /// The name under which a constant can be refitted; empty where users gave it none.
  [[nodiscard]] std::string weights_name(const ir::Value& constant) const;
  [[nodiscard]] bool has_weights(std::string_view name) const;

  [[nodiscard]] int64_t unused_number() const noexcept;
  /// Puts a cast behind a value in the sight of all readers, or takes it away.
  bool cast_output(ir::Value* value, DType dtype);
  void uncast_output(ir::Value* value);
  void show_instead(ir::Value* before, ir::Value* now, const std::string& name);

  std::unordered_map<const ir::Value*, ir::Node*> casts_;  ///< by what set_output_type casts
  std::set<const ir::Node*> hidden_;                       ///< these casts

  std::map<int64_t, std::unique_ptr<Loop>> loops_;
  std::map<int64_t, std::unique_ptr<IfConditional>> conditionals_;
  std::set<const ir::Value*> debug_;
  bool debug_unfused_ = false;
  std::set<const ir::Value*> unnamed_;  ///< constants made of users' weights
  std::unordered_map<const ir::Value*, std::string> weights_names_;  ///< by setWeightsName
  std::set<std::string, std::less<>> refittable_;                    ///< marked names
};

template <class Layer>
Layer* Network::add_to(ops::Op op, const std::vector<nvinfer1::ITensor*>& inputs) noexcept {
  std::vector<ir::Value*> values;
  for (nvinfer1::ITensor* input : inputs) {
    values.push_back(input == nullptr ? nullptr : value_of(*input));
    if (values.back() == nullptr) return nullptr;
  }
  return static_cast<Layer*>(add(std::move(op), std::move(values)));
}

}  // namespace tenon::api
