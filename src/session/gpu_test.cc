// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Engines for a GPU: memory, copies, streams and graphs. The driver is that of the CUDA runtime on
// the CPU, whose streams have threads of their own; the kernels are host functions on the stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "device/host_gpu_test.h"
#include "plan/writer.h"
#include "session/context.h"
#include "session/on_stream_test.h"
#include "test/faults/toy_engine.h"

namespace tenon::session {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GpuLoaders final : public kernel::LoaderTable {
 public:
  [[nodiscard]] const kernel::LoadFunction* find_loader(
      std::string_view family) const noexcept override {
    return family == "toy" || family == "cuda" ? &load_ : nullptr;
  }

 private:
  toy::Loaders toys_;
  kernel::LoadFunction load_ = [this](
                                   const kernel::RecordView& record,
                                   Diagnostics& diag) -> Result<std::unique_ptr<kernel::Loaded>> {
    kernel::RecordView toy = record;
    toy.family = "toy";
    TENON_ASSIGN(auto inner, kernel::load(toys_, toy, diag));
    return std::unique_ptr<kernel::Loaded>(std::make_unique<OnStreamLoaded>(std::move(inner)));
  };
};

class GpuTest : public device::HostGpuTest {
 protected:
  void SetUp() override {
    HostGpuTest::SetUp();
    launches = 0;
  }

  Result<std::shared_ptr<const Engine>> load(plan::Plan plan) {
    if (plan.target.kind == device::Kind::Cpu) plan.target = gpu->target();
    TENON_ASSIGN(const Bytes bytes, plan::write(plan, diag));
    return Engine::load_copy(bytes, loaders, device::Target{}, {}, diag);
  }
  std::unique_ptr<Context> context_of(plan::Plan plan) {
    auto engine = load(std::move(plan));
    EXPECT_TRUE(engine.ok()) << sink.errors();
    if (!engine.ok()) return nullptr;
    auto context = Context::create(*engine, {}, diag);
    EXPECT_TRUE(context.ok()) << sink.errors();
    return context.ok() ? std::move(*context) : nullptr;
  }

  /// Memory of the GPU that holds these.
  float* upload(std::initializer_list<float> values) {
    const std::vector<float> list(values);
    auto buffer = device::GpuBuffer::copy_of(std::as_bytes(std::span(list)));
    EXPECT_TRUE(buffer.ok());
    return keep(std::move(*buffer));
  }
  float* room(size_t count) { return keep(device::GpuBuffer(*gpu, count * sizeof(float))); }
  std::vector<float> download(const float* from, size_t count) {
    EXPECT_EQ(gpu->driver().cuStreamSynchronize(stream), 0);
    std::vector<float> values(count);
    EXPECT_EQ(
        gpu->driver().cuMemcpyDtoH(values.data(), device::cu_address(from), count * sizeof(float)),
        0);
    return values;
  }
  float* keep(device::GpuBuffer buffer) {
    buffers.push_back(std::move(buffer));
    return reinterpret_cast<float*>(buffers.back().data());
  }

  Status run(Context& context) { return context.run(gpu->stream(stream), diag); }

  GpuLoaders loaders;
  std::vector<device::GpuBuffer> buffers;
};

/// y = (x * {2, 3, 4} + {1, -1, 0}) twice, by two steps that may be captured.
plan::Plan twice() {
  plan::Plan plan = toy::make_safe_plan();
  plan.capability = plan::Capability::Standard;
  plan.network.clear();
  plan.steps[0].record.id.family = "toy";
  plan.steps[0].flags = 8;  // kernel::Flag::Capturable
  plan.tensors.push_back(plan.tensors[2]);
  plan.tensors[3].name = "mid";
  plan.tensors[3].place = plan::Place::Arena;
  plan.arena_bytes = 64;
  plan.steps.push_back(plan.steps[0]);
  plan.steps[0].outputs = {3};
  plan.steps[1].name = "again";
  plan.steps[1].inputs[0] = 3;
  return plan;
}

TEST_F(GpuTest, TargetIsReadFromTheDriver) {
  EXPECT_TRUE(gpu->target().is_gpu());
  EXPECT_GT(gpu->target().gpu.sm, 0);
  EXPECT_GT(gpu->target().gpu.sm_count, 0);
  EXPECT_GT(gpu->target().gpu.memory_bytes, 0U);
  EXPECT_THAT(gpu->target().fingerprint(), HasSubstr("multiprocessors"));
  EXPECT_EQ(device::Gpu::current(), gpu);
  EXPECT_FALSE(device::Gpu::open(device::Gpu::count(), diag).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("there is no GPU"));
}

TEST_F(GpuTest, ShapesSizesAndContentCrossTheBorder) {
  const auto context = context_of(toy::make_plan());
  ASSERT_NE(context, nullptr);
  EXPECT_EQ(context->engine().gpu(), gpu);
  float* x = upload({1, 2, 3, -1, 0, 1});
  int32_t k = 2;
  float *rows = room(96), *positive = room(96), *extents = room(4);
  void* const memory[] = {x, &k, rows, positive, extents};
  for (size_t io = 0; io < 5; ++io) {
    ASSERT_TRUE(context->set_tensor_address(io, memory[io], diag).ok());
  }
  ASSERT_TRUE(context->set_input_shape(0, {2, 3}, diag).ok());
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(run(*context).ok()) << sink.errors();
    EXPECT_THAT(download(rows, 12), ElementsAre(3, 5, 12, 3, 5, 12, -1, -1, 4, -1, -1, 4));
    EXPECT_EQ(context->tensor_shape(3), Dims{8});
    EXPECT_THAT(download(positive, 8), ElementsAre(3, 5, 12, 3, 5, 12, 4, 4));
    int64_t told[2] = {};
    std::memcpy(told, download(extents, 4).data(), sizeof told);
    EXPECT_THAT(told, ElementsAre(4, 3));
  }
  k = 1;
  ASSERT_TRUE(run(*context).ok()) << sink.errors();
  EXPECT_THAT(download(rows, 6), ElementsAre(3, 5, 12, -1, -1, 4));
}

