// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Engines whose steps are spread over streams, run by the driver of the CUDA runtime on the CPU:
// its streams have threads of their own, and the kernels take their time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "builder/memory_plan.h"
#include "device/host_gpu_test.h"
#include "plan/writer.h"
#include "session/context.h"

namespace tenon::builder {
namespace {

using kernel::TensorDesc;
using testing::ElementsAre;
using testing::SizeIs;

constexpr int64_t kElements = 16;

/// The streams that kernels were put on since it was cleared.
std::mutex seen_mutex;
std::set<void*> seen;

/// y = the sum of the inputs + 1, some time after the launch; scratch is written first.
class Sum final : public kernel::Instance {
 public:
  explicit Sum(int32_t microseconds) : microseconds_(microseconds) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc>) noexcept override {
    inputs_ = inputs.size();
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    {
      const std::lock_guard lock(seen_mutex);
      seen.insert(args.stream->handle());
    }
    auto launch = std::make_unique<Launch>();
    launch->microseconds = microseconds_;
    for (size_t i = 0; i < inputs_; ++i) {
      launch->inputs.push_back(static_cast<const float*>(args.inputs[i]));
    }
    launch->output = static_cast<float*>(args.outputs[0]);
    launch->scratch = static_cast<float*>(args.workspace);
    const device::Gpu& gpu = *device::Gpu::current();
    launches_.push_back(std::move(launch));
    return gpu.to_status(
        gpu.driver().cuLaunchHostFunc(args.stream->handle(), &Sum::work, launches_.back().get()));
  }

 private:
  struct Launch {
    int32_t microseconds = 0;
    std::vector<const float*> inputs;
    float* output = nullptr;
    float* scratch = nullptr;
  };
  static void work(void* data) {
    const auto& launch = *static_cast<Launch*>(data);
    std::fill_n(launch.scratch, kElements, -1000.0F);
    float sums[kElements];
    std::fill_n(sums, kElements, 1.0F);
    for (const float* input : launch.inputs) {
      for (int64_t i = 0; i < kElements; ++i) sums[i] += input[i];
    }
    std::this_thread::sleep_for(std::chrono::microseconds(launch.microseconds));
    std::copy_n(sums, kElements, launch.output);
  }

  int32_t microseconds_;
  size_t inputs_ = 0;
  std::vector<std::unique_ptr<Launch>> launches_;  ///< graphs run them again
};

class SumLoaded final : public kernel::Loaded {
 public:
  explicit SumLoaded(int32_t microseconds) : microseconds_(microseconds) {}
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept override {
    return kElements * sizeof(float);
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<Sum>(microseconds_));
  }

 private:
  int32_t microseconds_;
};

class SumLoaders final : public kernel::LoaderTable {
 public:
  [[nodiscard]] const kernel::LoadFunction* find_loader(
      std::string_view family) const noexcept override {
    return family == "sum" ? &load_ : nullptr;
  }

 private:
  kernel::LoadFunction load_ = [](const kernel::RecordView& record, Diagnostics&) {
    return Result<std::unique_ptr<kernel::Loaded>>(std::make_unique<SumLoaded>(record.tactic));
  };
};

class StreamsOnGpu : public device::HostGpuTest {
 protected:
  uint32_t tensor(plan::Place place) {
    plan::Tensor& made = plan.tensors.emplace_back();
    made.name = std::to_string(plan.tensors.size());
    made.shape = {expr::compile(expr::Expr(kElements)).value()};
    made.bytes = kElements * sizeof(float);
    made.place = place;
    return static_cast<uint32_t>(plan.tensors.size() - 1);
  }
  uint32_t step(std::vector<uint32_t> inputs, bool free, plan::Place place = plan::Place::Arena) {
    plan::Step& made = plan.steps.emplace_back();
    made.name = "step " + std::to_string(plan.steps.size());
    made.record.id = {"sum", "sum", 1};
    made.record.tactic = static_cast<int32_t>(random() % 60);
    made.inputs = std::move(inputs);
    made.outputs = {tensor(place)};
    made.workspace_bytes = kElements * sizeof(float);
    made.flags = free ? static_cast<uint32_t>(kernel::Flag::Capturable) : 0;
    return made.outputs[0];
  }

