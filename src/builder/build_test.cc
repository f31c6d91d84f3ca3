// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Built engines give what the reference kernels give, whatever the shapes, layouts and outputs.
#include <gtest/gtest.h>

#include "backends/simd/register.h"
#include "builder/builder_test.h"
#include "device/isa.h"

namespace tenon::builder {
namespace {

using BuildTest = BuildFixture;
using testing::HasSubstr;

const char* const kCnn = R"(graph "cnn"
input %x : f32[N, 3, 8, 8]
%w1 : f32[4, 3, 3, 3] = constant {data = splat(0)}
%b1 : f32[4] = constant {data = splat(0)}
%c1 : f32[N, 4, 8, 8] = convolution(%x, %w1, %b1) {kernel = [3, 3], strides = [1, 1], pads_begin = [1, 1], pads_end = [1, 1], dilations = [1, 1]} "conv1"
%r1 : f32[N, 4, 8, 8] = activation(%c1) "relu1"
%w2 : f32[4, 4, 1, 1] = constant {data = splat(0)}
%c2 : f32[N, 4, 8, 8] = convolution(%r1, %w2) {kernel = [1, 1], strides = [1, 1], pads_begin = [0, 0], pads_end = [0, 0], dilations = [1, 1]} "conv2"
%s : f32[N, 4, 8, 8] = element_wise(%c2, %r1) {kind = add} "add"
%p : f32[N, 4, 4, 4] = pooling(%s) {kernel = [2, 2], strides = [2, 2], pads_begin = [0, 0], pads_end = [0, 0], dilations = [1, 1]} "pool"
%f : f32[N, 64] = reshape(%p) {target = [N, 64]} "flatten"
%w3 : f32[64, 5] = constant {data = splat(0)}
%m : f32[N, 5] = mat_mul(%f, %w3) "fc"
%y : f32[N, 5] = softmax(%m) {axis = 1} "soft"
output %y
)";

std::string with_batch(std::string text, const std::string& batch) {
  for (size_t at = 0; (at = text.find("[N,", at)) != std::string::npos;)
    text.replace(at, 2, "[" + batch);
  return text;
}

ProfileRanges batches(const Dims& image, int64_t min, int64_t opt, int64_t max) {
  InputRange range{"x", image, image, image, {}, {}, {}};
  range.min[0] = min;
  range.opt[0] = opt;
  range.max[0] = max;
  return {{range}};
}

TEST_F(BuildTest, GivesWhatTheReferenceGives) {
  use_ref();
  const auto graph = graph_of(with_batch(kCnn, "2"));
  for (const int level : {0, 1}) {
    config.level = level;
    const auto plan = build_plan(*graph);
    ASSERT_TRUE(plan.ok()) << sink.errors();
    EXPECT_EQ(plan->name, "cnn");
    Engine engine = load(*plan);
    expect_equal(engine, *graph, {{"x", random_tensor({2, 3, 8, 8})}});
    expect_equal(engine, *graph, {{"x", random_tensor({2, 3, 8, 8})}});
  }
}

/// What some other machine has, and this one has not.
uint32_t foreign_isa() {
  using device::Isa, device::isa_bit;
  const uint32_t arm = isa_bit(Isa::Neon);
  const uint32_t intel = isa_bit(Isa::Avx2) | isa_bit(Isa::Fma) | isa_bit(Isa::F16c);
  return device::local_target().has(Isa::Neon) ? intel : arm;
}

TEST_F(BuildTest, MakesAndChecksKernelsThatThisMachineCannotRun) {
  simd::register_kernels(registry);
  config.target.isa = foreign_isa();
  config.target.name = "another machine";
  const auto graph = graph_of(with_batch(kCnn, "2"));
  const auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(plan->isa_needed, foreign_isa());
  EXPECT_TRUE(std::ranges::any_of(plan->steps, [](const plan::Step& step) {
    return !step.record.packed.empty() && step.record.isa == foreign_isa();
  }));
  const auto bytes = plan::write(*plan, diag);
  ASSERT_TRUE(bytes.ok()) << sink.errors();
  const auto engine =
      session::Engine::load_copy(*bytes, registry, device::local_target(), {}, diag);
  EXPECT_FALSE(engine.ok());
  EXPECT_THAT(sink.errors(), HasSubstr("another machine"));
  EXPECT_THAT(sink.errors(), HasSubstr(device::local_target().fingerprint()));
}

TEST_F(BuildTest, ServesEveryBatchOfEveryProfile) {
  use_ref();
  const auto graph = graph_of(kCnn);
  config.profiles = {batches({1, 3, 8, 8}, 1, 2, 4), batches({1, 3, 8, 8}, 6, 6, 8)};
  const auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  ASSERT_EQ(plan->profiles.size(), 2U);
  EXPECT_EQ(plan->tensors[plan->inputs[0]].bytes, 8U * 3 * 64 * 4);
  Engine engine = load(*plan);
  const auto check = [&](int64_t batch) {
    const auto twin = graph_of(with_batch(kCnn, std::to_string(batch)));
    expect_equal(engine, *twin, {{"x", random_tensor({batch, 3, 8, 8})}});
  };
  for (const int64_t batch : {4, 1, 3}) check(batch);
  EXPECT_FALSE(engine.context->set_input_shape(0, {5, 3, 8, 8}, diag).ok());
  ASSERT_TRUE(engine.context->set_profile(1, diag).ok());
  check(8);
}

TEST_F(BuildTest, IsEqualByteForByteWithACacheThatKnowsAllTimes) {
  use_ref();
  ref::register_kernels(registry);  // twice the same kernels: something to choose
  tune::TimingCache cache(config.target.fingerprint());
  config.cache = &cache;
  config.level = 1;
  const auto graph = graph_of(with_batch(kCnn, "2"));
  ASSERT_TRUE(build_plan(*graph).ok()) << sink.errors();
  EXPECT_GT(cache.size(), 4U);
  const Bytes times = cache.save();
  config.error_on_cache_miss = true;
  const auto first = build_plan(*graph), second = build_plan(*graph);
  ASSERT_TRUE(first.ok() && second.ok()) << sink.errors();
  EXPECT_EQ(*plan::write(*first, diag), *plan::write(*second, diag));
  EXPECT_EQ(cache.save(), times);
}

TEST_F(BuildTest, RefusesACacheOfAnotherMachine) {
  use_ref();
  tune::TimingCache cache("somewhere else");
  config.cache = &cache;
  EXPECT_FALSE(build_plan(*graph_of(with_batch(kCnn, "2"))).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("somewhere else"));
}

TEST_F(BuildTest, WritesOutputsThatNoStepCanWrite) {
  use_ref();
  // An input, a constant, a value that is read on, and one that a reshape views.
  const auto graph = graph_of(
      "input %x : f32[2, 3]\n"
      "%c : f32[3] = constant {data = [1, 2, 3]}\n"
      "%a : f32[2, 3] = element_wise(%x, %c) {kind = mul} \"a\"\n"
      "%r : f32[6] = reshape(%a) {target = [6]} \"r\"\n"
      "%b : f32[6] = unary(%r) {kind = exp} \"b\"\n"
      "output %c\n"
      "output %a\n"
      "output %r\n"
      "output %b\n");
  graph->mark_output(graph->inputs()[0]);
  const auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_THAT(step_names(*plan), testing::Contains("copy x"));
  EXPECT_THAT(step_names(*plan), testing::Contains("copy c"));
  Engine engine = load(*plan);
  // The name "x" stands for input and output: look at the other outputs here.
  const auto buffers = run_raw(engine, {{"x", random_tensor({2, 3})}});
  ASSERT_FALSE(buffers.empty());
  float c[3] = {};
  std::memcpy(c, buffers.at("c").data(), sizeof c);
  EXPECT_EQ(c[2], 3);
}

TEST_F(BuildTest, PassesTheValuesOfOutputsOn) {
  use_ref();
  const auto graph = graph_of(
      "input %x : f32[2, 3]\n"
      "%a : f32[2, 3] = unary(%x) {kind = exp} \"a\"\n"
      "%b : f32[2, 3] = unary(%a) {kind = neg} \"b\"\n"
      "%s : f32[2, 3] = element_wise(%b, %a) {kind = add} \"s\"\n"
      "output %s\n"
      "output %a\n");
  const auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  Engine engine = load(*plan);
  expect_equal(engine, *graph, {{"x", random_tensor({2, 3})}});
}

TEST_F(BuildTest, ComputesShapesWithoutKernels) {
  use_ref();
  const auto graph = graph_of(
      "input %x : f32[N, 3]\n"
      "%s : i64[2] = shape(%x) \"s\"\n"
      "%f : f32[2] = cast(%s) {to = f32} \"f\"\n"
      "output %s\n"
      "output %f\n");
  config.profiles = {batches({1, 3}, 1, 2, 5)};
  const auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_THAT(step_names(*plan), testing::Not(testing::Contains("s")));
  Engine engine = load(*plan);
  for (const int64_t batch : {5, 2}) {
    expect_equal(engine, *graph, {{"x", random_tensor({batch, 3})}});
  }
}

TEST_F(BuildTest, KeepsDebugTensors) {
  use_ref();
  const auto graph = graph_of(with_batch(kCnn, "1"));
  const auto names = [](const plan::Plan& plan) {
    std::vector<std::string> all;
    for (const plan::Tensor& tensor : plan.tensors) all.push_back(tensor.name);
    return all;
  };
  EXPECT_THAT(names(*build_plan(*graph)), testing::Not(testing::Contains("c1")));
  config.debug_tensors = {"c1", "nobody"};
  EXPECT_THAT(names(*build_plan(*graph)), testing::Contains("c1"));
}

TEST_F(BuildTest, SharesEqualConstants) {
  use_ref();
  const auto graph = graph_of(
      "input %x : f32[64]\n"
      "%a : f32[64] = constant {data = splat(2)}\n"
      "%b : f32[64] = constant {data = splat(2)}\n"
      "%y : f32[64] = element_wise(%x, %a) {kind = pow} \"y\"\n"
      "%z : f32[64] = element_wise(%y, %b) {kind = mod} \"z\"\n"
      "output %z\n");
  config.passes.fuse = false;
  const auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(plan->constants.size(), 256U);
  Engine engine = load(*plan);
  expect_equal(engine, *graph, {{"x", random_tensor({64})}});
}

TEST_F(BuildTest, ReusesMemory) {
  use_ref();
  std::string text = "input %x : f32[1000]\n";
  for (int i = 0; i < 20; ++i) {
    const std::string from = i == 0 ? "%x" : "%v" + std::to_string(i - 1);
    text += fmt::format("%v{} : f32[1000] = unary({}) {{kind = sin}} \"v{}\"\n", i, from, i);
  }
  config.passes.fuse = false;
  const auto plan = build_plan(*graph_of(text + "output %v19\n"));
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(plan->steps.size(), 20U);
  EXPECT_LE(plan->arena_bytes, 2 * align_up(4000));
}

TEST_F(BuildTest, StopsWhenToldTo) {
  struct StopAt final : tune::Progress {
    explicit StopAt(int when) : left(when) {}
    void start(std::string_view phase, std::string_view, int) override { open.emplace_back(phase); }
    bool step(std::string_view, int) override { return left-- > 0; }
    void finish(std::string_view phase) override {
      EXPECT_EQ(open.back(), phase);
      open.pop_back();
    }
    int left;
    std::vector<std::string> open;
  };
  use_ref();
  const auto graph = graph_of(with_batch(kCnn, "1"));
  for (const int when : {0, 1, 3}) {
    StopAt progress(when);
    config.progress = &progress;
    EXPECT_EQ(build_plan(*graph).status().code, Code::Cancelled);
    EXPECT_TRUE(progress.open.empty());
  }
}

TEST_F(BuildTest, NamesTheNodeThatNobodyComputes) {
  EXPECT_EQ(build_plan(*graph_of(with_batch(kCnn, "1"))).status().code, Code::Unsupported);
  EXPECT_THAT(sink.errors(), HasSubstr("no kernel can compute node"));
  EXPECT_THAT(sink.errors(), HasSubstr("no backend of this build offers a kernel"));
}

}  // namespace
}  // namespace tenon::builder
