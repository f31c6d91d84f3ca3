// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What all reference kernels share: records and the check of shapes.
#include "backends/ref/kernel.h"

namespace tenon::ref {

namespace {

/// True if `given` is what the rule said: a size that only a run tells may be up to its greatest.
bool is_shape(const Dims& given, const expr::Shape& wanted, const expr::SymbolTable& symbols) {
  if (static_cast<size_t>(given.rank()) != wanted.size()) return false;
  for (int axis = 0; axis < given.rank(); ++axis) {
    const expr::Expr& extent = wanted[static_cast<size_t>(axis)];
    const bool open = extent.is_symbol() && symbols[extent.symbol_id()].data_dependent();
    const expr::Expr& most = open ? *symbols[extent.symbol_id()].upper : extent;
    if (!most.is_constant()) return false;
    if (open ? given[axis] < 0 || given[axis] > most.constant() : given[axis] != most.constant()) {
      return false;
    }
  }
  return true;
}

}  // namespace

Status write_head(const ops::Op& op, const kernel::NodeInfo& node, kernel::Record& record,
                  Diagnostics& diag) {
  const auto params = ops::pack(op);
  if (!params.ok()) return diag.fail(params.status().code, "{}", params.status().what);
  ByteWriter writer;
  writer.raw(*params);
  writer.put(static_cast<uint32_t>(node.inputs.size()));
  for (const kernel::PortInfo& input : node.inputs) {
    writer.put(static_cast<uint8_t>(input.present ? 1 : 0));
  }
  record.params = std::move(writer).bytes();
  return {};
}

bool read_present(ByteReader& reader, std::vector<uint8_t>& present) {
  const auto bytes = reader.raw(reader.take<uint32_t>());
  for (const std::byte byte : bytes) present.push_back(static_cast<uint8_t>(byte));
  return reader.ok();
}

Status check_shapes(const ops::Op& op, std::span<const uint8_t> present,
                    std::span<const kernel::TensorDesc> inputs,
                    std::span<const kernel::TensorDesc> outputs, Diagnostics& diag) {
  if (inputs.size() != present.size()) {
    return diag.fail(Code::InvalidArgument, "{} inputs are given, but the kernel was made for {}",
                     inputs.size(), present.size());
  }
  std::vector<ops::TensorType> types(inputs.size());
  std::vector<const ops::TensorType*> given(inputs.size(), nullptr);
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (present[i] == 0) continue;
    if (inputs[i].absent()) {
      return diag.fail(Code::InvalidArgument, "input {} is missing", i);
    }
    if (!inputs[i].layout.is_linear()) {
      return diag.fail(Code::Unsupported, "input {} lies as {}, but reference kernels read linear",
                       i, kernel::to_string(inputs[i].layout));
    }
    types[i] = {inputs[i].dtype, expr::to_shape(inputs[i].dims), {}};
    given[i] = &types[i];
  }
  const std::vector<const ops::ConstantData*> constants(inputs.size(), nullptr);
  expr::SymbolTable symbols;
  ops::Inference inference{given, constants, symbols, diag, {}};
  TENON_TRY(ops::infer(op, inference));
  if (inference.outputs.size() != outputs.size()) {
    return diag.fail(Code::InvalidArgument, "{} outputs are given, but there are {}",
                     outputs.size(), inference.outputs.size());
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    const ops::TensorType& wanted = inference.outputs[i];
    if (outputs[i].layout.is_linear() && outputs[i].dtype == wanted.dtype &&
        is_shape(outputs[i].dims, wanted.shape, symbols)) {
      continue;
    }
    return diag.fail(Code::InvalidArgument, "output {} is given as {} {} ({}), but is {} {}", i,
                     to_string(outputs[i].dtype), to_string(outputs[i].dims),
                     kernel::to_string(outputs[i].layout), to_string(wanted.dtype),
                     expr::to_string(wanted.shape, symbols));
  }
  return {};
}

}  // namespace tenon::ref
