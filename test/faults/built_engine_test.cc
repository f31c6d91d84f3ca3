// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Damaged engine files of a real network, so that the kernels behind the reader are held to it too:
// what the reader cannot know, they must refuse.
#include <gtest/gtest.h>

#include <algorithm>

#ifdef TENON_WITH_DNNL
#include "backends/dnnl/register.h"
#endif
#include "backends/ref/register.h"
#include "backends/simd/register.h"
#include "backends/simd/reorder.h"
#include "builder/builder.h"
#include "expr/program.h"
#include "ir/text.h"
#include "plan/writer.h"
#include "test/faults/damage.h"
#include "tune/local_timer.h"

namespace tenon::faults {
namespace {

const char* const kImages = R"(graph "images"
input %x : f32[N, 3, 8, 8]
%w1 : f32[4, 3, 3, 3] = constant {data = splat(0.5)}
%b1 : f32[4] = constant {data = splat(0.25)}
%c1 : f32[N, 4, 8, 8] = convolution(%x, %w1, %b1) {kernel = [3, 3], strides = [1, 1], pads_begin = [1, 1], pads_end = [1, 1], dilations = [1, 1]} "conv1"
%r1 : f32[N, 4, 8, 8] = activation(%c1) "relu1"
%w2 : f32[4, 4, 1, 1] = constant {data = splat(0.5)}
%c2 : f32[N, 4, 8, 8] = convolution(%r1, %w2) {kernel = [1, 1], strides = [1, 1], pads_begin = [0, 0], pads_end = [0, 0], dilations = [1, 1]} "conv2"
%s : f32[N, 4, 8, 8] = element_wise(%c2, %r1) {kind = add} "add"
%p : f32[N, 4, 4, 4] = pooling(%s) {kernel = [2, 2], strides = [2, 2], pads_begin = [0, 0], pads_end = [0, 0], dilations = [1, 1]} "pool"
%f : f32[N, 64] = reshape(%p) {target = [N, 64]} "flatten"
%w3 : f32[64, 5] = constant {data = splat(0.125)}
%m : f32[N, 5] = mat_mul(%f, %w3) "fc"
%y : f32[N, 5] = softmax(%m) {axis = 1} "soft"
output %y
)";

const char* const kMoves = R"(graph "moves"
input %x : f32[N, 4, 6, 6]
%t : f32[N, 6, 6, 4] = transpose(%x) {perm = [0, 2, 3, 1]} "turn"
%s : f32[N, 3, 6, 4] = slice(%t) {starts = [0, 1, 0, 0], sizes = [N, 3, 6, 4], steps = [1, 2, 1, 1]} "cut"
%p : f32[N, 5, 6, 4] = pad(%s) {begin = [0, 1, 0, 0], end = [0, 1, 0, 0], mode = constant, value = 0.5} "pad"
%k : f32[N, 11, 6, 4] = concat(%p, %t) {axis = 1} "join"
%i : i64[3] = constant {data = splat(1)}
%g : f32[N, 3, 6, 4] = gather(%k, %i) {axis = 1} "pick"
%r : f32[N, 3, 1, 4] = reduce(%g) {kind = max, axes = [2], keep_dims = true} "greatest"
%e : f32[N, 3, 6, 4] = expand(%r) {target = [N, 3, 6, 4]} "spread"
%h : i32[N, 3, 6, 4] = cast(%e) {to = i32} "to int"
%q : f32[N, 3, 6, 4] = cast(%h) {to = f32} "to float"
%m : f32[N, 3, 4, 6] = transpose(%q) {perm = [0, 1, 3, 2]} "turn back"
%v : f32[N, 3, 6, 6] = mat_mul(%g, %m) "product"
%w : f32[3, 1, 3, 3] = constant {data = splat(0.5)}
%d : f32[N, 3, 6, 6] = convolution(%v, %w) {kernel = [3, 3], strides = [1, 1], pads_begin = [1, 1], pads_end = [1, 1], dilations = [1, 1], groups = 3} "depthwise"
%y : f32[N, 3, 6, 6] = activation(%d) {kind = sigmoid} "squash"
output %y
)";

/// A network whose steps go to a backend wherever it offers kernels.
struct Case {
  std::string backend, name;
  const char* network;
  Dims image;
};
const Case kRef{"ref", "images", kImages, {3, 8, 8}}, kRefMoves{"ref", "moves", kMoves, {4, 6, 6}};
const Case kSimd{"simd", "images", kImages, {3, 8, 8}};
const Case kSimdMoves{"simd", "moves", kMoves, {4, 6, 6}};
const Case kDnnl{"dnnl", "images", kImages, {3, 8, 8}};

class Reorders final : public tune::ReformatSource {
 public:
  Result<kernel::Record> make(DType dtype, const kernel::Layout& from, const kernel::Layout& to,
                              int threads, const device::Target& /*target*/) override {
    if (!simd::refuse_reorder(dtype, from, to).empty()) return Status{Code::Unsupported, "private"};
    return simd::make_reorder(dtype, from, to, threads);
  }
};

class BuiltEngine : public testing::TestWithParam<Case> {
 protected:
  BuiltEngine() {
    const std::string& backend = GetParam().backend;
#ifdef TENON_WITH_DNNL
    if (backend == "dnnl") dnnl::register_kernels(registry_);
#endif
    if (backend != "ref") simd::register_kernels(registry_);
    ref::register_kernels(registry_);
  }

