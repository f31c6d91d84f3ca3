// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What an operator's import function sees of its node, and how it builds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "importers/onnx/scope.h"
#include "importers/shared/constant.h"

namespace tenon::onnx {

using importers::make_constant;

/// One node while it is imported. Refusals name the attribute or the input; node, operator and
/// opset are put before them by the caller.
class Context {
 public:
  Context(Session& session, Scope& scope, const wire::Node& node, std::string name,
          std::vector<ir::Value*> inputs, Diagnostics& diagnostics);

  [[nodiscard]] const wire::Node& node() const noexcept { return node_; }
  /// The node's name in the graph.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// The version of ONNX's own operators that the model asks for.
  [[nodiscard]] int64_t opset() const noexcept { return opset_; }
  [[nodiscard]] Session& session() noexcept { return session_; }
  [[nodiscard]] Scope& scope() noexcept { return scope_; }
  template <class... Args>
  Status fail(Code code, fmt::format_string<Args...> text, Args&&... args) {
    return diag.fail(code, text, std::forward<Args>(args)...);
  }

  // Inputs. Absent optional ones are null.
  [[nodiscard]] const std::vector<ir::Value*>& inputs() const noexcept { return inputs_; }
  [[nodiscard]] ir::Value* in(size_t i) const noexcept {
    return i < inputs_.size() ? inputs_[i] : nullptr;
  }
  [[nodiscard]] bool has(size_t i) const noexcept { return in(i) != nullptr; }
  [[nodiscard]] const expr::Shape& shape(size_t i) const noexcept { return inputs_[i]->shape(); }
  [[nodiscard]] int64_t rank(size_t i) const noexcept {
    return static_cast<int64_t>(shape(i).size());
  }
  [[nodiscard]] DType dtype(size_t i) const noexcept { return inputs_[i]->dtype(); }
  /// Refuses other counts, and absence among the first `least`.
  Status expect_inputs(size_t least, size_t most);
  Status expect_rank(size_t i, int64_t rank);
  /// The elements of an integer input, as expressions of the network inputs' extents. Refuses what
  /// only a run can know; `what` says what they mean: "the new shape".
  Result<ops::Content> content(size_t i, std::string_view what);
  /// The same; network inputs that they are computed from become shape inputs
  /// (ir/shape_input.h), whose elements may be of any sign.
  Result<ops::Content> extents(size_t i, std::string_view what);
  /// What content() gives, numbers alone.
  Result<std::vector<int64_t>> numbers(size_t i, std::string_view what);
  /// The data of an input if they can be known, else null.
  [[nodiscard]] const ops::ConstantData* known(size_t i);
  /// The same; refuses what only a run can know.
  Result<const ops::ConstantData*> constant(size_t i, std::string_view what);

  // Attributes. `otherwise` stands for an absent one; another type is refused.
  [[nodiscard]] bool has_attribute(std::string_view attribute) const noexcept {
    return node_.find(attribute) != nullptr;
  }
  Status expect_attribute(std::string_view attribute);
  Result<int64_t> integer(std::string_view attribute, int64_t otherwise);
  Result<float> real(std::string_view attribute, float otherwise);
  Result<std::string_view> text(std::string_view attribute, std::string_view otherwise);
  Result<std::vector<int64_t>> integers(std::string_view attribute);
  Result<std::vector<float>> reals(std::string_view attribute);
  Result<ops::ConstantRef> tensor(std::string_view attribute);
  /// The attribute as one of `choices`; its place in the list.
  Result<size_t> choice(std::string_view attribute, std::string_view otherwise,
                        std::initializer_list<std::string_view> choices);
  /// An axis attribute, counted from the front; −rank … rank−1 is accepted.
  Result<int64_t> axis(std::string_view attribute, int64_t otherwise, int64_t rank);
  /// The same for a number from anywhere.
  Result<int64_t> normal_axis(int64_t axis, int64_t rank);
  /// Axes counted from the front, ascending; refuses repeated ones.
  Result<std::vector<int64_t>> normal_axes(std::vector<int64_t> axes, int64_t rank);
  /// A list as Dims; `what` names it in a refusal of more than eight entries.
  Result<Dims> dims(const std::vector<int64_t>& list, std::string_view what);

  // Building. A helper node or constant is named "<node>/<role>".
  Result<ir::Node*> add_node(ops::Op op, std::vector<ir::Value*> inputs, std::string node_name);
  Result<ir::Value*> add(ops::Op op, std::vector<ir::Value*> inputs, std::string_view role);
  ir::Value* add_constant(ops::ConstantRef data, std::string_view role);
  /// A constant of rank 0. Refuses the types of eight bits and less that no arithmetic knows.
  Result<ir::Value*> scalar(DType dtype, double value, std::string_view role);
  /// The node itself: its result is output 0.
  Status finish(ops::Op op, std::vector<ir::Value*> inputs);

  // Outputs.
  [[nodiscard]] size_t output_count() const noexcept { return node_.outputs.size(); }
  [[nodiscard]] bool wants(size_t i) const noexcept {
    return i < node_.outputs.size() && !node_.outputs[i].empty();
  }
  /// Refuses a node that asks for output `count` or a later one.
  Status expect_outputs(size_t count);
  /// Gives output `i` its value, which gets the output's name; nothing if nobody wants it.
  Status output(size_t i, ir::Value* value);

  Diagnostics& diag;

 private:
  Result<const wire::Attribute*> find(std::string_view attribute, wire::AttributeType type);

  Session& session_;
  Scope& scope_;
  const wire::Node& node_;
  std::string name_;
  std::vector<ir::Value*> inputs_;
  int64_t opset_;
};

}  // namespace tenon::onnx
