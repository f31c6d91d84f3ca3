// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Setters that change what a layer is: axes of slices, kernels of convolutions, types of outputs.
#include "layer_test.h"

namespace tenon::api {
namespace {

using nvinfer1::DataType;
using testing::ElementsAre;
using testing::HasSubstr;
using Numbers = std::vector<double>;

class Setters : public LayerTest {
 protected:
  nvinfer1::ITensor& numbers() {
    return input({2, 3, 4}, {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                             12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23});
  }
};

TEST_F(Setters, SlicesSpeakOfTheAxesThatAreNamed) {
  auto* layer = network->addSlice(numbers(), dims({1, 3}), dims({2, 2}), dims({1, -2}));
  ASSERT_NE(layer, nullptr) << log.errors;
  layer->setAxes(dims({1, -1}));
  EXPECT_EQ(layer->getAxes().d[1], 2);
  EXPECT_EQ(layer->getStart().nbDims, 2);
  const auto outputs = run({layer->getOutput(0)});
  ASSERT_EQ(outputs.size(), 1U) << log.errors;
  EXPECT_THAT(outputs[0].dims, ElementsAre(2, 2, 2));
  EXPECT_EQ(outputs[0].values, (Numbers{7, 5, 11, 9, 19, 17, 23, 21}));
}

TEST_F(Setters, SlicesTakeStartsAndAxesFromTensors) {
  auto* layer = network->addSlice(numbers(), dims({0}), dims({1}), dims({1}));
  layer->setInput(1, constant_i32({1}, {2}));
  layer->setInput(5, constant_i32({1}, {1}));
  EXPECT_EQ(layer->getAxes().nbDims, 1);
  EXPECT_EQ(values(layer), (Numbers{8, 9, 10, 11, 20, 21, 22, 23}));
}

TEST_F(Setters, SlicesShowTheTensorsThatTellThem) {
  auto& x = numbers();
  auto* layer = network->addSlice(x, dims({0, 0, 0}), dims({1, 1, 1}), dims({1, 1, 1}));
  EXPECT_EQ(layer->getNbInputs(), 1);
  auto& size = constant_i32({3}, {1, 2, 1});
  layer->setInput(2, size);
  EXPECT_EQ(layer->getNbInputs(), 3);
  EXPECT_EQ(layer->getInput(0), &x);
  EXPECT_EQ(layer->getInput(1), nullptr);
  EXPECT_EQ(layer->getInput(2), &size);
  layer->setSize(dims({1, 1, 2}));
  EXPECT_EQ(layer->getNbInputs(), 1);
  EXPECT_EQ(values(layer), (Numbers{0, 1}));
}

TEST_F(Setters, ASliceByTensorsThatCannotBeFollowedIsNotBuilt) {
  auto& x = numbers();
  auto* layer = network->addSlice(x, dims({0, 0, 0}), dims({1, 1, 2}), dims({1, 1, 1}));
  layer->setName("by_data");
  layer->setInput(3, x);
  EXPECT_EQ(layer->getNbInputs(), 4);
  EXPECT_EQ(layer->getInput(3), &x);
  log.errors.clear();
  EXPECT_TRUE(run({layer->getOutput(0)}).empty());
  EXPECT_THAT(log.errors, HasSubstr("slice layer 'by_data' was given a tensor"));
  EXPECT_THAT(log.errors, HasSubstr("as its stride that could not be followed"));
  layer->setStride(dims({1, 1, 1}));
  EXPECT_EQ(values(layer), (Numbers{0, 1}));
}

TEST_F(Setters, ASliceWithoutItsAxesIsNotBuilt) {
  auto* layer = network->addSlice(numbers(), dims({0}), dims({1}), dims({1}));
  ASSERT_NE(layer, nullptr);
  EXPECT_TRUE(run({layer->getOutput(0)}).empty());
  EXPECT_THAT(log.errors, HasSubstr("has 1 starts, 1 sizes and 1 strides for 3 axes"));
  layer->setAxes(dims({3}));
  EXPECT_THAT(log.errors, HasSubstr("3 is no axis of a tensor of rank 3"));
}

TEST_F(Setters, AConvolutionTakesAnotherKernelMapsAndBias) {
  auto& x = input({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  auto* layer = network->addConvolutionNd(x, 1, dims({1, 1}), weights({2}), weights({1}));
  ASSERT_NE(layer, nullptr);
  layer->setKernelSizeNd(dims({2, 2}));
  EXPECT_EQ(layer->getKernelSizeNd().d[0], 2);
  layer->setNbOutputMaps(2);
  layer->setKernelWeights(weights({1, 0, 0, 1, 0, 1, 1, 0}));
  layer->setBiasWeights(weights({0, 100}));
  EXPECT_EQ(layer->getNbOutputMaps(), 2);
  const auto outputs = run({layer->getOutput(0)});
  ASSERT_EQ(outputs.size(), 1U) << log.errors;
  EXPECT_THAT(outputs[0].dims, ElementsAre(1, 2, 2, 2));
  EXPECT_EQ(outputs[0].values, (Numbers{6, 8, 12, 14, 106, 108, 112, 114}));
}

TEST_F(Setters, ADeconvolutionTakesTheSameNumbersAsAnotherKernel) {
  auto& x = input({1, 1, 1, 2}, {1, 2});
  auto* layer = network->addDeconvolutionNd(x, 1, dims({1, 4}), weights({1, 10, 100, 1000}), {});
  ASSERT_NE(layer, nullptr);
  layer->setKernelSizeNd(dims({4, 1}));
  const auto outputs = run({layer->getOutput(0)});
  ASSERT_EQ(outputs.size(), 1U) << log.errors;
  EXPECT_THAT(outputs[0].dims, ElementsAre(1, 1, 4, 2));
  EXPECT_EQ(outputs[0].values, (Numbers{1, 2, 10, 20, 100, 200, 1000, 2000}));
}

TEST_F(Setters, AConvolutionWithoutItsWeightsIsNotBuilt) {
  auto& x = input({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  auto* layer = network->addConvolutionNd(x, 1, dims({1, 1}), weights({2}), {});
  layer->setNbOutputMaps(3);
  EXPECT_TRUE(run({layer->getOutput(0)}).empty());
  EXPECT_THAT(log.errors, HasSubstr("is to have 3 output maps and a kernel 1x1, which takes 3"));
}

TEST_F(Setters, APoolingBlendsMaximumAndAverage) {
  auto& x = input({1, 1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  auto* layer = network->addPoolingNd(x, nvinfer1::PoolingType::kMAX_AVERAGE_BLEND, dims({2, 2}));
  ASSERT_NE(layer, nullptr) << log.errors;
  layer->setBlendFactor(0.25F);
  EXPECT_EQ(layer->getBlendFactor(), 0.25F);
  EXPECT_EQ(layer->getPoolingType(), nvinfer1::PoolingType::kMAX_AVERAGE_BLEND);
  EXPECT_EQ(values(layer), (Numbers{0.75 * 6 + 0.25 * 3.5, 0.75 * 8 + 0.25 * 5.5}));
}

TEST_F(Setters, AnOutputTypeCastsForReadersOldAndNew) {
  auto& x = input({3}, {1.75F, -2.5F, 0});
  auto* layer = network->addIdentity(x);
  nvinfer1::ITensor* const y = layer->getOutput(0);
  y->setName("whole");
  layer->setOutputType(0, DataType::kINT32);
  EXPECT_TRUE(layer->outputTypeIsSet(0));
  EXPECT_EQ(layer->getOutputType(0), DataType::kINT32);
  EXPECT_EQ(layer->getOutput(0), y);
  EXPECT_EQ(y->getType(), DataType::kINT32);
  EXPECT_STREQ(y->getName(), "whole");
  EXPECT_EQ(network->getNbLayers(), 1);
  auto* sum =
      network->addElementWise(*y, constant_i32({1}, {10}), nvinfer1::ElementWiseOperation::kSUM);
  ASSERT_NE(sum, nullptr) << log.errors;
  EXPECT_EQ(network->getNbLayers(), 3);
  EXPECT_EQ(network->getLayer(2)->getOutput(0), sum->getOutput(0));
  const auto outputs = run({y, sum->getOutput(0)});
  ASSERT_EQ(outputs.size(), 2U) << log.errors;
  EXPECT_EQ(outputs[0].type, DataType::kINT32);
  EXPECT_EQ(outputs[0].values, (Numbers{1, -2, 0}));
  EXPECT_EQ(outputs[1].values, (Numbers{11, 8, 10}));
}

TEST_F(Setters, AnOutputTypeIsTakenBack) {
  auto& x = input({2}, {1.75F, 3});
  auto* layer = network->addIdentity(x);
  network->markOutput(*layer->getOutput(0));
  layer->setOutputType(0, DataType::kINT64);
  EXPECT_EQ(network->getOutput(0)->getType(), DataType::kINT64);
  layer->setOutputType(0, DataType::kBOOL);
  EXPECT_EQ(network->getOutput(0)->getType(), DataType::kBOOL);
  layer->resetOutputType(0);
  EXPECT_FALSE(layer->outputTypeIsSet(0));
  EXPECT_EQ(network->getOutput(0), layer->getOutput(0));
  EXPECT_EQ(values(layer), (Numbers{1.75, 3}));
}

TEST_F(Setters, ALessPreciseOutputIsObeyedOrRefused) {
  auto& x = input({2}, {1.75F, 3});
  auto* layer = network->addIdentity(x);
  layer->setName("same");
  layer->setOutputType(0, DataType::kHALF);
  network->markOutput(*layer->getOutput(0));
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
  config->setFlag(nvinfer1::BuilderFlag::kOBEY_PRECISION_CONSTRAINTS);
  EXPECT_FALSE(builder->isNetworkSupported(*network, *config));
  EXPECT_THAT(log.errors, HasSubstr("output 0 of layer 'same' is to be f16, but its kernels give"));
  config->clearFlag(nvinfer1::BuilderFlag::kOBEY_PRECISION_CONSTRAINTS);
  EXPECT_TRUE(builder->isNetworkSupported(*network, *config));
  layer->setOutputType(0, DataType::kINT8);
  EXPECT_THAT(log.errors, HasSubstr("does not become i8 by a cast"));
}

TEST_F(Setters, AnInputOfAFewNumbersMayComeFromTheHost) {
  auto& lengths = input_i32({2}, {1, 2});
  lengths.setLocation(nvinfer1::TensorLocation::kHOST);
  EXPECT_EQ(lengths.getLocation(), nvinfer1::TensorLocation::kHOST);
  numbers().setLocation(nvinfer1::TensorLocation::kHOST);
  EXPECT_THAT(log.errors, HasSubstr("is for network inputs of i32"));
}

TEST_F(Setters, OneRankCollectsWhatItHas) {
  auto& x = input({2}, {1, 2});
  auto* layer = network->addDistCollective(x, nvinfer1::CollectiveOperation::kALL_REDUCE,
                                           nvinfer1::ReduceOperation::kSUM, -1, nullptr, 0);
  ASSERT_NE(layer, nullptr) << log.errors;
  EXPECT_EQ(layer->getType(), nvinfer1::LayerType::kDIST_COLLECTIVE);
  EXPECT_TRUE(layer->setNbRanks(1));
  EXPECT_FALSE(layer->setNbRanks(2));
  int64_t two[] = {0, 1};
  EXPECT_EQ(network->addDistCollective(x, nvinfer1::CollectiveOperation::kALL_GATHER,
                                       nvinfer1::ReduceOperation::kSUM, -1, two, 2),
            nullptr);
  EXPECT_THAT(log.errors, HasSubstr("runs on one rank here"));
  EXPECT_EQ(values(layer), (Numbers{1, 2}));
}

}  // namespace
}  // namespace tenon::api
