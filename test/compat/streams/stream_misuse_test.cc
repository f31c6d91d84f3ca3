// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a run on a stream may rely on, and what happens when it is let down.
#include <future>

#include "stream_engine.h"

namespace streams {
namespace {

using nvinfer1::Dims2;
using testing::Test;
using Row = std::array<float, Engine::kColumns>;

/// Keeps a stream busy until it is opened.
class Gate {
 public:
  explicit Gate(cudaStream_t stream) {
    EXPECT_TRUE(done(cudaLaunchHostFunc(
        stream, [](void* gate) { static_cast<Gate*>(gate)->opened_.get_future().wait(); }, this)));
  }
  void open() { opened_.set_value(); }

 private:
  std::promise<void> opened_;
};

class OnStream : public Test {
 protected:
  void SetUp() override { ASSERT_TRUE(done(cudaStreamCreate(&stream))); }
  void TearDown() override {
    cudaDeviceReset();   // A failed run leaves a sticky error behind,
    cudaGetLastError();  // and the thread remembers it.
  }

  /// The graph of one run.
  cudaGraphExec_t capture(nvinfer1::IExecutionContext& context) {
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t exec = nullptr;
    EXPECT_TRUE(done(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal)));
    EXPECT_TRUE(context.enqueueV3(stream));
    EXPECT_TRUE(done(cudaStreamEndCapture(stream, &graph)));
    EXPECT_TRUE(done(cudaGraphInstantiate(&exec, graph, 0)));
    EXPECT_TRUE(done(cudaGraphDestroy(graph)));
    return exec;
  }

