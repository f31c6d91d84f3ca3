// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Damaged engine files of a real network, so that the kernels behind the reader are held to it too:
// what the reader cannot know, they must refuse.
#include <gtest/gtest.h>

#include "backends/ref/register.h"
#include "backends/simd/register.h"
#include "backends/simd/reorder.h"
#include "builder/builder.h"
#include "ir/text.h"
#include "plan/writer.h"
#include "test/faults/damage.h"
#include "tune/local_timer.h"

namespace tenon::faults {
namespace {

const char* const kNetwork = R"(graph "cnn"
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

class Reorders final : public tune::ReformatSource {
 public:
  Result<kernel::Record> make(DType dtype, const kernel::Layout& from, const kernel::Layout& to,
                              int threads, const device::Target& target) override {
    if (!simd::refuse_reorder(dtype, from, to).empty()) return Status{Code::Unsupported, "private"};
    return simd::make_reorder(dtype, from, to, threads, target);
  }
};

class BuiltEngine : public testing::TestWithParam<const char*> {
 protected:
  BuiltEngine() {
    if (std::string_view(GetParam()) == "simd") simd::register_kernels(registry_);
    ref::register_kernels(registry_);
  }

  Bytes build() {
    CollectingSink sink;
    Diagnostics diag(sink);
    const auto made = [&]() -> Result<Bytes> {
      TENON_ASSIGN(const auto graph, ir::parse(kNetwork, diag));
      builder::BuildConfig config;
      config.level = 0;
      config.profiles = {
          {{{"x", {1, 3, 8, 8}, {2, 3, 8, 8}, {4, 3, 8, 8}, {}, {}, {}}}},
      };
      Reorders reorders;
      tune::LocalTimer timer(registry_, device::local_target());
      TENON_ASSIGN(const plan::Plan plan,
                   builder::build(*graph, registry_, reorders, timer, config, diag));
      return plan::write(plan, diag);
    }();
    EXPECT_TRUE(made.ok()) << sink.errors();
    return made.ok() ? *made : Bytes();
  }

  kernel::Registry registry_;
};

TEST_P(BuiltEngine, SurvivesFlippedBits) {
  const Bytes file = build();
  const device::Target& target = device::local_target();
  const Outcome sound = try_engine(file, registry_, target);
  ASSERT_TRUE(sound.ran) << sound.words;
  Tally raw, repaired;
  flip_bits(file, 10000, 20240608, [&](uint64_t bit, bool fits, const Bytes& damaged) {
    const Outcome outcome = try_engine(damaged, registry_, target);
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

INSTANTIATE_TEST_SUITE_P(Backends, BuiltEngine, testing::Values("ref", "simd"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace tenon::faults
