// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls on captures.
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/graph/graph.h"
#include "hostcuda/runtime/stream/capture.h"
#include "hostcuda/runtime/stream/submit.h"

using hostcuda::CaptureStart;
using hostcuda::find_stream;
using hostcuda::graph_mutex;
using hostcuda::guarded;
using hostcuda::per_thread;

namespace {

bool is_mode(cudaStreamCaptureMode mode) {
  return mode >= cudaStreamCaptureModeGlobal && mode <= cudaStreamCaptureModeRelaxed;
}

/// The live nodes of `graph` behind handles; cudaErrorInvalidValue if one is not.
cudaError_t find_nodes(const hostcuda::Graph& graph, const cudaGraphNode_t* handles,
                       const cudaGraphEdgeData* edges, size_t count, CaptureStart& into) {
  if (count > 0 && handles == nullptr) {
    return cudaErrorInvalidValue;
  }
  for (size_t i = 0; i < count; ++i) {
    auto node = hostcuda::nodes().find(handles[i]);
    if (node == nullptr || node->graph != &graph) {
      return cudaErrorInvalidValue;
    }
    into.tips.push_back(std::move(node));
    into.edges.push_back(edges == nullptr ? cudaGraphEdgeData{} : edges[i]);
  }
  return cudaSuccess;
}

cudaError_t begin(cudaStream_t stream, cudaStreamCaptureMode mode) {
  const auto found = find_stream(stream);
  if (found == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  CaptureStart start;
  start.mode = mode;
  return is_mode(mode) ? hostcuda::begin_capture(found, std::move(start)) : cudaErrorInvalidValue;
}

cudaError_t begin_to_graph(cudaStream_t stream, cudaGraph_t graph,
                           const cudaGraphNode_t* dependencies, const cudaGraphEdgeData* edges,
                           size_t count, cudaStreamCaptureMode mode) {
  const auto found = find_stream(stream);
  if (found == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  const std::lock_guard lock(graph_mutex());
  CaptureStart start;
  start.mode = mode;
  start.graph = hostcuda::graphs().find(graph);
  if (start.graph == nullptr || !is_mode(mode)) {
    return cudaErrorInvalidValue;
  }
  const cudaError_t error = find_nodes(*start.graph, dependencies, edges, count, start);
  return error == cudaSuccess ? hostcuda::begin_capture(found, std::move(start)) : error;
}

cudaError_t end(cudaStream_t stream, cudaGraph_t* graph) {
  const auto found = find_stream(stream);
  if (found == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  if (graph == nullptr) {
    return cudaErrorInvalidValue;
  }
  *graph = nullptr;
  std::shared_ptr<hostcuda::Graph> captured;
  const cudaError_t error = hostcuda::end_capture(*found, captured);
  if (error == cudaSuccess) {
    *graph = captured->handle;
  }
  return error;
}

struct Info {
  cudaStreamCaptureStatus* status = nullptr;
  unsigned long long* id = nullptr;
  cudaGraph_t* graph = nullptr;
  const cudaGraphNode_t** dependencies = nullptr;
  const cudaGraphEdgeData** edges = nullptr;
  size_t* count = nullptr;
};

template <typename T>
void put(T* where, T value) {
  if (where != nullptr) {
    *where = value;
  }
}

cudaError_t info(cudaStream_t stream, const Info& out) {
  const auto found = find_stream(stream);
  if (found == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  if (out.status == nullptr) {
    return cudaErrorInvalidValue;
  }
  if (hostcuda::legacy_would_wait(*found)) {
    return cudaErrorStreamCaptureImplicit;
  }
  const std::lock_guard lock(graph_mutex());
  const auto& capture = found->capture;
  if (capture == nullptr || capture->invalid) {
    *out.status =
        capture == nullptr ? cudaStreamCaptureStatusNone : cudaStreamCaptureStatusInvalidated;
    return cudaSuccess;
  }
  *out.status = cudaStreamCaptureStatusActive;
  found->tip_handles.clear();
  for (const auto& tip : found->tips) {
    found->tip_handles.push_back(tip->handle);
  }
  put(out.id, capture->id);
  put(out.graph, capture->graph->handle);
  put(out.dependencies, static_cast<const cudaGraphNode_t*>(found->tip_handles.data()));
  put(out.edges, static_cast<const cudaGraphEdgeData*>(found->tip_edges.data()));
  put(out.count, found->tip_handles.size());
  return cudaSuccess;
}

cudaError_t update(cudaStream_t stream, const cudaGraphNode_t* dependencies,
                   const cudaGraphEdgeData* edges, size_t count, unsigned int flags) {
  const auto found = find_stream(stream);
  if (found == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  if (flags > cudaStreamSetCaptureDependencies) {
    return cudaErrorInvalidValue;
  }
  const std::lock_guard lock(graph_mutex());
  if (found->capture == nullptr) {
    return cudaErrorIllegalState;
  }
  if (found->capture->invalid) {
    return cudaErrorStreamCaptureInvalidated;
  }
  CaptureStart given;
  const cudaError_t error = find_nodes(*found->capture->graph, dependencies, edges, count, given);
  if (error != cudaSuccess) {
    return error;
  }
  if (flags == cudaStreamSetCaptureDependencies) {
    found->tips.clear();
    found->tip_edges.clear();
  }
  found->tips.insert(found->tips.end(), given.tips.begin(), given.tips.end());
  found->tip_edges.insert(found->tip_edges.end(), given.edges.begin(), given.edges.end());
  return cudaSuccess;
}

}  // namespace

HOSTCUDA_API cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  return guarded([&] { return begin(stream, mode); });
}

HOSTCUDA_API cudaError_t cudaStreamBeginCapture_ptsz(cudaStream_t stream,
                                                     cudaStreamCaptureMode mode) {
  return cudaStreamBeginCapture(per_thread(stream), mode);
}

HOSTCUDA_API cudaError_t cudaStreamBeginCaptureToGraph(cudaStream_t stream, cudaGraph_t graph,
                                                       const cudaGraphNode_t* dependencies,
                                                       const cudaGraphEdgeData* edges, size_t count,
                                                       cudaStreamCaptureMode mode) {
  return guarded([&] { return begin_to_graph(stream, graph, dependencies, edges, count, mode); });
}

HOSTCUDA_API cudaError_t cudaStreamBeginCaptureToGraph_ptsz(cudaStream_t stream, cudaGraph_t graph,
                                                            const cudaGraphNode_t* dependencies,
                                                            const cudaGraphEdgeData* edges,
                                                            size_t count,
                                                            cudaStreamCaptureMode mode) {
  return cudaStreamBeginCaptureToGraph(per_thread(stream), graph, dependencies, edges, count, mode);
}

HOSTCUDA_API cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  return guarded([&] { return end(stream, graph); });
}

HOSTCUDA_API cudaError_t cudaStreamEndCapture_ptsz(cudaStream_t stream, cudaGraph_t* graph) {
  return cudaStreamEndCapture(per_thread(stream), graph);
}

HOSTCUDA_API cudaError_t cudaStreamIsCapturing(cudaStream_t stream,
                                               cudaStreamCaptureStatus* status) {
  return guarded([&] {
    Info out;
    out.status = status;
    return info(stream, out);
  });
}

HOSTCUDA_API cudaError_t cudaStreamIsCapturing_ptsz(cudaStream_t stream,
                                                    cudaStreamCaptureStatus* status) {
  return cudaStreamIsCapturing(per_thread(stream), status);
}

HOSTCUDA_API cudaError_t cudaStreamGetCaptureInfo(cudaStream_t stream,
                                                  cudaStreamCaptureStatus* status,
                                                  unsigned long long* id, cudaGraph_t* graph,
                                                  const cudaGraphNode_t** dependencies,
                                                  const cudaGraphEdgeData** edges, size_t* count) {
  return guarded([&] { return info(stream, {status, id, graph, dependencies, edges, count}); });
}

HOSTCUDA_API cudaError_t cudaStreamGetCaptureInfo_ptsz(cudaStream_t stream,
                                                       cudaStreamCaptureStatus* status,
                                                       unsigned long long* id, cudaGraph_t* graph,
                                                       const cudaGraphNode_t** dependencies,
                                                       const cudaGraphEdgeData** edges,
                                                       size_t* count) {
  return cudaStreamGetCaptureInfo(per_thread(stream), status, id, graph, dependencies, edges,
                                  count);
}

HOSTCUDA_API cudaError_t cudaStreamUpdateCaptureDependencies(cudaStream_t stream,
                                                             cudaGraphNode_t* dependencies,
                                                             const cudaGraphEdgeData* edges,
                                                             size_t count, unsigned int flags) {
  return guarded([&] { return update(stream, dependencies, edges, count, flags); });
}

HOSTCUDA_API cudaError_t cudaStreamUpdateCaptureDependencies_ptsz(cudaStream_t stream,
                                                                  cudaGraphNode_t* dependencies,
                                                                  const cudaGraphEdgeData* edges,
                                                                  size_t count,
                                                                  unsigned int flags) {
  return cudaStreamUpdateCaptureDependencies(per_thread(stream), dependencies, edges, count, flags);
}

HOSTCUDA_API cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  return guarded([&] {
    if (mode == nullptr || !is_mode(*mode)) {
      return cudaErrorInvalidValue;
    }
    *mode = hostcuda::exchange_thread_mode(*mode);
    return cudaSuccess;
  });
}
