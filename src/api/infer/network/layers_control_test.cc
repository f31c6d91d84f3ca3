// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loops and conditionals as users make them.
#include "layer_test.h"

namespace tenon::api {

namespace {

using nvinfer1::ElementWiseOperation;
using nvinfer1::ITensor;
using nvinfer1::LayerType;
using nvinfer1::LoopOutput;
using nvinfer1::TripLimit;
using testing::HasSubstr;

struct ControlLayers : LayerTest {
  ITensor& sum(ITensor& a, ITensor& b) {
    return *network->addElementWise(a, b, ElementWiseOperation::kSUM)->getOutput(0);
  }
};

TEST_F(ControlLayers, ALoopCarriesStacksAndReverses) {
  ITensor& x = input({3, 2}, {1, 10, 2, 20, 3, 30});
  ITensor& zero = constant({2}, {0, 0});
  ITensor& three = constant_i32({}, {3});
  auto* loop = network->addLoop();
  ASSERT_NE(loop, nullptr);
  loop->setName("sums");
  EXPECT_STREQ(loop->getName(), "sums");
  auto* recurrence = loop->addRecurrence(zero);
  auto* iterator = loop->addIterator(x, 0, false);
  auto* limit = loop->addTripLimit(three, TripLimit::kCOUNT);
  ITensor& next = sum(*recurrence->getOutput(0), *iterator->getOutput(0));
  recurrence->setInput(1, next);
  auto* last = loop->addLoopOutput(*recurrence->getOutput(0), LoopOutput::kLAST_VALUE, 0);
  auto* all = loop->addLoopOutput(next, LoopOutput::kCONCATENATE, 0);
  all->setInput(1, three);
  auto* back = loop->addLoopOutput(next, LoopOutput::kREVERSE, 1);
  back->setInput(1, three);
  EXPECT_EQ(recurrence->getType(), LayerType::kRECURRENCE);
  EXPECT_EQ(recurrence->getInput(1), &next);
  EXPECT_EQ(iterator->getType(), LayerType::kITERATOR);
  EXPECT_EQ(iterator->getAxis(), 0);
  EXPECT_FALSE(iterator->getReverse());
  EXPECT_EQ(limit->getType(), LayerType::kTRIP_LIMIT);
  EXPECT_EQ(limit->getTripLimit(), TripLimit::kCOUNT);
  EXPECT_EQ(limit->getNbOutputs(), 0);
  EXPECT_EQ(limit->getLoop(), loop);
  EXPECT_EQ(back->getType(), LayerType::kLOOP_OUTPUT);
  EXPECT_EQ(back->getLoopOutput(), LoopOutput::kREVERSE);
  EXPECT_EQ(back->getAxis(), 1);
  EXPECT_EQ(loop->addTripLimit(three, TripLimit::kCOUNT), nullptr);
  EXPECT_THAT(log.errors, HasSubstr("sums has a trip limit of this kind already"));
  const auto outputs = run({last->getOutput(0), all->getOutput(0), back->getOutput(0)});
  ASSERT_EQ(outputs.size(), 3U) << log.errors;
  EXPECT_THAT(outputs[0].values, near({6, 60}));
  EXPECT_EQ(outputs[1].dims, (std::vector<int64_t>{3, 2}));
  EXPECT_THAT(outputs[1].values, near({1, 10, 3, 30, 6, 60}));
  EXPECT_EQ(outputs[2].dims, (std::vector<int64_t>{2, 3}));
  EXPECT_THAT(outputs[2].values, near({6, 3, 1, 60, 30, 10}));
}

TEST_F(ControlLayers, AnIteratorGoesBackwards) {
  ITensor& x = input({2, 3}, {1, 2, 3, 4, 5, 6});
  ITensor& three = constant_i32({}, {3});
  auto* loop = network->addLoop();
  auto* iterator = loop->addIterator(x, 0, false);
  iterator->setAxis(1);
  iterator->setReverse(true);
  loop->addTripLimit(three, TripLimit::kCOUNT);
  auto* all = loop->addLoopOutput(*iterator->getOutput(0), LoopOutput::kCONCATENATE, 0);
  all->setInput(1, three);
  EXPECT_THAT(values(all), near({3, 6, 2, 5, 1, 4}));
}

TEST_F(ControlLayers, ALoopGoesOnWhileTheConditionHolds) {
  ITensor& x = input({}, {3});
  ITensor& ten = constant({}, {10});
  auto* loop = network->addLoop();
  auto* recurrence = loop->addRecurrence(x);
  ITensor& state = *recurrence->getOutput(0);
  auto* small = network->addElementWise(state, ten, ElementWiseOperation::kLESS);
  auto* limit = loop->addTripLimit(*small->getOutput(0), TripLimit::kWHILE);
  EXPECT_EQ(limit->getTripLimit(), TripLimit::kWHILE);
  recurrence->setInput(1, sum(state, state));
  EXPECT_THAT(values(loop->addLoopOutput(state, LoopOutput::kLAST_VALUE, 0)), near({12}));
}

TEST_F(ControlLayers, AConditionalTakesOneBranch) {
  for (const float sign : {1.0F, -1.0F}) {
    network.reset(builder->createNetworkV2(0));
    ITensor& x = *network->addInput("x", nvinfer1::DataType::kFLOAT, dims({2}));
    ITensor& c = *network->addInput("c", nvinfer1::DataType::kFLOAT, dims({}));
    ITensor& zero = constant({}, {0});
    auto* greater = network->addElementWise(c, zero, ElementWiseOperation::kGREATER);
    auto* conditional = network->addIfConditional();
    ASSERT_NE(conditional, nullptr);
    conditional->setName("either");
    EXPECT_STREQ(conditional->getName(), "either");
    auto* condition = conditional->setCondition(*greater->getOutput(0));
    auto* in = conditional->addInput(x);
    ITensor& twice = sum(*in->getOutput(0), *in->getOutput(0));
    auto* exp = network->addUnary(*in->getOutput(0), nvinfer1::UnaryOperation::kNEG);
    auto* out = conditional->addOutput(twice, *exp->getOutput(0));
    EXPECT_EQ(condition->getType(), LayerType::kCONDITION);
    EXPECT_EQ(in->getType(), LayerType::kCONDITIONAL_INPUT);
    EXPECT_EQ(out->getType(), LayerType::kCONDITIONAL_OUTPUT);
    EXPECT_EQ(out->getConditional(), conditional);
    EXPECT_EQ(conditional->setCondition(*greater->getOutput(0)), nullptr);
    out->getOutput(0)->setName("y");
    network->markOutput(*out->getOutput(0));
    const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
    const std::unique_ptr<nvinfer1::IHostMemory> plan(
        builder->buildSerializedNetwork(*network, *config));
    ASSERT_NE(plan, nullptr) << log.errors;
    const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(log));
    const std::unique_ptr<nvinfer1::ICudaEngine> engine(
        runtime->deserializeCudaEngine(plan->data(), plan->size()));
    ASSERT_NE(engine, nullptr) << log.errors;
    const std::unique_ptr<nvinfer1::IExecutionContext> context(engine->createExecutionContext());
    std::vector<float> given{1, 2}, condition_value{sign}, taken(2);
    context->setTensorAddress("x", given.data());
    context->setTensorAddress("c", condition_value.data());
    context->setTensorAddress("y", taken.data());
    ASSERT_TRUE(context->enqueueV3(nullptr)) << log.errors;
    EXPECT_THAT(taken,
                testing::Pointwise(testing::FloatEq(), sign > 0 ? std::vector<float>{2, 4}
                                                                : std::vector<float>{-1, -2}));
  }
}

TEST_F(ControlLayers, ALoopWithoutAnEndIsRefused) {
  ITensor& x = input({2}, {1, 2});
  auto* loop = network->addLoop();
  auto* recurrence = loop->addRecurrence(x);
  recurrence->setInput(1, sum(*recurrence->getOutput(0), x));
  auto* last = loop->addLoopOutput(*recurrence->getOutput(0), LoopOutput::kLAST_VALUE, 0);
  EXPECT_TRUE(run({last->getOutput(0)}).empty());
  EXPECT_THAT(log.errors, HasSubstr("has no trip limit"));
}

}  // namespace

}  // namespace tenon::api
