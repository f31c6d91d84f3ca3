// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Streams, events and captured graphs of the CUDA runtime, freed with their objects.
#pragma once

#include "tools/trtexec_safe/check.h"

namespace tenon::trtexec_safe {

class Stream {
 public:
  Stream() {
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  }
  ~Stream() { (void)cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  cudaStream_t get() const { return stream_; }
  void wait() const { check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize"); }

 private:
  cudaStream_t stream_ = nullptr;
};

class Event {
 public:
  /// `spin`: whoever waits polls.
  explicit Event(bool spin) : spin_(spin) {
    check(cudaEventCreateWithFlags(&event_, spin ? cudaEventDefault : cudaEventBlockingSync),
          "cudaEventCreateWithFlags");
  }
  ~Event() { (void)cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  cudaEvent_t get() const { return event_; }
  void record(const Stream& stream) const {
    check(cudaEventRecord(event_, stream.get()), "cudaEventRecord");
  }
  void wait() const {
    if (spin_) {
      while (cudaEventQuery(event_) == cudaErrorNotReady) {
      }
    }
    check(cudaEventSynchronize(event_), "cudaEventSynchronize");
  }

  /// Milliseconds from `begin` to this one; both have happened.
  double since(const Event& begin) const {
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, begin.event_, event_), "cudaEventElapsedTime");
    return static_cast<double>(milliseconds);
  }

 private:
  cudaEvent_t event_ = nullptr;
  bool spin_;
};

/// One run of a graph, captured; empty until capture().
class Captured {
 public:
  Captured() = default;
  ~Captured() {
    if (launchable_ != nullptr) (void)cudaGraphExecDestroy(launchable_);
    if (graph_ != nullptr) (void)cudaGraphDestroy(graph_);
  }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;

  /// Throws Failure when the run cannot be captured; the stream is then as before.
  void capture(nvinfer2::safe::ITRTGraph& graph, const Stream& stream) {
    check(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeThreadLocal),
          "cudaStreamBeginCapture");
    const auto executed = graph.executeAsync(stream.get());
    const cudaError_t ended = cudaStreamEndCapture(stream.get(), &graph_);
    (void)cudaGetLastError();
    if (executed != nvinfer2::safe::ErrorCode::kSUCCESS || ended != cudaSuccess) {
      throw Failure("A run of the engine cannot be captured; run it with --noCudaGraph.");
    }
    check(cudaGraphInstantiate(&launchable_, graph_, 0), "cudaGraphInstantiate");
  }
  void launch(const Stream& stream) const {
    check(cudaGraphLaunch(launchable_, stream.get()), "cudaGraphLaunch");
  }
  bool empty() const { return launchable_ == nullptr; }

 private:
  cudaGraph_t graph_ = nullptr;
  cudaGraphExec_t launchable_ = nullptr;
};

}  // namespace tenon::trtexec_safe
