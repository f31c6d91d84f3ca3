// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Choosing between plugin, built-in operator and function, node by node.
#include "importers/onnx/nodes.h"

#include <algorithm>

#include "importers/onnx/order.h"
#include "importers/onnx/plugin.h"
#include "importers/onnx/table.h"
#include "importers/shared/near_name.h"

namespace tenon::onnx {

namespace {

/// Who makes a node: exactly one member is set, or none when nobody can.
struct Maker {
  std::optional<ops::ForeignRequest> plugin;
  const Row* row = nullptr;
  const wire::Function* function = nullptr;

  [[nodiscard]] bool found() const noexcept { return plugin || row || function; }
};

/// "MaxPool, opset 13"
std::string operator_text(const Scope& scope, const wire::Node& node) {
  std::string text(node.op_type);
  if (!is_own_domain(node.domain)) text = fmt::format("{}::{}", node.domain, node.op_type);
  if (const int64_t opset = scope.opset(node.domain)) text += fmt::format(", opset {}", opset);
  return text;
}

/// "7 to 9", "13 on"
std::string opsets_text(const std::vector<const Row*>& rows) {
  const Row& last = *rows.back();
  return last.until == kNoEnd ? fmt::format("{} on", rows.front()->since)
                              : fmt::format("{} to {}", rows.front()->since, last.until);
}

/// Importing one node: all there is to know, and a voice of its own.
class NodeImport {
 public:
  NodeImport(Session& session, Scope& scope, const wire::Node& node, size_t index)
      : session_(session), scope_(scope), node_(node), local_(heard_) {
    name_ = node.name.empty() ? fmt::format("{}_{}", node.op_type, index) : std::string(node.name);
    name_ = scope.prefix() + name_;
  }

  Status run() {
    bool broken = false;
    TENON_TRY(read_inputs(broken));
    TENON_ASSIGN(Maker maker, find_maker());
    if (!maker.found()) return refuse();
    if (broken) {
      mark_broken();
      return {};
    }
    name_ = session_.unique_name(name_);
    Context context(session_, scope_, node_, name_, inputs_, local_);
    if (maker.plugin) {
      maker.plugin->node_name = name_;
      return import_plugin(context, *maker.plugin, inputs_);
    }
    return maker.row ? maker.row->import(context) : import_function(context, *maker.function);
  }

  /// What no later node can read.
  void mark_broken() {
    for (const std::string_view output : node_.outputs) {
      if (!output.empty()) scope_.mark_broken(output);
    }
  }

  /// Says in `diag` what this node has said so far, the node's name and operator before it.
  void repeat(Status outcome, size_t index, Diagnostics& diag, std::vector<Fault>* faults) {
    if (!outcome.ok() && heard_.errors().empty()) {
      (void)local_.fail(outcome.code, "cannot be imported: {}", outcome.what ? outcome.what : "");
    }
    const std::string own = fmt::format("node \"{}\": ", name_);
    const std::string label = fmt::format("node \"{}\" ({})", name_, operator_text(scope_, node_));
    for (const CollectingSink::Entry& entry : heard_.entries) {
      std::string_view text = entry.text;
      if (text.starts_with(own)) text.remove_prefix(own.size());  // said by the graph
      if (entry.severity <= Severity::Error) {
        (void)diag.fail(entry.code, "{}: {}", label, text);
        if (faults) {
          faults->push_back({entry.code, fmt::format("{}: {}", label, text), name_,
                             std::string(node_.op_type), static_cast<int>(index)});
        }
      } else if (entry.severity == Severity::Warning) {
        diag.warn("{}: {}", label, text);
      } else if (entry.severity == Severity::Info) {
        diag.info("{}: {}", label, text);
      } else {
        diag.verbose("{}: {}", label, text);
      }
    }
  }

 private:
  Status read_inputs(bool& broken) {
    for (const std::string_view name : node_.inputs) {
      if (name.empty()) {
        inputs_.push_back(nullptr);
        continue;
      }
      TENON_ASSIGN(const Scope::Entry entry, scope_.find(name, local_));
      if (entry.state == Scope::State::Unknown) {
        return local_.fail(Code::InvalidModel,
                           "reads value \"{}\", which neither a node, an input nor an initializer "
                           "makes",
                           name);
      }
      broken = broken || entry.state == Scope::State::Broken;
      inputs_.push_back(entry.value);
    }
    return {};
  }

