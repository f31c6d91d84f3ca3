// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Drawing a graph in the DOT language.
#include <fstream>
#include <string>

#include "hostcuda/runtime/graph/structure.h"
#include "hostcuda/runtime/stream/event.h"

namespace hostcuda {
namespace {

const char* type_name(const Operation& operation) {
  switch (type_of(operation)) {
    case cudaGraphNodeTypeKernel:
      return "KERNEL";
    case cudaGraphNodeTypeMemcpy:
      return "MEMCPY";
    case cudaGraphNodeTypeMemset:
      return "MEMSET";
    case cudaGraphNodeTypeHost:
      return "HOST";
    case cudaGraphNodeTypeGraph:
      return "GRAPH";
    case cudaGraphNodeTypeWaitEvent:
      return "EVENT_WAIT";
    case cudaGraphNodeTypeEventRecord:
      return "EVENT_RECORD";
    case cudaGraphNodeTypeMemAlloc:
      return "MEM_ALLOC";
    case cudaGraphNodeTypeMemFree:
      return "MEM_FREE";
    default:
      return "EMPTY";
  }
}

class Drawing {
 public:
  Drawing(std::ostream& out, unsigned int flags) : out_(out), flags_(flags) {}

  void draw(const Graph& graph, const std::string& prefix) {
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      const Node& node = *graph.nodes[i];
      const std::string name = prefix + std::to_string(i);
      names_[&node] = name;
      out_ << "  \"" << name << "\" [shape=box label=\"" << i << ' ' << type_name(node.operation);
      if (shows(cudaGraphDebugDotFlagsHandles)) {
        out_ << "\\nhandle " << node.handle;
      }
      std::visit([this](const auto& op) { describe(op); }, node.operation);
      out_ << "\"];\n";
      if (const auto* const child = std::get_if<ChildGraph>(&node.operation)) {
        out_ << "  subgraph \"cluster_" << name << "\" {\n";
        draw(*child->graph, name + '.');
        out_ << "  }\n";
      }
    }
    for (const auto& node : graph.nodes) {
      for (const Edge& edge : node->dependencies) {
        out_ << "  \"" << names_[edge.from] << "\" -> \"" << names_[node.get()] << "\";\n";
      }
    }
  }

 private:
  bool shows(unsigned int flag) const {
    return (flags_ & (flag | cudaGraphDebugDotFlagsVerbose)) != 0;
  }

  void describe(const Copy& op) {
    if (shows(cudaGraphDebugDotFlagsMemcpyNodeParams)) {
      const cudaExtent& extent = op.params.extent;
      out_ << "\\n"
           << op.params.srcPtr.ptr << " to " << op.params.dstPtr.ptr << "\\nextent " << extent.width
           << " x " << extent.height << " x " << extent.depth;
    }
  }
  void describe(const Fill& op) {
    if (shows(cudaGraphDebugDotFlagsMemsetNodeParams)) {
      out_ << "\\n"
           << op.params.dst << " value " << op.params.value << "\\n"
           << op.params.width << " x " << op.params.height << " of " << op.params.elementSize
           << " bytes";
    }
  }
  void describe(const Kernel& op) {
    if (shows(cudaGraphDebugDotFlagsKernelNodeParams)) {
      const auto& [x, y, z] = op.params.gridDim;
      const auto& [bx, by, bz] = op.params.blockDim;
      out_ << "\\nfunction " << op.params.func << "\\ngrid " << x << ' ' << y << ' ' << z
           << " block " << bx << ' ' << by << ' ' << bz;
    }
  }
  void describe(const HostCall& op) {
    if (shows(cudaGraphDebugDotFlagsHostNodeParams)) {
      out_ << "\\nfunction " << reinterpret_cast<const void*>(op.function) << " data " << op.data;
    }
  }
  void describe(const RecordEvent& op) { describe_event(op.event->handle); }
  void describe(const WaitEvent& op) { describe_event(op.event->handle); }
  void describe_event(const void* event) {
    if (shows(cudaGraphDebugDotFlagsEventNodeParams)) {
      out_ << "\\nevent " << event;
    }
  }
  template <typename Other>
  void describe(const Other&) {}

  std::ostream& out_;
  unsigned int flags_;
  std::map<const Node*, std::string> names_;
};

cudaError_t print(cudaGraph_t graph, const char* path, unsigned int flags) {
  const auto found = graphs().find(graph);
  if (found == nullptr || path == nullptr) {
    return cudaErrorInvalidValue;
  }
  std::ofstream file(path);
  file << "digraph \"graph\" {\n";
  Drawing(file, flags).draw(*found, "");
  file << "}\n";
  file.close();
  return file ? cudaSuccess : cudaErrorOperatingSystem;
}

}  // namespace
}  // namespace hostcuda

HOSTCUDA_API cudaError_t cudaGraphDebugDotPrint(cudaGraph_t graph, const char* path,
                                                unsigned int flags) {
  return hostcuda::on_graphs([&] { return hostcuda::print(graph, path, flags); });
}
