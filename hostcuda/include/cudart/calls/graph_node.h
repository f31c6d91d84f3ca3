// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Graphs: nodes of each kind and their parameters.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** Nodes of any kind. */
cudaError_t cudaGraphAddNode(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                             const cudaGraphNode_t* dependencies,
                             const cudaGraphEdgeData* dependency_data, size_t dependencies_count,
                             struct cudaGraphNodeParams* node_params);
cudaError_t cudaGraphNodeSetParams(cudaGraphNode_t node, struct cudaGraphNodeParams* node_params);

/** Kernels. */
cudaError_t cudaGraphAddKernelNode(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                   const cudaGraphNode_t* dependencies, size_t dependencies_count,
                                   const struct cudaKernelNodeParams* node_params);
cudaError_t cudaGraphKernelNodeGetParams(cudaGraphNode_t node,
                                         struct cudaKernelNodeParams* node_params);
cudaError_t cudaGraphKernelNodeSetParams(cudaGraphNode_t node,
                                         const struct cudaKernelNodeParams* node_params);
cudaError_t cudaGraphKernelNodeCopyAttributes(cudaGraphNode_t target, cudaGraphNode_t source);
cudaError_t cudaGraphKernelNodeGetAttribute(cudaGraphNode_t node, cudaLaunchAttributeID attribute,
                                            cudaLaunchAttributeValue* out_value);
cudaError_t cudaGraphKernelNodeSetAttribute(cudaGraphNode_t node, cudaLaunchAttributeID attribute,
                                            const cudaLaunchAttributeValue* value);

/** Copies. */
cudaError_t cudaGraphAddMemcpyNode(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                   const cudaGraphNode_t* dependencies, size_t dependencies_count,
                                   const struct cudaMemcpy3DParms* copy_params);
cudaError_t cudaGraphAddMemcpyNodeToSymbol(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                           const cudaGraphNode_t* dependencies,
                                           size_t dependencies_count, const void* symbol,
                                           const void* source, size_t count, size_t offset,
                                           enum cudaMemcpyKind kind);
cudaError_t cudaGraphAddMemcpyNodeFromSymbol(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                             const cudaGraphNode_t* dependencies,
                                             size_t dependencies_count, void* target,
                                             const void* symbol, size_t count, size_t offset,
                                             enum cudaMemcpyKind kind);
cudaError_t cudaGraphAddMemcpyNode1D(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                     const cudaGraphNode_t* dependencies, size_t dependencies_count,
                                     void* target, const void* source, size_t count,
                                     enum cudaMemcpyKind kind);
cudaError_t cudaGraphMemcpyNodeGetParams(cudaGraphNode_t node,
                                         struct cudaMemcpy3DParms* node_params);
cudaError_t cudaGraphMemcpyNodeSetParams(cudaGraphNode_t node,
                                         const struct cudaMemcpy3DParms* node_params);
cudaError_t cudaGraphMemcpyNodeSetParamsToSymbol(cudaGraphNode_t node, const void* symbol,
                                                 const void* source, size_t count, size_t offset,
                                                 enum cudaMemcpyKind kind);
cudaError_t cudaGraphMemcpyNodeSetParamsFromSymbol(cudaGraphNode_t node, void* target,
                                                   const void* symbol, size_t count, size_t offset,
                                                   enum cudaMemcpyKind kind);
cudaError_t cudaGraphMemcpyNodeSetParams1D(cudaGraphNode_t node, void* target, const void* source,
                                           size_t count, enum cudaMemcpyKind kind);

/** Fills. */
cudaError_t cudaGraphAddMemsetNode(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                   const cudaGraphNode_t* dependencies, size_t dependencies_count,
                                   const struct cudaMemsetParams* memset_params);
cudaError_t cudaGraphMemsetNodeGetParams(cudaGraphNode_t node,
                                         struct cudaMemsetParams* node_params);
cudaError_t cudaGraphMemsetNodeSetParams(cudaGraphNode_t node,
                                         const struct cudaMemsetParams* node_params);

