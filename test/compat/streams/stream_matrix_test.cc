// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Order on streams: every way to enqueue, every kind of plugin and stream, one context and two.
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <tuple>

#include "stream_engine.h"

namespace streams {
namespace {

enum class Way { Direct, Captured };
enum class Kind { Null, Blocking, NonBlocking };

using Case = std::tuple<Middle, Way, Kind, int>;
using Row = std::array<float, Engine::kColumns>;

cudaStream_t make_stream(Kind kind) {
  cudaStream_t stream = nullptr;
  if (kind == Kind::Null) return stream;
  unsigned const flags = kind == Kind::Blocking ? cudaStreamDefault : cudaStreamNonBlocking;
  EXPECT_TRUE(done(cudaStreamCreateWithFlags(&stream, flags)));
  return stream;
}

/// Input that arrives late: whoever does not wait for the stream reads zeros.
struct Late {
  Row* to;
  float const* value;
};

void arrive(void* data) {
  auto const& late = *static_cast<Late*>(data);
  std::this_thread::sleep_for(std::chrono::milliseconds(3));
  late.to->fill(*late.value);
}

class Order : public testing::TestWithParam<Case> {
 protected:
  /// x arrives, y = 2 (x + 1) once or, by a second context on a second stream, twice; then y goes
  /// to `result`. The second stream forks off and joins again by events.
  void put_work(cudaStream_t stream) {
    EXPECT_TRUE(done(cudaLaunchHostFunc(stream, arrive, &late)));
    ASSERT_TRUE(first->enqueueV3(stream)) << engine.sayings.errors;
    Row* last = &middle;
    if (second != nullptr) {
      EXPECT_TRUE(done(cudaEventRecord(forked, stream)));
      EXPECT_TRUE(done(cudaStreamWaitEvent(other, forked, 0)));
      ASSERT_TRUE(second->enqueueV3(other)) << engine.sayings.errors;
      EXPECT_TRUE(done(cudaEventRecord(joined, other)));
      EXPECT_TRUE(done(cudaStreamWaitEvent(stream, joined, 0)));
      last = &y;
    }
    EXPECT_TRUE(done(cudaMemcpyAsync(&result, last, sizeof result, cudaMemcpyDefault, stream)));
  }

  void expect_result(float given) {
    float expected = 2 * (given + 1);
    if (second != nullptr) expected = 2 * (expected + 1);
    for (float const got : result) EXPECT_EQ(got, expected);
  }

  void prepare(Kind kind, int contexts) {
    first = engine.context(x.data(), middle.data());
    if (contexts == 1) return;
    second = engine.context(middle.data(), y.data());
    other = make_stream(kind);
    EXPECT_TRUE(done(cudaEventCreateWithFlags(&forked, cudaEventDisableTiming)));
    EXPECT_TRUE(done(cudaEventCreateWithFlags(&joined, cudaEventDisableTiming)));
  }

  void run_directly(cudaStream_t stream) {
    for (value = 1; value <= 3; ++value) {
      put_work(stream);
      EXPECT_TRUE(done(cudaStreamSynchronize(stream)));
      expect_result(value);
    }
  }

  void run_captured(cudaStream_t stream) {
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t exec = nullptr;
    ASSERT_TRUE(done(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal)));
    put_work(stream);
    ASSERT_TRUE(done(cudaStreamEndCapture(stream, &graph)));
    EXPECT_EQ(result, Row{}) << "something ran while the stream captured";
    ASSERT_TRUE(done(cudaGraphInstantiate(&exec, graph, 0)));
    EXPECT_TRUE(done(cudaGraphDestroy(graph)));
    for (value = 1; value <= 3; ++value) {
      EXPECT_TRUE(done(cudaGraphLaunch(exec, stream)));
      EXPECT_TRUE(done(cudaStreamSynchronize(stream)));
      expect_result(value);
    }
    EXPECT_TRUE(done(cudaGraphExecDestroy(exec)));
  }

  /// Three rows of device memory that host functions may write: x, middle, y.
  static Row* make_rows() {
    void* rows = nullptr;
    EXPECT_TRUE(done(cudaMallocManaged(&rows, 3 * sizeof(Row))));
    return static_cast<Row*>(std::memset(rows, 0, 3 * sizeof(Row)));
  }

  Engine engine{std::get<Middle>(GetParam())};
  std::unique_ptr<Row, cudaError_t (*)(void*)> const rows{make_rows(), cudaFree};
  Row &x = rows.get()[0], &middle = rows.get()[1], &y = rows.get()[2];
  Row result{};
  float value = 0;
  Late late{&x, &value};
  std::unique_ptr<nvinfer1::IExecutionContext> first, second;
  cudaStream_t other = nullptr;
  cudaEvent_t forked = nullptr, joined = nullptr;
};

TEST_P(Order, IsThatOfTheCalls) {
  auto const [plugin, way, kind, contexts] = GetParam();
  cudaStream_t const stream = make_stream(kind);
  prepare(kind, contexts);
  if (way == Way::Captured && kind == Kind::Null) {
    EXPECT_TRUE(is(cudaErrorStreamCaptureUnsupported,
                   cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal)));
    cudaGetLastError();
  } else if (way == Way::Captured) {
    run_captured(stream);
  } else {
    run_directly(stream);
  }
  if (stream != nullptr) {
    EXPECT_TRUE(done(cudaStreamDestroy(stream)));
  }
  if (other != nullptr) {
    EXPECT_TRUE(done(cudaStreamDestroy(other)));
  }
  if (forked != nullptr) {
    EXPECT_TRUE(done(cudaEventDestroy(forked)));
  }
  if (joined != nullptr) {
    EXPECT_TRUE(done(cudaEventDestroy(joined)));
  }
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

std::string name(testing::TestParamInfo<Case> const& info) {
  static constexpr char const* kMiddles[] = {"NoPlugin", "QuietPlugin", "SynchronisingPlugin"};
  static constexpr char const* kKinds[] = {"Null", "Blocking", "NonBlocking"};
  auto const [plugin, way, kind, contexts] = info.param;
  return std::string(kMiddles[static_cast<int>(plugin)]) +
         (way == Way::Direct ? "Direct" : "Captured") + kKinds[static_cast<int>(kind)] +
         (contexts == 1 ? "One" : "Two");
}

INSTANTIATE_TEST_SUITE_P(
    Streams, Order,
    testing::Combine(testing::Values(Middle::None, Middle::Quiet, Middle::Synchronising),
                     testing::Values(Way::Direct, Way::Captured),
                     testing::Values(Kind::Null, Kind::Blocking, Kind::NonBlocking),
                     testing::Values(1, 2)),
    name);

}  // namespace
}  // namespace streams
