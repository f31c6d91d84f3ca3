// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Conversions between real numbers and small integers, and products of the latter.
#include "importers/onnx/operators/quantization.h"

#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;
using ops::ElementWise;
using Binary = ops::ElementWiseKind;
using Unary = ops::UnaryKind;

/// What one type of quantised numbers can hold.
struct Limits {
  float least = 0, most = 0;
};

Result<Limits> limits_of(Context& node, DType dtype) {
  if (dtype == DType::U8) return Limits{0, 255};
  if (dtype == DType::I8) return Limits{-128, 127};
  if (dtype == DType::I16) return Limits{-32768, 32767};
  if (dtype == DType::U16) return Limits{0, 65535};
  if (dtype == DType::I4) return Limits{-8, 7};
  if (dtype == DType::U4) return Limits{0, 15};
  if (dtype == DType::I2) return Limits{-2, 1};
  if (dtype == DType::U2) return Limits{0, 3};
  return node.fail(Code::Unsupported,
                   "quantisation to {} is not supported; supported are integers of at most 16 bits",
                   to_string(dtype));
}

/// A scale or zero point that holds for blocks along attribute axis, each entry as often as its
/// block has elements.
Result<ir::Value*> along_blocks(Context& node, ir::Value* blocks, std::string_view role) {
  const auto part = [&](std::string_view name) { return fmt::format("{}_{}", role, name); };
  const expr::Shape x = node.shape(0);
  TENON_ASSIGN(const int64_t axis, node.axis("axis", 1, node.rank(0)));
  TENON_ASSIGN(const int64_t block, node.integer("block_size", 0));
  const auto at = static_cast<size_t>(axis);
  expr::Shape split = blocks->shape();
  if (block <= 0 || split.size() != x.size()) {
    return node.fail(
        Code::Unsupported,
        "\"{}\" has rank {}, and block_size is {}: blocks need the rank of the input, {}, "
        "and a positive block_size",
        blocks->name, split.size(), block, x.size());
  }
  const Expr count = split[at];
  if (count.is_constant() && x[at].is_constant() &&
      count.constant() != (x[at].constant() + block - 1) / block) {
    return node.fail(Code::InvalidModel, "\"{}\" has {} blocks of {} for {} elements of axis {}",
                     blocks->name, count.constant(), block, x[at].constant(), axis);
  }
  // [… n …] → [… n, 1 …] → [… n, block …] → [… n · block …], of which the last block may stand
  // over.
  split.insert(split.begin() + axis + 1, Expr(1));
  TENON_ASSIGN(ir::Value * repeated, node.add(ops::Reshape{split}, {blocks}, part("split")));
  split[at + 1] = Expr(block);
  TENON_ASSIGN(repeated, node.add(ops::Expand{split}, {repeated}, part("blocks")));
  expr::Shape joined = blocks->shape();
  joined[at] = count * Expr(block);
  TENON_ASSIGN(repeated, node.add(ops::Reshape{joined}, {repeated}, part("joined")));
  if (joined[at] == x[at]) return repeated;
  ops::Slice first{expr::Shape(x.size(), 0), x, Dims::filled(static_cast<int>(x.size()), 1)};
  return node.add(std::move(first), {repeated}, part("cut"));
}

/// A scale or zero point so that it broadcasts to input 0: a scalar, one entry an element of
/// attribute axis, or one a block.
Result<ir::Value*> along_axis(Context& node, ir::Value* vector, std::string_view role) {
  const bool single =
      vector->shape().empty() || (vector->shape().size() == 1 && vector->shape()[0] == Expr(1));
  if (single) {
    if (vector->shape().empty()) return vector;
    return node.add(ops::Reshape{}, {vector}, role);
  }
  if (vector->shape().size() != 1) {
    return along_blocks(node, vector, role);
  }
  TENON_ASSIGN(const int64_t axis, node.axis("axis", 1, node.rank(0)));
  expr::Shape target(static_cast<size_t>(node.rank(0) - axis), Expr(1));
  target[0] = vector->shape()[0];
  return node.add(ops::Reshape{std::move(target)}, {vector}, role);
}

}  // namespace

