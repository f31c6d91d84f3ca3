// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Graphs ready to run.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** Making, launching and ending them. */
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* graph_exec, cudaGraph_t graph,
                                 unsigned long long flags HOSTCUDA_DEFAULT(0));
cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* graph_exec, cudaGraph_t graph,
                                          unsigned long long flags HOSTCUDA_DEFAULT(0));
cudaError_t cudaGraphInstantiateWithParams(cudaGraphExec_t* graph_exec, cudaGraph_t graph,
                                           cudaGraphInstantiateParams* instantiate_params);
cudaError_t cudaGraphExecGetFlags(cudaGraphExec_t graph_exec, unsigned long long* flags);
cudaError_t cudaGraphUpload(cudaGraphExec_t graph_exec, cudaStream_t stream);
cudaError_t cudaGraphLaunch(cudaGraphExec_t graph_exec, cudaStream_t stream);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graph_exec);

/** Changing them without making them anew. */
cudaError_t cudaGraphExecKernelNodeSetParams(cudaGraphExec_t graph_exec, cudaGraphNode_t node,
                                             const struct cudaKernelNodeParams* node_params);
cudaError_t cudaGraphExecMemcpyNodeSetParams(cudaGraphExec_t graph_exec, cudaGraphNode_t node,
                                             const struct cudaMemcpy3DParms* node_params);
cudaError_t cudaGraphExecMemcpyNodeSetParamsToSymbol(cudaGraphExec_t graph_exec,
                                                     cudaGraphNode_t node, const void* symbol,
                                                     const void* source, size_t count,
                                                     size_t offset, enum cudaMemcpyKind kind);
cudaError_t cudaGraphExecMemcpyNodeSetParamsFromSymbol(cudaGraphExec_t graph_exec,
                                                       cudaGraphNode_t node, void* target,
                                                       const void* symbol, size_t count,
                                                       size_t offset, enum cudaMemcpyKind kind);
cudaError_t cudaGraphExecMemcpyNodeSetParams1D(cudaGraphExec_t graph_exec, cudaGraphNode_t node,
                                               void* target, const void* source, size_t count,
                                               enum cudaMemcpyKind kind);
cudaError_t cudaGraphExecMemsetNodeSetParams(cudaGraphExec_t graph_exec, cudaGraphNode_t node,
                                             const struct cudaMemsetParams* node_params);
cudaError_t cudaGraphExecHostNodeSetParams(cudaGraphExec_t graph_exec, cudaGraphNode_t node,
                                           const struct cudaHostNodeParams* node_params);
cudaError_t cudaGraphExecChildGraphNodeSetParams(cudaGraphExec_t graph_exec, cudaGraphNode_t node,
                                                 cudaGraph_t child_graph);
cudaError_t cudaGraphExecEventRecordNodeSetEvent(cudaGraphExec_t graph_exec, cudaGraphNode_t node,
                                                 cudaEvent_t event);
cudaError_t cudaGraphExecEventWaitNodeSetEvent(cudaGraphExec_t graph_exec, cudaGraphNode_t node,
                                               cudaEvent_t event);
cudaError_t cudaGraphExecExternalSemaphoresSignalNodeSetParams(
    cudaGraphExec_t graph_exec, cudaGraphNode_t node,
    const struct cudaExternalSemaphoreSignalNodeParams* node_params);
cudaError_t cudaGraphExecExternalSemaphoresWaitNodeSetParams(
    cudaGraphExec_t graph_exec, cudaGraphNode_t node,
    const struct cudaExternalSemaphoreWaitNodeParams* node_params);
cudaError_t cudaGraphNodeSetEnabled(cudaGraphExec_t graph_exec, cudaGraphNode_t node,
                                    unsigned int is_enabled);
cudaError_t cudaGraphNodeGetEnabled(cudaGraphExec_t graph_exec, cudaGraphNode_t node,
                                    unsigned int* is_enabled);
cudaError_t cudaGraphExecUpdate(cudaGraphExec_t graph_exec, cudaGraph_t graph,
                                cudaGraphExecUpdateResultInfo* result_info);
cudaError_t cudaGraphExecNodeSetParams(cudaGraphExec_t graph_exec, cudaGraphNode_t node,
                                       struct cudaGraphNodeParams* node_params);

HOSTCUDA_CALLS_END
