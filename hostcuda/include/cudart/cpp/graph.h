// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Older forms of the graph calls, and events with flags.
#pragma once

#include "cuda_runtime_api.h"

inline cudaError_t cudaEventCreate(cudaEvent_t* event, unsigned int flags) {
  return ::cudaEventCreateWithFlags(event, flags);
}

/** The error node and the log are left untouched: the result tells. */
inline cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph,
                                        cudaGraphNode_t* /*error_node*/, char* /*log*/,
                                        size_t /*log_size*/) {
  return ::cudaGraphInstantiate(exec, graph, 0);
}

/** `error_node` and `result` may be null. */
inline cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph,
                                       cudaGraphNode_t* error_node,
                                       cudaGraphExecUpdateResult* result) {
  cudaGraphExecUpdateResultInfo info = {};
  const cudaError_t error = ::cudaGraphExecUpdate(exec, graph, &info);
  if (error_node) *error_node = info.errorNode;
  if (result) *result = info.result;
  return error;
}

/** An object that is deleted with the last graph that holds it. */
template <class T>
inline cudaError_t cudaUserObjectCreate(cudaUserObject_t* object, T* held, unsigned int references,
                                        unsigned int flags) {
  return ::cudaUserObjectCreate(
      object, held, [](void* pointer) { delete static_cast<T*>(pointer); }, references, flags);
}

template <class T>
inline cudaError_t cudaUserObjectCreate(cudaUserObject_t* object, T* held, unsigned int references,
                                        cudaUserObjectFlags flags) {
  return ::cudaUserObjectCreate(object, held, references, static_cast<unsigned int>(flags));
}
