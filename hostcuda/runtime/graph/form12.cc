// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls on graphs as version 12 of the interface has them, and the names it gave those of 13.
#include "hostcuda/runtime/error/form12.h"

using Node = cudaGraphNode_t;
using EdgeData = cudaGraphEdgeData;

HOSTCUDA_API cudaError_t cudaGraphAddDependencies_form12(cudaGraph_t graph, const Node* from,
                                                         const Node* to, size_t count) {
  return cudaGraphAddDependencies(graph, from, to, nullptr, count);
}
HOSTCUDA_FORM12(cudaGraphAddDependencies);

HOSTCUDA_API cudaError_t cudaGraphAddDependencies_v2(cudaGraph_t graph, const Node* from,
                                                     const Node* to, const EdgeData* data,
                                                     size_t count) {
  return cudaGraphAddDependencies(graph, from, to, data, count);
}

HOSTCUDA_API cudaError_t cudaGraphRemoveDependencies_form12(cudaGraph_t graph, const Node* from,
                                                            const Node* to, size_t count) {
  return cudaGraphRemoveDependencies(graph, from, to, nullptr, count);
}
HOSTCUDA_FORM12(cudaGraphRemoveDependencies);

HOSTCUDA_API cudaError_t cudaGraphRemoveDependencies_v2(cudaGraph_t graph, const Node* from,
                                                        const Node* to, const EdgeData* data,
                                                        size_t count) {
  return cudaGraphRemoveDependencies(graph, from, to, data, count);
}

HOSTCUDA_API cudaError_t cudaGraphGetEdges_form12(cudaGraph_t graph, Node* from, Node* to,
                                                  size_t* count) {
  return cudaGraphGetEdges(graph, from, to, nullptr, count);
}
HOSTCUDA_FORM12(cudaGraphGetEdges);

HOSTCUDA_API cudaError_t cudaGraphGetEdges_v2(cudaGraph_t graph, Node* from, Node* to,
                                              EdgeData* data, size_t* count) {
  return cudaGraphGetEdges(graph, from, to, data, count);
}

HOSTCUDA_API cudaError_t cudaGraphNodeGetDependencies_form12(Node node, Node* out, size_t* count) {
  return cudaGraphNodeGetDependencies(node, out, nullptr, count);
}
HOSTCUDA_FORM12(cudaGraphNodeGetDependencies);

HOSTCUDA_API cudaError_t cudaGraphNodeGetDependencies_v2(Node node, Node* out, EdgeData* data,
                                                         size_t* count) {
  return cudaGraphNodeGetDependencies(node, out, data, count);
}

HOSTCUDA_API cudaError_t cudaGraphNodeGetDependentNodes_form12(Node node, Node* out,
                                                               size_t* count) {
  return cudaGraphNodeGetDependentNodes(node, out, nullptr, count);
}
HOSTCUDA_FORM12(cudaGraphNodeGetDependentNodes);

HOSTCUDA_API cudaError_t cudaGraphNodeGetDependentNodes_v2(Node node, Node* out, EdgeData* data,
                                                           size_t* count) {
  return cudaGraphNodeGetDependentNodes(node, out, data, count);
}

HOSTCUDA_API cudaError_t cudaGraphAddNode_form12(Node* out, cudaGraph_t graph,
                                                 const Node* dependencies, size_t count,
                                                 cudaGraphNodeParams* params) {
  return cudaGraphAddNode(out, graph, dependencies, nullptr, count, params);
}
HOSTCUDA_FORM12(cudaGraphAddNode);

HOSTCUDA_API cudaError_t cudaGraphAddNode_v2(Node* out, cudaGraph_t graph, const Node* dependencies,
                                             const EdgeData* edges, size_t count,
                                             cudaGraphNodeParams* params) {
  return cudaGraphAddNode(out, graph, dependencies, edges, count, params);
}

/// Here the source came first.
HOSTCUDA_API cudaError_t cudaGraphKernelNodeCopyAttributes_form12(Node from, Node to) {
  return cudaGraphKernelNodeCopyAttributes(to, from);
}
HOSTCUDA_FORM12(cudaGraphKernelNodeCopyAttributes);
