// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The rules of capturing.
#include "hostcuda/runtime/stream/capture.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "hostcuda/runtime/graph/graph.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

thread_local cudaStreamCaptureMode thread_mode = cudaStreamCaptureModeGlobal;

/// Those that run; counted so that calls outside of any capture look at one number only.
std::vector<std::shared_ptr<Capture>>& running() {
  static auto& captures = *new std::vector<std::shared_ptr<Capture>>;
  return captures;
}
std::atomic<int> running_count = 0;

void join(const std::shared_ptr<Stream>& stream, const std::shared_ptr<Capture>& capture) {
  stream->capture = capture;
  stream->captures = true;
  capture->streams.push_back(stream);
}

/// Its streams are free again.
void finish(const std::shared_ptr<Capture>& capture) {
  for (const auto& stream : capture->streams) {
    stream->captures = false;
    stream->capture.reset();
    stream->tips.clear();
    stream->tip_edges.clear();
  }
  capture->streams.clear();
  std::erase(running(), capture);
  running_count = static_cast<int>(running().size());
}

/// As finish, and the graph is nobody's if it was made for this.
void give_up(const std::shared_ptr<Capture>& capture) {
  finish(capture);
  if (capture->own_graph) {
    graphs().remove(capture->graph->handle);
  }
}

/// All nodes that `tips` stand on, themselves included.
std::unordered_set<const Node*> below(const std::vector<std::shared_ptr<Node>>& tips) {
  std::unordered_set<const Node*> seen;
  std::vector<const Node*> open;
  for (const auto& tip : tips) {
    open.push_back(tip.get());
  }
  while (!open.empty()) {
    const Node* const node = open.back();
    open.pop_back();
    if (seen.insert(node).second) {
      for (const Edge& edge : node->dependencies) {
        open.push_back(edge.from);
      }
    }
  }
  return seen;
}

bool all_joined(const Capture& capture) {
  const auto joined = below(capture.streams.front()->tips);
  return std::all_of(capture.streams.begin(), capture.streams.end(), [&](const auto& stream) {
    return std::all_of(stream->tips.begin(), stream->tips.end(),
                       [&](const auto& tip) { return joined.contains(tip.get()); });
  });
}

cudaError_t refuse(Capture& capture, cudaError_t code) {
  capture.invalid = true;
  return code;
}

/// The event's nodes come before what the stream captures next.
void add_tips(Stream& stream, const std::vector<std::shared_ptr<Node>>& tips) {
  for (const auto& tip : tips) {
    if (std::find(stream.tips.begin(), stream.tips.end(), tip) == stream.tips.end()) {
      stream.tips.push_back(tip);
      stream.tip_edges.push_back({});
    }
  }
}

/// By the rules of the modes, does `capture` forbid this thread calls that are unsafe?
bool forbids(const Capture& capture) {
  if (thread_mode == cudaStreamCaptureModeRelaxed || capture.mode == cudaStreamCaptureModeRelaxed) {
    return false;
  }
  return capture.thread == std::this_thread::get_id() ||
         (thread_mode == cudaStreamCaptureModeGlobal &&
          capture.mode == cudaStreamCaptureModeGlobal);
}

bool has_blocking_stream(const Capture& capture) {
  return std::any_of(capture.streams.begin(), capture.streams.end(),
                     [](const auto& member) { return member->blocking; });
}

template <typename Which>
cudaError_t refuse_if(Which&& which, cudaError_t code) {
  if (running_count == 0) {
    return cudaSuccess;
  }
  const std::lock_guard lock(graph_mutex());
  cudaError_t error = cudaSuccess;
  for (const auto& capture : running()) {
    if (which(*capture)) {
      error = refuse(*capture, code);
    }
  }
  return error;
}

}  // namespace

std::recursive_mutex& graph_mutex() {
  static auto& mutex = *new std::recursive_mutex;
  return mutex;
}

cudaError_t begin_capture(const std::shared_ptr<Stream>& stream, CaptureStart start) {
  if (stream->legacy) {
    return cudaErrorStreamCaptureUnsupported;
  }
  const std::lock_guard lock(graph_mutex());
  if (stream->capture != nullptr) {
    return cudaErrorIllegalState;
  }
  static unsigned long long count = 0;
  auto capture = std::make_shared<Capture>();
  capture->id = ++count;
  capture->own_graph = start.graph == nullptr;
  capture->graph = capture->own_graph ? make_graph(true) : std::move(start.graph);
  capture->mode = start.mode;
  capture->thread = std::this_thread::get_id();
  capture->origin = stream.get();
  stream->tips = std::move(start.tips);
  stream->tip_edges = std::move(start.edges);
  stream->tip_edges.resize(stream->tips.size());
  join(stream, capture);
  running().push_back(std::move(capture));
  running_count = static_cast<int>(running().size());
  return cudaSuccess;
}