TEST_F(GpuTest, SizesThatOwnKernelsFindAreToldWithoutACopy) {
  plan::Plan plan = toy::make_plan();
  plan.steps[2].record.id.family = "cuda";
  plan.steps[2].plugin.clear();
  const auto context = context_of(plan);
  ASSERT_NE(context, nullptr);
  int32_t k = 2;
  float *rows = room(96), *positive = room(96), *extents = room(4);
  for (const std::initializer_list<float>& x : {std::initializer_list<float>{1, 2, 3, -1, 0, 1},
                                                {-9, -9, -9, -9, -9, -9},
                                                {1, 1, 1, 1, 1, 1}}) {
    void* const memory[] = {upload(x), &k, rows, positive, extents};
    for (size_t io = 0; io < 5; ++io) {
      ASSERT_TRUE(context->set_tensor_address(io, memory[io], diag).ok());
    }
    ASSERT_TRUE(context->set_input_shape(0, {2, 3}, diag).ok());
    ASSERT_TRUE(run(*context).ok()) << sink.errors();
    const std::vector<float> all = download(rows, 12);
    EXPECT_EQ(context->tensor_shape(3)[0],
              std::ranges::count_if(all, [](float value) { return value > 0; }));
  }
}

TEST_F(GpuTest, ShapeInputsAreReadByTheProcessor) {
  const auto context = context_of(toy::make_plan());
  ASSERT_NE(context, nullptr);
  ASSERT_TRUE(context->set_input_shape(0, {2, 3}, diag).ok());
  ASSERT_TRUE(context->set_tensor_address(0, room(6), diag).ok());
  ASSERT_TRUE(context->set_tensor_address(1, room(1), diag).ok());
  EXPECT_FALSE(run(*context).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("input 'k' decides shapes and is read by the processor"));
}

TEST_F(GpuTest, SizesThatARunFindsCannotBeCaptured) {
  const auto context = context_of(toy::make_plan());
  ASSERT_NE(context, nullptr);
  int32_t k = 1;
  void* const memory[] = {room(6), &k, room(96), room(96), room(4)};
  for (size_t io = 0; io < 5; ++io) {
    ASSERT_TRUE(context->set_tensor_address(io, memory[io], diag).ok());
  }
  ASSERT_TRUE(context->set_input_shape(0, {2, 3}, diag).ok());
  ASSERT_EQ(gpu->driver().cuStreamBeginCapture(stream, 1), 0);
  EXPECT_FALSE(run(*context).ok());
  device::CuGraph graph = nullptr;
  ASSERT_EQ(gpu->driver().cuStreamEndCapture(stream, &graph), 0);
  ASSERT_EQ(gpu->driver().cuGraphDestroy(graph), 0);
  EXPECT_THAT(sink.errors(), HasSubstr("layer 'positives' finds out a size while it runs"));
}

