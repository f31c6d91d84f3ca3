// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Following small values back to constants. The imported graph is never changed.
#include "importers/onnx/fold.h"

namespace tenon::onnx {

namespace {

/// No value of more elements is computed here, nor a chain of more nodes.
constexpr int64_t kMostElements = 1 << 16;
constexpr int kLongestChain = 200;

/// Integers whose followed content holds numbers alone.
ops::ConstantRef from_content(const ir::Value& value) {
  const auto dims = expr::to_dims(value.shape());
  const bool whole = value.dtype() == DType::I64 || value.dtype() == DType::I32;
  if (!whole || !dims || !value.type.content) return nullptr;
  std::vector<int64_t> wide;
  for (const expr::Expr& element : *value.type.content) {
    if (!element.is_constant()) return nullptr;
    wide.push_back(element.constant());
  }
  if (value.dtype() == DType::I64) return ops::ConstantData::of<int64_t>(*dims, wide);
  const std::vector<int32_t> narrow(wide.begin(), wide.end());
  return ops::ConstantData::of<int32_t>(*dims, narrow);
}

ops::ConstantRef compute(Session& session, const ir::Value& value, int depth);

ops::ConstantRef find(Session& session, const ir::Value& value, int depth) {
  const auto [entry, fresh] = session.known.try_emplace(&value, nullptr);
  if (!fresh) return entry->second;
  ops::ConstantRef data;
  if (value.constant() != nullptr) {
    data = value.producer()->as<ops::Constant>()->data;
  } else {
    data = from_content(value);
    if (data == nullptr) data = compute(session, value, depth);
  }
  session.known[&value] = data;
  return data;
}

/// The value's node on constants, in a graph of its own.
ops::ConstantRef compute(Session& session, const ir::Value& value, int depth) {
  const ir::Node* node = value.producer();
  const auto dims = expr::to_dims(value.shape());
  const bool possible = session.options.evaluator != nullptr && node != nullptr && dims &&
                        dims->volume() <= kMostElements && depth < kLongestChain &&
                        node->as<ops::Foreign>() == nullptr && !node->inputs().empty();
  if (!possible) return nullptr;
  CollectingSink silent;
  Diagnostics diag(silent);
  ir::Graph scratch;
  std::vector<ir::Value*> inputs;
  for (const ir::Value* input : node->inputs()) {
    const ops::ConstantRef data = input ? find(session, *input, depth + 1) : nullptr;
    if (input && (!data || data->count() > kMostElements)) return nullptr;
    inputs.push_back(input ? scratch.add_constant(data, "") : nullptr);
  }
  const auto copy = scratch.add(node->op, std::move(inputs), "", diag);
  if (!copy.ok()) return nullptr;
  const auto outputs = session.options.evaluator->evaluate(**copy);
  return outputs.ok() ? (*outputs)[value.output_index()] : nullptr;
}

}  // namespace

const ops::ConstantData* known(Session& session, const ir::Value& value) {
  return find(session, value, 0).get();
}

}  // namespace tenon::onnx
