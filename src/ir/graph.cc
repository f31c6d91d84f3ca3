// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Keeping nodes, values and their uses in step.
#include "ir/graph.h"

#include <algorithm>
#include <cassert>
#include <unordered_map>

#include "ir/same_type.h"

namespace tenon::ir {

namespace {

template <class Pointer, class T>
auto position(const std::vector<Pointer>& list, const T* item) {
  return std::find_if(list.begin(), list.end(), [&](const Pointer& p) { return &*p == item; });
}

}  // namespace

const ops::ConstantData* Value::constant() const noexcept {
  const auto* constant = producer_ ? producer_->as<ops::Constant>() : nullptr;
  return constant ? constant->data.get() : nullptr;
}

Value* Graph::find_value(std::string_view value_name) const noexcept {
  for (const auto& value : values_) {
    if (value->name == value_name) return value.get();
  }
  return nullptr;
}

Node* Graph::find_node(std::string_view node_name) const noexcept {
  for (const auto& node : nodes_) {
    if (node->name == node_name) return node.get();
  }
  return nullptr;
}

std::string Graph::unused_name(std::string_view stem) {
  std::string made;
  do {
    made = std::string(stem) + '_' + std::to_string(names_made_++);
  } while (find_node(made) != nullptr);
  return made;
}

Value* Graph::new_value(Node* producer, size_t index, std::string value_name) {
  auto& value = values_.emplace_back(std::make_unique<Value>());
  value->name = std::move(value_name);
  value->producer_ = producer;
  value->output_index_ = index;
  return value.get();
}

void Graph::add_use(Node* node, size_t index) {
  if (Value* value = node->inputs_[index]) value->uses_.push_back({node, index});
}

void Graph::remove_use(Node* node, size_t index) {
  if (Value* value = node->inputs_[index]) std::erase(value->uses_, Use{node, index});
}

Value* Graph::add_input(std::string value_name, DType dtype, expr::Shape shape) {
  Value* value = new_value(nullptr, 0, std::move(value_name));
  value->type = {dtype, std::move(shape), {}};
  value->is_input_ = true;
  inputs_.push_back(value);
  return value;
}

Result<Node*> Graph::add(ops::Op op, std::vector<Value*> inputs, std::string node_name,
                         Diagnostics& diag) {
  return insert(nullptr, std::move(op), std::move(inputs), std::move(node_name), diag);
}

Result<Node*> Graph::insert(const Node* before, ops::Op op, std::vector<Value*> inputs,
                            std::string node_name, Diagnostics& diag) {
  auto made = std::make_unique<Node>();
  made->name = node_name.empty() ? unused_name(ops::name_of(op)) : std::move(node_name);
  made->op = std::move(op);
  made->inputs_ = std::move(inputs);
  std::vector<ops::TensorType> types;
  TENON_TRY(infer(*made, symbols_, diag, types));

  Node* node = made.get();
  nodes_.insert(before ? position(nodes_, before) : nodes_.end(), std::move(made));
  for (size_t i = 0; i < node->inputs_.size(); ++i) add_use(node, i);
  for (size_t i = 0; i < types.size(); ++i) {
    Value* value = new_value(node, i, node->name + ':' + std::to_string(i));
    value->type = std::move(types[i]);
    node->outputs_.push_back(value);
  }
  return node;
}

Value* Graph::add_constant(ops::ConstantRef data, std::string value_name) {
  assert(data != nullptr);
  CollectingSink silent;
  Diagnostics diag(silent);
  auto node = add(ops::Constant{std::move(data)}, {}, value_name, diag);
  assert(node.ok());  // the rule of constants refuses none
  Value* value = (*node)->output();
  value->name = value_name.empty() ? (*node)->name : std::move(value_name);
  return value;
}

void Graph::mark_output(Value* value) {
  if (value->is_output_) return;
  value->is_output_ = true;
  outputs_.push_back(value);
}

void Graph::unmark_output(Value* value) {
  value->is_output_ = false;
  std::erase(outputs_, value);
}

void Graph::set_input(Node* node, size_t index, Value* value) {
  if (index >= node->inputs_.size()) node->inputs_.resize(index + 1, nullptr);
  remove_use(node, index);
  node->inputs_[index] = value;
  add_use(node, index);
}

void Graph::append_input(Node* node, Value* value) { set_input(node, node->inputs_.size(), value); }

void Graph::truncate_inputs(Node* node, size_t count) {
  for (size_t i = count; i < node->inputs_.size(); ++i) remove_use(node, i);
  if (count < node->inputs_.size()) node->inputs_.resize(count);
}

void Graph::replace(Value* from, Value* to) {
  if (from == to) return;
  const std::vector<Use> readers = from->uses_;
  for (const Use& use : readers) {
    if (use.node != to->producer_) set_input(use.node, use.index, to);
  }
  if (!from->is_output_ || to->is_output_ || to->is_input_) return;
  *std::find(outputs_.begin(), outputs_.end(), from) = to;
  std::swap(from->is_output_, to->is_output_);
  std::swap(from->name, to->name);
  std::swap(from->allowed_formats, to->allowed_formats);
}

void Graph::erase(Node* node) {
  for ([[maybe_unused]] const Value* value : node->outputs_) {
    assert(value->uses_.empty() && !value->is_output_);
  }
  truncate_inputs(node, 0);
  for (const Value* value : node->outputs_) values_.erase(position(values_, value));
  nodes_.erase(position(nodes_, node));
}

void Graph::erase_input(Value* value) {
  assert(value->is_input_ && value->uses_.empty() && !value->is_output_);
  std::erase(inputs_, value);
  values_.erase(position(values_, value));
}

Status Graph::infer(const Node& node, expr::SymbolTable& symbols, Diagnostics& diag,
                    std::vector<ops::TensorType>& types) const {
  std::vector<const ops::TensorType*> inputs;
  std::vector<const ops::ConstantData*> constants;
  for (const Value* value : node.inputs_) {
    inputs.push_back(value ? &value->type : nullptr);
    constants.push_back(value ? value->constant() : nullptr);
  }
  const auto scope = diag.scope("node", node.name);
  ops::Inference inference{inputs, constants, symbols, diag, {}};
  TENON_TRY(ops::infer(node.op, inference));
  types = std::move(inference.outputs);
  return {};
}

Status Graph::reinfer(Node* node, Diagnostics& diag) {
  expr::SymbolTable symbols = symbols_;
  std::vector<ops::TensorType> types;
  TENON_TRY(infer(*node, symbols, diag, types));
  if (types.size() != node->outputs_.size()) {
    return diag.fail(Code::InvalidArgument,
                     "node \"{}\" has {} outputs and would get {}: make a new node instead",
                     node->name, node->outputs_.size(), types.size());
  }
  const bool made_symbols = symbols.size() > symbols_.size();
  bool same = made_symbols;
  for (size_t i = 0; same && i < types.size(); ++i) {
    same = same_type(node->outputs_[i]->type, types[i], symbols, symbols_.size());
  }
  if (same) return {};
  if (made_symbols) symbols_ = std::move(symbols);
  for (size_t i = 0; i < types.size(); ++i) node->outputs_[i]->type = std::move(types[i]);
  return {};
}

Status Graph::refresh(Diagnostics& diag) {
  TENON_TRY(sort(diag));
  for (const auto& node : nodes_) TENON_TRY(reinfer(node.get(), diag));
  return {};
}

Status Graph::sort(Diagnostics& diag) {
  enum class Mark : uint8_t { New, Open, Done };
  std::unordered_map<const Node*, Mark> marks;
  std::vector<Node*> order;
  // Depth first along inputs with a stack of our own: chains of thousands of nodes are usual.
  struct Visit {
    Node* node;
    size_t next_input;
  };
  std::vector<Visit> stack;
  for (const auto& start : nodes_) {
    if (marks[start.get()] == Mark::New) stack.push_back({start.get(), 0});
    while (!stack.empty()) {
      Visit& top = stack.back();
      marks[top.node] = Mark::Open;
      if (top.next_input == top.node->inputs_.size()) {
        marks[top.node] = Mark::Done;
        order.push_back(top.node);
        stack.pop_back();
        continue;
      }
      const size_t index = top.next_input++;
      if (is_back_edge(*top.node, index)) continue;
      const Value* value = top.node->inputs_[index];
      Node* producer = value ? value->producer_ : nullptr;
      if (producer == nullptr || marks[producer] == Mark::Done) continue;
      if (marks[producer] == Mark::Open) {
        return diag.fail(Code::InvalidModel,
                         "the graph has a cycle through node \"{}\": no order of running exists",
                         producer->name);
      }
      stack.push_back({producer, 0});
    }
  }
  std::unordered_map<const Node*, size_t> rank;
  for (size_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
  std::sort(nodes_.begin(), nodes_.end(),
            [&](const auto& a, const auto& b) { return rank[a.get()] < rank[b.get()]; });
  return {};
}

Result<std::unique_ptr<Graph>> Graph::clone(Diagnostics& diag) const {
  auto copy = std::make_unique<Graph>();
  copy->name = name;
  copy->symbols_ = symbols_;
  copy->names_made_ = names_made_;
  std::unordered_map<const Value*, Value*> twin{{nullptr, nullptr}};
  for (const auto& value : values_) {
    auto& made = copy->values_.emplace_back(std::make_unique<Value>(*value));
    made->producer_ = nullptr;
    made->uses_.clear();
    twin[value.get()] = made.get();
  }
  for (const Value* value : inputs_) copy->inputs_.push_back(twin[value]);
  for (const Value* value : outputs_) copy->outputs_.push_back(twin[value]);
  for (const auto& node : nodes_) {
    Node* made = copy->nodes_.emplace_back(std::make_unique<Node>(*node)).get();
    if (auto* foreign = made->as<ops::Foreign>(); foreign && foreign->op) {
      const std::string& plugin = foreign->op->id().name;
      auto op = foreign->op->clone();
      if (!op) {
        return diag.fail(Code::Plugin,
                         "node \"{}\": plugin {} could not be copied for another network, its "
                         "clone() failed",
                         made->name, plugin);
      }
      foreign->op = std::move(op);
    }
    for (Value*& value : made->outputs_) {
      value = twin[value];
      value->producer_ = made;
    }
    for (size_t i = 0; i < made->inputs_.size(); ++i) {
      made->inputs_[i] = twin[made->inputs_[i]];
      copy->add_use(made, i);
    }
  }
  return copy;
}

}  // namespace tenon::ir
