// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Networks of f32 that may be computed in another type. Reference kernels stand in for a GPU's.
#include "builder/builder_test.h"

namespace tenon::builder {
namespace {

/// A reference kernel, as far as the builder knows one for GPUs.
class StandIn final : public kernel::Candidate {
 public:
  explicit StandIn(std::unique_ptr<kernel::Candidate> inner) : inner_(std::move(inner)) {}
  [[nodiscard]] kernel::KernelId id() const override { return inner_->id(); }
  std::vector<kernel::Configuration> configurations(Diagnostics& diag) override {
    return inner_->configurations(diag);
  }
  [[nodiscard]] std::optional<std::string> timing_key() const override {
    return inner_->timing_key();
  }
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic,
                                int threads, Diagnostics& diag) override {
    return inner_->record(configuration, tactic, threads, diag);
  }

 private:
  std::unique_ptr<kernel::Candidate> inner_;
};

class StandIns final : public kernel::CandidateSource {
 public:
  explicit StandIns(const kernel::Registry& ref) : ref_(ref) {}
  [[nodiscard]] std::string_view name() const noexcept override { return "stand-ins"; }
  [[nodiscard]] device::Kind device() const noexcept override { return device::Kind::Cuda; }
  void candidates(const kernel::NodeInfo& node, const device::Target&, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override {
    std::vector<std::unique_ptr<kernel::Candidate>> found;
    ref_.sources()[0]->candidates(node, device::local_target(), diag, found);
    for (auto& one : found) out.push_back(std::make_unique<StandIn>(std::move(one)));
  }

 private:
  const kernel::Registry& ref_;
};

class PermittedTest : public BuildFixture {
 protected:
  PermittedTest() {
    ref::register_kernels(ref);
    registry.add_source(std::make_unique<StandIns>(ref));
    registry.add_loader("ref", *ref.find_loader("ref"));
    config.target.kind = device::Kind::Cuda;
    config.permitted = {DType::F16};
  }
  static size_t halves(const plan::Plan& plan) {
    return static_cast<size_t>(std::ranges::count(plan.tensors, DType::F16, &plan::Tensor::dtype));
  }

  kernel::Registry ref;
};

const char* const kNet = R"(graph "net"
input %x : f32[2, 3, 6, 6]
%w : f32[4, 3, 3, 3] = constant {data = splat(0)}
%b : f32[4] = constant {data = splat(0)}
%c : f32[2, 4, 6, 6] = convolution(%x, %w, %b) {kernel = [3, 3], strides = [1, 1], pads_begin = [1, 1], pads_end = [1, 1], dilations = [1, 1]} "conv"
%r : f32[2, 4, 6, 6] = activation(%c) "relu"
%f : f32[2, 144] = reshape(%r) {target = [2, 144]} "flatten"
%v : f32[144, 5] = constant {data = splat(0)}
%m : f32[2, 5] = mat_mul(%f, %v) "fc"
%y : f32[2, 5] = softmax(%m) {axis = 1} "soft"
output %y
)";

TEST_F(PermittedTest, AnEngineForAGpuIsComputedInAPermittedType) {
  const auto graph = graph_of(kNet);
  auto plan = build_plan(*graph);
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_GE(halves(*plan), 4U);
  EXPECT_EQ(plan->tensors[plan->inputs[0]].dtype, DType::F32);
  EXPECT_EQ(plan->tensors[plan->outputs[0]].dtype, DType::F32);
  plan->target = device::local_target();
  Engine engine = load(*plan);
  expect_equal(engine, *graph, {{"x", random_tensor({2, 3, 6, 6})}}, 5e-3);
}

TEST_F(PermittedTest, WithTimesTheFasterTypeIsTaken) {
  config.level = 1;
  const auto plan = build_plan(*graph_of(kNet));
  ASSERT_TRUE(plan.ok()) << sink.errors();
}

TEST_F(PermittedTest, EnginesThatAreRefittedStayAsTheyAre) {
  config.refit = Refit::Any;
  const auto plan = build_plan(*graph_of(kNet));
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(halves(*plan), 0U);
}

TEST_F(PermittedTest, EnginesForProcessorsStayAsTheyAre) {
  config.target.kind = device::Kind::Cpu;
  use_ref();
  const auto plan = build_plan(*graph_of(kNet));
  ASSERT_TRUE(plan.ok()) << sink.errors();
  EXPECT_EQ(halves(*plan), 0U);
}

}  // namespace
}  // namespace tenon::builder
