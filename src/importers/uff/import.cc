// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The frame of an import: inputs, nodes, outputs.
#include "importers/uff/import.h"

#include <fmt/format.h>

#include <algorithm>

#include "importers/shared/near_name.h"
#include "importers/shared/order.h"
#include "importers/uff/plugin.h"
#include "importers/uff/table.h"

namespace tenon::uff {

namespace {

using Index = std::unordered_map<std::string_view, size_t>;

/// The extents of the file's Input node; empty where it has none. Negative ones are open.
Result<std::vector<int64_t>> file_extents(Context& node) {
  TENON_ASSIGN(wire::Data found, node.data("shape"));
  if (found.kind == wire::Kind::IntegerList || found.kind == wire::Kind::Absent) {
    return std::move(found.integers);
  }
  return node.fail(Code::InvalidModel, "field shape is {}, but must be a list of integers",
                   to_words(found.kind));
}

bool fits(const std::vector<int64_t>& file, const std::vector<int64_t>& registered) {
  if (file.size() != registered.size()) return false;
  for (size_t i = 1; i < file.size(); ++i) {
    if (file[i] >= 0 && registered[i] >= 0 && file[i] != registered[i]) return false;
  }
  return true;
}

/// The extents with the channels moved from `from` to `to`.
std::vector<int64_t> moved(std::vector<int64_t> extents, size_t from, size_t to) {
  const int64_t channels = extents[from];
  extents.erase(extents.begin() + static_cast<ptrdiff_t>(from));
  extents.insert(extents.begin() + static_cast<ptrdiff_t>(to), channels);
  return extents;
}

/// Adds a network input as it was registered, turned for the file's nodes where that is needed.
Status import_input(Context& node) {
  Session& session = node.session();
  const std::string name(node.node().id);
  const auto& all = session.options.inputs;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const RegisteredInput& input) { return input.name == name; });
  if (found == all.end()) {
    return node.fail(Code::InvalidArgument,
                     "is an input that nobody registered: call registerInput(\"{}\", …) first",
                     name);
  }
  TENON_ASSIGN(const int64_t type, [&]() -> Result<int64_t> {
    TENON_ASSIGN(const wire::Data data, node.data("dtype"));
    return data.kind == wire::Kind::Type ? data.integers.front() : 131104;
  }());
  const auto dtype = find_dtype(type);
  if (!dtype) return node.fail(Code::Unsupported, "is of type number {}", type);
  TENON_ASSIGN(const std::vector<int64_t> file, file_extents(node));
  std::vector<int64_t> extents(found->dims.begin(), found->dims.end());
  const bool with_batch = !file.empty() && file.size() == extents.size();
  if (!with_batch) extents.insert(extents.begin(), 1);
  if (extents.size() > static_cast<size_t>(Dims::kMaxRank)) {
    return node.fail(Code::Unsupported, "has more than {} axes", Dims::kMaxRank);
  }
  expr::Shape shape;
  for (size_t axis = 0; axis < extents.size(); ++axis) {
    const bool open = extents[axis] < 0;
    shape.push_back(open ? session.graph.symbols().named(fmt::format("{}.{}", name, axis))
                         : expr::Expr(extents[axis]));
  }
  ir::Value* value = session.graph.add_input(name, *dtype, std::move(shape));
  const size_t last = extents.size() - 1;
  const bool spatial = last >= 2 && found->order != InputOrder::Nc;
  if (file.empty() || fits(file, extents)) {
    const bool first = spatial && found->order == InputOrder::Nchw;
    session.tensors[node.node().id] = {value, first ? Stored::ChannelFirst : Stored::AsFile};
    return {};
  }
  if (spatial && found->order == InputOrder::Nchw && fits(file, moved(extents, 1, last))) {
    session.tensors[node.node().id] = {value, Stored::Turned};
    return {};
  }
  if (spatial && found->order == InputOrder::Nhwc && fits(file, moved(extents, last, 1))) {
    Dims perm{0, static_cast<int64_t>(last)};
    for (size_t axis = 1; axis < last; ++axis) perm.push_back(static_cast<int64_t>(axis));
    TENON_ASSIGN(ir::Value * first, node.transpose(value, perm, "channels_first"));
    session.tensors[node.node().id] = {first, Stored::AsFile};
    return {};
  }
  return node.fail(Code::InvalidArgument,
                   "is registered with extents {}, but the file gives it [{}] (the batch first)",
                   to_string(found->dims), fmt::join(file, ", "));
}