  /// A graph of some width, with what an input of zeros makes of it.
  float random_plan(size_t steps, bool with_plugins) {
    plan = {};
    plan.target = gpu->target();
    std::vector<uint32_t> made{tensor(plan::Place::Input)};
    std::vector<float> values{0};
    plan.inputs = {made[0]};
    for (size_t s = 0; s < steps; ++s) {
      std::vector<uint32_t> inputs;
      float value = 1;
      for (size_t i = 1 + random() % 2; i > 0; --i) {
        const size_t from = made.size() - 1 - random() % std::min<size_t>(made.size(), 5);
        inputs.push_back(made[from]);
        value += values[from];
      }
      const bool last = s + 1 == steps;
      const bool free = !with_plugins || random() % 6 != 0;
      made.push_back(step(inputs, free, last ? plan::Place::Output : plan::Place::Arena));
      values.push_back(std::fmod(value, 1000.0F));
      if (values.back() != value) return random_plan(steps, with_plugins);  // sums stay exact
    }
    plan.outputs = {made.back()};
    plan.profiles = {{{{made[0], {kElements}, {kElements}, {kElements}, {}, {}, {}}}}};
    return values.back();
  }

  std::unique_ptr<session::Context> context_of_plan(int most) {
    const std::vector<double> ms(plan.steps.size(), 0.02);
    std::vector<std::vector<kernel::Alias>> aliases(plan.steps.size());
    for (size_t s = 0; s < aliases.size(); ++s) {
      for (int i = 0; i < static_cast<int>(plan.steps[s].inputs.size()); ++i) {
        aliases[s].push_back({0, i, false});
      }
    }
    choice = choose_streams(plan, aliases, ms, most);
    plan_memory(plan, aliases);
    const auto bytes = plan::write(plan, diag);
    EXPECT_TRUE(bytes.ok()) << sink.errors();
    if (!bytes.ok()) return nullptr;
    auto engine = session::Engine::load_copy(*bytes, loaders, device::Target{}, {}, diag);
    EXPECT_TRUE(engine.ok()) << sink.errors();
    if (!engine.ok()) return nullptr;
    EXPECT_EQ((*engine)->aux_stream_count(), choice.aux);
    auto context = session::Context::create(*engine, {}, diag);
    EXPECT_TRUE(context.ok()) << sink.errors();
    if (!context.ok()) return nullptr;
    const std::vector<float> zeros(kElements);
    auto in = device::GpuBuffer::copy_of(std::as_bytes(std::span(zeros)));
    EXPECT_TRUE(in.ok());
    x = std::move(*in);
    y = device::GpuBuffer(*gpu, kElements * sizeof(float));
    EXPECT_TRUE((*context)->set_tensor_address(0, x.data(), diag).ok());
    EXPECT_TRUE((*context)->set_tensor_address(1, y.data(), diag).ok());
    return std::move(*context);
  }

  float result() {
    EXPECT_EQ(gpu->driver().cuStreamSynchronize(stream), 0);
    std::vector<float> values(kElements);
    EXPECT_EQ(gpu->driver().cuMemcpyDtoH(values.data(), device::cu_address(y.data()),
                                         kElements * sizeof(float)),
              0);
    EXPECT_THAT(values, testing::Each(values[0]));
    (void)gpu->driver().cuMemsetD8Async(device::cu_address(y.data()), 0xff,
                                        kElements * sizeof(float), stream);
    return values[0];
  }

  SumLoaders loaders;
  plan::Plan plan;
  StreamChoice choice;
  device::GpuBuffer x, y;
  std::mt19937 random{1};
};

TEST_F(StreamsOnGpu, GiveWhatOneStreamGives) {
  size_t spread = 0;
  for (int graph = 0; graph < 40; ++graph) {
    const float expected = random_plan(4 + random() % 16, graph % 2 == 1);
    const auto context = context_of_plan(static_cast<int>(random() % 4));
    ASSERT_NE(context, nullptr);
    spread += choice.aux;
    for (int run = 0; run < 4; ++run) {  // one by one, captured, replayed
      ASSERT_TRUE(context->run(gpu->stream(stream), diag).ok()) << sink.errors();
      EXPECT_EQ(result(), expected) << "graph " << graph << ", run " << run;
    }
  }
  EXPECT_GT(spread, 20U);
}

