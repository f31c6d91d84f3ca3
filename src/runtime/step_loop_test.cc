// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The order of steps, and what a failure leaves.
#include "runtime/step_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace tenon::runtime {
namespace {

using testing::ElementsAre;

/// Notes its number and what it was given.
class Noting final : public kernel::Instance {
 public:
  Noting(int number, std::vector<int>& log, Status outcome = {})
      : number_(number), log_(log), outcome_(outcome) {}
  Status on_shapes(std::span<const kernel::TensorDesc> /*inputs*/,
                   std::span<const kernel::TensorDesc> /*outputs*/) noexcept override {
    return {};
  }
  Status run(const kernel::RunArgs& args) noexcept override {
    log_.push_back(number_);
    stream = args.stream;
    workspace = args.workspace;
    return outcome_;
  }

  device::Stream* stream = nullptr;
  void* workspace = nullptr;

 private:
  int number_;
  std::vector<int>& log_;
  Status outcome_;
};

TEST(StepLoop, RunsStepsInOrder) {
  std::vector<int> log;
  Noting a(0, log), b(1, log), c(2, log);
  const PreparedStep steps[] = {{&a, {}}, {&b, {}}, {&c, {}}};
  device::Stream stream;
  size_t failed = 77;
  EXPECT_TRUE(StepLoop(steps).run(stream, 0, 3, failed).ok());
  EXPECT_THAT(log, ElementsAre(0, 1, 2));
  EXPECT_EQ(failed, 77U);
}

TEST(StepLoop, RunsAPart) {
  std::vector<int> log;
  Noting a(0, log), b(1, log), c(2, log);
  const PreparedStep steps[] = {{&a, {}}, {&b, {}}, {&c, {}}};
  device::Stream stream;
  size_t failed = 0;
  EXPECT_TRUE(StepLoop(steps).run(stream, 1, 2, failed).ok());
  EXPECT_TRUE(StepLoop(steps).run(stream, 3, 3, failed).ok());
  EXPECT_THAT(log, ElementsAre(1));
}

TEST(StepLoop, StopsAtAFailureAndSaysWhere) {
  std::vector<int> log;
  Noting a(0, log), b(1, log, {Code::Plugin, "said no"}), c(2, log);
  const PreparedStep steps[] = {{&a, {}}, {&b, {}}, {&c, {}}};
  device::Stream stream;
  size_t failed = 77;
  const Status status = StepLoop(steps).run(stream, 0, 3, failed);
  EXPECT_EQ(status.code, Code::Plugin);
  EXPECT_STREQ(status.what, "said no");
  EXPECT_EQ(failed, 1U);
  EXPECT_THAT(log, ElementsAre(0, 1));
}

TEST(StepLoop, HandsOnTheStreamAndTheStepsOwnMemory) {
  std::vector<int> log;
  Noting a(0, log);
  int scratch = 0;
  PreparedStep step{&a, {}};
  step.args.workspace = &scratch;
  device::Stream stream;
  size_t failed = 0;
  EXPECT_TRUE(StepLoop(std::span(&step, 1)).run(stream, 0, 1, failed).ok());
  EXPECT_EQ(a.stream, &stream);
  EXPECT_EQ(a.workspace, &scratch);
}

}  // namespace
}  // namespace tenon::runtime