/// Who makes a node, and what is said when nobody can.
Status import_node(Context& node) {
  const std::string_view operation = node.node().operation;
  if (operation == "Input") return import_input(node);
  if (operation.size() > 1 && operation.front() == '_') return import_plugin(node);
  if (const Row* row = find_row(operation)) return row->import(node);
  return node.fail(Code::Unsupported,
                   "No importer registered for operation: {}. It is not built in{}, and only names "
                   "that begin with an underscore are plugins': name it _{} if a plugin makes it",
                   operation, importers::near_name(operation, operator_names()), operation);
}

/// The whole import: its state, and one step a method.
class Import {
 public:
  Import(Session& session, const wire::Graph& file, Diagnostics& diag)
      : session_(session), file_(file), diag_(diag) {}

  Status run() {
    for (size_t i = 0; i < file_.nodes.size(); ++i) {
      if (index_.emplace(file_.nodes[i].id, i).second) continue;
      return diag_.fail(Code::InvalidModel, "two nodes are named \"{}\"", file_.nodes[i].id);
    }
    TENON_TRY(find_outputs());
    TENON_TRY(check_registered());
    TENON_TRY(import_nodes());
    for (const std::string_view id : outputs_) TENON_TRY(mark(id));
    return {};
  }

 private:
  Status find_outputs() {
    std::vector<size_t> marks;
    for (size_t i = 0; i < file_.nodes.size(); ++i) {
      const bool mark = file_.nodes[i].operation == "MarkOutput";
      if (mark && session_.options.outputs.empty()) marks.push_back(i);
    }
    for (const std::string& name : session_.options.outputs) {
      const auto found = index_.find(name);
      if (found == index_.end()) {
        return diag_.fail(Code::InvalidArgument,
                          "output \"{}\" is registered, but the file has no node of that name{}",
                          name, importers::near_name(name, ids()));
      }
      const wire::Node& node = file_.nodes[found->second];
      if (node.operation == "MarkOutput") {
        marks.push_back(found->second);
      } else {
        outputs_.push_back(node.id);
      }
    }
    for (const size_t mark : marks) {
      const auto& named = file_.nodes[mark].inputs;
      outputs_.insert(outputs_.end(), named.begin(), named.end());
    }
    if (!outputs_.empty()) return {};
    return diag_.fail(Code::InvalidModel,
                      "the model marks no output: call registerOutput with the id of a node");
  }

  Status check_registered() {
    for (const RegisteredInput& input : session_.options.inputs) {
      const auto found = index_.find(input.name);
      if (found != index_.end() && file_.nodes[found->second].operation == "Input") continue;
      return diag_.fail(Code::InvalidArgument,
                        "input \"{}\" is registered, but the file has no Input node of that name{}",
                        input.name, importers::near_name(input.name, ids()));
    }
    return {};
  }

  Status import_nodes() {
    std::vector<size_t> wanted;
    for (const std::string_view id : outputs_) {
      const auto found = index_.find(id);
      if (found == index_.end()) {
        return diag_.fail(Code::InvalidModel, "output \"{}\" is a node that the file lacks", id);
      }
      wanted.push_back(found->second);
    }
    const importers::NodeLinks links{
        file_.nodes.size(), [&](size_t node) { return file_.nodes[node].inputs.size(); },
        [&](size_t node, size_t input) -> std::optional<size_t> {
          const auto maker = index_.find(file_.nodes[node].inputs[input]);
          return maker == index_.end() ? std::nullopt : std::optional(maker->second);
        }};
    const importers::NodeOrder order = importers::order_of(links, wanted);
    if (order.knot) {
      const wire::Node& knot = file_.nodes[*order.knot];
      return diag_.fail(Code::InvalidModel,
                        "the nodes read each other in a circle through \"{}\" ({}), so none of "
                        "them can run first",
                        knot.id, knot.operation);
    }
    Status first;
    for (const size_t at : order.nodes) {
      const Status outcome = import_one(file_.nodes[at]);
      if (first.ok()) first = outcome;
    }
    return first;
  }