Result<ir::Value*> quantised(Context& node, ir::Value* real, ir::Value* zero, DType dtype,
                             std::string_view role) {
  // A zero point of a floating type is 0.
  if (is_floating(dtype)) return node.add(ops::Cast{dtype}, {real}, role);
  TENON_ASSIGN(const Limits limits, limits_of(node, dtype));
  const auto part = [&](std::string_view name) { return fmt::format("{}_{}", role, name); };
  TENON_ASSIGN(ir::Value * whole, node.add(ops::Unary{Unary::Round}, {real}, part("round")));
  if (zero != nullptr) {
    TENON_ASSIGN(ir::Value * offset, node.add(ops::Cast{real->dtype()}, {zero}, part("zero")));
    TENON_ASSIGN(whole, node.add(ElementWise{Binary::Add}, {whole, offset}, part("shifted")));
  }
  const ops::Activation clip{ops::ActivationKind::Clip, limits.least, limits.most};
  TENON_ASSIGN(ir::Value * kept, node.add(clip, {whole}, part("saturated")));
  return node.add(ops::Cast{dtype}, {kept}, role);
}

Status expect_saturation(Context& node, DType dtype) {
  if (dtype != DType::F8E4M3 && dtype != DType::F8E5M2) return {};
  TENON_ASSIGN(const int64_t saturates, node.integer("saturate", 1));
  if (saturates != 0) return {};
  return node.fail(Code::Unsupported,
                   "attribute saturate is 0, which is not supported: {} is kept within its range",
                   to_string(dtype));
}

