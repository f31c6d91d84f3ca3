// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operations from parameters.
#include "hostcuda/runtime/graph/parameters.h"

#include <string>

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/stream/event.h"

namespace hostcuda {
namespace {

cudaError_t checked_copy(const cudaMemcpy3DParms& params, Operation& op) {
  const Copy copy{params, nullptr};
  op = copy;
  return check_copy(copy);
}

cudaError_t symbol_address(const void* symbol, size_t offset, std::byte*& address) {
  void* start = nullptr;
  const cudaError_t error = cudaGetSymbolAddress(&start, symbol);
  address = static_cast<std::byte*>(start) + offset;
  return error;
}

cudaError_t find_event(cudaEvent_t event, std::shared_ptr<Event>& found) {
  found = events().find(event);
  return found == nullptr ? cudaErrorInvalidResourceHandle : cudaSuccess;
}

cudaError_t make_any_copy(const cudaMemcpyNodeParams& params, Operation& op) {
  return params.flags == 0 ? make_copy(&params.copyParams, op) : cudaErrorInvalidValue;
}

cudaError_t make_any_fill(const cudaMemsetParamsV2& params, Operation& op) {
  const cudaMemsetParams plain{params.dst,         params.pitch, params.value,
                               params.elementSize, params.width, params.height};
  return make_fill(&plain, op);
}

cudaError_t make_any_kernel(const cudaKernelNodeParamsV2& params, Operation& op) {
  const cudaKernelNodeParams plain{params.func,           params.gridDim,      params.blockDim,
                                   params.sharedMemBytes, params.kernelParams, params.extra};
  return make_kernel(&plain, op);
}

cudaError_t make_any_allocate(cudaMemAllocNodeParamsV2& params, Operation& op) {
  cudaMemAllocNodeParams plain{params.poolProps, params.accessDescs, params.accessDescCount,
                               params.bytesize, nullptr};
  const cudaError_t error = make_allocate(&plain, op);
  params.dptr = plain.dptr;
  return error;
}

}  // namespace

cudaError_t make_kernel(const cudaKernelNodeParams* params, Operation& op) {
  if (params == nullptr) {
    return cudaErrorInvalidValue;
  }
  Kernel kernel{*params, nullptr};
  const cudaError_t error = adopt_kernel(kernel);
  op = std::move(kernel);
  return error;
}

cudaError_t make_copy(const cudaMemcpy3DParms* params, Operation& op) {
  return params == nullptr ? cudaErrorInvalidValue : checked_copy(*params, op);
}

cudaError_t make_linear_copy(void* to, const void* from, size_t count, cudaMemcpyKind kind,
                             Operation& op) {
  cudaMemcpy3DParms params{};
  params.srcPtr = {const_cast<void*>(from), count, count, 1};
  params.dstPtr = {to, count, count, 1};
  params.extent = {count, 1, 1};
  params.kind = kind;
  return checked_copy(params, op);
}

cudaError_t make_copy_to_symbol(const void* symbol, const void* from, size_t count, size_t offset,
                                cudaMemcpyKind kind, Operation& op) {
  std::byte* address = nullptr;
  const cudaError_t error = symbol_address(symbol, offset, address);
  return error == cudaSuccess ? make_linear_copy(address, from, count, kind, op) : error;
}

cudaError_t make_copy_from_symbol(void* to, const void* symbol, size_t count, size_t offset,
                                  cudaMemcpyKind kind, Operation& op) {
  std::byte* address = nullptr;
  const cudaError_t error = symbol_address(symbol, offset, address);
  return error == cudaSuccess ? make_linear_copy(to, address, count, kind, op) : error;
}

cudaError_t make_fill(const cudaMemsetParams* params, Operation& op) {
  if (params == nullptr) {
    return cudaErrorInvalidValue;
  }
  const Fill fill{*params};
  op = fill;
  return check_fill(fill);
}

cudaError_t make_host_call(const cudaHostNodeParams* params, Operation& op) {
  if (params == nullptr || params->fn == nullptr) {
    return cudaErrorInvalidValue;
  }
  op = HostCall{params->fn, params->userData};
  return cudaSuccess;
}

cudaError_t make_child(cudaGraph_t graph, bool move, Operation& op) {
  auto found = graphs().find(graph);
  if (found == nullptr || (move && found->in_node) || (!move && holds_memory(*found))) {
    return cudaErrorInvalidValue;
  }
  ChildGraph child{move ? std::move(found) : clone(*found, true)};
  child.graph->in_node = true;
  op = std::move(child);
  return cudaSuccess;
}

cudaError_t make_record(cudaEvent_t event, Operation& op) {
  RecordEvent record;
  const cudaError_t error = find_event(event, record.event);
  op = std::move(record);
  return error;
}

cudaError_t make_wait(cudaEvent_t event, Operation& op) {
  WaitEvent wait;
  const cudaError_t error = find_event(event, wait.event);
  op = std::move(wait);
  return error;
}

cudaError_t make_allocate(cudaMemAllocNodeParams* params, Operation& op) {
  if (params == nullptr || params->bytesize == 0) {
    return cudaErrorInvalidValue;
  }
  Allocate allocate;
  allocate.params = *params;
  const cudaError_t error = reserve(allocate);
  params->dptr = allocate.params.dptr;
  op = std::move(allocate);
  return error;
}

cudaError_t make_release(void* pointer, Operation& op) {
  const Release released{pointer};
  op = released;
  return pointer == nullptr ? cudaErrorInvalidValue : check_release(released);
}

cudaError_t make_any(const char* call, cudaGraphNodeParams* params, Operation& op) {
  if (params == nullptr) {
    return cudaErrorInvalidValue;
  }
  switch (params->type) {
    case cudaGraphNodeTypeKernel:
      return make_any_kernel(params->kernel, op);
    case cudaGraphNodeTypeMemcpy:
      return make_any_copy(params->memcpy, op);
    case cudaGraphNodeTypeMemset:
      return make_any_fill(params->memset, op);
    case cudaGraphNodeTypeHost: {
      const cudaHostNodeParams plain{params->host.fn, params->host.userData};
      return make_host_call(&plain, op);
    }
    case cudaGraphNodeTypeGraph:
      return make_child(params->graph.graph,
                        params->graph.ownership == cudaGraphChildGraphOwnershipMove, op);
    case cudaGraphNodeTypeEmpty:
      op = Nothing();
      return cudaSuccess;
    case cudaGraphNodeTypeWaitEvent:
      return make_wait(params->eventWait.event, op);
    case cudaGraphNodeTypeEventRecord:
      return make_record(params->eventRecord.event, op);
    case cudaGraphNodeTypeMemAlloc:
      return make_any_allocate(params->alloc, op);
    case cudaGraphNodeTypeMemFree:
      return make_release(params->free.dptr, op);
    case cudaGraphNodeTypeConditional:
    case cudaGraphNodeTypeExtSemaphoreSignal:
    case cudaGraphNodeTypeExtSemaphoreWait:
      return not_supported((std::string(call) + " of a conditional or semaphore node").c_str());
    default:
      return cudaErrorInvalidValue;
  }
}

}  // namespace hostcuda