  /// Nodes that read what a refused one should have made are passed over in silence.
  Status import_one(const wire::Node& node) {
    CollectingSink heard;
    Diagnostics local(heard);
    std::vector<Tensor> inputs;
    Status outcome;
    for (const std::string_view id : node.inputs) {
      const auto found = session_.tensors.find(id);
      if (found == session_.tensors.end()) {
        outcome = local.fail(Code::InvalidModel, "reads node \"{}\", which the file lacks", id);
        break;
      }
      if (found->second.value == nullptr) {
        session_.tensors[node.id] = {};
        return {};
      }
      inputs.push_back(found->second);
    }
    if (outcome.ok()) {
      Context context(session_, node, std::move(inputs), local);
      outcome = import_node(context);
    }
    repeat(node, heard, outcome);
    if (!outcome.ok()) session_.tensors[node.id] = {};
    return outcome;
  }

  /// Says what a node has said, its name and operation before it.
  void repeat(const wire::Node& node, const CollectingSink& heard, Status outcome) {
    const std::string own = fmt::format("node \"{}\": ", node.id);
    if (!outcome.ok() && heard.errors().empty()) {
      (void)diag_.fail(outcome.code, "node \"{}\" ({}): cannot be imported: {}", node.id,
                       node.operation, outcome.what ? outcome.what : "");
    }
    for (const CollectingSink::Entry& entry : heard.entries) {
      std::string_view text = entry.text;
      if (text.starts_with(own)) text.remove_prefix(own.size());  // said by the graph
      if (entry.severity <= Severity::Error) {
        (void)diag_.fail(entry.code, "node \"{}\" ({}): {}", node.id, node.operation, text);
      } else if (entry.severity == Severity::Warning) {
        diag_.warn("node \"{}\" ({}): {}", node.id, node.operation, text);
      } else {
        diag_.info("node \"{}\" ({}): {}", node.id, node.operation, text);
      }
    }
  }

  /// The value of a node as an output, its axes as the file sees them.
  Status mark(std::string_view id) {
    const Tensor& tensor = session_.tensors.at(id);
    ir::Value* value = tensor.value;
    if (value->is_network_output()) return {};
    const wire::Node& node = file_.nodes[index_.at(id)];
    if (value->is_network_input() || value->producer()->as<ops::Constant>()) {
      TENON_ASSIGN(ir::Node * copy,
                   session_.graph.add(ops::Identity{}, {value}, fmt::format("{}/copy", id), diag_));
      value = copy->output();
      value->name = fmt::format("{}_output", id);
    }
    if (tensor.stored == Stored::Turned) {
      Context context(session_, node, {{value, Stored::Turned}}, diag_);
      TENON_ASSIGN(ir::Value * turned, context.in(0));
      value->name = fmt::format("{}/channels_first", id);
      turned->name = id;
      value = turned;
    }
    session_.graph.mark_output(value);
    return {};
  }

  std::vector<std::string_view> ids() const {
    std::vector<std::string_view> all;
    for (const wire::Node& node : file_.nodes) all.push_back(node.id);
    return all;
  }

  Session& session_;
  const wire::Graph& file_;
  Diagnostics& diag_;
  Index index_;
  std::vector<std::string_view> outputs_;
};

}  // namespace

Status import(std::span<const std::byte> model, std::shared_ptr<const void> owner,
              const Options& options, ir::Graph& graph, Diagnostics& diag) {
  wire::MetaGraph meta;
  TENON_TRY(wire::decode(model, meta, diag));
  if (meta.version != 1 || meta.core_version != 1) {
    return diag.fail(Code::Unsupported,
                     "the file is of version {} with core operators of version {}; version 1 of "
                     "both is supported",
                     meta.version, meta.core_version);
  }
  for (const std::string_view descriptor : meta.descriptors) {
    if (descriptor != "custom") {
      diag.warn("the file's operators also follow descriptor \"{}\", which is not known here",
                descriptor);
    }
  }
  Session session{graph, options, std::move(owner), {}, {}};
  for (const wire::Entry& entry : meta.referenced) {
    if (session.referenced.emplace(entry.key, entry.data).second) continue;
    return diag.fail(Code::InvalidModel, "two referenced data are named \"{}\"", entry.key);
  }
  graph.name = meta.graphs.front().id;
  return Import(session, meta.graphs.front(), diag).run();
}

}  // namespace tenon::uff