namespace {

/// True if Quantize and Dequantize know integers of this type, and its scale as it lies here.
bool is_known(DType dtype, const ir::Value& scale) {
  const bool type = dtype == DType::I8 || dtype == DType::U8 || is_storage(dtype);
  return type && scale.shape().size() <= 1;
}

/// The axis that a scale is along; −1 when there is one scale for all.
Result<int64_t> axis_of_scale(Context& node, const ir::Value& scale) {
  if (scale.shape().empty() || scale.shape()[0] == Expr(1)) return int64_t{-1};
  TENON_ASSIGN(const int64_t axis, node.axis("axis", 1, node.rank(0)));
  const expr::Shape& x = node.shape(0);
  if (!(x[static_cast<size_t>(axis)] == Expr(1))) return axis;
  // ONNX Runtime's quantizer gives a bias of shape [1, N] N scales along axis 0.
  for (size_t i = 0; i < x.size(); ++i) {
    if (x[i] == scale.shape()[0]) return static_cast<int64_t>(i);
  }
  return axis;
}

Status import_quantize(Context& node) {
  TENON_TRY(node.expect_inputs(2, 3));
  DType dtype = node.has(2) ? node.dtype(2) : DType::U8;
  TENON_ASSIGN(const int64_t declared, node.integer("output_dtype", 0));
  if (!node.has(2) && declared != 0) {
    const auto found = find_dtype(declared);
    if (!found) {
      return node.fail(Code::Unsupported, "attribute output_dtype is {}, which is not supported",
                       data_type_name(declared));
    }
    dtype = *found;
  }
  TENON_TRY(expect_saturation(node, dtype));
  ir::Value* x = node.in(0);
  if (x->dtype() != node.dtype(1)) {
    TENON_ASSIGN(x, node.add(ops::Cast{node.dtype(1)}, {x}, "real"));
  }
  if (is_known(dtype, *node.in(1))) {
    TENON_ASSIGN(const int64_t axis, axis_of_scale(node, *node.in(1)));
    std::vector<ir::Value*> inputs{x, node.in(1)};
    if (node.has(2)) inputs.push_back(node.in(2));
    return node.finish(ops::Quantize{axis, dtype}, std::move(inputs));
  }
  TENON_ASSIGN(ir::Value * scale, along_axis(node, node.in(1), "scale"));
  ir::Value* zero = nullptr;
  if (node.has(2)) {
    TENON_ASSIGN(zero, along_axis(node, node.in(2), "zero"));
  }
  TENON_ASSIGN(ir::Value * scaled, node.add(ElementWise{Binary::Div}, {x, scale}, "scaled"));
  TENON_ASSIGN(ir::Value * made, quantised(node, scaled, zero, dtype, "quantised"));
  return node.output(0, made);
}

/// A constant of integers of 4 or 2 bits as i8 or u8, which the passes know; others as they are.
ir::Value* widened(Context& node, ir::Value* value, std::string_view role) {
  const ops::ConstantData* data = value->constant();
  if (data == nullptr || bit_width(value->dtype()) >= 8 || is_floating(value->dtype())) {
    return value;
  }
  const bool is_signed = value->dtype() == DType::I4 || value->dtype() == DType::I2;
  std::vector<std::byte> whole(static_cast<size_t>(data->count()));
  for (size_t i = 0; i < whole.size(); ++i) {
    whole[i] = static_cast<std::byte>(data->integer(static_cast<int64_t>(i)));
  }
  return node.add_constant(
      ops::ConstantData::copy(is_signed ? DType::I8 : DType::U8, data->dims(), whole), role);
}

/// (x − zero point) · scale.
Status import_dequantize(Context& node) {
  TENON_TRY(node.expect_inputs(2, 3));
  const DType real = node.dtype(1);
  ir::Value* x = widened(node, node.in(0), "widened");
  ir::Value* zero = node.has(2) ? node.in(2) : nullptr;
  if (zero != nullptr && x != node.in(0)) {
    TENON_ASSIGN(zero, node.add(ops::Cast{x->dtype()}, {zero}, "zero_widened"));
  }
  const bool whole = is_known(x->dtype(), *node.in(1)) || x->dtype() == DType::I32;
  if (whole && node.rank(1) <= 1) {
    TENON_ASSIGN(const int64_t axis, axis_of_scale(node, *node.in(1)));
    std::vector<ir::Value*> inputs{x, node.in(1)};
    if (zero != nullptr) inputs.push_back(zero);
    return node.finish(ops::Dequantize{axis, real}, std::move(inputs));
  }
  TENON_ASSIGN(ir::Value * scale, along_axis(node, node.in(1), "scale"));
  TENON_ASSIGN(x, node.add(ops::Cast{real}, {x}, "real"));
  if (zero != nullptr) {
    TENON_ASSIGN(zero, along_axis(node, zero, "zero"));
    TENON_ASSIGN(zero, node.add(ops::Cast{real}, {zero}, "real_zero"));
    TENON_ASSIGN(x, node.add(ElementWise{Binary::Sub}, {x, zero}, "centred"));
  }
  return node.finish(ElementWise{Binary::Mul}, {x, scale});
}

/// To u8, with scale and zero point from the range of the input.
Status import_dynamic_quantize(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  ir::Value* x = node.in(0);
  Dims axes;
  for (int64_t axis = 0; axis < node.rank(0); ++axis) axes.push_back(axis);
  TENON_ASSIGN(ir::Value * none, node.scalar(x->dtype(), 0, "none"));
  TENON_ASSIGN(ir::Value * steps, node.scalar(x->dtype(), 255, "steps"));
  TENON_ASSIGN(ir::Value * top,
               node.add(ops::Reduce{ops::ReduceKind::Max, axes, false}, {x}, "top"));
  TENON_ASSIGN(ir::Value * bottom,
               node.add(ops::Reduce{ops::ReduceKind::Min, axes, false}, {x}, "bottom"));
  TENON_ASSIGN(top, node.add(ElementWise{Binary::Max}, {top, none}, "high"));
  TENON_ASSIGN(bottom, node.add(ElementWise{Binary::Min}, {bottom, none}, "low"));
  TENON_ASSIGN(ir::Value * range, node.add(ElementWise{Binary::Sub}, {top, bottom}, "range"));
  TENON_ASSIGN(ir::Value * scale, node.add(ElementWise{Binary::Div}, {range, steps}, "scale"));
  TENON_ASSIGN(ir::Value * below, node.add(ElementWise{Binary::Sub}, {none, bottom}, "below"));
  TENON_ASSIGN(ir::Value * place, node.add(ElementWise{Binary::Div}, {below, scale}, "place"));
  TENON_ASSIGN(ir::Value * zero, quantised(node, place, nullptr, DType::U8, "zero"));
  TENON_ASSIGN(ir::Value * scaled, node.add(ElementWise{Binary::Div}, {x, scale}, "scaled"));
  TENON_ASSIGN(ir::Value * made, quantised(node, scaled, zero, DType::U8, "quantised"));
  TENON_TRY(node.output(0, made));
  TENON_TRY(node.output(1, scale));
  return node.output(2, zero);
}

/// Input `i` as i32 less its zero point, input `zero`; a vector of these counts the rows of the
/// first matrix, the columns of the second.
Result<ir::Value*> centred(Context& node, size_t i, size_t zero, bool by_row,
                           std::string_view role) {
  const auto part = [&](std::string_view name) { return fmt::format("{}_{}", role, name); };
  TENON_ASSIGN(ir::Value * whole, node.add(ops::Cast{DType::I32}, {node.in(i)}, part("whole")));
  if (!node.has(zero)) return whole;
  TENON_ASSIGN(ir::Value * offset, node.add(ops::Cast{DType::I32}, {node.in(zero)}, part("zero")));
  if (by_row && offset->shape().size() == 1 && !(offset->shape()[0] == Expr(1))) {
    TENON_ASSIGN(offset, node.add(ops::Reshape{{offset->shape()[0], 1}}, {offset}, part("column")));
  }
  return node.add(ElementWise{Binary::Sub}, {whole, offset}, role);
}

Status import_mat_mul_integer(Context& node) {
  TENON_TRY(node.expect_inputs(2, 4));
  TENON_ASSIGN(ir::Value * a, centred(node, 0, 2, true, "a"));
  TENON_ASSIGN(ir::Value * b, centred(node, 1, 3, false, "b"));
  return node.finish(ops::MatMul{}, {a, b});
}

/// The product of whole numbers, brought to the output's scale.
Status import_q_linear_mat_mul(Context& node) {
  TENON_TRY(node.expect_inputs(8, 8));
  enum Input : size_t { kA, kScaleA, kZeroA, kB, kScaleB, kZeroB, kScaleY, kZeroY };
  for (const size_t i : {kScaleA, kZeroA, kScaleB, kZeroB, kScaleY, kZeroY}) {
    if (node.rank(i) == 0 || (node.rank(i) == 1 && node.shape(i)[0] == Expr(1))) continue;
    return node.fail(Code::Unsupported,
                     "input {} (\"{}\") is no scalar: scales by row and column are "
                     "not supported",
                     i, node.in(i)->name);
  }
  if (node.in(kB)->constant() != nullptr && node.dtype(kScaleA) == DType::F32) {
    // A real product between conversions, which the passes make one of integers.
    const ops::Dequantize real{-1, DType::F32};
    TENON_ASSIGN(ir::Value * left,
                 node.add(real, {node.in(kA), node.in(kScaleA), node.in(kZeroA)}, "a"));
    TENON_ASSIGN(ir::Value * right,
                 node.add(real, {node.in(kB), node.in(kScaleB), node.in(kZeroB)}, "b"));
    TENON_ASSIGN(ir::Value * sums, node.add(ops::MatMul{}, {left, right}, "real"));
    return node.finish(ops::Quantize{-1, node.dtype(kZeroY)},
                       {sums, node.in(kScaleY), node.in(kZeroY)});
  }
  TENON_ASSIGN(ir::Value * a, centred(node, kA, kZeroA, true, "a"));
  TENON_ASSIGN(ir::Value * b, centred(node, kB, kZeroB, false, "b"));
  TENON_ASSIGN(ir::Value * whole, node.add(ops::MatMul{}, {a, b}, "product"));
  const DType real = node.dtype(kScaleA);
  TENON_ASSIGN(ir::Value * product, node.add(ops::Cast{real}, {whole}, "real"));
  TENON_ASSIGN(ir::Value * scale, node.add(ElementWise{Binary::Mul},
                                           {node.in(kScaleA), node.in(kScaleB)}, "scale_ab"));
  TENON_ASSIGN(scale, node.add(ElementWise{Binary::Div}, {scale, node.in(kScaleY)}, "scale"));
  TENON_ASSIGN(ir::Value * scaled, node.add(ElementWise{Binary::Mul}, {product, scale}, "scaled"));
  TENON_ASSIGN(ir::Value * made,
               quantised(node, scaled, node.in(kZeroY), node.dtype(kZeroY), "quantised"));
  return node.output(0, made);
}

constexpr Row kQuantizationRows[] = {
    {"DequantizeLinear", 10, kNoEnd, import_dequantize},
    {"DynamicQuantizeLinear", 11, kNoEnd, import_dynamic_quantize},
    {"MatMulInteger", 10, kNoEnd, import_mat_mul_integer},
    {"QLinearMatMul", 10, kNoEnd, import_q_linear_mat_mul},
    {"QuantizeLinear", 10, kNoEnd, import_quantize},
};

}  // namespace

std::span<const Row> quantization_rows() { return kQuantizationRows; }

}  // namespace tenon::onnx