  Result<Maker> find_maker() {
    Maker maker;
    const bool own = is_own_domain(node_.domain);
    const bool asked =
        session_.options.plugin_override || node_.find("plugin_namespace") != nullptr;
    const int64_t opset = scope_.opset("");
    const Row* row = find_row(node_.op_type, std::min(opset, kNewestOpset));
    // Some operators are younger than the newest opset that the tables describe as a whole.
    if (row == nullptr) row = find_row(node_.op_type, opset);
    const auto function = session_.functions.find({node_.domain, node_.op_type});
    const auto ask_plugin = [&]() -> Status {
      if (session_.options.resolver == nullptr) return {};
      TENON_ASSIGN(ops::ForeignRequest request, make_request(session_, node_, name_, local_));
      if (session_.options.resolver->knows(request)) maker.plugin = std::move(request);
      return {};
    };
    if (asked) TENON_TRY(ask_plugin());
    if (maker.found()) return maker;
    if (own && row) {
      maker.row = row;
      if (node_.find("plugin_namespace")) {
        local_.warn(
            "asks for a plugin by its attribute plugin_namespace, but none is found: the "
            "built-in operator is used");
      }
      return maker;
    }
    if (function != session_.functions.end()) {
      maker.function = function->second;
      return maker;
    }
    if (!asked) TENON_TRY(ask_plugin());
    if (maker.found() || own || row == nullptr) return maker;
    local_.warn(
        "domain \"{}\" has neither a function nor a plugin for it: ONNX's own operator {} is "
        "used",
        node_.domain, node_.op_type);
    maker.row = row;
    return maker;
  }

  /// Nobody makes this node: says why.
  Status refuse() {
    const std::string head = fmt::format("No importer registered for op: {}. ", node_.op_type);
    const auto rows = rows_of(node_.op_type);
    if (!rows.empty() && scope_.opset("") == 0) {
      return local_.fail(Code::InvalidModel,
                         "{}It is built in, but the model does not say which version it means: add "
                         "an opset_import for the domain \"\"",
                         head);
    }
    if (!rows.empty()) {
      return local_.fail(Code::Unsupported,
                         "{}It is built in for opsets {}, but the model uses opset {}: convert the "
                         "model to one of these",
                         head, opsets_text(rows), scope_.opset(""));
    }
    if (session_.options.resolver == nullptr) {
      return local_.fail(
          Code::Unsupported,
          "{}It is neither a built-in operator{} nor a function of the model, and no "
          "plugins are at hand: rewrite the node with other operators, or import "
          "the model with a plugin registry that knows it",
          head, importers::near_name(node_.op_type, operator_names()));
    }
    CollectingSink explained;
    Diagnostics listener(explained);
    TENON_ASSIGN(const ops::ForeignRequest request, make_request(session_, node_, name_, local_));
    const auto plugin = session_.options.resolver->create(request, listener);
    std::string text = plugin.ok() ? "Its plugin is there only at times." : explained.errors();
    return local_.fail(Code::Unsupported, "{}{}", head, text);
  }

  Session& session_;
  Scope& scope_;
  const wire::Node& node_;
  std::string name_;
  std::vector<ir::Value*> inputs_;
  CollectingSink heard_;
  Diagnostics local_;
};

}  // namespace

Status import_nodes(Session& session, Scope& scope, std::span<const wire::Node> nodes,
                    Diagnostics& diag, std::vector<Fault>* faults) {
  TENON_ASSIGN(const std::vector<size_t> order, order_of(nodes, diag));
  Status first;
  for (const size_t index : order) {
    NodeImport import(session, scope, nodes[index], index);
    const Status outcome = import.run();
    import.repeat(outcome, index, diag, faults);
    if (outcome.ok()) continue;
    import.mark_broken();
    if (first.ok()) first = outcome;
  }
  return first;
}

}  // namespace tenon::onnx