/// Two branches of three steps each, and their sum.
void add_branches(plan::Plan& plan, uint32_t input, auto&& step) {
  uint32_t left = input, right = input;
  for (int i = 0; i < 3; ++i) left = step({left}, true, plan::Place::Arena);
  for (int i = 0; i < 3; ++i) right = step({right}, true, plan::Place::Arena);
  plan.outputs = {step({left, right}, true, plan::Place::Output)};
}

class Branches : public StreamsOnGpu {
 protected:
  std::unique_ptr<session::Context> make(int most) {
    plan.target = gpu->target();
    const uint32_t input = tensor(plan::Place::Input);
    plan.inputs = {input};
    plan.profiles = {{{{input, {kElements}, {kElements}, {kElements}, {}, {}, {}}}}};
    add_branches(plan, input, [this](std::vector<uint32_t> inputs, bool free, plan::Place place) {
      return step(std::move(inputs), free, place);
    });
    return context_of_plan(most);
  }
};

TEST_F(Branches, UseTheCallersStreamsWhereGiven) {
  const auto context = make(3);
  ASSERT_NE(context, nullptr);
  ASSERT_EQ(choice.aux, 1U);
  device::CuStream mine = nullptr;
  ASSERT_EQ(gpu->driver().cuStreamCreate(&mine, 1), 0);
  void* const given[] = {mine, stream};
  context->set_aux_streams(given);  // the second is one too many
  seen.clear();
  ASSERT_TRUE(context->run(gpu->stream(stream), diag).ok()) << sink.errors();
  EXPECT_EQ(result(), 7);
  EXPECT_EQ(seen, (std::set<void*>{stream, mine}));
  context->set_aux_streams({});
  seen.clear();
  ASSERT_EQ(gpu->driver().cuStreamDestroy(mine), 0);
  ASSERT_TRUE(context->run(gpu->stream(stream), diag).ok()) << sink.errors();
  EXPECT_EQ(result(), 7);
  EXPECT_THAT(seen, SizeIs(2)) << "captured on own streams";
  EXPECT_EQ(seen.count(mine), 0U);
}

TEST_F(Branches, AreForkedInACallersCapture) {
  const auto context = make(1);
  ASSERT_NE(context, nullptr);
  const device::CudaDriver& driver = gpu->driver();
  ASSERT_EQ(driver.cuStreamBeginCapture(stream, 1), 0);
  ASSERT_TRUE(context->run(gpu->stream(stream), diag).ok()) << sink.errors();
  device::CuGraph graph = nullptr;
  ASSERT_EQ(driver.cuStreamEndCapture(stream, &graph), 0);
  size_t nodes = 0;
  ASSERT_EQ(driver.cuGraphGetNodes(graph, nullptr, &nodes), 0);
  EXPECT_EQ(nodes, 7U);
  device::CuGraphExec exec = nullptr;
  ASSERT_EQ(driver.cuGraphInstantiate(&exec, graph, 0), 0);
  for (int run = 0; run < 3; ++run) {
    ASSERT_EQ(driver.cuGraphLaunch(exec, stream), 0);
    EXPECT_EQ(result(), 7);
  }
  ASSERT_EQ(driver.cuGraphExecDestroy(exec), 0);
  ASSERT_EQ(driver.cuGraphDestroy(graph), 0);
}

TEST_F(Branches, TellWhatTheyWaitFor) {
  const auto context = make(1);
  ASSERT_NE(context, nullptr);
  EXPECT_THAT(context->engine().awaited_by(6), ElementsAre("step 6"));
  EXPECT_THAT(context->engine().awaited_by(3), SizeIs(0)) << "it begins where streams fork";
  EXPECT_EQ(plan.steps[5].stream, 1U);
}

TEST_F(Branches, AuxiliaryStreamsAreForStepsThatOnlyLaunch) {
  ASSERT_NE(make(1), nullptr);
  plan.steps[5].flags = 0;
  const auto bytes = plan::write(plan, diag);
  if (bytes.ok()) {
    EXPECT_FALSE(session::Engine::load_copy(*bytes, loaders, device::Target{}, {}, diag).ok());
  }
  EXPECT_THAT(sink.errors(), testing::HasSubstr("auxiliary stream"));
}

}  // namespace
}  // namespace tenon::builder
