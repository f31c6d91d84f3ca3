// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From the parameters that calls are given to operations, checked; and back.
#pragma once

#include "hostcuda/runtime/graph/graph.h"

namespace hostcuda {

/// Each fills `op` or returns the call's error; null parameters are cudaErrorInvalidValue.
cudaError_t make_kernel(const cudaKernelNodeParams* params, Operation& op);
cudaError_t make_copy(const cudaMemcpy3DParms* params, Operation& op);
cudaError_t make_linear_copy(void* to, const void* from, size_t count, cudaMemcpyKind kind,
                             Operation& op);
cudaError_t make_copy_to_symbol(const void* symbol, const void* from, size_t count, size_t offset,
                                cudaMemcpyKind kind, Operation& op);
cudaError_t make_copy_from_symbol(void* to, const void* symbol, size_t count, size_t offset,
                                  cudaMemcpyKind kind, Operation& op);
cudaError_t make_fill(const cudaMemsetParams* params, Operation& op);
cudaError_t make_host_call(const cudaHostNodeParams* params, Operation& op);
/// A copy of `graph`, or itself if `move`: then the node owns it.
cudaError_t make_child(cudaGraph_t graph, bool move, Operation& op);
cudaError_t make_record(cudaEvent_t event, Operation& op);
cudaError_t make_wait(cudaEvent_t event, Operation& op);
/// Reserves the address and puts it into `params`.
cudaError_t make_allocate(cudaMemAllocNodeParams* params, Operation& op);
cudaError_t make_release(void* pointer, Operation& op);

/// Any of these, by params->type. Conditional and semaphore nodes: cudaErrorNotSupported, naming
/// `call`.
cudaError_t make_any(const char* call, cudaGraphNodeParams* params, Operation& op);

}  // namespace hostcuda
