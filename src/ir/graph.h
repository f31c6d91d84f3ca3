// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The graph between importer and plan: values in SSA form, nodes with operators.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "ops/op.h"

namespace tenon::ir {

class Graph;
class Node;

/// One reading of a value: input number `index` of `node`.
struct Use {
  Node* node;
  size_t index;
  friend bool operator==(const Use&, const Use&) = default;
};

/// A tensor: network input, or output of exactly one node. Addresses are stable until erased. The
/// type is what the producer's rule says; for network inputs what the caller says.
class Value {
 public:
  std::string name;
  ops::TensorType type;
  std::vector<uint8_t> allowed_formats;  ///< network I/O: allowed layouts, as nvinfer1 numbers

  [[nodiscard]] Node* producer() const noexcept { return producer_; }  ///< null for a network input
  [[nodiscard]] size_t output_index() const noexcept { return output_index_; }
  [[nodiscard]] const std::vector<Use>& uses() const noexcept { return uses_; }
  [[nodiscard]] bool is_network_input() const noexcept { return is_input_; }
  [[nodiscard]] bool is_network_output() const noexcept { return is_output_; }
  /// The numbers, when the producer is a Constant; else null.
  [[nodiscard]] const ops::ConstantData* constant() const noexcept;
  [[nodiscard]] const expr::Shape& shape() const noexcept { return type.shape; }
  [[nodiscard]] DType dtype() const noexcept { return type.dtype; }

 private:
  friend class Graph;
  Node* producer_ = nullptr;
  size_t output_index_ = 0;
  std::vector<Use> uses_;
  bool is_input_ = false, is_output_ = false;
};

/// An operator with its inputs (null where an optional one is absent) and outputs.
class Node {
 public:
  std::string name;
  ops::Op op;                        ///< after a change call Graph::reinfer
  std::vector<std::string> sources;  ///< names of the model's nodes this one stands for

  [[nodiscard]] const std::vector<Value*>& inputs() const noexcept { return inputs_; }
  [[nodiscard]] const std::vector<Value*>& outputs() const noexcept { return outputs_; }
  [[nodiscard]] Value* input(size_t i) const noexcept {
    return i < inputs_.size() ? inputs_[i] : nullptr;
  }
  [[nodiscard]] Value* output(size_t i = 0) const noexcept { return outputs_[i]; }
  /// The parameters as `Struct`, or null when the operator is another.
  template <class Struct>
  [[nodiscard]] const Struct* as() const noexcept {
    return std::get_if<Struct>(&op);
  }
  template <class Struct>
  [[nodiscard]] Struct* as() noexcept {
    return std::get_if<Struct>(&op);
  }

 private:
  friend class Graph;
  std::vector<Value*> inputs_, outputs_;
};

/// True of the one kind of use that reads what is made later: a recurrence's value of the iteration
/// before.
[[nodiscard]] inline bool is_back_edge(const Node& node, size_t index) noexcept {
  return index == 1 && node.as<ops::Recurrence>() != nullptr;
}

/// Owns nodes and values. Nodes stand in an order in which every value is made before it is read,
/// unless edits through set_input broke it: sort() mends that. Not thread-safe.
class Graph {
 public:
  Graph() = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  std::string name;

  [[nodiscard]] expr::SymbolTable& symbols() noexcept { return symbols_; }
  [[nodiscard]] const expr::SymbolTable& symbols() const noexcept { return symbols_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Node>>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] const std::vector<Value*>& inputs() const noexcept { return inputs_; }
  [[nodiscard]] const std::vector<Value*>& outputs() const noexcept { return outputs_; }
  [[nodiscard]] Value* find_value(std::string_view value_name) const noexcept;
  [[nodiscard]] Node* find_node(std::string_view node_name) const noexcept;

  /// A network input. The caller makes symbols for unknown extents.
  Value* add_input(std::string value_name, DType dtype, expr::Shape shape);
  /// A node at the end, its outputs made and typed by the operator's rule; fails, adding nothing,
  /// when the rule refuses. An empty name is replaced by "<op>_<n>". Outputs are named "<node>:<i>"
  /// until renamed.
  Result<Node*> add(ops::Op op, std::vector<Value*> inputs, std::string node_name,
                    Diagnostics& diag);
  /// As add(), placed before `before` in the order.
  Result<Node*> insert(const Node* before, ops::Op op, std::vector<Value*> inputs,
                       std::string node_name, Diagnostics& diag);
  /// A Constant node, at the end and named as its value; an empty name is made up as in add().
  Value* add_constant(ops::ConstantRef data, std::string value_name);

  void mark_output(Value* value);
  void unmark_output(Value* value);
  /// Makes an input of `node` read `value` (null: absent); inputs between the last one and `index`
  /// become absent. Types are stale until reinfer or refresh.
  void set_input(Node* node, size_t index, Value* value);
  void append_input(Node* node, Value* value);
  /// Drops inputs from `count` on.
  void truncate_inputs(Node* node, size_t count);
  /// Every reader of `from` but the producer of `to` reads `to` instead. A network output stays one
  /// under its name, now on `to`; where `to` is network input or output itself and cannot take a
  /// second name, it stays on `from`.
  void replace(Value* from, Value* to);
  /// Removes a node whose outputs nobody reads and that are no network outputs.
  void erase(Node* node);
  /// Removes a network input that nobody reads.
  void erase_input(Value* value);

  /// What the operator's rule says of `node` now. Symbols it makes go into `symbols`.
  Status infer(const Node& node, expr::SymbolTable& symbols, Diagnostics& diag,
               std::vector<ops::TensorType>& types) const;
  /// Types the outputs of one node anew; fails, changing nothing, when the rule refuses. Sizes
  /// known only at run time keep their symbols as long as the rule says the same of them.
  Status reinfer(Node* node, Diagnostics& diag);
  /// Sorts, then types every node anew in order.
  Status refresh(Diagnostics& diag);
  /// Restores an order in which values are made before they are read, but over back edges. Fails on
  /// a cycle without one.
  Status sort(Diagnostics& diag);
  /// A deep copy, plugins cloned.
  Result<std::unique_ptr<Graph>> clone(Diagnostics& diag) const;

 private:
  Value* new_value(Node* producer, size_t index, std::string value_name);
  void add_use(Node* node, size_t index);
  void remove_use(Node* node, size_t index);
  std::string unused_name(std::string_view stem);

  expr::SymbolTable symbols_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<Value>> values_;
  std::vector<Value*> inputs_, outputs_;
  size_t names_made_ = 0;
};

}  // namespace tenon::ir
