// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The frame of an import: inputs, initializers, nodes, outputs.
#include "importers/onnx/import.h"

#include <unordered_set>

#include "importers/onnx/nodes.h"

namespace tenon::onnx {

namespace {

/// Fails with a sentence that no node is to blame for, and notes it as a fault.
template <class... Args>
Status refuse(Diagnostics& diag, std::vector<Fault>* faults, Code code,
              fmt::format_string<Args...> text, Args&&... args) {
  std::string sentence = fmt::format(text, std::forward<Args>(args)...);
  const Status status = diag.fail(code, "{}", sentence);
  if (faults) faults->push_back({code, std::move(sentence), {}, {}, -1});
  return status;
}

/// A file's input as the graph's: its type and its extents, symbols where only a run knows them.
Status add_input(const wire::ValueInfo& info, Session& session, Scope& scope, Diagnostics& diag,
                 std::vector<Fault>* faults) {
  using Kind = wire::ValueInfo::Kind;
  if (info.kind != Kind::Tensor) {
    constexpr std::string_view kKinds[] = {"no type",    "a tensor", "a sparse tensor",
                                           "a sequence", "a map",    "an optional value"};
    return refuse(diag, faults, Code::Unsupported, "input \"{}\" is {}; only tensors are supported",
                  info.name, kKinds[static_cast<size_t>(info.kind)]);
  }
  const auto dtype = find_dtype(info.data_type);
  if (!dtype) {
    return refuse(diag, faults, Code::Unsupported,
                  "input \"{}\" is of type {}, which is not "
                  "supported",
                  info.name, data_type_name(info.data_type));
  }
  if (!info.has_shape) {
    return refuse(diag, faults, Code::Unsupported,
                  "input \"{}\" has no shape: give its rank, with names for extents that vary",
                  info.name);
  }
  if (info.shape.size() > static_cast<size_t>(Dims::kMaxRank)) {
    return refuse(diag, faults, Code::Unsupported,
                  "input \"{}\" has rank {}: ranks above {} are not supported", info.name,
                  info.shape.size(), Dims::kMaxRank);
  }
  expr::Shape shape;
  for (size_t axis = 0; axis < info.shape.size(); ++axis) {
    const wire::Dimension& extent = info.shape[axis];
    if (extent.value && *extent.value >= 0) {
      shape.emplace_back(*extent.value);
    } else {
      // Exporters write −1, "?" or nothing for an extent that varies.
      const bool nameless = extent.name.empty() || extent.name == "?";
      shape.push_back(session.graph.symbols().named(nameless ? fmt::format("{}.{}", info.name, axis)
                                                             : std::string(extent.name)));
    }
  }
  ir::Value* value = session.graph.add_input(std::string(info.name), *dtype, std::move(shape));
  if (info.name.empty() || !scope.bind(info.name, value)) {
    return refuse(diag, faults, Code::InvalidModel, "two inputs are named \"{}\"", info.name);
  }
  return {};
}

/// `name`, or the first that follows with underscores behind it that the model does not use.
Result<std::string> unused_name(std::string name, Scope& scope, Diagnostics& diag) {
  while (true) {
    TENON_ASSIGN(const Scope::Entry taken, scope.find(name, diag));
    if (taken.state == Scope::State::Unknown) return name;
    name += '_';
  }
}

Status mark_output(const wire::ValueInfo& info, Session& session, Scope& scope, Diagnostics& diag,
                   std::vector<Fault>* faults) {
  TENON_ASSIGN(const Scope::Entry entry, scope.find(info.name, diag));
  if (entry.state == Scope::State::Unknown) {
    return refuse(diag, faults, Code::InvalidModel,
                  "output \"{}\" is made by no node, input or initializer", info.name);
  }
  ir::Value* value = entry.value;
  if (entry.state == Scope::State::Broken || value->is_network_output()) return {};
  if (value->is_network_input()) {
    // Names of inputs and outputs must differ.
    TENON_ASSIGN(const std::string name, unused_name(value->name + "_output", scope, diag));
    diag.warn("input \"{}\" is also an output: the output is called \"{}\"", value->name, name);
    TENON_ASSIGN(ir::Node * copy,
                 session.graph.add(ops::Identity{}, {value}, session.unique_name(name), diag));
    value = copy->output();
    value->name = name;
  }
  session.graph.mark_output(value);
  return {};
}

Status import_graph(const wire::Graph& graph, Session& session, Scope& scope, Diagnostics& diag,
                    std::vector<Fault>* faults) {
  Status first;
  const auto note = [&](Status status) {
    if (first.ok()) first = status;
  };
  session.graph.name = graph.name;
  if (graph.sparse_initializers > 0) {
    note(refuse(diag, faults, Code::Unsupported,
                "the model has {} sparse initializers, which are not supported: store them dense",
                graph.sparse_initializers));
  }
  for (const wire::Tensor& tensor : graph.initializers) {
    if (scope.add_initializer(tensor)) continue;
    note(
        refuse(diag, faults, Code::InvalidModel, "two initializers are named \"{}\"", tensor.name));
  }
  for (const auto& [name, bytes] : session.options.initializers) {
    if (scope.is_initializer(name)) continue;
    note(refuse(diag, faults, Code::InvalidArgument,
                "numbers of {} bytes are given for \"{}\", which is no initializer of the model",
                bytes.size(), name));
  }
  for (const wire::ValueInfo& info : graph.inputs) {
    if (scope.is_initializer(info.name)) continue;  // a default value: a constant here
    const Status status = add_input(info, session, scope, diag, faults);
    if (!status.ok()) scope.mark_broken(info.name);
    note(status);
  }
  note(import_nodes(session, scope, graph.nodes, diag, faults));
  std::unordered_set<std::string_view> marked;
  for (const wire::ValueInfo& info : graph.outputs) {
    if (!marked.insert(info.name).second) continue;  // an output that stands there twice is one
    note(mark_output(info, session, scope, diag, faults));
  }
  if (graph.outputs.empty()) {
    note(refuse(diag, faults, Code::InvalidModel, "the model has no outputs"));
  }
  return first;
}

}  // namespace

Status import(std::span<const std::byte> model, std::shared_ptr<const void> owner,
              const Options& options, ir::Graph& graph, Diagnostics& diag,
              std::vector<Fault>* faults) {
  wire::Model decoded;
  CollectingSink heard;
  Diagnostics listener(heard);
  if (const Status status = wire::decode_model(model, decoded, listener); !status.ok()) {
    return refuse(diag, faults, status.code, "{}", heard.errors());
  }
  Session session(graph, options, std::move(owner));
  for (const wire::Function& function : decoded.functions) {
    session.functions.emplace(std::pair(function.domain, function.name), &function);
  }
  Scope scope(session, "", decoded.operator_sets, 0);
  if (const int64_t opset = scope.opset(""); opset > kNewestOpset) {
    diag.warn(
        "the model uses opset {}; operators are read as opset {} defines them, the newest "
        "known here",
        opset, kNewestOpset);
  }
  return import_graph(*decoded.graph, session, scope, diag, faults);
}

}  // namespace tenon::onnx