  cudaStream_t stream = nullptr;
  Row x{}, y{};
};

TEST_F(OnStream, RunsAreLeftBehindOtherWorkWithTheAddressesOfTheirTime) {
  Engine engine(Middle::None);
  Row other_x{}, other_y{};
  x.fill(1);
  other_x.fill(5);
  auto context = engine.context(x.data(), y.data());
  Gate gate(stream);
  ASSERT_TRUE(context->enqueueV3(stream));
  context->setInputTensorAddress("x", other_x.data());
  context->setTensorAddress("y", other_y.data());
  ASSERT_TRUE(context->enqueueV3(stream));
  EXPECT_EQ(y, Row{}) << "it ran before its turn";
  gate.open();
  EXPECT_TRUE(done(cudaStreamSynchronize(stream)));
  EXPECT_EQ(y[0], 4);
  EXPECT_EQ(other_y[0], 12);
}

TEST_F(OnStream, ChangingShapesWaitsForRunsInFlight) {
  Engine engine(Middle::None);
  std::array<float, 16 * Engine::kColumns> in{}, out{};
  in.fill(1);
  auto context = engine.context(in.data(), out.data(), 1);
  Gate gate(stream);
  ASSERT_TRUE(context->enqueueV3(stream));
  auto opener = std::async(std::launch::async, [&] { gate.open(); });
  ASSERT_TRUE(context->setInputShape("x", Dims2{16, Engine::kColumns}));
  ASSERT_TRUE(context->enqueueV3(stream));
  EXPECT_TRUE(done(cudaStreamSynchronize(stream)));
  EXPECT_EQ(out.back(), 4);
}

TEST_F(OnStream, DestroyingAContextWaitsForItsRuns) {
  Engine engine(Middle::None);
  x.fill(3);
  auto context = engine.context(x.data(), y.data());
  Gate gate(stream);
  ASSERT_TRUE(context->enqueueV3(stream));
  auto opener = std::async(std::launch::async, [&] { gate.open(); });
  context.reset();
  EXPECT_EQ(y[0], 8);
}

TEST_F(OnStream, ExecuteV2WaitsForTheNullStreamAndReturnsWhenDone) {
  Engine engine(Middle::None);
  auto context = engine.context(x.data(), y.data());
  Row source{};
  source.fill(2);
  ASSERT_TRUE(done(cudaMemcpyAsync(x.data(), source.data(), sizeof x, cudaMemcpyDefault, nullptr)));
  std::array<void*, 2> bindings{x.data(), y.data()};
  ASSERT_TRUE(context->executeV2(bindings.data()));
  EXPECT_EQ(y[0], 6);
}

TEST_F(OnStream, TheInputConsumedEventFollowsTheRun) {
  Engine engine(Middle::None);
  auto context = engine.context(x.data(), y.data());
  cudaEvent_t consumed = nullptr;
  ASSERT_TRUE(done(cudaEventCreate(&consumed)));
  ASSERT_TRUE(context->setInputConsumedEvent(consumed));
  EXPECT_EQ(context->getInputConsumedEvent(), consumed);
  Gate gate(stream);
  ASSERT_TRUE(context->enqueueV3(stream));
  EXPECT_TRUE(is(cudaErrorNotReady, cudaEventQuery(consumed)));
  gate.open();
  EXPECT_TRUE(done(cudaEventSynchronize(consumed)));
  EXPECT_EQ(y[0], 2);
}

TEST_F(OnStream, AFailingPluginFailsEnqueueAndNamesItsLayer) {
  Engine engine(Middle::Quiet);
  auto context = engine.context(x.data(), y.data());
  engine.failing = true;
  EXPECT_FALSE(context->enqueueV3(stream));
  EXPECT_NE(engine.sayings.errors.find("middle"), std::string::npos) << engine.sayings.errors;
  EXPECT_TRUE(done(cudaStreamSynchronize(stream)));
}

TEST_F(OnStream, AFailingPluginFailsTheLaunchOfItsGraph) {
  Engine engine(Middle::Quiet);
  auto context = engine.context(x.data(), y.data());
  cudaGraphExec_t exec = capture(*context);
  engine.failing = true;
  EXPECT_TRUE(done(cudaGraphLaunch(exec, stream)));
  EXPECT_TRUE(is(cudaErrorLaunchFailure, cudaStreamSynchronize(stream)));
  EXPECT_NE(engine.sayings.errors.find("middle"), std::string::npos) << engine.sayings.errors;
}

TEST_F(OnStream, AGraphOfOtherShapesSaysSo) {
  Engine engine(Middle::None);
  std::array<float, 2 * Engine::kColumns> in{}, out{};
  auto context = engine.context(in.data(), out.data(), 1);
  cudaGraphExec_t exec = capture(*context);
  ASSERT_TRUE(context->setInputShape("x", Dims2{2, Engine::kColumns}));
  ASSERT_TRUE(context->enqueueV3(stream));
  EXPECT_TRUE(done(cudaStreamSynchronize(stream)));
  EXPECT_TRUE(done(cudaGraphLaunch(exec, stream)));
  EXPECT_TRUE(is(cudaErrorLaunchFailure, cudaStreamSynchronize(stream)));
  EXPECT_NE(engine.sayings.errors.find("capture again"), std::string::npos)
      << engine.sayings.errors;
}

TEST_F(OnStream, AGraphOutlivesItsContextHarmlessly) {
  Engine engine(Middle::None);
  auto context = engine.context(x.data(), y.data());
  cudaGraphExec_t exec = capture(*context);
  context.reset();
  EXPECT_TRUE(done(cudaGraphLaunch(exec, stream)));
  EXPECT_TRUE(is(cudaErrorLaunchFailure, cudaStreamSynchronize(stream)));
  EXPECT_EQ(y, Row{});
}

TEST_F(OnStream, AHandleOfNoRuntimeIsRefusedByName) {
  Engine engine(Middle::None);
  auto context = engine.context(x.data(), y.data());
  int stranger = 0;
  EXPECT_FALSE(context->enqueueV3(reinterpret_cast<cudaStream_t>(&stranger)));
  EXPECT_NE(engine.sayings.errors.find("stream"), std::string::npos) << engine.sayings.errors;
  EXPECT_TRUE(done(cudaStreamDestroy(stream)));
  EXPECT_FALSE(context->enqueueV3(stream)) << "the stream was destroyed";
}

}  // namespace
}  // namespace streams
