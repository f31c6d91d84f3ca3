// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Graphs on busy streams of the CUDA runtime on the CPU: runs that are left there, captured ones,
// deferred failures, and the end of a graph whose runs still wait.
#include <cuda_runtime.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "safe/test_recorder.h"
#include "test/safe/test_engine.h"

namespace tenon::safe {
namespace {

using namespace nvinfer2::safe;
using testing::HasSubstr;

/// A stream whose first work waits until it is opened.
class BusyStream {
 public:
  BusyStream() {
    EXPECT_EQ(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), cudaSuccess);
  }
  ~BusyStream() {
    open();
    cudaStreamSynchronize(stream_);
    cudaStreamDestroy(stream_);
  }
  void close() {
    open_ = false;
    EXPECT_EQ(cudaLaunchHostFunc(stream_, &BusyStream::wait, &open_), cudaSuccess);
  }
  void open() { open_ = true; }
  /// Opens it from another thread, a while from now.
  std::thread open_soon() {
    return std::thread([this] {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      open();
    });
  }
  cudaStream_t get() { return stream_; }

 private:
  static void wait(void* open) {
    while (!*static_cast<std::atomic<bool>*>(open)) std::this_thread::yield();
  }
  std::atomic<bool> open_{true};
  cudaStream_t stream_ = nullptr;
};

class GraphStreamTest : public testing::Test {
 protected:
  ~GraphStreamTest() override {
    stream_.open();
    if (graph_ != nullptr) destroyTRTGraph(graph_);
  }
  void create(const Bytes& file) {
    ASSERT_EQ(createTRTGraph(graph_, file.data(), static_cast<int64_t>(file.size()), recorder_),
              ErrorCode::kSUCCESS)
        << recorder_.last();
  }
  void bind(std::vector<float>& input, std::vector<float>& output) {
    TensorDescriptor in, out;
    graph_->getIOTensorDescriptor(in, 0);
    graph_->getIOTensorDescriptor(out, 1);
    input.resize(in.sizeInBytes / sizeof(float));
    for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>(i % 13) / 13.0F;
    output.assign(out.sizeInBytes / sizeof(float), kUntouched);
    EXPECT_EQ(graph_->setIOTensorAddress(0, {input.data(), in.sizeInBytes}), ErrorCode::kSUCCESS);
    EXPECT_EQ(graph_->setIOTensorAddress(1, {output.data(), out.sizeInBytes}), ErrorCode::kSUCCESS);
  }
  /// What a run in the call gives.
  std::vector<float> expected() {
    std::vector<float> input, output;
    bind(input, output);
    EXPECT_EQ(graph_->executeAsync(nullptr), ErrorCode::kSUCCESS);
    return output;
  }

