// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Kernels in guarded memory: what is found, and that a sound kernel's results are the caller's.
#include "guard/guarded.h"

#include <gmock/gmock.h>

#include <array>

namespace tenon::guard {
namespace {

using kernel::Layout;
using kernel::TensorDesc;
using testing::HasSubstr;
using Body = std::function<Status(const kernel::RunArgs&)>;

class FakeInstance final : public kernel::Instance {
 public:
  explicit FakeInstance(Body body) : body_(std::move(body)) {}
  Status on_shapes(std::span<const TensorDesc>, std::span<const TensorDesc>) noexcept override {
    return {};
  }
  Status run(const kernel::RunArgs& args) noexcept override { return body_(args); }

 private:
  Body body_;
};

class FakeLoaded final : public kernel::Loaded {
 public:
  FakeLoaded(Body body, size_t workspace) : body_(std::move(body)), workspace_(workspace) {}
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept override {
    return workspace_;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<FakeInstance>(body_));
  }

 private:
  Body body_;
  size_t workspace_;
};

/// x [6] -> y [6], float32, with scratch.
class Guarded : public testing::Test {
 protected:
  /// Runs `body` guarded; what was said, or empty.
  std::string run(Body body, size_t workspace = 0) {
    const auto loaded = guarded(std::make_unique<FakeLoaded>(std::move(body), workspace), subject);
    auto instance = loaded->create_instance({});
    EXPECT_TRUE((*instance)->on_shapes(std::span(&desc, 1), std::span(&desc, 1)).ok());
    const void* input = x.data();
    void* output = in_place ? x.data() : y.data();
    device::Stream stream;
    const Status status = (*instance)->run({.input_descs = &desc,
                                            .output_descs = &desc,
                                            .inputs = &input,
                                            .outputs = &output,
                                            .workspace = nullptr,
                                            .stream = &stream});
    EXPECT_EQ(status.ok(), (*instance)->last_error().empty());
    return std::string((*instance)->last_error());
  }
  static const float* in(const kernel::RunArgs& args) {
    return static_cast<const float*>(args.inputs[0]);
  }
  static float* out(const kernel::RunArgs& args) { return static_cast<float*>(args.outputs[0]); }
  static void fill(const kernel::RunArgs& args) {
    for (int64_t i = 0; i < args.input_descs[0].elements(); ++i) out(args)[i] = in(args)[i];
  }
  static Status copy(const kernel::RunArgs& args) { return fill(args), Status{}; }

  TensorDesc desc{DType::F32, Layout::linear(), Dims{6}, 0};
  Subject subject{.node = "n",
                  .kernel = "kernel test/it@1",
                  .inputs = {"x"},
                  .outputs = {"y"},
                  .open = {},
                  .warn = {}};
  std::array<float, 64> x{1, 2, 3, 4, 5, 6}, y{};
  bool in_place = false;
};

TEST_F(Guarded, GivesTheResultsOfASoundKernel) {
  EXPECT_EQ(run(copy), "");
  EXPECT_EQ(y[5], 6);
  EXPECT_EQ(y[6], 0);
}

TEST_F(Guarded, NamesPhaseKernelTensorAndByte) {
  EXPECT_EQ(run([](const auto& args) { return fill(args), out(args)[7] = 1, Status{}; }),
            "guard, run 1: kernel test/it@1, tactic 0: writes past the end of output 0 \"y\": at "
            "byte 28 (element 7) to byte 31, but it has 24 bytes");
  EXPECT_THAT(run([](const auto& args) { return fill(args), out(args)[-1] = 1, Status{}; }),
              HasSubstr("writes before the beginning of output 0 \"y\": at byte -4 to -1"));
}

TEST_F(Guarded, FindsTheByteThatIsReadPastTheEnd) {
  const auto neighbour = [](int64_t distance) {
    return [distance](const kernel::RunArgs& args) {
      fill(args);
      out(args)[2] += in(args)[6 + distance];
      return Status{};
    };
  };
  EXPECT_THAT(run(neighbour(2)), HasSubstr("reads past the end of input 0 \"x\": at byte 32 "
                                           "(element 8), but it has 24 bytes; it changes output 0 "
                                           "\"y\", byte 8 (element 2)"));
  EXPECT_THAT(run(neighbour(1000)), HasSubstr("reads past the end of input 0 \"x\": at byte 4024"));
  EXPECT_THAT(run(neighbour(-7)),
              HasSubstr("reads before the beginning of input 0 \"x\": at byte"));
}

TEST_F(Guarded, FindsMemoryThatIsReadBeforeItIsWritten) {
  EXPECT_THAT(run([](const auto& args) {
                for (int i = 0; i < 6; ++i) out(args)[i] += in(args)[i];
                return Status{};
              }),
              HasSubstr("reads output 0 \"y\" before it writes there: at byte 0"));
  EXPECT_THAT(run(
                  [](const auto& args) {
                    fill(args);
                    out(args)[0] = static_cast<const float*>(args.workspace)[3];
                    return Status{};
                  },
                  64),
              HasSubstr("reads the workspace before it writes there: at byte 12"));
}

TEST_F(Guarded, LeavesOpenOutputsAsFarAsTheyWereWritten) {
  const auto four = [](const kernel::RunArgs& args) {
    for (int i = 0; i < 4; ++i) out(args)[i] = in(args)[i];
    return Status{};
  };
  EXPECT_THAT(run(four), HasSubstr("leaves 8 of the 24 bytes of output 0 \"y\" unwritten"));
  subject.open = {1};
  y[4] = 9;
  EXPECT_EQ(run(four), "");
  EXPECT_EQ(y[3], 4);
  EXPECT_EQ(y[4], 9);
}

TEST_F(Guarded, LetsPaddingBe) {
  desc = {DType::F32, Layout::hwc(8), Dims{2, 1, 1}, 0};
  EXPECT_EQ(run([](const auto& args) {
              return out(args)[0] = in(args)[0], out(args)[1] = in(args)[1], Status{};
            }),
            "");
  EXPECT_EQ(y[1], 2);
}

TEST_F(Guarded, KeepsOutputsOverInputsThere) {
  in_place = true;
  EXPECT_EQ(run([](const auto& args) {
              EXPECT_EQ(args.inputs[0], args.outputs[0]);
              for (int i = 0; i < 6; ++i) out(args)[i] *= 2;
              return Status{};
            }),
            "");
  EXPECT_EQ(x[5], 12) << "once, however often it ran";
}

TEST_F(Guarded, PassesAFailureOn) {
  EXPECT_THAT(run([](const auto&) { return Status{Code::Device, "no"}; }), HasSubstr("guard, run"));
}

}  // namespace
}  // namespace tenon::guard
