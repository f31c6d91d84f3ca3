// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Conversions, and operators that pass their input on.
#include "importers/onnx/operators/quantization.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

/// Before opset 6 the type was a word.
Result<int64_t> read_type_word(Context& node) {
  constexpr std::pair<std::string_view, int64_t> kWords[] = {
      {"FLOAT", 1}, {"UINT8", 2}, {"INT8", 3},     {"UINT16", 4},  {"INT16", 5},   {"INT32", 6},
      {"INT64", 7}, {"BOOL", 9},  {"FLOAT16", 10}, {"DOUBLE", 11}, {"UINT32", 12}, {"UINT64", 13}};
  TENON_ASSIGN(const std::string_view text, node.text("to", ""));
  for (const auto& [word, number] : kWords) {
    if (word == text) return number;
  }
  return node.fail(Code::Unsupported, "attribute to is \"{}\", which is not supported", text);
}

Status cast(Context& node, DType dtype) {
  TENON_TRY(expect_saturation(node, dtype));
  return node.finish(ops::Cast{dtype}, {node.in(0)});
}

Status import_cast(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_TRY(node.expect_attribute("to"));
  TENON_ASSIGN(const int64_t number,
               node.opset() < 6 ? read_type_word(node) : node.integer("to", 0));
  if (const auto dtype = find_dtype(number)) return cast(node, *dtype);
  return node.fail(Code::Unsupported, "casts to {}, which is not supported",
                   data_type_name(number));
}

Status import_cast_like(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  return cast(node, node.dtype(1));
}

Status import_identity(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  return node.finish(ops::Identity{}, {node.in(0)});
}

/// Drops nothing at inference; the mask, if asked for, keeps all.
Status import_dropout(Context& node) {
  TENON_TRY(node.expect_inputs(1, node.opset() >= 12 ? 3 : 1));
  TENON_TRY(node.expect_outputs(2));
  if (node.has(2)) {
    TENON_ASSIGN(const ops::ConstantData* training, node.constant(2, "the training mode"));
    const ops::ConstantData* ratio = node.known(1);
    const bool drops = !ratio || ratio->count() != 1 || ratio->real(0) != 0;
    if (training->count() == 1 && training->integer(0) != 0 && drops) {
      return node.fail(
          Code::Unsupported,
          "is in training mode, which drops at random: export the model for inference");
    }
  }
  if (node.wants(1)) {
    const DType dtype = node.opset() >= 10 ? DType::Bool : node.dtype(0);
    TENON_ASSIGN(ir::Value * kept, node.scalar(dtype, 1, "kept"));
    TENON_ASSIGN(ir::Value * mask, node.add(ops::Expand{node.shape(0)}, {kept}, "mask"));
    TENON_TRY(node.output(1, mask));
  }
  return node.finish(ops::Identity{}, {node.in(0)});
}

constexpr Row kTypeRows[] = {
    {"Cast", 1, kNoEnd, import_cast},
    {"CastLike", 15, kNoEnd, import_cast_like},
    {"Dropout", 1, kNoEnd, import_dropout},
    {"Identity", 1, kNoEnd, import_identity},
};

}  // namespace

std::span<const Row> type_rows() { return kTypeRows; }

}  // namespace tenon::onnx
