// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Walking back to network inputs, and giving them content.
#include "ir/shape_input.h"

#include <unordered_set>

namespace tenon::ir {

namespace {

/// Number of elements of an input that can become a shape input; nothing for another.
std::optional<int64_t> followable(const Value& input) {
  if (input.dtype() != DType::I32 && input.dtype() != DType::I64) return std::nullopt;
  const std::optional<Dims> dims = expr::to_dims(input.shape());
  if (!dims || dims->volume() > ops::kMaxContent) return std::nullopt;
  return dims->volume();
}

/// The network inputs behind `value` that can become shape inputs and are none yet.
std::vector<Value*> inputs_behind(Value& value) {
  std::vector<Value*> found, open{&value};
  std::unordered_set<const Value*> seen{&value};
  while (!open.empty()) {
    Value* one = open.back();
    open.pop_back();
    if (one->type.content) continue;
    if (one->is_network_input()) {
      if (followable(*one)) found.push_back(one);
      continue;
    }
    for (Value* input : one->producer()->inputs()) {
      if (input != nullptr && seen.insert(input).second) open.push_back(input);
    }
  }
  return found;
}

}  // namespace

Status follow_content(Graph& graph, Value& value, Diagnostics& diag) {
  if (value.type.content) return {};
  const std::vector<Value*> inputs = inputs_behind(value);
  for (Value* input : inputs) {
    ops::Content& content = input->type.content.emplace();
    for (int64_t i = 0; i < *followable(*input); ++i) {
      content.push_back(graph.symbols().element(input->name, static_cast<size_t>(i)));
    }
  }
  const Status status = inputs.empty() ? Status{} : graph.refresh(diag);
  if (status.ok() && value.type.content) return {};
  for (Value* input : inputs) input->type.content.reset();
  if (!inputs.empty()) TENON_TRY(graph.refresh(diag));
  TENON_TRY(status);
  return diag.fail(Code::InvalidArgument,
                   "the values of tensor \"{}\" ({} {}) decide shapes, but what they are does not "
                   "follow from shapes and shape inputs: give them as a constant, or as a network "
                   "input of type i32 or i64 with fixed extents and at most {} elements",
                   value.name, to_string(value.dtype()),
                   expr::to_string(value.shape(), graph.symbols()), ops::kMaxContent);
}

}  // namespace tenon::ir
