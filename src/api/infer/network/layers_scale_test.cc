// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that scale, quantise, normalise, sum, fill and rearrange: what they compute and refuse.
#include <cmath>

#include "layer_test.h"

namespace tenon::api {
namespace {

using nvinfer1::DataType;
using testing::ElementsAre;
using testing::HasSubstr;
using Numbers = std::vector<double>;

class ScaleLayers : public LayerTest {};

TEST_F(ScaleLayers, ScaleCountsChannelsOrAll) {
  auto& x = input({1, 2, 2}, {1, 2, 3, 4});
  auto* channels = network->addScaleNd(x, nvinfer1::ScaleMode::kCHANNEL, weights({1, 2}),
                                       weights({10, 100}), {DataType::kFLOAT, nullptr, 0}, 1);
  ASSERT_NE(channels, nullptr) << log.errors;
  EXPECT_EQ(channels->getMode(), nvinfer1::ScaleMode::kCHANNEL);
  EXPECT_EQ(channels->getScale().count, 2);
  EXPECT_EQ(channels->getPower().count, 0);
  auto* one = network->addScaleNd(x, nvinfer1::ScaleMode::kUNIFORM, weights({1}), weights({2}),
                                  weights({2}), 1);
  one->setShift(weights({-1}));
  const auto outputs = run({channels->getOutput(0), one->getOutput(0)});
  ASSERT_EQ(outputs.size(), 2U) << log.errors;
  EXPECT_EQ(outputs[0].values, (Numbers{11, 21, 302, 402}));
  EXPECT_THAT(outputs[1].values, near({1, 9, 25, 49}, 1e-4));
}

TEST_F(ScaleLayers, QuantiseAndBack) {
  auto& x = input({2, 2}, {1, -1, 100, 0.26F});
  auto* small = network->addQuantize(x, constant({2}, {0.5F, 0.1F}), DataType::kINT8);
  small->setAxis(1);
  EXPECT_EQ(small->getAxis(), 1);
  auto* back =
      network->addDequantize(*small->getOutput(0), constant({2}, {0.5F, 0.1F}), DataType::kFLOAT);
  back->setAxis(1);
  EXPECT_THAT(values(back), near({1, -1, 63.5, 0.3}));
}

TEST_F(ScaleLayers, ParametricReluTakesASlopeAChannel) {
  auto& x = input({1, 2, 2}, {-1, 2, -3, 4});
  EXPECT_EQ(values(network->addParametricReLU(x, constant({1, 2, 1}, {0.5F, 2}))),
            (Numbers{-0.5, 2, -6, 4}));
}

TEST_F(ScaleLayers, NormalizationOverAxesAndGroups) {
  auto& x = input({1, 2, 2}, {1, 3, 2, 6});
  auto& one = constant({1, 1, 1}, {1});
  auto& none = constant({1, 1, 1}, {0});
  auto* layer = network->addNormalization(x, one, none, 1U << 2);
  layer->setEpsilon(0);
  EXPECT_FALSE(layer->isV2());
  EXPECT_EQ(layer->getAxes(), 4U);
  auto& y = input({1, 4, 1}, {1, 3, 2, 6});
  auto* groups = network->addNormalizationV2(y, constant({1, 4, 1}, {1, 2, 3, 4}), none, 1U << 2);
  groups->setNbGroups(2);
  groups->setEpsilon(0);
  EXPECT_TRUE(groups->isV2());
  const auto outputs = run({layer->getOutput(0), groups->getOutput(0)});
  ASSERT_EQ(outputs.size(), 2U) << log.errors;
  EXPECT_THAT(outputs[0].values, near({-1, 1, -1, 1}));
  EXPECT_THAT(outputs[1].values, near({-1, 2, -3, 4}));
}

TEST_F(ScaleLayers, LrnDividesByItsNeighbours) {
  auto& x = input({1, 3, 1, 1}, {1, 2, 3});
  auto* layer = network->addLRN(x, 3, 3, 1, 1);
  EXPECT_EQ(layer->getWindowSize(), 3);
  EXPECT_THAT(values(layer), near({1.0 / 6, 2.0 / 15, 3.0 / 14}));
}

TEST_F(ScaleLayers, RaggedSoftmaxStopsAtTheBound) {
  auto& x = input({2, 3}, {0, 0, 9, 5, 1, 1});
  auto* layer = network->addRaggedSoftMax(x, input_i32({2, 1}, {2, 1}));
  EXPECT_THAT(values(layer), near({0.5, 0.5, 0, 1, 0, 0}));
}

TEST_F(ScaleLayers, CumulativeSums) {
  auto& x = input({2, 3}, {1, 2, 3, 4, 5, 6});
  auto* sums = network->addCumulative(x, constant_i32({}, {-1}),
                                      nvinfer1::CumulativeOperation::kSUM, false, true);
  ASSERT_NE(sums, nullptr) << log.errors;
  EXPECT_TRUE(sums->getReverse());
  EXPECT_EQ(values(sums), (Numbers{6, 5, 3, 15, 11, 6}));
}

TEST_F(ScaleLayers, EinsumNamesAxes) {
  nvinfer1::ITensor* inputs[] = {&input({2, 2}, {1, 2, 3, 4}), &input({2, 2}, {5, 6, 7, 8})};
  auto* layer = network->addEinsum(inputs, 2, "ij,jk->ki");
  ASSERT_NE(layer, nullptr) << log.errors;
  EXPECT_STREQ(layer->getEquation(), "ij,jk->ki");
  EXPECT_FALSE(layer->setEquation("ij,jk,kl->il"));
  EXPECT_THAT(log.errors, HasSubstr("makes no sense for 2 inputs"));
  EXPECT_EQ(values(layer), (Numbers{19, 43, 22, 50}));
}

TEST_F(ScaleLayers, FillMakesRampsAndTheSameRandomNumbers) {
  auto* ramp = network->addFill(dims({4}), nvinfer1::FillOperation::kLINSPACE, DataType::kFLOAT);
  ramp->setAlpha(1);
  ramp->setBeta(0.5);
  auto* plane =
      network->addFill(dims({2, 3}), nvinfer1::FillOperation::kLINSPACE, DataType::kINT32);
  plane->setInput(2, constant_i32({2}, {10, 1}));
  auto* random =
      network->addFill(dims({1000}), nvinfer1::FillOperation::kRANDOM_UNIFORM, DataType::kFLOAT);
  random->setAlpha(2);
  random->setBeta(4);
  const auto outputs = run({ramp->getOutput(0), plane->getOutput(0), random->getOutput(0)});
  ASSERT_EQ(outputs.size(), 3U) << log.errors;
  EXPECT_EQ(outputs[0].values, (Numbers{1, 1.5, 2, 2.5}));
  EXPECT_EQ(outputs[1].values, (Numbers{0, 1, 2, 10, 11, 12}));
  double sum = 0;
  for (const double value : outputs[2].values) {
    EXPECT_GE(value, 2);
    EXPECT_LT(value, 4);
    sum += value;
  }
  EXPECT_NEAR(sum / 1000, 3, 0.1);
}

TEST_F(ScaleLayers, AnAssertionThatFailsStopsTheRun) {
  auto& x = input_i32({2}, {1, 0});
  auto* holds = network->addCast(x, DataType::kBOOL);
  auto* layer = network->addAssertion(*holds->getOutput(0), "both must be set");
  ASSERT_NE(layer, nullptr) << log.errors;
  EXPECT_EQ(layer->getNbOutputs(), 0);
  EXPECT_STREQ(layer->getMessage(), "both must be set");
  layer->setName("guard");
  EXPECT_TRUE(run({network->addIdentity(x)->getOutput(0)}).empty());
  EXPECT_THAT(log.errors, HasSubstr("guard"));
  EXPECT_THAT(log.errors, HasSubstr("both must be set"));
}

TEST_F(ScaleLayers, SqueezeAndUnsqueeze) {
  auto& x = input({1, 2, 1}, {3, 4});
  auto* less = network->addSqueeze(x, constant_i32({2}, {0, -1}));
  auto* more = network->addUnsqueeze(*less->getOutput(0), constant_i32({1}, {1}));
  ASSERT_NE(more, nullptr) << log.errors;
  EXPECT_EQ(less->getType(), nvinfer1::LayerType::kSQUEEZE);
  const auto outputs = run({less->getOutput(0), more->getOutput(0)});
  ASSERT_EQ(outputs.size(), 2U) << log.errors;
  EXPECT_THAT(outputs[0].dims, ElementsAre(2));
  EXPECT_THAT(outputs[1].dims, ElementsAre(2, 1));
  EXPECT_EQ(network->addSqueeze(x, constant_i32({1}, {1})), nullptr);
  EXPECT_THAT(log.errors, HasSubstr("axis 1 has extent 2 and cannot be squeezed"));
}

TEST_F(ScaleLayers, AShuffleTurnsReshapesAndTurns) {
  auto& x = input({2, 3}, {0, 1, 2, 3, 4, 5});
  auto* layer = network->addShuffle(x);
  layer->setFirstTranspose({{1, 0}});
  layer->setReshapeDimensions(dims({2, -1}));
  layer->setSecondTranspose({{1, 0}});
  EXPECT_EQ(layer->getFirstTranspose().order[0], 1);
  EXPECT_EQ(layer->getReshapeDimensions().d[1], 3);
  EXPECT_EQ(layer->getSecondTranspose().order[0], 1);
  EXPECT_EQ(values(layer), (Numbers{0, 4, 3, 2, 1, 5}));
}

TEST_F(ScaleLayers, ASliceGoesBeyondItsInput) {
  auto& x = input({4}, {1, 2, 3, 4});
  std::vector<nvinfer1::ITensor*> tensors;
  for (const auto mode : {nvinfer1::SampleMode::kFILL, nvinfer1::SampleMode::kWRAP,
                          nvinfer1::SampleMode::kCLAMP, nvinfer1::SampleMode::kREFLECT}) {
    auto* layer = network->addSlice(x, dims({1}), dims({2}), dims({1}));
    layer->setMode(mode);
    layer->setStart(dims({-2}));
    layer->setSize(dims({7}));
    EXPECT_EQ(layer->getMode(), mode);
    if (mode == nvinfer1::SampleMode::kFILL) layer->setInput(4, constant({}, {9}));
    tensors.push_back(layer->getOutput(0));
  }
  const auto outputs = run(tensors);
  ASSERT_EQ(outputs.size(), 4U) << log.errors;
  EXPECT_EQ(outputs[0].values, (Numbers{9, 9, 1, 2, 3, 4, 9}));
  EXPECT_EQ(outputs[1].values, (Numbers{3, 4, 1, 2, 3, 4, 1}));
  EXPECT_EQ(outputs[2].values, (Numbers{1, 1, 1, 2, 3, 4, 4}));
  EXPECT_EQ(outputs[3].values, (Numbers{3, 2, 1, 2, 3, 4, 3}));
}

TEST_F(ScaleLayers, ASliceMayBeginOutsideBeforeItsModeIsSet) {
  auto& x = input({4}, {1, 2, 3, 4});
  auto* layer = network->addSlice(x, dims({-2}), dims({7}), dims({1}));
  ASSERT_NE(layer, nullptr) << log.errors;
  EXPECT_EQ(layer->getMode(), nvinfer1::SampleMode::kSTRICT_BOUNDS);
  EXPECT_EQ(layer->getStart().d[0], -2);
  EXPECT_EQ(layer->getOutput(0)->getDimensions().d[0], 7);
  layer->setMode(nvinfer1::SampleMode::kWRAP);
  EXPECT_EQ(layer->getMode(), nvinfer1::SampleMode::kWRAP);
  EXPECT_EQ(log.errors, "");
  EXPECT_EQ(values(layer), (Numbers{3, 4, 1, 2, 3, 4, 1}));
}

TEST_F(ScaleLayers, ASliceThatStaysOutsideIsNotBuilt) {
  auto* layer = network->addSlice(input({4}, {1, 2, 3, 4}), dims({-2}), dims({7}), dims({1}));
  ASSERT_NE(layer, nullptr);
  layer->setName("wide");
  EXPECT_TRUE(run({layer->getOutput(0)}).empty());
  EXPECT_THAT(log.errors,
              testing::HasSubstr("slice layer 'wide' reads beyond its input: start, size "
                                 "and stride are [-2], [7] and [1]"));
}

TEST_F(ScaleLayers, AStrictSliceComesBackWithinItsInput) {
  auto* layer = network->addSlice(input({4}, {1, 2, 3, 4}), dims({3}), dims({3}), dims({1}));
  ASSERT_NE(layer, nullptr);
  layer->setSize(dims({1}));
  EXPECT_EQ(values(layer), (Numbers{4}));
}

TEST_F(ScaleLayers, DeconvolutionSpreadsEveryElement) {
  auto& x = input({1, 1, 1, 2}, {1, 2});
  auto* layer = network->addDeconvolutionNd(x, 1, dims({1, 2}), weights({1, 10}), weights({0.5F}));
  ASSERT_NE(layer, nullptr) << log.errors;
  layer->setStrideNd(dims({1, 2}));
  EXPECT_EQ(layer->getNbOutputMaps(), 1);
  EXPECT_EQ(values(layer), (Numbers{1.5, 10.5, 2.5, 20.5}));
}

TEST_F(ScaleLayers, ConvolutionTakesOtherWeightsAndPaddings) {
  auto& x = input({1, 1, 1, 4}, {1, 2, 3, 4});
  auto* layer = network->addConvolutionNd(x, 1, dims({1, 3}), weights({0, 0, 0}),
                                          {DataType::kFLOAT, nullptr, 0});
  ASSERT_NE(layer, nullptr) << log.errors;
  layer->setKernelWeights(weights({1, 1, 1}));
  layer->setBiasWeights(weights({100}));
  layer->setPaddingMode(nvinfer1::PaddingMode::kSAME_UPPER);
  layer->setStrideNd(dims({1, 2}));
  EXPECT_EQ(layer->getPaddingMode(), nvinfer1::PaddingMode::kSAME_UPPER);
  EXPECT_EQ(layer->getPostPadding().d[1], 1);
  EXPECT_EQ(layer->getBiasWeights().count, 1);
  EXPECT_EQ(values(layer), (Numbers{106, 107}));
}

TEST_F(ScaleLayers, AMatrixTimesAVector) {
  auto* layer =
      network->addMatrixMultiply(input({2, 2}, {1, 2, 3, 4}), nvinfer1::MatrixOperation::kNONE,
                                 input({2}, {5, 6}), nvinfer1::MatrixOperation::kVECTOR);
  ASSERT_NE(layer, nullptr) << log.errors;
  EXPECT_EQ(layer->getOperation(1), nvinfer1::MatrixOperation::kVECTOR);
  EXPECT_EQ(values(layer), (Numbers{17, 39}));
}

using nvinfer1::MatrixOperation;

TEST_F(ScaleLayers, MatricesTimesAStackOfVectors) {
  auto& matrices = input({2, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  auto& vectors = input({2, 3}, {1, 0, 1, 2, 1, 0});
  auto* layer = network->addMatrixMultiply(matrices, MatrixOperation::kNONE, vectors,
                                           MatrixOperation::kVECTOR);
  ASSERT_NE(layer, nullptr) << log.errors;
  EXPECT_EQ(layer->getOperation(0), MatrixOperation::kNONE);
  EXPECT_EQ(layer->getOperation(1), MatrixOperation::kVECTOR);
  EXPECT_EQ(network->getNbLayers(), 1);
  EXPECT_EQ(layer->getType(), nvinfer1::LayerType::kMATRIX_MULTIPLY);
  const auto outputs = run({layer->getOutput(0)});
  ASSERT_EQ(outputs.size(), 1U) << log.errors;
  EXPECT_THAT(outputs[0].dims, testing::ElementsAre(2, 2));
  EXPECT_EQ(outputs[0].values, (Numbers{4, 10, 22, 31}));
}

TEST_F(ScaleLayers, VectorsTimesOneMatrixForAll) {
  auto& vectors = input({3, 2}, {1, 0, 0, 1, 1, 1});
  auto& matrix = input({1, 3, 2}, {1, 2, 3, 4, 5, 6});
  auto* layer = network->addMatrixMultiply(vectors, MatrixOperation::kVECTOR, matrix,
                                           MatrixOperation::kTRANSPOSE);
  ASSERT_NE(layer, nullptr) << log.errors;
  EXPECT_EQ(layer->getOperation(0), MatrixOperation::kVECTOR);
  EXPECT_EQ(layer->getOperation(1), MatrixOperation::kTRANSPOSE);
  const auto outputs = run({layer->getOutput(0)});
  ASSERT_EQ(outputs.size(), 1U) << log.errors;
  EXPECT_THAT(outputs[0].dims, testing::ElementsAre(3, 3));
  EXPECT_EQ(outputs[0].values, (Numbers{1, 3, 5, 2, 4, 6, 3, 7, 11}));
}

TEST_F(ScaleLayers, StacksOfVectorsGiveScalars) {
  auto* layer = network->addMatrixMultiply(input({2, 2}, {1, 2, 3, 4}), MatrixOperation::kVECTOR,
                                           input({2, 2}, {1, 1, 10, 1}), MatrixOperation::kVECTOR);
  ASSERT_NE(layer, nullptr) << log.errors;
  const auto outputs = run({layer->getOutput(0)});
  ASSERT_EQ(outputs.size(), 1U) << log.errors;
  EXPECT_THAT(outputs[0].dims, testing::ElementsAre(2));
  EXPECT_EQ(outputs[0].values, (Numbers{3, 34}));
}

TEST_F(ScaleLayers, BlocksAreQuantisedByWhatTheyHold) {
  // Greatest of the blocks: 6, 24; their scales 1 and 4 of FP8; a step of 0.5 below 2, then 1, 2.
  auto& x = input({1, 8}, {6, -1, 0.25F, 3, 24, 2, -12, 7});
  auto* layer = network->addDynamicQuantize(x, 1, 4, DataType::kFP4, DataType::kFP8);
  ASSERT_NE(layer, nullptr) << log.errors;
  EXPECT_EQ(layer->getType(), nvinfer1::LayerType::kDYNAMIC_QUANTIZE);
  EXPECT_EQ(layer->getNbOutputs(), 2);
  EXPECT_EQ(layer->getAxis(), 1);
  EXPECT_EQ(layer->getBlockSize(), 4);
  EXPECT_EQ(layer->getBlockShape().d[0], 1);
  EXPECT_EQ(layer->getOutput(0)->getType(), DataType::kFP4);
  EXPECT_EQ(layer->getOutput(1)->getType(), DataType::kFP8);
  auto* scales = network->addDequantize(*layer->getOutput(1), constant({}, {1}));
  ASSERT_NE(scales, nullptr) << log.errors;
  auto* back = network->addDequantize(*layer->getOutput(0), *scales->getOutput(0));
  ASSERT_NE(back, nullptr) << log.errors;
  EXPECT_EQ(back->getBlockShape().d[1], 4);
  EXPECT_TRUE(back->setBlockShape(dims({1, 4})));
  const auto outputs = run({scales->getOutput(0), back->getOutput(0)});
  ASSERT_EQ(outputs.size(), 2U) << log.errors;
  EXPECT_EQ(outputs[0].values, (Numbers{1, 4}));
  EXPECT_EQ(outputs[1].values, (Numbers{6, -1, 0, 3, 24, 2, -12, 8}));
}

TEST_F(ScaleLayers, BlocksHaveScalesThatArePowersOfTwo) {
  auto& x = input({2, 2}, {448, 1, 900, 0});
  auto* layer = network->addDynamicQuantizeV2(x, dims({1, 2}), DataType::kFP8, DataType::kE8M0);
  ASSERT_NE(layer, nullptr) << log.errors;
  auto* scales = network->addCast(*layer->getOutput(1), DataType::kFLOAT);
  auto* numbers = network->addCast(*layer->getOutput(0), DataType::kFLOAT);
  const auto outputs = run({scales->getOutput(0), numbers->getOutput(0)});
  ASSERT_EQ(outputs.size(), 2U) << log.errors;
  EXPECT_EQ(outputs[0].values, (Numbers{1, 4}));  // 900 / 448 is a bit more than 2.
  EXPECT_EQ(outputs[1].values, (Numbers{448, 1, 224, 0}));
}

TEST_F(ScaleLayers, ScalesOfScalesAndOtherBlocks) {
  auto& x = input({1, 4}, {12, 6, 0, 3});
  auto* layer = network->addDynamicQuantize(x, 1, 2, DataType::kFP4, DataType::kFP8);
  ASSERT_NE(layer, nullptr) << log.errors;
  layer->setInput(1, constant({}, {0.5F}));
  EXPECT_EQ(layer->getNbInputs(), 2);
  layer->setBlockSize(4);
  EXPECT_EQ(layer->getOutput(1)->getDimensions().d[1], 1);
  layer->setScaleType(DataType::kE8M0);
  layer->setScaleType(DataType::kFP8);
  EXPECT_EQ(layer->getScaleType(), DataType::kFP8);
  auto* scales = network->addCast(*layer->getOutput(1), DataType::kFLOAT);
  auto* numbers = network->addCast(*layer->getOutput(0), DataType::kFLOAT);
  const auto outputs = run({scales->getOutput(0), numbers->getOutput(0)});
  ASSERT_EQ(outputs.size(), 2U) << log.errors;
  EXPECT_EQ(outputs[0].values, (Numbers{4}));  // 12 / 6 / 0.5
  EXPECT_EQ(outputs[1].values, (Numbers{6, 3, 0, 1.5}));
}

TEST_F(ScaleLayers, BlocksOfOtherTypesAreRefused) {
  auto& x = input({4}, {1, 2, 3, 4});
  EXPECT_EQ(network->addDynamicQuantize(x, 0, 2, DataType::kINT8, DataType::kFP8), nullptr);
  EXPECT_THAT(log.errors, testing::HasSubstr("blocks are of f4e2m1 or f8e4m3 with scales of f8e4m3 "
                                             "or f8e8m0, but i8 with f8e4m3 is asked for"));
  EXPECT_EQ(network->addDynamicQuantize(x, 3, 2, DataType::kFP4, DataType::kFP8), nullptr);
  EXPECT_THAT(log.errors, testing::HasSubstr("axis 3 is no axis of 'in0'"));
}

TEST_F(ScaleLayers, AProductBecomesOneOfVectorsAndBack) {
  auto& a = input({2, 2}, {1, 2, 3, 4});
  auto* layer = network->addMatrixMultiply(a, MatrixOperation::kNONE, input({2, 2}, {1, 1, 10, 1}),
                                           MatrixOperation::kTRANSPOSE);
  ASSERT_NE(layer, nullptr) << log.errors;
  layer->setOperation(1, MatrixOperation::kNONE);
  layer->setOperation(0, MatrixOperation::kVECTOR);
  EXPECT_EQ(layer->getOutput(0)->getDimensions().nbDims, 2);
  layer->setOperation(1, MatrixOperation::kVECTOR);
  EXPECT_EQ(layer->getOutput(0)->getDimensions().nbDims, 1);
  layer->setOperation(0, MatrixOperation::kTRANSPOSE);
  EXPECT_EQ(layer->getOperation(0), MatrixOperation::kTRANSPOSE);
  EXPECT_EQ(layer->getOperation(1), MatrixOperation::kVECTOR);
  EXPECT_EQ(log.errors, "");
  // Each vector times the whole matrix, standing: [1 3; 2 4] · [1 1] and · [10 1].
  EXPECT_EQ(values(layer), (Numbers{4, 6, 13, 24}));
}

}  // namespace
}  // namespace tenon::api