  plan::Plan build() {
    const auto made = [&]() -> Result<plan::Plan> {
      TENON_ASSIGN(const auto graph, ir::parse(GetParam().network, diag_));
      builder::BuildConfig config;
      config.level = 0;
      const Dims& x = GetParam().image;
      const auto images = [&](int64_t count) { return Dims{count, x[0], x[1], x[2]}; };
      config.profiles = {{{{"x", images(1), images(2), images(4), {}, {}, {}}}}};
      Reorders reorders;
      tune::LocalTimer timer(registry_, device::local_target());
      return builder::build(*graph, registry_, reorders, timer, config, diag_);
    }();
    EXPECT_TRUE(made.ok()) << sink_.errors();
    const auto ours = [](const plan::Step& step) {
      return step.record.id.family == GetParam().backend;
    };
    EXPECT_TRUE(made.ok() && std::ranges::any_of(made->steps, ours)) << "the backend took no step";
    return made.ok() ? *made : plan::Plan();
  }

  Bytes written(const plan::Plan& plan) {
    const auto file = plan::write(plan, diag_);
    EXPECT_TRUE(file.ok()) << sink_.errors();
    return file.ok() ? *file : Bytes();
  }

  void expect_refusal(const plan::Plan& plan, const std::string& why) {
    const Outcome outcome = try_file(written(plan));
    EXPECT_FALSE(outcome.ran) << why;
    EXPECT_FALSE(outcome.words.empty()) << why;
  }

  Outcome try_file(const Bytes& file) const {
    return try_engine(file, registry_, device::local_target());
  }

  CollectingSink sink_;
  Diagnostics diag_{sink_};
  kernel::Registry registry_;
};

TEST_P(BuiltEngine, SurvivesFlippedBits) {
  const Bytes file = written(build());
  const Outcome sound = try_file(file);
  ASSERT_TRUE(sound.ran) << sound.words;
  Tally raw, repaired;
  flip_bits(file, 10000, 20240608, [&](uint64_t bit, bool fits, const Bytes& damaged) {
    const Outcome outcome = try_file(damaged);
    EXPECT_TRUE(outcome.ran || !outcome.words.empty()) << "bit " << bit;
    Tally& tally = fits ? repaired : raw;
    ++(outcome.ran ? tally.ran : tally.refused);
    return !HasFailure();
  });
  EXPECT_EQ(raw.ran + raw.refused, 10000);
  EXPECT_GT(raw.refused, 0);
  EXPECT_GT(repaired.refused, 0);
  EXPECT_GT(repaired.ran, 0);
}

/// What the reader cannot know: is a tensor what the kernel was made for?
class StrictEngine : public BuiltEngine {};

TEST_P(StrictEngine, RefusesStepsThatLackAnInput) {
  const plan::Plan sound = build();
  for (size_t step = 0; step < sound.steps.size(); ++step) {
    for (size_t input = 0; input < sound.steps[step].inputs.size(); ++input) {
      if (sound.steps[step].inputs[input] == plan::kNoTensor) continue;
      plan::Plan plan = sound;
      plan.steps[step].inputs[input] = plan::kNoTensor;
      expect_refusal(plan, fmt::format("{} without input {}", plan.steps[step].name, input));
    }
  }
}

TEST_P(StrictEngine, RefusesStepsWithInputsOrOutputsTooMany) {
  const plan::Plan sound = build();
  for (size_t step = 0; step < sound.steps.size(); ++step) {
    const std::string& name = sound.steps[step].name;
    plan::Plan plan = sound;
    plan.steps[step].inputs.resize(9, plan.steps[step].inputs[0]);
    expect_refusal(plan, name + " with nine inputs");
    plan = sound;
    plan.steps[step].inputs.clear();
    expect_refusal(plan, name + " without inputs");
    plan = sound;
    plan.steps[step].outputs.push_back(plan::kNoTensor);
    expect_refusal(plan, name + " with two outputs");
  }
}

TEST_P(StrictEngine, RefusesTensorsOfOtherExtents) {
  const plan::Plan sound = build();
  for (size_t tensor = 0; tensor < sound.tensors.size(); ++tensor) {
    for (size_t axis = 1; axis < sound.tensors[tensor].shape.size(); ++axis) {
      int64_t extent = 0;
      ASSERT_TRUE(expr::evaluate(sound.tensors[tensor].shape[axis], {}, extent).ok());
      for (const int64_t other : {int64_t{0}, extent - 1, extent + 1, int64_t{1} << 40}) {
        plan::Plan plan = sound;
        plan.tensors[tensor].shape[axis] = expr::compile(expr::Expr(other)).value();
        expect_refusal(plan, fmt::format("{} with extent {} of axis {}", plan.tensors[tensor].name,
                                         other, axis));
      }
    }
  }
}

TEST_P(StrictEngine, RefusesTensorsOfAnotherTypeOrLayout) {
  const plan::Plan sound = build();
  for (size_t tensor = 0; tensor < sound.tensors.size(); ++tensor) {
    plan::Plan plan = sound;
    plan.tensors[tensor].dtype = DType::U8;
    EXPECT_FALSE(try_file(written(plan)).ran) << plan.tensors[tensor].name;
    if (sound.tensors[tensor].shape.size() < 3) continue;
    plan = sound;
    plan.tensors[tensor].layout.private_id = 77;
    EXPECT_FALSE(try_file(written(plan)).ran) << plan.tensors[tensor].name;
  }
}

const auto kName = [](const auto& one) { return one.param.backend + "_" + one.param.name; };
const auto kCases = testing::Values(kRef, kRefMoves,
#ifdef TENON_WITH_DNNL
                                    kDnnl,
#endif
                                    kSimd, kSimdMoves);
INSTANTIATE_TEST_SUITE_P(Backends, BuiltEngine, kCases, kName);
INSTANTIATE_TEST_SUITE_P(Backends, StrictEngine, kCases, kName);

}  // namespace
}  // namespace tenon::faults
