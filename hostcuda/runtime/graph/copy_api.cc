// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls on nodes that copy, and on the attributes of nodes that launch kernels.
#include "hostcuda/runtime/graph/parameters.h"
#include "hostcuda/runtime/graph/structure.h"

using hostcuda::add;
using hostcuda::Copy;
using hostcuda::Operation;
using hostcuda::set;

using Node = cudaGraphNode_t;

namespace {

bool is_kept(cudaLaunchAttributeID attribute) {
  return attribute == cudaLaunchAttributePriority || attribute == cudaLaunchAttributeCooperative ||
         attribute == cudaLaunchAttributeAccessPolicyWindow;
}

std::shared_ptr<hostcuda::Node> find_kernel(Node node) {
  std::shared_ptr<hostcuda::Node> found;
  return hostcuda::held<hostcuda::Kernel>(node, found) == nullptr ? nullptr : found;
}

}  // namespace

HOSTCUDA_API cudaError_t cudaGraphAddMemcpyNode(Node* out, cudaGraph_t graph,
                                                const Node* dependencies, size_t count,
                                                const cudaMemcpy3DParms* params) {
  return add(out, graph, {dependencies, nullptr, count},
             [&](Operation& op) { return hostcuda::make_copy(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphAddMemcpyNode1D(Node* out, cudaGraph_t graph,
                                                  const Node* dependencies, size_t dependency_count,
                                                  void* to, const void* from, size_t count,
                                                  cudaMemcpyKind kind) {
  return add(out, graph, {dependencies, nullptr, dependency_count},
             [&](Operation& op) { return hostcuda::make_linear_copy(to, from, count, kind, op); });
}

HOSTCUDA_API cudaError_t cudaGraphAddMemcpyNodeToSymbol(Node* out, cudaGraph_t graph,
                                                        const Node* dependencies,
                                                        size_t dependency_count, const void* symbol,
                                                        const void* from, size_t count,
                                                        size_t offset, cudaMemcpyKind kind) {
  return add(out, graph, {dependencies, nullptr, dependency_count}, [&](Operation& op) {
    return hostcuda::make_copy_to_symbol(symbol, from, count, offset, kind, op);
  });
}

HOSTCUDA_API cudaError_t cudaGraphAddMemcpyNodeFromSymbol(Node* out, cudaGraph_t graph,
                                                          const Node* dependencies,
                                                          size_t dependency_count, void* to,
                                                          const void* symbol, size_t count,
                                                          size_t offset, cudaMemcpyKind kind) {
  return add(out, graph, {dependencies, nullptr, dependency_count}, [&](Operation& op) {
    return hostcuda::make_copy_from_symbol(to, symbol, count, offset, kind, op);
  });
}

HOSTCUDA_API cudaError_t cudaGraphMemcpyNodeGetParams(Node node, cudaMemcpy3DParms* params) {
  return hostcuda::get<Copy>(node, params, [](const Copy& op) { return op.params; });
}

HOSTCUDA_API cudaError_t cudaGraphMemcpyNodeSetParams(Node node, const cudaMemcpy3DParms* params) {
  return set<Copy>(node, [&](Operation& op) { return hostcuda::make_copy(params, op); });
}

HOSTCUDA_API cudaError_t cudaGraphMemcpyNodeSetParams1D(Node node, void* to, const void* from,
                                                        size_t count, cudaMemcpyKind kind) {
  return set<Copy>(
      node, [&](Operation& op) { return hostcuda::make_linear_copy(to, from, count, kind, op); });
}

HOSTCUDA_API cudaError_t cudaGraphMemcpyNodeSetParamsToSymbol(Node node, const void* symbol,
                                                              const void* from, size_t count,
                                                              size_t offset, cudaMemcpyKind kind) {
  return set<Copy>(node, [&](Operation& op) {
    return hostcuda::make_copy_to_symbol(symbol, from, count, offset, kind, op);
  });
}

HOSTCUDA_API cudaError_t cudaGraphMemcpyNodeSetParamsFromSymbol(Node node, void* to,
                                                                const void* symbol, size_t count,
                                                                size_t offset,
                                                                cudaMemcpyKind kind) {
  return set<Copy>(node, [&](Operation& op) {
    return hostcuda::make_copy_from_symbol(to, symbol, count, offset, kind, op);
  });
}

HOSTCUDA_API cudaError_t cudaGraphKernelNodeGetAttribute(Node node, cudaLaunchAttributeID attribute,
                                                         cudaLaunchAttributeValue* value) {
  return hostcuda::on_graphs([&] {
    const auto found = find_kernel(node);
    if (found == nullptr || value == nullptr) {
      return cudaErrorInvalidValue;
    }
    const auto kept = found->attributes.find(attribute);
    *value = kept == found->attributes.end() ? cudaLaunchAttributeValue{} : kept->second;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaGraphKernelNodeSetAttribute(Node node, cudaLaunchAttributeID attribute,
                                                         const cudaLaunchAttributeValue* value) {
  return hostcuda::on_graphs([&] {
    const auto found = find_kernel(node);
    if (found == nullptr || value == nullptr) {
      return cudaErrorInvalidValue;
    }
    if (!is_kept(attribute)) {
      return hostcuda::not_supported("cudaGraphKernelNodeSetAttribute of that attribute");
    }
    found->attributes[attribute] = *value;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaGraphKernelNodeCopyAttributes(Node to, Node from) {
  return hostcuda::on_graphs([&] {
    const auto target = find_kernel(to);
    const auto source = find_kernel(from);
    if (target == nullptr || source == nullptr) {
      return cudaErrorInvalidValue;
    }
    target->attributes = source->attributes;
    return cudaSuccess;
  });
}
