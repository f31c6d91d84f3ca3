// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Timing by events. The driver is that of the CUDA runtime on the CPU; kernels fill their output.
#include "tune/gpu_timer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/host_gpu_test.h"

namespace tenon::tune {
namespace {

using testing::HasSubstr;

/// Fills output 0 again and again, and `beyond` bytes behind it; or else input 0.
class Fill final : public kernel::Instance {
 public:
  Fill(int times, size_t beyond, bool input) : times_(times), beyond_(beyond), input_(input) {}
  Status on_shapes(std::span<const kernel::TensorDesc>,
                   std::span<const kernel::TensorDesc> outputs) noexcept override {
    bytes_ = static_cast<size_t>(outputs[0].bytes()) + beyond_;
    return {};
  }
  Status run(const kernel::RunArgs& args) noexcept override {
    const device::Gpu& gpu = *device::Gpu::current();
    for (int i = 0; i < times_; ++i) {
      const void* to = input_ ? args.inputs[0] : args.outputs[0];
      const int code =
          gpu.driver().cuMemsetD8Async(device::cu_address(to), 1, bytes_, args.stream->handle());
      if (code != 0) return gpu.to_status(code);
    }
    return {};
  }

 private:
  int times_;
  size_t beyond_, bytes_ = 0;
  bool input_;
};

class FillLoaded final : public kernel::Loaded {
 public:
  explicit FillLoaded(int times, size_t beyond = 0, size_t workspace = 0, bool input = false)
      : times_(times), beyond_(beyond), workspace_(workspace), input_(input) {}
  [[nodiscard]] size_t workspace(std::span<const kernel::TensorDesc>,
                                 std::span<const kernel::TensorDesc>) const noexcept override {
    return workspace_;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<Fill>(times_, beyond_, input_));
  }

 private:
  int times_;
  size_t beyond_, workspace_;
  bool input_;
};

/// "fill": as often as the record's tactic says.
class FillLoaders final : public kernel::LoaderTable {
 public:
  [[nodiscard]] const kernel::LoadFunction* find_loader(
      std::string_view family) const noexcept override {
    return family == "fill" ? &load_ : nullptr;
  }

 private:
  kernel::LoadFunction load_ = [](const kernel::RecordView& record,
                                  Diagnostics&) -> Result<std::unique_ptr<kernel::Loaded>> {
    return std::unique_ptr<kernel::Loaded>(std::make_unique<FillLoaded>(record.tactic));
  };
};

class GpuTimerTest : public device::HostGpuTest {
 protected:
  void SetUp() override {
    HostGpuTest::SetUp();
    scope.reset();  // The timer makes the GPU the thread's.
  }

  static Trial trial() {
    Trial one;
    const kernel::TensorDesc desc{DType::F32, kernel::Layout::linear(), {64, 1024}, 0};
    one.name = "fill";
    one.inputs.push_back({desc, desc, true, {}});
    one.outputs = one.greatest_outputs = {desc};
    one.output_names = {"y"};
    return one;
  }

  FillLoaders loaders;
};

TEST_F(GpuTimerTest, MoreWorkTakesLonger) {
  kernel::Record once, often;
  once.id = often.id = {"fill", "fill", 1};
  once.tactic = 1;
  often.tactic = 400;
  std::vector<Trial> trials{trial(), trial()};
  trials[0].record = &once;
  trials[1].record = &often;
  GpuTimer timer(loaders, *gpu);
  Effort effort;
  effort.budget_ms = 0;
  const std::vector<Timing> timings = timer.time(trials, effort);
  ASSERT_EQ(timings.size(), 2U);
  for (const Timing& timing : timings) {
    EXPECT_TRUE(timing.status.ok()) << timing.reason;
    EXPECT_GE(timing.runs, 2);
  }
  EXPECT_GT(timings[1].ms, timings[0].ms);
}

TEST_F(GpuTimerTest, AKernelThatIsNotVouchedForStaysInItsOutputs) {
  FillLoaded good(1), bad(1, 4);
  std::vector<Trial> trials{trial(), trial()};
  trials[0].live = &good;
  trials[1].live = &bad;
  GpuTimer timer(loaders, *gpu);
  Effort effort;
  effort.runs = effort.most_runs = 0;
  const std::vector<Timing> timings = timer.time(trials, effort);
  EXPECT_TRUE(timings[0].status.ok()) << timings[0].reason;
  EXPECT_EQ(timings[1].status.code, Code::Plugin);
  EXPECT_THAT(timings[1].reason, HasSubstr("writes behind the 262144 bytes of output 0 \"y\""));
}

TEST_F(GpuTimerTest, AKernelThatIsNotVouchedForLeavesItsInputsAlone) {
  FillLoaded bad(1, 0, 0, true), good(1);
  std::vector<Trial> trials{trial(), trial()};
  for (Trial& one : trials) one.inputs[0].name = "x";
  trials[0].live = &bad;
  trials[1].live = &good;
  GpuTimer timer(loaders, *gpu);
  Effort effort;
  effort.runs = effort.most_runs = 0;
  const std::vector<Timing> timings = timer.time(trials, effort);
  EXPECT_EQ(timings[0].status.code, Code::Plugin);
  EXPECT_THAT(timings[0].reason, HasSubstr("writes into input 0 \"x\", which it may only read"));
  EXPECT_TRUE(timings[1].status.ok()) << timings[1].reason;
}

TEST_F(GpuTimerTest, WorkspaceHasALimit) {
  FillLoaded greedy(1, 0, 1 << 20);
  Trial one = trial();
  one.live = &greedy;
  GpuTimer timer(loaders, *gpu);
  Effort effort;
  effort.workspace_limit = 1024;
  const std::vector<Timing> timings = timer.time({&one, 1}, effort);
  EXPECT_FALSE(timings[0].status.ok());
  EXPECT_THAT(timings[0].reason, HasSubstr("the limit is 1024"));
}

}  // namespace
}  // namespace tenon::tune
