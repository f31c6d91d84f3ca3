// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Recording streams into a graph: who takes part, and what each rule of capturing refuses.
#pragma once

#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "hostcuda/runtime/stream/event.h"
#include "hostcuda/runtime/stream/stream.h"

namespace hostcuda {

/// One sequence from begin to end. Guarded by graph_mutex().
struct Capture {
  unsigned long long id = 0;
  std::shared_ptr<Graph> graph;
  cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;
  std::thread::id thread;
  Stream* origin = nullptr;
  bool own_graph = true;  ///< made for this capture, so that it goes if the capture fails
  bool invalid = false;
  std::vector<std::shared_ptr<Stream>> streams;  ///< all that take part, the origin first
};

/// Guards all graphs and captures; recursive, since giving up a node may run code of the program.
std::recursive_mutex& graph_mutex();

/// Where a capture begins. `graph` null: a new one; else its nodes `tips` come before what is
/// captured.
struct CaptureStart {
  cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal;
  std::shared_ptr<Graph> graph;
  std::vector<std::shared_ptr<Node>> tips;
  std::vector<cudaGraphEdgeData> edges;
};
cudaError_t begin_capture(const std::shared_ptr<Stream>& stream, CaptureStart start);

/// Ends it and hands over its graph: null when it was invalidated or ended wrongly.
cudaError_t end_capture(Stream& stream, std::shared_ptr<Graph>& graph);

/// Adds one node behind the stream's last ones. cudaErrorStreamCaptureUnsupported for a Closure or
/// a Callback, cudaErrorStreamCaptureInvalidated in an invalidated capture.
cudaError_t capture_operation(Stream& stream, Operation operation);

/// An event recorded in, or waited for by, a stream that captures, or by one that thereby joins.
cudaError_t capture_record(Event& event, Stream& stream);
cudaError_t capture_wait(const std::shared_ptr<Stream>& stream, Event& event);

/// Refuses what may not be done to a stream that captures, and invalidates the capture; else
/// success.
cudaError_t refuse_capturing(Stream& stream);

/// cudaErrorStreamCaptureImplicit, invalidating, on the legacy stream while a blocking one
/// captures.
cudaError_t check_legacy(const Stream& stream);

/// Whether check_legacy would refuse; invalidates nothing.
bool legacy_would_wait(const Stream& stream);

/// cudaErrorStreamCaptureUnsupported, invalidating, while any stream captures:
/// cudaDeviceSynchronize.
cudaError_t refuse_any_capture();

/// Ends all captures without a graph.
void abandon_captures();

/// A stream that is destroyed leaves its capture, which is invalid then.
void leave_capture(Stream& stream);

cudaStreamCaptureMode exchange_thread_mode(cudaStreamCaptureMode mode);

}  // namespace hostcuda
