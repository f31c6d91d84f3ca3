// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls that make instances, launch them and change them.
#include "hostcuda/runtime/graph/exec.h"

#include "hostcuda/runtime/graph/parameters.h"
#include "hostcuda/runtime/graph/structure.h"
#include "hostcuda/runtime/stream/submit.h"

using hostcuda::Exec;
using hostcuda::on_graphs;
using hostcuda::Operation;

using Node = cudaGraphNode_t;

namespace {

cudaError_t make(cudaGraphExec_t* out, cudaGraph_t graph, unsigned long long flags,
                 cudaGraphInstantiateResult* result) {
  const auto found = hostcuda::graphs().find(graph);
  if (out == nullptr || found == nullptr) {
    return cudaErrorInvalidValue;
  }
  std::shared_ptr<Exec> exec;
  const cudaError_t error = hostcuda::instantiate(found, flags, exec, result);
  if (error == cudaSuccess) {
    *out = exec->handle;
  }
  return error;
}

cudaError_t make_plain(cudaGraphExec_t* out, cudaGraph_t graph, unsigned long long flags) {
  return on_graphs([&] {
    return (flags & cudaGraphInstantiateFlagUpload) != 0 ? cudaErrorInvalidValue
                                                         : make(out, graph, flags, nullptr);
  });
}

cudaError_t upload(cudaGraphExec_t exec, cudaStream_t stream) {
  if (hostcuda::execs().find(exec) == nullptr) {
    return cudaErrorInvalidValue;
  }
  return hostcuda::find_stream(stream) == nullptr ? cudaErrorInvalidResourceHandle : cudaSuccess;
}

cudaError_t make_with(cudaGraphExec_t* out, cudaGraph_t graph, cudaGraphInstantiateParams* params) {
  if (params == nullptr) {
    return cudaErrorInvalidValue;
  }
  params->errNode_out = nullptr;
  cudaError_t error = make(out, graph, params->flags, &params->result_out);
  if (error == cudaSuccess && (params->flags & cudaGraphInstantiateFlagUpload) != 0) {
    error = upload(*out, params->uploadStream);
  }
  return error;
}

cudaError_t update(cudaGraphExec_t exec, cudaGraph_t graph, cudaGraphExecUpdateResultInfo* out) {
  const auto instance = hostcuda::execs().find(exec);
  const auto from = hostcuda::graphs().find(graph);
  if (instance == nullptr || from == nullptr) {
    return cudaErrorInvalidValue;
  }
  cudaGraphExecUpdateResultInfo info{};
  const cudaError_t error = hostcuda::update(*instance->shape, *from, info);
  if (out != nullptr) {
    *out = info;
  }
  instance->program.reset();
  return error;
}

cudaError_t enable(cudaGraphExec_t exec, Node node, const unsigned int* set, unsigned int* get) {
  const auto instance = hostcuda::execs().find(exec);
  hostcuda::Node* const copy = instance == nullptr || node == nullptr
                                   ? nullptr
                                   : hostcuda::find_copy(*instance->shape, node);
  if (copy == nullptr || (set == nullptr && get == nullptr)) {
    return cudaErrorInvalidValue;
  }
  const cudaGraphNodeType type = hostcuda::type_of(copy->operation);
  if (type != cudaGraphNodeTypeKernel && type != cudaGraphNodeTypeMemcpy &&
      type != cudaGraphNodeTypeMemset) {
    return cudaErrorInvalidValue;
  }
  if (set == nullptr) {
    *get = copy->enabled ? 1 : 0;
  } else {
    copy->enabled = *set != 0;
    instance->program.reset();
  }
  return cudaSuccess;
}

/// Replaces the operation of one node of the instance by another of the same kind.
template <typename Make>
cudaError_t change(cudaGraphExec_t exec, Node node, cudaGraphNodeType type, Make&& fill) {
  return on_graphs([&] {
    const auto instance = hostcuda::execs().find(exec);
    hostcuda::Node* const copy = instance == nullptr || node == nullptr
                                     ? nullptr
                                     : hostcuda::find_copy(*instance->shape, node);
    if (copy == nullptr || hostcuda::type_of(copy->operation) != type) {
      return cudaErrorInvalidValue;
    }
    Operation operation;
    const cudaError_t error = fill(operation);
    if (error == cudaSuccess) {
      copy->operation = std::move(operation);
      instance->program.reset();
    }
    return error;
  });
}

cudaError_t change_child(cudaGraphExec_t exec, Node node, cudaGraph_t child) {
  const auto instance = hostcuda::execs().find(exec);
  const auto from = hostcuda::graphs().find(child);
  hostcuda::Node* const copy = instance == nullptr || node == nullptr
                                   ? nullptr
                                   : hostcuda::find_copy(*instance->shape, node);
  auto* const held =
      copy == nullptr ? nullptr : std::get_if<hostcuda::ChildGraph>(&copy->operation);
  if (held == nullptr || from == nullptr) {
    return cudaErrorInvalidValue;
  }
  cudaGraphExecUpdateResultInfo info{};
  instance->program.reset();
  return hostcuda::update(*held->graph, *from, info) == cudaSuccess ? cudaSuccess
                                                                    : cudaErrorInvalidValue;
}

}  // namespace

