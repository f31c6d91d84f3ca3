// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What tests of a GPU share where there is none: the driver of the CUDA runtime on the CPU.
#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "base/diagnostics.h"
#include "device/gpu.h"

namespace tenon::device {

/// GPU 0 is the thread's, with a stream on it. For programs that tenon_test makes with HOSTCUDA: a
/// process has one driver, and theirs is this.
class HostGpuTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(use_cuda_driver(TENON_TEST_CUDA_DRIVER)); }

  void SetUp() override {
    auto opened = Gpu::open(0, diag);
    ASSERT_TRUE(opened.ok()) << sink.errors();
    gpu = *opened;
    scope.emplace(gpu);
    ASSERT_EQ(gpu->driver().cuStreamCreate(&stream, 1), 0);
  }
  void TearDown() override {
    ASSERT_EQ(gpu->driver().cuStreamSynchronize(stream), 0);
    ASSERT_EQ(gpu->driver().cuStreamDestroy(stream), 0);
  }

  CollectingSink sink;
  Diagnostics diag{sink};
  const Gpu* gpu = nullptr;
  std::optional<GpuScope> scope;
  CuStream stream = nullptr;
};

}  // namespace tenon::device
