// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// For tests: a stream that is busy, and a graph captured from one.
#pragma once

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>
#include <utility>

namespace hostcuda {

/// A stream of one test's own.
class TestStream {
 public:
  TestStream() {
    EXPECT_EQ(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), cudaSuccess);
  }
  ~TestStream() { cudaStreamDestroy(stream_); }
  TestStream(const TestStream&) = delete;
  TestStream& operator=(const TestStream&) = delete;

  cudaStream_t get() const { return stream_; }
  void wait() const { EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess); }

  /// Keeps the stream busy for a while, then runs `late` on it: what is put there afterwards and
  /// runs too early sees the world before `late`.
  void delay(std::function<void()> late) {
    late_ = std::move(late);
    const auto run = [](void* self) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      static_cast<TestStream*>(self)->late_();
    };
    EXPECT_EQ(cudaLaunchHostFunc(stream_, run, this), cudaSuccess);
  }

  /// Captures what `calls` put on the stream, then runs `before` and launches it, `times` times.
  void replay(const std::function<void()>& calls, int times, const std::function<void()>& before) {
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t exec = nullptr;
    ASSERT_EQ(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeGlobal), cudaSuccess);
    calls();
    ASSERT_EQ(cudaStreamEndCapture(stream_, &graph), cudaSuccess);
    ASSERT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaSuccess);
    ASSERT_EQ(cudaGraphDestroy(graph), cudaSuccess);
    for (int i = 0; i < times; ++i) {
      before();
      ASSERT_EQ(cudaGraphLaunch(exec, stream_), cudaSuccess);
      wait();
    }
    ASSERT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
  }

 private:
  cudaStream_t stream_ = nullptr;
  std::function<void()> late_;
};

}  // namespace hostcuda
