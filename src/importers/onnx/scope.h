// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The state of one import, and the names that are visible at a node.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "importers/onnx/import.h"
#include "importers/onnx/tensor.h"
#include "importers/onnx/wire.h"

namespace tenon::onnx {

/// The newest opset of ONNX's own domain whose operators the tables describe.
inline constexpr int64_t kNewestOpset = 24;

/// True for the two spellings of ONNX's own domain.
constexpr bool is_own_domain(std::string_view domain) noexcept {
  return domain.empty() || domain == "ai.onnx";
}

/// What all nodes of one import share.
struct Session {
  Session(ir::Graph& graph_made, const Options& how, std::shared_ptr<const void> owner)
      : graph(graph_made), options(how), tensors(std::move(owner), how.folder) {}

  /// `wanted`, or with a number behind it when a node of that name exists.
  std::string unique_name(std::string_view wanted);

  ir::Graph& graph;
  const Options& options;
  TensorReader tensors;
  std::map<std::pair<std::string_view, std::string_view>, const wire::Function*> functions;
  std::unordered_set<const ir::Value*> named;  ///< values that carry their name from the model
  std::unordered_map<const ir::Value*, ops::ConstantRef> known;  ///< see fold.h; null: unknown
  int64_t borders = 0;       ///< loops and conditionals so far: the number of the last
  size_t nodes_inlined = 0;  ///< by functions and branches so far: hostile ones multiply
  std::deque<wire::Graph>
      branches;  ///< decoded graphs of attributes, whose tensors scopes refer to

 private:
  std::unordered_map<std::string, size_t> names_;  ///< name → numbers tried behind it
};

/// Names of values within the main graph, one function's body or one branch.
class Scope {
 public:
  enum class State : uint8_t {
    Unknown,  ///< nothing makes it
    Broken,   ///< its maker was refused
    Known
  };
  struct Entry {
    State state = State::Unknown;
    ir::Value* value = nullptr;  ///< null: an optional input that the caller left out
  };

  /// `prefix` goes before all names made here: "" for the main graph. Names that are not found here
  /// are looked up in `outer`, if given, which outlives the scope.
  Scope(Session& session, std::string prefix, std::span<const wire::OperatorSet> operator_sets,
        int depth, Scope* outer = nullptr)
      : session_(session),
        prefix_(std::move(prefix)),
        sets_(operator_sets),
        depth_(depth),
        outer_(outer) {}

  /// What a value from around this scope, no constant, becomes in it.
  using HandIn = std::function<Result<ir::Value*>(ir::Value* value)>;
  void set_hand_in(HandIn hand_in) { hand_in_ = std::move(hand_in); }

  /// Knows a tensor, made a constant when first read. False when the name is taken.
  bool add_initializer(const wire::Tensor& tensor);
  [[nodiscard]] bool is_initializer(std::string_view name) const noexcept {
    return initializers_.contains(name);
  }
  /// False when the name is taken.
  bool bind(std::string_view name, ir::Value* value);
  void mark_broken(std::string_view name) { entries_[name].state = State::Broken; }
  /// Looks a name up; fails, naming the tensor, when an initializer cannot be read.
  Result<Entry> find(std::string_view name, Diagnostics& diag);

  /// The version of `domain` that the model imports; 0 when it does not.
  [[nodiscard]] int64_t opset(std::string_view domain) const noexcept;
  [[nodiscard]] std::span<const wire::OperatorSet> operator_sets() const noexcept { return sets_; }
  [[nodiscard]] const std::string& prefix() const noexcept { return prefix_; }
  [[nodiscard]] int depth() const noexcept { return depth_; }

 private:
  Session& session_;
  std::string prefix_;
  std::span<const wire::OperatorSet> sets_;
  int depth_;
  Scope* outer_;
  HandIn hand_in_;
  std::unordered_map<std::string_view, Entry> entries_;
  std::unordered_map<std::string_view, const wire::Tensor*> initializers_;
};

}  // namespace tenon::onnx
