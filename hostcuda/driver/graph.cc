// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Graphs: the runtime's own objects.
#include "hostcuda/driver/box.h"

static_assert(sizeof(CUDA_MEMSET_NODE_PARAMS) == sizeof(cudaMemsetParams));
static_assert(sizeof(CUDA_HOST_NODE_PARAMS) == sizeof(cudaHostNodeParams));

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

HOSTCUDA_DRIVER_API CUresult cuGraphCreate(CUgraph* graph, unsigned int flags) {
  return forward([&] { return cudaGraphCreate(graph, flags); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphDestroy(CUgraph graph) {
  return forward([&] { return cudaGraphDestroy(graph); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphClone(CUgraph* clone, CUgraph original) {
  return forward([&] { return cudaGraphClone(clone, original); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphDestroyNode(CUgraphNode node) {
  return forward([&] { return cudaGraphDestroyNode(node); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphNodeGetType(CUgraphNode node, CUgraphNodeType* type) {
  return forward(
      [&] { return cudaGraphNodeGetType(node, reinterpret_cast<cudaGraphNodeType*>(type)); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphGetNodes(CUgraph graph, CUgraphNode* nodes, size_t* count) {
  return forward([&] { return cudaGraphGetNodes(graph, nodes, count); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphGetRootNodes(CUgraph graph, CUgraphNode* nodes, size_t* count) {
  return forward([&] { return cudaGraphGetRootNodes(graph, nodes, count); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphAddDependencies_v2(CUgraph graph, const CUgraphNode* from,
                                                       const CUgraphNode* to,
                                                       const CUgraphEdgeData* edges, size_t count) {
  return forward([&] {
    return cudaGraphAddDependencies(graph, from, to,
                                    reinterpret_cast<const cudaGraphEdgeData*>(edges), count);
  });
}

HOSTCUDA_DRIVER_API CUresult cuGraphAddEmptyNode(CUgraphNode* node, CUgraph graph,
                                                 const CUgraphNode* dependencies, size_t count) {
  return forward([&] { return cudaGraphAddEmptyNode(node, graph, dependencies, count); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphAddHostNode(CUgraphNode* node, CUgraph graph,
                                                const CUgraphNode* dependencies, size_t count,
                                                const CUDA_HOST_NODE_PARAMS* params) {
  return forward([&] {
    return cudaGraphAddHostNode(node, graph, dependencies, count,
                                reinterpret_cast<const cudaHostNodeParams*>(params));
  });
}

HOSTCUDA_DRIVER_API CUresult cuGraphAddMemsetNode(CUgraphNode* node, CUgraph graph,
                                                  const CUgraphNode* dependencies, size_t count,
                                                  const CUDA_MEMSET_NODE_PARAMS* params,
                                                  CUcontext) {
  return forward([&] {
    return cudaGraphAddMemsetNode(node, graph, dependencies, count,
                                  reinterpret_cast<const cudaMemsetParams*>(params));
  });
}

HOSTCUDA_DRIVER_API CUresult cuGraphAddMemcpyNode(CUgraphNode* node, CUgraph graph,
                                                  const CUgraphNode* dependencies, size_t count,
                                                  const CUDA_MEMCPY3D* params, CUcontext) {
  cudaMemcpy3DParms box{};
  const CUresult described = describe(params, &box);
  return described != CUDA_SUCCESS ? described : forward([&] {
    return cudaGraphAddMemcpyNode(node, graph, dependencies, count, &box);
  });
}

HOSTCUDA_DRIVER_API CUresult cuGraphAddChildGraphNode(CUgraphNode* node, CUgraph graph,
                                                      const CUgraphNode* dependencies, size_t count,
                                                      CUgraph child) {
  return forward(
      [&] { return cudaGraphAddChildGraphNode(node, graph, dependencies, count, child); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphAddEventRecordNode(CUgraphNode* node, CUgraph graph,
                                                       const CUgraphNode* dependencies,
                                                       size_t count, CUevent event) {
  return forward(
      [&] { return cudaGraphAddEventRecordNode(node, graph, dependencies, count, event); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphAddEventWaitNode(CUgraphNode* node, CUgraph graph,
                                                     const CUgraphNode* dependencies, size_t count,
                                                     CUevent event) {
  return forward(
      [&] { return cudaGraphAddEventWaitNode(node, graph, dependencies, count, event); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphInstantiateWithFlags(CUgraphExec* executable, CUgraph graph,
                                                         unsigned long long flags) {
  return forward_in_context(
      [&] { return cudaGraphInstantiateWithFlags(executable, graph, flags); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphUpload(CUgraphExec executable, CUstream stream) {
  return forward_in_context([&] { return cudaGraphUpload(executable, stream); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphLaunch(CUgraphExec executable, CUstream stream) {
  return forward_in_context([&] { return cudaGraphLaunch(executable, stream); });
}

HOSTCUDA_DRIVER_API CUresult cuGraphExecDestroy(CUgraphExec executable) {
  return forward([&] { return cudaGraphExecDestroy(executable); });
}
