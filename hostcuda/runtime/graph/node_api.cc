// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls that add nodes of each kind, and ask and change what they do.
#include "hostcuda/runtime/graph/parameters.h"
#include "hostcuda/runtime/graph/structure.h"
#include "hostcuda/runtime/stream/event.h"

using hostcuda::add;
using hostcuda::get;
using hostcuda::Operation;
using hostcuda::set;

using Node = cudaGraphNode_t;

HOSTCUDA_API cudaError_t cudaGraphAddEmptyNode(Node* out, cudaGraph_t graph,
                                               const Node* dependencies, size_t count) {
  return add(out, graph, {dependencies, nullptr, count}, [](Operation&) { return cudaSuccess; });
}

HOSTCUDA_API cudaError_t cudaGraphAddKernelNode(Node* out, cudaGraph_t graph,
                                                const Node* dependencies, size_t count,
                                                const cudaKernelNodeParams* params) {
  return add(out, graph, {dependencies, nullptr, count},
             [&](Operation& op) { return hostcuda::make_kernel(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphKernelNodeGetParams(Node node, cudaKernelNodeParams* params) {
  return get<hostcuda::Kernel>(node, params, [](const auto& op) { return op.params; });
}

HOSTCUDA_API cudaError_t cudaGraphKernelNodeSetParams(Node node,
                                                      const cudaKernelNodeParams* params) {
  return set<hostcuda::Kernel>(node,
                               [&](Operation& op) { return hostcuda::make_kernel(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphAddMemsetNode(Node* out, cudaGraph_t graph,
                                                const Node* dependencies, size_t count,
                                                const cudaMemsetParams* params) {
  return add(out, graph, {dependencies, nullptr, count},
             [&](Operation& op) { return hostcuda::make_fill(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphMemsetNodeGetParams(Node node, cudaMemsetParams* params) {
  return get<hostcuda::Fill>(node, params, [](const auto& op) { return op.params; });
}

HOSTCUDA_API cudaError_t cudaGraphMemsetNodeSetParams(Node node, const cudaMemsetParams* params) {
  return set<hostcuda::Fill>(node, [&](Operation& op) { return hostcuda::make_fill(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphAddHostNode(Node* out, cudaGraph_t graph,
                                              const Node* dependencies, size_t count,
                                              const cudaHostNodeParams* params) {
  return add(out, graph, {dependencies, nullptr, count},
             [&](Operation& op) { return hostcuda::make_host_call(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphHostNodeGetParams(Node node, cudaHostNodeParams* params) {
  return get<hostcuda::HostCall>(node, params, [](const auto& op) {
    return cudaHostNodeParams{op.function, op.data};
  });
}

HOSTCUDA_API cudaError_t cudaGraphHostNodeSetParams(Node node, const cudaHostNodeParams* params) {
  return set<hostcuda::HostCall>(
      node, [&](Operation& op) { return hostcuda::make_host_call(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphAddChildGraphNode(Node* out, cudaGraph_t graph,
                                                    const Node* dependencies, size_t count,
                                                    cudaGraph_t child) {
  return add(out, graph, {dependencies, nullptr, count}, [&](Operation& op) {
    return child == graph ? cudaErrorInvalidValue : hostcuda::make_child(child, false, op);
  });
}

HOSTCUDA_API cudaError_t cudaGraphChildGraphNodeGetGraph(Node node, cudaGraph_t* graph) {
  return get<hostcuda::ChildGraph>(node, graph, [](const auto& op) { return op.graph->handle; });
}

HOSTCUDA_API cudaError_t cudaGraphAddEventRecordNode(Node* out, cudaGraph_t graph,
                                                     const Node* dependencies, size_t count,
                                                     cudaEvent_t event) {
  return add(out, graph, {dependencies, nullptr, count},
             [&](Operation& op) { return hostcuda::make_record(event, op); });
}

HOSTCUDA_API cudaError_t cudaGraphEventRecordNodeGetEvent(Node node, cudaEvent_t* event) {
  return get<hostcuda::RecordEvent>(node, event, [](const auto& op) { return op.event->handle; });
}

HOSTCUDA_API cudaError_t cudaGraphEventRecordNodeSetEvent(Node node, cudaEvent_t event) {
  return set<hostcuda::RecordEvent>(
      node, [&](Operation& op) { return hostcuda::make_record(event, op); });
}

HOSTCUDA_API cudaError_t cudaGraphAddEventWaitNode(Node* out, cudaGraph_t graph,
                                                   const Node* dependencies, size_t count,
                                                   cudaEvent_t event) {
  return add(out, graph, {dependencies, nullptr, count},
             [&](Operation& op) { return hostcuda::make_wait(event, op); });
}

HOSTCUDA_API cudaError_t cudaGraphEventWaitNodeGetEvent(Node node, cudaEvent_t* event) {
  return get<hostcuda::WaitEvent>(node, event, [](const auto& op) { return op.event->handle; });
}

HOSTCUDA_API cudaError_t cudaGraphEventWaitNodeSetEvent(Node node, cudaEvent_t event) {
  return set<hostcuda::WaitEvent>(node,
                                  [&](Operation& op) { return hostcuda::make_wait(event, op); });
}

HOSTCUDA_API cudaError_t cudaGraphAddMemAllocNode(Node* out, cudaGraph_t graph,
                                                  const Node* dependencies, size_t count,
                                                  cudaMemAllocNodeParams* params) {
  return add(out, graph, {dependencies, nullptr, count},
             [&](Operation& op) { return hostcuda::make_allocate(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphMemAllocNodeGetParams(Node node, cudaMemAllocNodeParams* params) {
  return get<hostcuda::Allocate>(node, params, [](const auto& op) { return op.params; });
}

HOSTCUDA_API cudaError_t cudaGraphAddMemFreeNode(Node* out, cudaGraph_t graph,
                                                 const Node* dependencies, size_t count,
                                                 void* pointer) {
  return add(out, graph, {dependencies, nullptr, count},
             [&](Operation& op) { return hostcuda::make_release(pointer, op); });
}

HOSTCUDA_API cudaError_t cudaGraphMemFreeNodeGetParams(Node node, void* pointer) {
  return get<hostcuda::Release>(node, static_cast<void**>(pointer),
                                [](const auto& op) { return op.pointer; });
}

HOSTCUDA_API cudaError_t cudaGraphAddNode(Node* out, cudaGraph_t graph, const Node* dependencies,
                                          const cudaGraphEdgeData* edges, size_t count,
                                          cudaGraphNodeParams* params) {
  return add(out, graph, {dependencies, edges, count},
             [&](Operation& op) { return hostcuda::make_any("cudaGraphAddNode", params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphNodeSetParams(Node node, cudaGraphNodeParams* params) {
  return hostcuda::on_graphs([&] {
    const auto found = hostcuda::nodes().find(node);
    if (found == nullptr || params == nullptr ||
        hostcuda::type_of(found->operation) != params->type ||
        params->type == cudaGraphNodeTypeMemAlloc || params->type == cudaGraphNodeTypeMemFree) {
      return cudaErrorInvalidValue;
    }
    Operation operation;
    const cudaError_t error = hostcuda::make_any("cudaGraphNodeSetParams", params, operation);
    if (error == cudaSuccess) {
      found->operation = std::move(operation);
    }
    return error;
  });
}
