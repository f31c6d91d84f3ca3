// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers of transformer networks: what they compute, by their definitions, and what they refuse.
#include <cmath>
#include <random>

#include "layer_test.h"

namespace tenon::api {
namespace {

using nvinfer1::AttentionIOForm;
using nvinfer1::AttentionNormalizationOp;
using nvinfer1::CausalMaskKind;
using testing::HasSubstr;
using Numbers = std::vector<double>;

class AttentionLayers : public LayerTest {
 protected:
  static std::vector<float> random(size_t count, unsigned seed) {
    std::mt19937 generator(seed);
    std::uniform_real_distribution<float> numbers(-1, 1);
    std::vector<float> made(count);
    for (float& number : made) number = numbers(generator);
    return made;
  }
  static std::vector<float> floats(const Numbers& numbers) {
    return {numbers.begin(), numbers.end()};
  }

  /// Queries [b, h, n, d], keys and values [b, kv, m, d]; sees(b, i, j) says who sees whom.
  struct Case {
    size_t b = 2, h = 4, kv = 2, n = 3, m = 5, d = 8;
    std::vector<float> q = random(b * h * n * d, 1), k = random(b * kv * m * d, 2),
                       v = random(b * kv * m * d, 3);
    template <class Sees>
    Numbers expect(Sees&& sees) const {
      Numbers out;
      for (size_t row = 0; row < b * h * n; ++row) {
        const size_t bb = row / (h * n), hh = row / n % h, i = row % n;
        const float* keys = k.data() + (bb * kv + hh / (h / kv)) * m * d;
        const float* values = v.data() + (bb * kv + hh / (h / kv)) * m * d;
        Numbers weights(m);
        double sum = 0;
        for (size_t j = 0; j < m; ++j) {
          double score = 0;
          for (size_t c = 0; c < d; ++c) score += double{q[row * d + c]} * double{keys[j * d + c]};
          weights[j] = sees(bb, i, j) ? std::exp(score) : 0;
          sum += weights[j];
        }
        for (size_t c = 0; c < d; ++c) {
          double all = 0;
          for (size_t j = 0; j < m; ++j) all += weights[j] * double{values[j * d + c]};
          out.push_back(sum > 0 ? all / sum : 0);
        }
      }
      return out;
    }
  };
  static constexpr auto kAll = [](size_t, size_t, size_t) { return true; };

