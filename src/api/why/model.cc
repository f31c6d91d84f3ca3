// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What every node of a model becomes.
#include "api/infer/plugin_libraries.h"
#include "api/voice.h"
#include "api/why/account.h"
#include "importers/onnx/import.h"
#include "plugin/resolve/resolver.h"

namespace tenon::api {

namespace {

ordered_json describe(const ir::Node& node, const ir::Graph& graph) {
  ordered_json entry{{"node", node.name}, {"op", ops::name_of(node.op)}};
  if (const auto* foreign = node.as<ops::Foreign>()) {
    const ops::PluginId& id = foreign->op->id();
    entry["made_by"] = "plugin";
    entry["plugin"] = {{"name", id.name},
                       {"version", id.version},
                       {"namespace", id.name_space},
                       {"family", foreign->op->family()}};
    entry["parameters"] = foreign->op->describe();
    entry["library"] = library_path(*foreign->op);
  } else {
    entry["made_by"] = "built-in operator";
  }
  if (!node.sources.empty()) entry["sources"] = node.sources;
  for (const ir::Value* value : node.outputs()) {
    entry["outputs"].push_back(std::string(to_string(value->dtype())) + " " +
                               expr::to_string(value->shape(), graph.symbols()));
  }
  return entry;
}

bool concerns(const std::string& only, const std::string& name, std::string_view op) {
  return only.empty() || only == name || only == op;
}

}  // namespace

ordered_json account_of_model(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                              const std::string& folder, const std::string& only) {
  CollectingSink sink;
  Diagnostics diag(sink);
  plugin::Resolver resolver(plugin::global_registry(), onnx::operator_names());
  onnx::Options options;
  options.resolver = &resolver;
  options.folder = folder;
  ir::Graph graph;
  std::vector<onnx::Fault> faults;
  const Status status = onnx::import(bytes, std::move(owner), options, graph, diag, &faults);
  ordered_json account{
      {"model", graph.name}, {"nodes", ordered_json::array()}, {"faults", ordered_json::array()}};
  for (const auto& node : graph.nodes()) {
    if (node->as<ops::Constant>() != nullptr) continue;
    if (concerns(only, node->name, ops::name_of(node->op))) {
      account["nodes"].push_back(describe(*node, graph));
    }
  }
  for (const onnx::Fault& fault : faults) {
    if (!concerns(only, fault.node_name, fault.op_type)) continue;
    account["faults"].push_back(
        {{"node", fault.node_name}, {"op", fault.op_type}, {"why", fault.text}});
  }
  if (!status.ok() && faults.empty()) {
    account["faults"].push_back({{"node", ""}, {"op", ""}, {"why", sink.errors()}});
  }
  return account;
}

}  // namespace tenon::api
