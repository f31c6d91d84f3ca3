// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What an operator's import function sees of its node, and how it builds.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "importers/shared/constant.h"
#include "importers/uff/axes.h"
#include "importers/uff/import.h"
#include "importers/uff/wire.h"

namespace tenon::uff {

/// A value, and how its axes lie.
struct Tensor {
  ir::Value* value = nullptr;
  Stored stored = Stored::AsFile;
};

/// What all nodes of one import share.
struct Session {
  ir::Graph& graph;
  const Options& options;
  std::shared_ptr<const void> owner;  ///< of the file's bytes; null: copy them
  std::unordered_map<std::string_view, wire::View> referenced;
  std::unordered_map<std::string_view, Tensor> tensors;  ///< by node id; a null value: refused
};

/// One node while it is imported. Refusals name the field or the input; node and operation are put
/// before them by the caller.
class Context {
 public:
  Context(Session& session, const wire::Node& node, std::vector<Tensor> inputs,
          Diagnostics& diagnostics)
      : diag(diagnostics), session_(session), node_(node), inputs_(std::move(inputs)) {}

  [[nodiscard]] const wire::Node& node() const noexcept { return node_; }
  [[nodiscard]] Session& session() noexcept { return session_; }
  template <class... Args>
  Status fail(Code code, fmt::format_string<Args...> text, Args&&... args) {
    return diag.fail(code, text, std::forward<Args>(args)...);
  }

  // Inputs.
  [[nodiscard]] const std::vector<Tensor>& inputs() const noexcept { return inputs_; }
  Status expect_inputs(size_t count);
  /// The input with its axes as the file sees them.
  Result<ir::Value*> in(size_t i);
  /// The input in its main order, and `axes`: what the file's axes are of it. `axes` are those that
  /// field `orders` gives it.
  Result<ir::Value*> in_main(size_t i, Dims& axes);
  /// The elements of an integer input, as expressions of the network inputs' extents. Refuses what
  /// only a run can know; `what` says what they mean: "the new shape".
  Result<ops::Content> content(size_t i, std::string_view what);
  /// The same, numbers alone.
  Result<std::vector<int64_t>> numbers(size_t i, std::string_view what);

  // Fields; references are followed. `otherwise` stands for an absent one; another kind is refused.
  [[nodiscard]] bool has(std::string_view field) const noexcept {
    return node_.find(field) != nullptr;
  }
  Status expect_field(std::string_view field);
  Result<wire::Data> data(std::string_view field);
  Result<int64_t> integer(std::string_view field, int64_t otherwise);
  Result<float> real(std::string_view field, float otherwise);
  Result<bool> boolean(std::string_view field, bool otherwise);
  Result<std::string> text(std::string_view field, std::string_view otherwise);
  Result<std::vector<int64_t>> integers(std::string_view field);
  /// The field, which must be there, as one of `choices`; its place in the list.
  Result<size_t> choice(std::string_view field, std::initializer_list<std::string_view> choices);
  /// An axis of a tensor of `rank`, counted from the front; −rank … rank−1 is accepted.
  Result<int64_t> normal_axis(int64_t axis, int64_t rank);
  /// Axes counted from the front, ascending; refuses repeated ones.
  Result<Dims> normal_axes(std::vector<int64_t> axes, int64_t rank);

  // Building. A helper node or constant is named "<node>/<role>".
  Result<ir::Value*> add(ops::Op op, std::vector<ir::Value*> inputs, std::string_view role);
  Result<ir::Value*> transpose(ir::Value* value, const Dims& perm, std::string_view role);
  ir::Value* add_constant(ops::ConstantRef constant, std::string_view role);
  /// A constant of rank 0 in the type of `like`.
  ir::Value* scalar(const ir::Value& like, double value, std::string_view role);
  /// The node itself: its result is output 0.
  Status finish(ops::Op op, std::vector<ir::Value*> inputs, Stored stored = Stored::AsFile);
  /// The node itself, made in the main order of a tensor whose axes the file sees as `axes`, or
  /// which lay as `from` when it came in.
  Status finish_main(ops::Op op, std::vector<ir::Value*> inputs, const Dims& axes, Stored from);
  /// What the node makes.
  void result(ir::Value* value, Stored stored);

  Diagnostics& diag;

 private:
  Result<wire::Data> data(std::string_view field, wire::Kind kind);

  Session& session_;
  const wire::Node& node_;
  std::vector<Tensor> inputs_;
};

/// Our type of a DataType number; nullopt for a type that tensors cannot have.
std::optional<DType> find_dtype(int64_t number) noexcept;

}  // namespace tenon::uff