  nvinfer1::IAttention* add(const Case& c, CausalMaskKind causal = CausalMaskKind::kNONE) {
    return network->addAttentionV2(
        shaped(c.q, {c.b, c.h, c.n, c.d}), shaped(c.k, {c.b, c.kv, c.m, c.d}),
        shaped(c.v, {c.b, c.kv, c.m, c.d}), AttentionNormalizationOp::kSOFTMAX, causal);
  }
  nvinfer1::ITensor& shaped(const std::vector<float>& values, const std::vector<size_t>& extents) {
    return input({extents.begin(), extents.end()}, values);
  }
  Numbers values_of(nvinfer1::IAttention* attention) {
    EXPECT_NE(attention, nullptr) << log.errors;
    if (attention == nullptr) return {};
    const auto outputs = run({attention->getOutput(0)});
    EXPECT_EQ(outputs.size(), 1U) << log.errors;
    return outputs.empty() ? Numbers{} : outputs[0].values;
  }
};

TEST_F(AttentionLayers, HeadsOfQueriesShareKeys) {
  const Case c;
  nvinfer1::IAttention* attention = add(c);
  ASSERT_NE(attention, nullptr) << log.errors;
  EXPECT_EQ(attention->getNbInputs(), 3);
  EXPECT_EQ(attention->getMask(), nullptr);
  const auto* layer = network->getLayer(0);
  EXPECT_EQ(layer->getType(), nvinfer1::LayerType::kATTENTION_OUTPUT);
  EXPECT_EQ(static_cast<const nvinfer1::IAttentionBoundaryLayer*>(layer)->getAttention(),
            attention);
  EXPECT_THAT(values_of(attention), near(c.expect(kAll)));
}

TEST_F(AttentionLayers, CausalKindsHideWhatComesLater) {
  const Case c;
  EXPECT_THAT(values_of(add(c, CausalMaskKind::kUPPER_LEFT)),
              near(c.expect([](size_t, size_t i, size_t j) { return j <= i; })));
}

TEST_F(AttentionLayers, AlignedRightTheLastQuerySeesAll) {
  Case c;
  EXPECT_THAT(values_of(add(c, CausalMaskKind::kLOWER_RIGHT)),
              near(c.expect([&](size_t, size_t i, size_t j) { return j <= i + c.m - c.n; })));
}

TEST_F(AttentionLayers, AQueryThatSeesNothingGivesZeros) {
  Case c;
  std::swap(c.n, c.m);  // five queries, three keys: the first two come before all keys
  c.q = random(c.b * c.h * c.n * c.d, 1);
  EXPECT_THAT(values_of(add(c, CausalMaskKind::kLOWER_RIGHT)),
              near(c.expect([&](size_t, size_t i, size_t j) { return j + c.n <= i + c.m; })));
}

TEST_F(AttentionLayers, MasksAreSeenOrAdded) {
  const Case c;
  nvinfer1::IAttention* added = add(c);
  std::vector<float> bias(c.n * c.m, 0);
  bias[1 * c.m + 2] = -1e30F;
  ASSERT_TRUE(added->setMask(constant({1, 1, 3, 5}, bias)));
  EXPECT_FALSE(added->setCausal(true));
  EXPECT_THAT(log.errors, HasSubstr("a mask and a causal kind exclude each other"));
  EXPECT_THAT(values_of(added),
              near(c.expect([](size_t, size_t i, size_t j) { return i != 1 || j != 2; })));
}

TEST_F(AttentionLayers, MasksOfTruthHide) {
  const Case c;
  nvinfer1::IAttention* attention = add(c);
  std::vector<float> seen(c.b * c.n * c.m, 1);
  for (size_t j = 0; j < c.m; ++j) seen[j] = 0;  // the first query of the first sequence is blind
  auto* mask = network->addCast(constant({2, 1, 3, 5}, seen), nvinfer1::DataType::kBOOL);
  ASSERT_TRUE(attention->setMask(*mask->getOutput(0)));
  EXPECT_THAT(values_of(attention),
              near(c.expect([](size_t b, size_t i, size_t) { return b != 0 || i != 0; })));
}

TEST_F(AttentionLayers, PaddedKeysCountAsFarAsTheirLengths) {
  const Case c;
  nvinfer1::IAttention* attention = add(c);
  ASSERT_TRUE(attention->setKeyValueLengths(&input_i32({2}, {2, 5})));
  EXPECT_THAT(values_of(attention),
              near(c.expect([](size_t b, size_t, size_t j) { return b == 1 || j < 2; })));
}

TEST_F(AttentionLayers, PackedSequencesGiveWhatPaddedOnesGive) {
  Case c;
  c.b = 1;
  c.h = c.kv = 1;
  // Two sequences of one and two places, one after the other, each seeing itself alone.
  auto* attention = network->addAttention(
      input({4, 1, 8}, random(32, 1)), input({4, 1, 8}, random(32, 2)),
      input({4, 1, 8}, random(32, 3)), AttentionNormalizationOp::kSOFTMAX, true);
  ASSERT_NE(attention, nullptr) << log.errors;
  EXPECT_EQ(attention->getQueryForm(), AttentionIOForm::kPACKED_NHD);
  auto& lengths = input_i32({3}, {0, 1, 3});
  ASSERT_TRUE(attention->setQueryLengths(&lengths));
  ASSERT_TRUE(attention->setKeyValueLengths(&lengths));
  c.n = c.m = 4;
  c.q = random(32, 1), c.k = random(32, 2), c.v = random(32, 3);
  const auto together = [](size_t, size_t i, size_t j) {
    return (i == 0 && j == 0) || (i > 0 && i < 3 && j > 0 && j <= i);
  };
  EXPECT_THAT(values_of(attention), near(c.expect(together)));
}

TEST_F(AttentionLayers, PackedSequencesNeedLengths) {
  auto& x = input({4, 1, 8}, random(32, 1));
  auto* attention = network->addAttention(x, x, x, AttentionNormalizationOp::kSOFTMAX, false);
  ASSERT_NE(attention, nullptr) << log.errors;
  EXPECT_TRUE(run({attention->getOutput(0)}).empty());
  EXPECT_THAT(log.errors, HasSubstr("need the lengths of the queries (input 5)"));
}

TEST_F(AttentionLayers, LengthsThatLeadOutsideFailTheRun) {
  const Case c;
  nvinfer1::IAttention* attention = add(c);
  ASSERT_TRUE(attention->setKeyValueLengths(&input_i32({2}, {2, 6})));
  EXPECT_TRUE(run({attention->getOutput(0)}).empty());
  EXPECT_THAT(log.errors, HasSubstr("the lengths of sequences contradict their tensor"));
}

TEST_F(AttentionLayers, WhatDoesNotFitIsSaid) {
  const Case c;
  EXPECT_EQ(
      network->addAttention(shaped(c.q, {2, 4, 3, 8}), shaped(c.k, {2, 2, 10, 4}),
                            shaped(c.v, {2, 2, 10, 4}), AttentionNormalizationOp::kSOFTMAX, false),
      nullptr);
  EXPECT_THAT(log.errors, HasSubstr("the head sizes of queries and keys differ: 8 and 4"));
  nvinfer1::IAttention* attention = add(c);
  EXPECT_FALSE(attention->setNormalizationQuantizeScale(*attention->getInput(0)));
  EXPECT_THAT(log.errors, HasSubstr("IAttention::setNormalizationQuantizeScale"));
}

TEST_F(AttentionLayers, RotationTurnsPairs) {
  // One head of four elements at two places; angles 0 and 90 degrees.
  auto& x = input({1, 1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  auto& cosine = constant({2, 2}, {1, 1, 0, 0});
  auto& sine = constant({2, 2}, {0, 0, 1, 1});
  auto* halves = network->addRotaryEmbedding(x, cosine, sine, false, 0);
  ASSERT_NE(halves, nullptr) << log.errors;
  halves->setInput(3, constant_i32({1, 2}, {0, 1}));
  EXPECT_THAT(values(halves), near({1, 2, 3, 4, -7, -8, 5, 6}));
}

TEST_F(AttentionLayers, RotationOfNeighboursLeavesTheRest) {
  auto& x = input({1, 1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  auto& cosine = constant({1, 2, 1}, {0, 1});
  auto& sine = constant({1, 2, 1}, {1, 0});
  auto* pairs = network->addRotaryEmbedding(x, cosine, sine, true, 2);
  ASSERT_NE(pairs, nullptr) << log.errors;
  EXPECT_FALSE(pairs->setRotaryEmbeddingDim(3));
  EXPECT_EQ(pairs->getRotaryEmbeddingDim(), 2);
  EXPECT_THAT(values(pairs), near({-2, 1, 3, 4, 5, 6, 7, 8}));
}

TEST_F(AttentionLayers, RotationByRowsNeedsPlaces) {
  auto& x = input({1, 1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  auto* turned = network->addRotaryEmbedding(x, constant({2, 2}, {1, 1, 0, 0}),
                                             constant({2, 2}, {0, 0, 1, 1}), false, 0);
  ASSERT_NE(turned, nullptr) << log.errors;
  EXPECT_TRUE(run({turned->getOutput(0)}).empty());
  EXPECT_THAT(log.errors, HasSubstr("need the row of each place (input 3)"));
}

TEST_F(AttentionLayers, CachesTakeUpdatesAtTheirPlaces) {
  auto& cache = input({2, 1, 4, 1}, {0, 1, 2, 3, 4, 5, 6, 7});
  auto& update = input({2, 1, 2, 1}, {10, 11, 20, 21});
  auto* written = network->addKVCacheUpdate(cache, update, input_i32({2}, {0, 2}),
                                            nvinfer1::KVCacheMode::kLINEAR);
  EXPECT_THAT(values(written), near({10, 11, 2, 3, 4, 5, 20, 21}));
}

/// One cache that takes an update, as an engine; `read_later`: the old cache is an output, too.
class CacheEngine {
 public:
  CacheEngine(nvinfer1::ILogger& log, bool read_later) {
    using nvinfer1::DataType;
    const std::unique_ptr<nvinfer1::IBuilder> builder(nvinfer1::createInferBuilder(log));
    const std::unique_ptr<nvinfer1::INetworkDefinition> network(builder->createNetworkV2(0));
    const auto input = [&](const char* name, DataType type, const nvinfer1::Dims& dims) {
      return network->addInput(name, type, dims);
    };
    auto* cache = input("cache", DataType::kFLOAT, {4, {1, 1, 4, 1}});
    auto* update = input("update", DataType::kFLOAT, {4, {1, 1, 1, 1}});
    auto* place = input("place", DataType::kINT32, {1, {1}});
    auto* written =
        network->addKVCacheUpdate(*cache, *update, *place, nvinfer1::KVCacheMode::kLINEAR);
    written->getOutput(0)->setName("written");
    network->markOutput(*written->getOutput(0));
    if (read_later) {
      auto* old = network->addElementWise(*cache, *written->getOutput(0),
                                          nvinfer1::ElementWiseOperation::kSUB);
      network->markOutput(*old->getOutput(0));
    }
    const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
    const std::unique_ptr<nvinfer1::IHostMemory> plan(
        builder->buildSerializedNetwork(*network, *config));
    runtime.reset(nvinfer1::createInferRuntime(log));
    engine.reset(runtime->deserializeCudaEngine(plan->data(), plan->size()));
  }
  std::unique_ptr<nvinfer1::IRuntime> runtime;
  std::unique_ptr<nvinfer1::ICudaEngine> engine;
};

TEST_F(AttentionLayers, ACacheIsWrittenWhereItLies) {
  const CacheEngine made(log, false);
  ASSERT_NE(made.engine, nullptr) << log.errors;
  EXPECT_STREQ(made.engine->getAliasedInputTensor("written"), "cache");
  EXPECT_EQ(made.engine->getAliasedInputTensor("cache"), nullptr);
  const std::unique_ptr<nvinfer1::IExecutionContext> context(made.engine->createExecutionContext());
  std::vector<float> cache{0, 1, 2, 3};
  float update = 10;
  int32_t place = 0;
  context->setTensorAddress("cache", cache.data());
  context->setTensorAddress("written", cache.data());
  context->setTensorAddress("update", &update);
  context->setTensorAddress("place", &place);
  for (; place < 4; place += 3, update += 5) {
    ASSERT_TRUE(context->enqueueV3(nullptr)) << log.errors;
  }
  EXPECT_THAT(cache, testing::ElementsAre(10, 1, 2, 15));
}

TEST_F(AttentionLayers, ACacheThatIsReadLaterIsNotShared) {
  const CacheEngine made(log, true);
  ASSERT_NE(made.engine, nullptr) << log.errors;
  EXPECT_EQ(made.engine->getAliasedInputTensor("written"), nullptr);
}

TEST_F(AttentionLayers, CachesTakePackedUpdates) {
  auto& cache = input({2, 1, 3, 1}, {0, 1, 2, 3, 4, 5});
  auto& update = input({3, 1, 1}, {10, 20, 21});
  auto* written = network->addKVCacheUpdate(cache, update, input_i32({2}, {2, 0}),
                                            nvinfer1::KVCacheMode::kLINEAR);
  ASSERT_NE(written, nullptr) << log.errors;
  EXPECT_EQ(written->getUpdateForm(), AttentionIOForm::kPACKED_NHD);
  ASSERT_TRUE(written->setUpdateLengths(&input_i32({3}, {0, 1, 3})));
  EXPECT_THAT(values(written), near({0, 1, 10, 20, 21, 5}));
}

TEST_F(AttentionLayers, NothingIsWrittenBesideACache) {
  auto& cache = input({1, 1, 2, 1}, {0, 1});
  auto& update = input({1, 1, 2, 1}, {10, 11});
  auto* written =
      network->addKVCacheUpdate(cache, update, input_i32({1}, {1}), nvinfer1::KVCacheMode::kLINEAR);
  EXPECT_TRUE(run({written->getOutput(0)}).empty());
  EXPECT_THAT(log.errors, HasSubstr("would write outside the cache"));
}

TEST_F(AttentionLayers, ExpertsAreMixedByTheirScores) {
  // Two experts of one inner element on tokens of two: gate, up, down.
  auto* mixture = network->addMoE(input({1, 2, 2}, {1, 2, 3, 4}), input_i32({1, 2, 1}, {1, 0}),
                                  input({1, 2, 1}, {0.5F, 2}));
  ASSERT_NE(mixture, nullptr) << log.errors;
  auto& gate = constant({2, 2, 1}, {1, 0, 0, 1});
  auto& up = constant({2, 2, 1}, {1, 1, 2, 0});
  auto& down = constant({2, 1, 2}, {1, 0, 0, 1});
  mixture->setGatedWeights(gate, up, down, nvinfer1::MoEActType::kSILU);
  EXPECT_EQ(mixture->getActivationType(), nvinfer1::MoEActType::kSILU);
  const auto silu = [](double x) { return x / (1 + std::exp(-x)); };
  EXPECT_THAT(values(mixture), near({0, 0.5 * silu(2) * 2, 2 * silu(3) * 7, 0}));
}

TEST_F(AttentionLayers, GatesAreClampedAndBiased) {
  auto* mixture = network->addMoE(input({1, 1}, {4}), input_i32({1, 1}, {0}), input({1, 1}, {1}));
  ASSERT_NE(mixture, nullptr) << log.errors;
  auto& one = constant({1, 1, 1}, {1});
  mixture->setGatedWeights(one, one, one, nvinfer1::MoEActType::kSILU);
  mixture->setGatedBiases(constant({1, 1}, {1}), constant({1, 1}, {-9}), constant({1, 1}, {0.25F}));
  mixture->setSwigluParams(3, 2, 1);
  // The gate is 5, at most 3; up is -5, at least -3.
  EXPECT_THAT(values(mixture), near({3 / (1 + std::exp(-6.0)) * (-3 + 1) + 0.25}));
}

TEST_F(AttentionLayers, ExpertsNeedWeights) {
  auto* mixture = network->addMoE(input({1, 1}, {4}), input_i32({1, 1}, {0}), input({1, 1}, {1}));
  ASSERT_NE(mixture, nullptr) << log.errors;
  EXPECT_TRUE(run({mixture->getOutput(0)}).empty());
  EXPECT_THAT(log.errors, HasSubstr("a mixture of experts needs its weights"));
}

}  // namespace
}  // namespace tenon::api