cudaError_t end_capture(Stream& stream, std::shared_ptr<Graph>& graph) {
  const std::lock_guard lock(graph_mutex());
  const std::shared_ptr<Capture> capture = stream.capture;
  if (capture == nullptr) {
    return cudaErrorIllegalState;
  }
  if (capture->origin != &stream) {
    return refuse(*capture, cudaErrorStreamCaptureUnmatched);
  }
  if (capture->mode != cudaStreamCaptureModeRelaxed &&
      capture->thread != std::this_thread::get_id()) {
    return refuse(*capture, cudaErrorStreamCaptureWrongThread);
  }
  const cudaError_t error = capture->invalid        ? cudaErrorStreamCaptureInvalidated
                            : !all_joined(*capture) ? cudaErrorStreamCaptureUnjoined
                                                    : cudaSuccess;
  if (error == cudaSuccess) {
    finish(capture);
    graph = std::move(capture->graph);  // events that remember the capture need not keep it
  } else {
    give_up(capture);
  }
  return error;
}

cudaError_t capture_operation(Stream& stream, Operation operation) {
  const std::lock_guard lock(graph_mutex());
  if (stream.capture == nullptr) {  // ended by another thread meanwhile
    return cudaErrorIllegalState;
  }
  Capture& capture = *stream.capture;
  if (capture.invalid) {
    return cudaErrorStreamCaptureInvalidated;
  }
  if (std::holds_alternative<Closure>(operation) || std::holds_alternative<Callback>(operation)) {
    return refuse(capture, cudaErrorStreamCaptureUnsupported);
  }
  Edges edges;
  for (size_t i = 0; i < stream.tips.size(); ++i) {
    if (stream.tips[i]->graph == capture.graph.get()) {
      edges.push_back({stream.tips[i].get(), stream.tip_edges[i]});
    }
  }
  stream.tips = {add_node(*capture.graph, std::move(operation), edges)};
  stream.tip_edges.assign(1, {});
  return cudaSuccess;
}

cudaError_t capture_record(Event& event, Stream& stream) {
  const std::lock_guard lock(graph_mutex());
  if (stream.capture == nullptr) {
    return cudaErrorIllegalState;
  }
  if (stream.capture->invalid) {
    return cudaErrorStreamCaptureInvalidated;
  }
  const std::lock_guard event_lock(event.mutex);
  event.capture = stream.capture;
  event.tips = stream.tips;
  return cudaSuccess;
}

cudaError_t capture_wait(const std::shared_ptr<Stream>& stream, Event& event) {
  const std::lock_guard lock(graph_mutex());
  std::shared_ptr<Capture> from;
  std::vector<std::shared_ptr<Node>> tips;
  {
    const std::lock_guard event_lock(event.mutex);
    from = event.capture;
    tips = event.tips;
  }
  const bool ended = from == nullptr || from->streams.empty();
  const std::shared_ptr<Capture> into = stream->capture;
  if (into == nullptr) {
    if (ended) {
      return cudaErrorCapturedEvent;
    }
    if (stream->legacy) {
      return refuse(*from, cudaErrorStreamCaptureImplicit);
    }
    if (from->invalid) {
      return cudaErrorStreamCaptureInvalidated;
    }
    join(stream, from);
  } else if (into->invalid) {
    return cudaErrorStreamCaptureInvalidated;
  } else if (ended) {
    return refuse(*into, cudaErrorStreamCaptureIsolation);
  } else if (from != into) {
    from->invalid = true;
    return refuse(*into, cudaErrorStreamCaptureMerge);
  }
  add_tips(*stream, tips);
  return cudaSuccess;
}

cudaError_t refuse_capturing(Stream& stream) {
  if (!stream.captures) {
    return cudaSuccess;
  }
  const std::lock_guard lock(graph_mutex());
  return stream.capture == nullptr ? cudaSuccess
                                   : refuse(*stream.capture, cudaErrorStreamCaptureUnsupported);
}

bool legacy_would_wait(const Stream& stream) {
  if (!stream.legacy || running_count == 0) {
    return false;
  }
  const std::lock_guard lock(graph_mutex());
  return std::any_of(running().begin(), running().end(),
                     [](const auto& capture) { return has_blocking_stream(*capture); });
}

cudaError_t check_legacy(const Stream& stream) {
  return stream.legacy ? refuse_if(has_blocking_stream, cudaErrorStreamCaptureImplicit)
                       : cudaSuccess;
}

cudaError_t refuse_any_capture() {
  return refuse_if([](const Capture&) { return true; }, cudaErrorStreamCaptureUnsupported);
}

cudaError_t check_unsafe_call() { return refuse_if(forbids, cudaErrorStreamCaptureUnsupported); }

void abandon_captures() {
  const std::lock_guard lock(graph_mutex());
  while (!running().empty()) {
    const std::shared_ptr<Capture> capture = running().back();
    give_up(capture);
  }
}

void leave_capture(Stream& stream) {
  const std::lock_guard lock(graph_mutex());
  const std::shared_ptr<Capture> capture = stream.capture;
  if (capture == nullptr) {
    return;
  }
  capture->invalid = true;
  if (capture->origin == &stream) {
    give_up(capture);
    return;
  }
  std::erase_if(capture->streams, [&](const auto& member) { return member.get() == &stream; });
  stream.captures = false;
  stream.capture.reset();
  stream.tips.clear();
}

cudaStreamCaptureMode exchange_thread_mode(cudaStreamCaptureMode mode) {
  return std::exchange(thread_mode, mode);
}

}  // namespace hostcuda