/** Work of the host. */
cudaError_t cudaGraphAddHostNode(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                 const cudaGraphNode_t* dependencies, size_t dependencies_count,
                                 const struct cudaHostNodeParams* node_params);
cudaError_t cudaGraphHostNodeGetParams(cudaGraphNode_t node,
                                       struct cudaHostNodeParams* node_params);
cudaError_t cudaGraphHostNodeSetParams(cudaGraphNode_t node,
                                       const struct cudaHostNodeParams* node_params);

/** Graphs in graphs, and nodes that only order others. */
cudaError_t cudaGraphAddChildGraphNode(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                       const cudaGraphNode_t* dependencies,
                                       size_t dependencies_count, cudaGraph_t child_graph);
cudaError_t cudaGraphChildGraphNodeGetGraph(cudaGraphNode_t node, cudaGraph_t* graph);
cudaError_t cudaGraphAddEmptyNode(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                  const cudaGraphNode_t* dependencies, size_t dependencies_count);

/** Events. */
cudaError_t cudaGraphAddEventRecordNode(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                        const cudaGraphNode_t* dependencies,
                                        size_t dependencies_count, cudaEvent_t event);
cudaError_t cudaGraphEventRecordNodeGetEvent(cudaGraphNode_t node, cudaEvent_t* out_event);
cudaError_t cudaGraphEventRecordNodeSetEvent(cudaGraphNode_t node, cudaEvent_t event);
cudaError_t cudaGraphAddEventWaitNode(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                      const cudaGraphNode_t* dependencies,
                                      size_t dependencies_count, cudaEvent_t event);
cudaError_t cudaGraphEventWaitNodeGetEvent(cudaGraphNode_t node, cudaEvent_t* out_event);
cudaError_t cudaGraphEventWaitNodeSetEvent(cudaGraphNode_t node, cudaEvent_t event);

/** Memory taken and given back. */
cudaError_t cudaGraphAddMemAllocNode(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                     const cudaGraphNode_t* dependencies, size_t dependencies_count,
                                     struct cudaMemAllocNodeParams* node_params);
cudaError_t cudaGraphMemAllocNodeGetParams(cudaGraphNode_t node,
                                           struct cudaMemAllocNodeParams* out_params);
cudaError_t cudaGraphAddMemFreeNode(cudaGraphNode_t* graph_node, cudaGraph_t graph,
                                    const cudaGraphNode_t* dependencies, size_t dependencies_count,
                                    void* pointer);
cudaError_t cudaGraphMemFreeNodeGetParams(cudaGraphNode_t node, void* out_pointer);

/** Semaphores of other interfaces. */
cudaError_t cudaGraphAddExternalSemaphoresSignalNode(
    cudaGraphNode_t* graph_node, cudaGraph_t graph, const cudaGraphNode_t* dependencies,
    size_t dependencies_count, const struct cudaExternalSemaphoreSignalNodeParams* node_params);
cudaError_t cudaGraphExternalSemaphoresSignalNodeGetParams(
    cudaGraphNode_t node, struct cudaExternalSemaphoreSignalNodeParams* out_params);
cudaError_t cudaGraphExternalSemaphoresSignalNodeSetParams(
    cudaGraphNode_t node, const struct cudaExternalSemaphoreSignalNodeParams* node_params);
cudaError_t cudaGraphAddExternalSemaphoresWaitNode(
    cudaGraphNode_t* graph_node, cudaGraph_t graph, const cudaGraphNode_t* dependencies,
    size_t dependencies_count, const struct cudaExternalSemaphoreWaitNodeParams* node_params);
cudaError_t cudaGraphExternalSemaphoresWaitNodeGetParams(
    cudaGraphNode_t node, struct cudaExternalSemaphoreWaitNodeParams* out_params);
cudaError_t cudaGraphExternalSemaphoresWaitNodeSetParams(
    cudaGraphNode_t node, const struct cudaExternalSemaphoreWaitNodeParams* node_params);

HOSTCUDA_CALLS_END
