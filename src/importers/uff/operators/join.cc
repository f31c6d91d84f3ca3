// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that join tensors.
#include <algorithm>

#include "importers/uff/table.h"

namespace tenon::uff {

namespace {

Status expect_some(Context& node) {
  if (!node.inputs().empty()) return {};
  return node.fail(Code::InvalidModel, "joins nothing: it has no inputs");
}

/// Where the file's axis lies in a value whose channels were moved to the front.
int64_t turned_axis(int64_t axis, int64_t rank) {
  if (axis == 0) return 0;
  return axis == rank - 1 ? 1 : axis + 1;
}

Status import_concat(Context& node) {
  TENON_TRY(expect_some(node));
  const auto rank = static_cast<int64_t>(node.inputs()[0].value->shape().size());
  TENON_ASSIGN(const int64_t given, node.integer("axis", 0));
  TENON_ASSIGN(int64_t axis, node.normal_axis(given, rank));
  const auto& all = node.inputs();
  const auto lies = [&](Stored stored) {
    return std::all_of(all.begin(), all.end(),
                       [stored](const Tensor& tensor) { return tensor.stored == stored; });
  };
  std::vector<ir::Value*> inputs;
  if (lies(Stored::Turned) || lies(Stored::ChannelFirst)) {
    if (lies(Stored::Turned)) axis = turned_axis(axis, rank);
    for (const Tensor& tensor : all) inputs.push_back(tensor.value);
    return node.finish(ops::Concat{axis}, std::move(inputs), all[0].stored);
  }
  for (size_t i = 0; i < all.size(); ++i) {
    TENON_ASSIGN(ir::Value * input, node.in(i));
    inputs.push_back(input);
  }
  return node.finish(ops::Concat{axis}, std::move(inputs));
}

/// Joins along an axis that is new.
Status import_stack(Context& node) {
  TENON_TRY(expect_some(node));
  const auto rank = static_cast<int64_t>(node.inputs()[0].value->shape().size());
  TENON_ASSIGN(const int64_t given, node.integer("axis", 0));
  TENON_ASSIGN(const int64_t axis, node.normal_axis(given, rank + 1));
  std::vector<ir::Value*> inputs;
  for (size_t i = 0; i < node.inputs().size(); ++i) {
    TENON_ASSIGN(ir::Value * input, node.in(i));
    TENON_ASSIGN(input, node.add(ops::Unsqueeze{{axis}}, {input}, fmt::format("part_{}", i)));
    inputs.push_back(input);
  }
  return node.finish(ops::Concat{axis}, std::move(inputs));
}

constexpr Row kJoinRows[] = {
    {"Concat", import_concat},
    {"Stack", import_stack},
};

}  // namespace

std::span<const Row> join_rows() { return kJoinRows; }

}  // namespace tenon::uff