TEST_F(GpuTest, StepsOfEqualRunsBecomeAGraph) {
  const auto context = context_of(twice());
  ASSERT_NE(context, nullptr);
  float* x = upload({1, 2, 3, 0, 0, 0});
  float* y = room(6);
  ASSERT_TRUE(context->set_input_shape(0, {2, 3}, diag).ok());
  ASSERT_TRUE(context->set_tensor_address(0, x, diag).ok());
  ASSERT_TRUE(context->set_tensor_address(1, y, diag).ok());
  for (int round = 0; round < 5; ++round) {
    const float zeros[6] = {};
    ASSERT_EQ(gpu->driver().cuMemcpyHtoD(device::cu_address(y), zeros, sizeof zeros), 0);
    ASSERT_TRUE(run(*context).ok()) << sink.errors();
    EXPECT_THAT(download(y, 6), ElementsAre(7, 14, 48, 3, -4, 0));
    EXPECT_EQ(launches, round == 0 ? 2 : 4);  // run once, captured once, then replayed
  }
  float* other = room(6);
  ASSERT_TRUE(context->set_tensor_address(1, other, diag).ok());
  ASSERT_TRUE(run(*context).ok()) << sink.errors();
  EXPECT_THAT(download(other, 6), ElementsAre(7, 14, 48, 3, -4, 0));
  ASSERT_TRUE(context->set_profile(1, diag).ok());
  ASSERT_TRUE(context->set_input_shape(0, {5, 3}, diag).ok()) << sink.errors();
  float* longer = upload({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3});
  ASSERT_TRUE(context->set_tensor_address(0, longer, diag).ok());
  ASSERT_TRUE(context->set_tensor_address(1, room(15), diag).ok());
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(run(*context).ok()) << sink.errors();
    const auto* rows = static_cast<const float*>(context->tensor_address(1));
    EXPECT_THAT(download(rows + 9, 6), ElementsAre(3, -4, 0, 7, 14, 48));
  }
}

TEST_F(GpuTest, ACallersCaptureHoldsTheWholeRun) {
  const auto context = context_of(twice());
  ASSERT_NE(context, nullptr);
  float* x = upload({1, 2, 3, 0, 0, 0});
  float* y = room(6);
  ASSERT_TRUE(context->set_input_shape(0, {2, 3}, diag).ok());
  ASSERT_TRUE(context->set_tensor_address(0, x, diag).ok());
  ASSERT_TRUE(context->set_tensor_address(1, y, diag).ok());
  const device::CudaDriver& driver = gpu->driver();
  ASSERT_EQ(driver.cuStreamBeginCapture(stream, 1), 0);
  ASSERT_TRUE(run(*context).ok()) << sink.errors();
  device::CuGraph graph = nullptr;
  ASSERT_EQ(driver.cuStreamEndCapture(stream, &graph), 0);
  size_t nodes = 0;
  ASSERT_EQ(driver.cuGraphGetNodes(graph, nullptr, &nodes), 0);
  EXPECT_EQ(nodes, 2U);
  device::CuGraphExec exec = nullptr;
  ASSERT_EQ(driver.cuGraphInstantiate(&exec, graph, 0), 0);
  ASSERT_EQ(driver.cuGraphLaunch(exec, stream), 0);
  EXPECT_THAT(download(y, 6), ElementsAre(7, 14, 48, 3, -4, 0));
  ASSERT_EQ(driver.cuGraphExecDestroy(exec), 0);
  ASSERT_EQ(driver.cuGraphDestroy(graph), 0);
}

class Times final : public StepObserver {
 public:
  void on_step(size_t step, std::string_view, float milliseconds) noexcept override {
    steps.push_back(step);
    all_told &= milliseconds >= 0;
  }
  std::vector<size_t> steps;
  bool all_told = true;
};

TEST_F(GpuTest, StepsAreTimedByEvents) {
  const auto context = context_of(twice());
  ASSERT_NE(context, nullptr);
  ASSERT_TRUE(context->set_input_shape(0, {2, 3}, diag).ok());
  ASSERT_TRUE(context->set_tensor_address(0, upload({1, 2, 3, 0, 0, 0}), diag).ok());
  ASSERT_TRUE(context->set_tensor_address(1, room(6), diag).ok());
  Times times;
  context->set_observer(&times);
  ASSERT_TRUE(run(*context).ok()) << sink.errors();
  EXPECT_THAT(times.steps, ElementsAre(0U, 1U));
  EXPECT_TRUE(times.all_told);
}

TEST_F(GpuTest, KernelsForProcessorsAreRefused) {
  plan::Plan plan = twice();
  plan.steps[1].record.id.family = "simd";
  EXPECT_FALSE(load(plan).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("kernel simd/scale@1 is for processors"));
}

TEST_F(GpuTest, EnginesOfOtherGpusAreRefused) {
  plan::Plan plan = twice();
  plan.target = gpu->target();
  plan.target.name = "Some other";
  plan.target.gpu.sm += 4;
  EXPECT_FALSE(load(plan).ok());
  EXPECT_THAT(sink.errors(), HasSubstr("it was built for Some other"));
  EXPECT_THAT(sink.errors(), HasSubstr("build it anew here"));
}

}  // namespace
}  // namespace tenon::session