HOSTCUDA_API cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph,
                                              unsigned long long flags) {
  return make_plain(exec, graph, flags);
}

HOSTCUDA_API cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* exec, cudaGraph_t graph,
                                                       unsigned long long flags) {
  return make_plain(exec, graph, flags);
}

HOSTCUDA_API cudaError_t cudaGraphInstantiateWithParams(cudaGraphExec_t* exec, cudaGraph_t graph,
                                                        cudaGraphInstantiateParams* params) {
  return on_graphs([&] { return make_with(exec, graph, params); });
}

HOSTCUDA_API cudaError_t cudaGraphInstantiateWithParams_ptsz(cudaGraphExec_t* exec,
                                                             cudaGraph_t graph,
                                                             cudaGraphInstantiateParams* params) {
  return cudaGraphInstantiateWithParams(exec, graph, params);
}

HOSTCUDA_API cudaError_t cudaGraphExecGetFlags(cudaGraphExec_t exec, unsigned long long* flags) {
  return on_graphs([&] {
    const auto found = hostcuda::execs().find(exec);
    if (found == nullptr || flags == nullptr) {
      return cudaErrorInvalidValue;
    }
    *flags = found->flags;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaGraphUpload(cudaGraphExec_t exec, cudaStream_t stream) {
  return on_graphs([&] { return upload(exec, stream); });
}

HOSTCUDA_API cudaError_t cudaGraphUpload_ptsz(cudaGraphExec_t exec, cudaStream_t stream) {
  return cudaGraphUpload(exec, hostcuda::per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
  return on_graphs([&] {
    const auto found = hostcuda::execs().find(exec);
    return found == nullptr ? cudaErrorInvalidValue : hostcuda::launch(*found, stream);
  });
}

HOSTCUDA_API cudaError_t cudaGraphLaunch_ptsz(cudaGraphExec_t exec, cudaStream_t stream) {
  return cudaGraphLaunch(exec, hostcuda::per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
  return on_graphs([&] {
    return hostcuda::execs().remove(exec) == nullptr ? cudaErrorInvalidValue : cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph,
                                             cudaGraphExecUpdateResultInfo* info) {
  return on_graphs([&] { return update(exec, graph, info); });
}

HOSTCUDA_API cudaError_t cudaGraphNodeSetEnabled(cudaGraphExec_t exec, Node node,
                                                 unsigned int enabled) {
  return on_graphs([&] { return enable(exec, node, &enabled, nullptr); });
}

HOSTCUDA_API cudaError_t cudaGraphNodeGetEnabled(cudaGraphExec_t exec, Node node,
                                                 unsigned int* enabled) {
  return on_graphs([&] { return enable(exec, node, nullptr, enabled); });
}

HOSTCUDA_API cudaError_t cudaGraphExecKernelNodeSetParams(cudaGraphExec_t exec, Node node,
                                                          const cudaKernelNodeParams* params) {
  return change(exec, node, cudaGraphNodeTypeKernel,
                [&](Operation& op) { return hostcuda::make_kernel(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphExecMemcpyNodeSetParams(cudaGraphExec_t exec, Node node,
                                                          const cudaMemcpy3DParms* params) {
  return change(exec, node, cudaGraphNodeTypeMemcpy,
                [&](Operation& op) { return hostcuda::make_copy(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphExecMemcpyNodeSetParams1D(cudaGraphExec_t exec, Node node,
                                                            void* to, const void* from,
                                                            size_t count, cudaMemcpyKind kind) {
  return change(exec, node, cudaGraphNodeTypeMemcpy, [&](Operation& op) {
    return hostcuda::make_linear_copy(to, from, count, kind, op);
  });
}

HOSTCUDA_API cudaError_t cudaGraphExecMemcpyNodeSetParamsToSymbol(cudaGraphExec_t exec, Node node,
                                                                  const void* symbol,
                                                                  const void* from, size_t count,
                                                                  size_t offset,
                                                                  cudaMemcpyKind kind) {
  return change(exec, node, cudaGraphNodeTypeMemcpy, [&](Operation& op) {
    return hostcuda::make_copy_to_symbol(symbol, from, count, offset, kind, op);
  });
}

HOSTCUDA_API cudaError_t cudaGraphExecMemcpyNodeSetParamsFromSymbol(cudaGraphExec_t exec, Node node,
                                                                    void* to, const void* symbol,
                                                                    size_t count, size_t offset,
                                                                    cudaMemcpyKind kind) {
  return change(exec, node, cudaGraphNodeTypeMemcpy, [&](Operation& op) {
    return hostcuda::make_copy_from_symbol(to, symbol, count, offset, kind, op);
  });
}

HOSTCUDA_API cudaError_t cudaGraphExecMemsetNodeSetParams(cudaGraphExec_t exec, Node node,
                                                          const cudaMemsetParams* params) {
  return change(exec, node, cudaGraphNodeTypeMemset,
                [&](Operation& op) { return hostcuda::make_fill(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphExecHostNodeSetParams(cudaGraphExec_t exec, Node node,
                                                        const cudaHostNodeParams* params) {
  return change(exec, node, cudaGraphNodeTypeHost,
                [&](Operation& op) { return hostcuda::make_host_call(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphExecChildGraphNodeSetParams(cudaGraphExec_t exec, Node node,
                                                              cudaGraph_t child) {
  return on_graphs([&] { return change_child(exec, node, child); });
}

HOSTCUDA_API cudaError_t cudaGraphExecEventRecordNodeSetEvent(cudaGraphExec_t exec, Node node,
                                                              cudaEvent_t event) {
  return change(exec, node, cudaGraphNodeTypeEventRecord,
                [&](Operation& op) { return hostcuda::make_record(event, op); });
}

HOSTCUDA_API cudaError_t cudaGraphExecEventWaitNodeSetEvent(cudaGraphExec_t exec, Node node,
                                                            cudaEvent_t event) {
  return change(exec, node, cudaGraphNodeTypeWaitEvent,
                [&](Operation& op) { return hostcuda::make_wait(event, op); });
}

HOSTCUDA_API cudaError_t cudaGraphExecNodeSetParams(cudaGraphExec_t exec, Node node,
                                                    cudaGraphNodeParams* params) {
  if (params == nullptr || params->type == cudaGraphNodeTypeMemAlloc ||
      params->type == cudaGraphNodeTypeMemFree) {
    return hostcuda::guarded([] { return cudaErrorInvalidValue; });
  }
  if (params->type == cudaGraphNodeTypeGraph) {
    return on_graphs([&] { return change_child(exec, node, params->graph.graph); });
  }
  return change(exec, node, params->type, [&](Operation& op) {
    return hostcuda::make_any("cudaGraphExecNodeSetParams", params, op);
  });
}