  static constexpr float kUntouched = -7;
  /// A failure on a stream stays with the device, as it does with CUDA's.
  const cudaError_t fresh_ = cudaDeviceReset();
  TestRecorder recorder_;
  BusyStream stream_;
  ITRTGraph* graph_ = nullptr;
  std::vector<float> input_, output_;
};

// Shows S-RUN-12.
TEST_F(GraphStreamTest, ARunWaitsBehindTheWorkOfItsStream) {
  create(make_digits_engine());
  const auto wanted = expected();
  bind(input_, output_);
  stream_.close();
  ASSERT_EQ(graph_->executeAsync(stream_.get()), ErrorCode::kSUCCESS);
  EXPECT_EQ(output_[0], kUntouched);
  stream_.open();
  EXPECT_EQ(graph_->sync(), ErrorCode::kSUCCESS);
  EXPECT_EQ(output_, wanted);
}

// Shows S-RUN-12.
TEST_F(GraphStreamTest, ARunHasTheAddressesAndTheProfileOfItsCall) {
  create(make_digits_engine());
  const auto wanted = expected();
  bind(input_, output_);
  stream_.close();
  ASSERT_EQ(graph_->executeAsync(stream_.get()), ErrorCode::kSUCCESS);
  ASSERT_EQ(graph_->setIOProfile(1), ErrorCode::kSUCCESS);
  std::vector<float> later_input, later_output;
  bind(later_input, later_output);
  ASSERT_EQ(graph_->executeAsync(stream_.get()), ErrorCode::kSUCCESS);
  stream_.open();
  EXPECT_EQ(graph_->sync(), ErrorCode::kSUCCESS);
  EXPECT_EQ(output_, wanted);
  EXPECT_EQ(later_output.size(), 50U);
  EXPECT_EQ(std::count(later_output.begin(), later_output.end(), kUntouched), 0);
}

// Shows S-RUN-12.
TEST_F(GraphStreamTest, ThereIsAMostOfRunsThatWait) {
  create(make_digits_engine());
  bind(input_, output_);
  stream_.close();
  for (int i = 0; i < 16; ++i) {
    ASSERT_EQ(graph_->executeAsync(stream_.get()), ErrorCode::kSUCCESS) << i;
  }
  EXPECT_EQ(graph_->executeAsync(stream_.get()), ErrorCode::kINVALID_STATE);
  EXPECT_THAT(recorder_.last(), HasSubstr("16 runs of the graph wait on streams"));
  stream_.open();
  EXPECT_EQ(graph_->sync(), ErrorCode::kSUCCESS);
  stream_.close();
  EXPECT_EQ(graph_->executeAsync(stream_.get()), ErrorCode::kSUCCESS);
}

// Shows S-RUN-5, S-RUN-6.
TEST_F(GraphStreamTest, SyncTellsTheFailureOfARunThatWasLeft) {
  create(make_gather_engine());
  int32_t index[2] = {0, 9};
  float rows[6] = {};
  ASSERT_EQ(graph_->setIOTensorAddress("index", {index, sizeof index}), ErrorCode::kSUCCESS);
  ASSERT_EQ(graph_->setIOTensorAddress("rows", {rows, sizeof rows}), ErrorCode::kSUCCESS);
  stream_.close();
  EXPECT_EQ(graph_->executeAsync(stream_.get()), ErrorCode::kSUCCESS);
  EXPECT_EQ(recorder_.getNbErrors(), 0);
  stream_.open();
  EXPECT_NE(graph_->sync(), ErrorCode::kSUCCESS);
  RuntimeErrorInformation* faults = nullptr;
  ASSERT_EQ(graph_->getErrorBuffer(faults), ErrorCode::kSUCCESS);
  EXPECT_EQ(faults->bitMask, static_cast<uint64_t>(RuntimeErrorType::kGATHER_OOB));
  ASSERT_GT(recorder_.getNbErrors(), 0);
  EXPECT_THAT(recorder_.getErrorDesc(0), HasSubstr("layer 'pick'"));
}

TEST_F(GraphStreamTest, TheEndOfAGraphWaitsForItsRuns) {
  create(make_digits_engine());
  const auto wanted = expected();
  bind(input_, output_);
  stream_.close();
  ASSERT_EQ(graph_->executeAsync(stream_.get()), ErrorCode::kSUCCESS);
  std::thread opener = stream_.open_soon();
  EXPECT_EQ(destroyTRTGraph(graph_), ErrorCode::kSUCCESS);
  EXPECT_EQ(output_, wanted);
  opener.join();
}

TEST_F(GraphStreamTest, TheEventOfConsumedInputsComesBehindTheRun) {
  create(make_digits_engine());
  bind(input_, output_);
  cudaEvent_t consumed = nullptr, known = nullptr;
  ASSERT_EQ(cudaEventCreate(&consumed), cudaSuccess);
  ASSERT_EQ(graph_->setInputConsumedEvent(consumed), ErrorCode::kSUCCESS);
  ASSERT_EQ(graph_->getInputConsumedEvent(known), ErrorCode::kSUCCESS);
  EXPECT_EQ(known, consumed);
  stream_.close();
  ASSERT_EQ(graph_->executeAsync(stream_.get()), ErrorCode::kSUCCESS);
  EXPECT_EQ(cudaEventQuery(consumed), cudaErrorNotReady);
  stream_.open();
  EXPECT_EQ(cudaEventSynchronize(consumed), cudaSuccess);
  EXPECT_NE(output_[0], kUntouched);
  EXPECT_EQ(graph_->executeAsync(stream_.get()), ErrorCode::kSUCCESS);  // on an idle stream
  EXPECT_EQ(graph_->sync(), ErrorCode::kSUCCESS);
  EXPECT_EQ(cudaEventQuery(consumed), cudaSuccess);
  ASSERT_EQ(graph_->setInputConsumedEvent(nullptr), ErrorCode::kSUCCESS);
  EXPECT_EQ(cudaEventDestroy(consumed), cudaSuccess);
}

// Shows S-RUN-10.
TEST_F(GraphStreamTest, ACapturedRunIsLaunchedAgainAndFailsAfterTheGraph) {
  create(make_digits_engine());
  const auto wanted = expected();
  bind(input_, output_);
  cudaGraph_t captured = nullptr;
  cudaGraphExec_t launchable = nullptr;
  ASSERT_EQ(cudaStreamBeginCapture(stream_.get(), cudaStreamCaptureModeThreadLocal), cudaSuccess);
  ASSERT_EQ(graph_->executeAsync(stream_.get()), ErrorCode::kSUCCESS);
  ASSERT_EQ(cudaStreamEndCapture(stream_.get(), &captured), cudaSuccess);
  ASSERT_EQ(cudaGraphInstantiate(&launchable, captured, 0), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(captured), cudaSuccess);
  EXPECT_EQ(output_[0], kUntouched);
  for (int i = 0; i < 3; ++i) {
    output_.assign(output_.size(), kUntouched);
    ASSERT_EQ(cudaGraphLaunch(launchable, stream_.get()), cudaSuccess);
    ASSERT_EQ(cudaStreamSynchronize(stream_.get()), cudaSuccess);
    EXPECT_EQ(output_, wanted);
  }
  EXPECT_EQ(destroyTRTGraph(graph_), ErrorCode::kSUCCESS);
  output_.assign(output_.size(), kUntouched);
  (void)cudaGraphLaunch(launchable, stream_.get());
  EXPECT_NE(cudaStreamSynchronize(stream_.get()), cudaSuccess);
  EXPECT_EQ(output_[0], kUntouched);
  (void)cudaGraphExecDestroy(launchable);
}

TEST_F(GraphStreamTest, APluginRunsInTheCallBehindTheWorkOfTheStream) {
  ISafePluginRegistry& registry = *getSafePluginRegistry(recorder_);
  ASSERT_EQ(registry.registerCreator(twice_creator(), "test", recorder_), ErrorCode::kSUCCESS);
  create(make_plugin_engine(3));
  bind(input_, output_);
  stream_.close();
  std::thread opener = stream_.open_soon();
  EXPECT_EQ(graph_->executeAsync(stream_.get()), ErrorCode::kSUCCESS) << recorder_.last();
  for (size_t i = 0; i < input_.size(); ++i) EXPECT_EQ(output_[i], input_[i] * 9);
  opener.join();
  EXPECT_EQ(destroyTRTGraph(graph_), ErrorCode::kSUCCESS);
  EXPECT_EQ(registry.deregisterCreator(twice_creator()), ErrorCode::kSUCCESS);
}

}  // namespace
}  // namespace tenon::safe
