// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that look for elements or address them, boxes and samples: what they compute and refuse.
#include "layer_test.h"

namespace tenon::api {
namespace {

using nvinfer1::DataType;
using testing::ElementsAre;
using testing::HasSubstr;
using Numbers = std::vector<double>;

class IndexLayers : public LayerTest {};

TEST_F(IndexLayers, TopKGivesValuesAndIndices) {
  auto& x = input({2, 4}, {3, 9, 9, 1, -1, -5, 0, -2});
  auto* layer = network->addTopK(x, nvinfer1::TopKOperation::kMAX, 2, 1U << 1);
  ASSERT_NE(layer, nullptr);
  EXPECT_EQ(layer->getK(), 2);
  EXPECT_EQ(layer->getReduceAxes(), 2U);
  EXPECT_EQ(layer->getIndicesType(), DataType::kINT32);
  const auto outputs = run({layer->getOutput(0), layer->getOutput(1)});
  ASSERT_EQ(outputs.size(), 2U) << log.errors;
  EXPECT_EQ(outputs[0].values, (Numbers{9, 9, 0, -1}));
  EXPECT_EQ(outputs[1].values, (Numbers{1, 2, 2, 0}));
}

TEST_F(IndexLayers, TopKOfTheSmallestTakesItsKFromShapes) {
  auto& x = input({5}, {4, 2, 8, 6, 0});
  auto* layer = network->addTopK(x, nvinfer1::TopKOperation::kMIN, 1, 1);
  layer->setInput(1, constant_i32({1}, {3}));
  EXPECT_EQ(layer->getK(), 3);
  EXPECT_EQ(values(layer), (Numbers{0, 2, 4}));
}

TEST_F(IndexLayers, TopKRefusesMoreThanThereIs) {
  auto& x = input({5}, {4, 2, 8, 6, 0});
  EXPECT_EQ(network->addTopK(x, nvinfer1::TopKOperation::kMAX, 6, 1), nullptr);
  EXPECT_THAT(log.errors, HasSubstr("asks for [6] elements of axis 0, whose extent is 5"));
}

TEST_F(IndexLayers, NonZeroTellsItsSizeAfterTheRun) {
  auto& x = input({2, 3}, {0, 5, 0, 7, 0, -1});
  auto* layer = network->addNonZero(x);
  ASSERT_NE(layer, nullptr);
  EXPECT_EQ(layer->getNbOutputs(), 1);
  EXPECT_EQ(layer->getOutput(0)->getDimensions().d[1], -1);
  const auto outputs = run({layer->getOutput(0)});
  ASSERT_EQ(outputs.size(), 1U) << log.errors;
  EXPECT_THAT(outputs[0].dims, ElementsAre(2, 3));
  EXPECT_EQ(outputs[0].values, (Numbers{0, 1, 1, 1, 0, 2}));
}

TEST_F(IndexLayers, WhatReadsANonZeroFollowsItsSize) {
  auto& x = input({6}, {0, 5, 0, 7, 0, -1});
  auto* found = network->addNonZero(x);
  auto* flat = network->addShuffle(*found->getOutput(0));
  flat->setReshapeDimensions(dims({-1}));
  auto* picked = network->addGather(x, *flat->getOutput(0), 0);
  auto* doubled = network->addElementWise(*picked->getOutput(0), *picked->getOutput(0),
                                          nvinfer1::ElementWiseOperation::kSUM);
  EXPECT_EQ(values(doubled), (Numbers{10, 14, -2}));
}

TEST_F(IndexLayers, ScatterPutsElementsAndSlices) {
  auto& data = input({3, 3}, {0, 0, 0, 0, 0, 0, 0, 0, 0});
  auto& places = input_i32({2, 3}, {1, 0, 2, 0, 2, 1});
  auto& updates = input({2, 3}, {1, 2, 3, 4, 5, 6});
  auto* elements = network->addScatter(data, places, updates, nvinfer1::ScatterMode::kELEMENT);
  auto* rows = network->addScatter(data, constant_i32({1, 1}, {2}), constant({1, 3}, {7, 8, 9}),
                                   nvinfer1::ScatterMode::kND);
  const auto outputs = run({elements->getOutput(0), rows->getOutput(0)});
  ASSERT_EQ(outputs.size(), 2U) << log.errors;
  EXPECT_EQ(outputs[0].values, (Numbers{4, 2, 0, 1, 0, 6, 0, 5, 3}));
  EXPECT_EQ(outputs[1].values, (Numbers{0, 0, 0, 0, 0, 0, 7, 8, 9}));
}

TEST_F(IndexLayers, AnIndexOutsideFailsTheRunAndNamesTheLayer) {
  auto& data = input({3}, {0, 0, 0});
  auto* layer = network->addScatter(data, input_i32({1}, {3}), input({1}, {1}),
                                    nvinfer1::ScatterMode::kELEMENT);
  layer->setName("my_scatter");
  EXPECT_TRUE(run({layer->getOutput(0)}).empty());
  EXPECT_THAT(log.errors, HasSubstr("my_scatter"));
  EXPECT_THAT(log.errors, HasSubstr("an index outside its axis"));
}

TEST_F(IndexLayers, GatherHasThreeModes) {
  auto& data = input({2, 2}, {1, 2, 3, 4});
  auto& places = input_i32({2, 2}, {0, 0, 1, 0});
  auto* elements = network->addGatherV2(data, places, nvinfer1::GatherMode::kELEMENT);
  elements->setGatherAxis(1);
  EXPECT_EQ(elements->getMode(), nvinfer1::GatherMode::kELEMENT);
  auto* tuples = network->addGatherV2(data, places, nvinfer1::GatherMode::kND);
  auto* rows = network->addGatherV2(data, places, nvinfer1::GatherMode::kND);
  rows->setMode(nvinfer1::GatherMode::kDEFAULT);
  const auto outputs = run({elements->getOutput(0), tuples->getOutput(0), rows->getOutput(0)});
  ASSERT_EQ(outputs.size(), 3U) << log.errors;
  EXPECT_EQ(outputs[0].values, (Numbers{1, 1, 4, 3}));
  EXPECT_EQ(outputs[1].values, (Numbers{1, 3}));
  EXPECT_THAT(outputs[2].dims, ElementsAre(2, 2, 2));
}

TEST_F(IndexLayers, OneHotAndReverseSequence) {
  auto* hot = network->addOneHot(input_i32({3}, {1, -1, 7}), constant({2}, {-1, 2}),
                                 constant_i32({}, {3}), -1);
  auto* turned =
      network->addReverseSequence(input({3, 2}, {1, 2, 3, 4, 5, 6}), input_i32({2}, {3, 2}));
  const auto outputs = run({hot->getOutput(0), turned->getOutput(0)});
  ASSERT_EQ(outputs.size(), 2U) << log.errors;
  EXPECT_EQ(outputs[0].values, (Numbers{-1, 2, -1, -1, -1, 2, -1, -1, -1}));
  EXPECT_EQ(outputs[1].values, (Numbers{5, 4, 3, 2, 1, 6}));
}

TEST_F(IndexLayers, NmsKeepsWhatDoesNotOverlap) {
  auto& boxes = input({1, 3, 4}, {0, 0, 1, 1, 0, 0.1F, 1, 1.1F, 0, 10, 1, 11});
  auto& scores = input({1, 1, 3}, {0.9F, 0.75F, 0.6F});
  auto* layer = network->addNMS(boxes, scores, constant_i32({}, {3}));
  layer->setInput(3, constant({}, {0.5F}));
  EXPECT_EQ(layer->getNbOutputs(), 2);
  const auto outputs = run({layer->getOutput(0), layer->getOutput(1)});
  ASSERT_EQ(outputs.size(), 2U) << log.errors;
  EXPECT_THAT(outputs[0].dims, ElementsAre(2, 3));
  EXPECT_EQ(outputs[0].values, (Numbers{0, 0, 0, 0, 0, 2}));
  EXPECT_EQ(outputs[1].values, (Numbers{2}));
}

TEST_F(IndexLayers, GridSampleReadsBetweenElements) {
  auto& x = input({1, 1, 2, 2}, {1, 2, 3, 4});
  auto& grid = input({1, 1, 3, 2}, {0, 0, -1, -1, 5, 5});
  auto* layer = network->addGridSample(x, grid);
  layer->setAlignCorners(true);
  EXPECT_EQ(layer->getInterpolationMode(), nvinfer1::InterpolationMode::kLINEAR);
  EXPECT_TRUE(layer->setSampleMode(nvinfer1::SampleMode::kCLAMP));
  EXPECT_FALSE(layer->setSampleMode(nvinfer1::SampleMode::kWRAP));
  EXPECT_EQ(layer->getSampleMode(), nvinfer1::SampleMode::kCLAMP);
  EXPECT_THAT(values(layer), near({2.5, 1, 4}));
}

TEST_F(IndexLayers, GatherHasIndicesOfItsOwnForEachEntryOfABatch) {
  auto& x = input({2, 3, 2}, {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15});
  auto* layer = network->addGather(x, constant_i32({2, 2}, {2, 0, 1, 1}), 1);
  layer->setNbElementWiseDims(1);
  EXPECT_EQ(layer->getNbElementWiseDims(), 1);
  const auto outputs = run({layer->getOutput(0)});
  ASSERT_EQ(outputs.size(), 1U) << log.errors;
  EXPECT_THAT(outputs[0].dims, ElementsAre(2, 2, 2));
  EXPECT_EQ(outputs[0].values, (Numbers{4, 5, 0, 1, 12, 13, 12, 13}));
}

TEST_F(IndexLayers, GatherOfABatchPicksAlongALaterAxis) {
  auto& x = input({2, 2, 3}, {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15});
  auto* layer = network->addGather(x, constant_i32({2, 1}, {2, 0}), 2);
  layer->setNbElementWiseDims(1);
  EXPECT_EQ(values(layer), (Numbers{2, 5, 10, 13}));
}

TEST_F(IndexLayers, GatherRefusesBatchesThatItsModeHasNot) {
  auto& x = input({2, 3}, {0, 1, 2, 3, 4, 5});
  auto* layer = network->addGather(x, constant_i32({2, 1}, {2, 0}), 1);
  layer->setNbElementWiseDims(2);
  EXPECT_THAT(log.errors, HasSubstr("takes 0 or 1 in mode kDEFAULT"));
  EXPECT_EQ(layer->getNbElementWiseDims(), 0);
  auto* other = network->addGather(x, constant_i32({1, 1}, {2}), 1);
  other->setNbElementWiseDims(1);
  EXPECT_THAT(log.errors, HasSubstr("1 leading axes of data and indices are not the same"));
  EXPECT_EQ(other->getNbElementWiseDims(), 0);
}

}  // namespace
}  // namespace tenon::api
