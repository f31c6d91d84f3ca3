// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Activation functions.
#include <limits>

#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using Kind = ops::ActivationKind;
using ops::ElementWise;
using ops::ElementWiseKind;

Status activate(Context& node, Kind kind, float alpha = 0, float beta = 0) {
  TENON_TRY(node.expect_inputs(1, 1));
  return node.finish(ops::Activation{kind, alpha, beta}, {node.in(0)});
}

template <Kind kind>
Status import_plain(Context& node) {
  return activate(node, kind);
}

/// Kinds with one parameter, the attribute alpha; its default in thousandths.
template <Kind kind, int thousandths>
Status import_with_alpha(Context& node) {
  TENON_ASSIGN(const float alpha, node.real("alpha", static_cast<float>(thousandths) / 1000.0F));
  return activate(node, kind, alpha);
}

Status import_selu(Context& node) {
  TENON_ASSIGN(const float alpha, node.real("alpha", 1.67326319217681884765625F));
  TENON_ASSIGN(const float gamma, node.real("gamma", 1.05070102214813232421875F));
  return activate(node, Kind::Selu, alpha, gamma);
}

Status import_hard_sigmoid(Context& node) {
  TENON_ASSIGN(const float alpha, node.real("alpha", 0.2F));
  TENON_ASSIGN(const float beta, node.real("beta", 0.5F));
  return activate(node, Kind::HardSigmoid, alpha, beta);
}

Status import_hard_swish(Context& node) {
  return activate(node, Kind::HardSwish, 1.0F / 6.0F, 0.5F);
}

Status import_softplus(Context& node) { return activate(node, Kind::Softplus, 1, 1); }

Status import_gelu(Context& node) {
  TENON_ASSIGN(const size_t tanh, node.choice("approximate", "none", {"none", "tanh"}));
  return activate(node, tanh == 1 ? Kind::GeluTanh : Kind::GeluErf);
}

/// Limits as attributes.
Status import_clip_1(Context& node) {
  TENON_ASSIGN(const float low, node.real("min", std::numeric_limits<float>::lowest()));
  TENON_ASSIGN(const float high, node.real("max", std::numeric_limits<float>::max()));
  return activate(node, Kind::Clip, low, high);
}

/// Limits as optional inputs: parameters when they are constants that a float holds, else Max and
/// Min.
Status import_clip_11(Context& node) {
  TENON_TRY(node.expect_inputs(1, 3));
  const DType dtype = node.dtype(0);
  bool fixed = dtype == DType::F32 || dtype == DType::F16 || dtype == DType::BF16;
  float limits[] = {std::numeric_limits<float>::lowest(), std::numeric_limits<float>::max()};
  for (size_t i = 1; i <= 2; ++i) {
    if (!node.has(i)) continue;
    const ops::ConstantData* limit = node.known(i);
    if (limit && limit->count() != 1) {
      return node.fail(Code::InvalidModel, "input {} (\"{}\") must be a scalar", i,
                       node.in(i)->name);
    }
    fixed = fixed && limit;
    if (limit) limits[i - 1] = static_cast<float>(limit->real(0));
  }
  if (fixed) return node.finish(ops::Activation{Kind::Clip, limits[0], limits[1]}, {node.in(0)});
  const ElementWise largest{ElementWiseKind::Max}, smallest{ElementWiseKind::Min};
  if (!node.has(1) && !node.has(2)) return node.finish(ops::Identity{}, {node.in(0)});
  if (!node.has(2)) return node.finish(largest, {node.in(0), node.in(1)});
  ir::Value* x = node.in(0);
  if (node.has(1)) {
    TENON_ASSIGN(x, node.add(largest, {x, node.in(1)}, "max"));
  }
  return node.finish(smallest, {x, node.in(2)});
}

/// x < 0 ? slope x : x. Before opset 7 a slope vector counts channels.
Status import_prelu(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  ir::Value *x = node.in(0), *slope = node.in(1);
  if (const ops::ConstantData* data = node.known(1); data && data->count() == 1) {
    return node.finish(ops::Activation{Kind::LeakyRelu, static_cast<float>(data->real(0)), 0}, {x});
  }
  if (node.opset() < 7 && node.rank(1) == 1 && node.rank(0) > 2) {
    expr::Shape target(static_cast<size_t>(node.rank(0)) - 1, expr::Expr(1));
    target[0] = node.shape(1)[0];
    TENON_ASSIGN(slope, node.add(ops::Reshape{std::move(target)}, {slope}, "slope"));
  }
  TENON_ASSIGN(ir::Value * zero, node.scalar(x->dtype(), 0, "zero"));
  TENON_ASSIGN(ir::Value * negative,
               node.add(ElementWise{ElementWiseKind::Less}, {x, zero}, "negative"));
  TENON_ASSIGN(ir::Value * scaled,
               node.add(ElementWise{ElementWiseKind::Mul}, {x, slope}, "scaled"));
  return node.finish(ops::Select{}, {negative, scaled, x});
}

/// x < −lambd ? x + bias : x > lambd ? x − bias : 0.
Status import_shrink(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(const float lambd, node.real("lambd", 0.5F));
  TENON_ASSIGN(const float shift, node.real("bias", 0));
  ir::Value* x = node.in(0);
  TENON_ASSIGN(ir::Value * low, node.scalar(x->dtype(), -lambd, "low"));
  TENON_ASSIGN(ir::Value * high, node.scalar(x->dtype(), lambd, "high"));
  TENON_ASSIGN(ir::Value * bias, node.scalar(x->dtype(), shift, "bias"));
  TENON_ASSIGN(ir::Value * zero, node.scalar(x->dtype(), 0, "zero"));
  TENON_ASSIGN(ir::Value * above,
               node.add(ElementWise{ElementWiseKind::Greater}, {x, high}, "above"));
  TENON_ASSIGN(ir::Value * below, node.add(ElementWise{ElementWiseKind::Less}, {x, low}, "below"));
  TENON_ASSIGN(ir::Value * minus, node.add(ElementWise{ElementWiseKind::Sub}, {x, bias}, "minus"));
  TENON_ASSIGN(ir::Value * plus, node.add(ElementWise{ElementWiseKind::Add}, {x, bias}, "plus"));
  TENON_ASSIGN(ir::Value * right, node.add(ops::Select{}, {above, minus, zero}, "right"));
  return node.finish(ops::Select{}, {below, plus, right});
}

constexpr Row kActivationRows[] = {
    {"Celu", 12, kNoEnd, import_with_alpha<Kind::Celu, 1000>},
    {"Clip", 1, 10, import_clip_1},
    {"Clip", 11, kNoEnd, import_clip_11},
    {"Elu", 1, kNoEnd, import_with_alpha<Kind::Elu, 1000>},
    {"Gelu", 20, kNoEnd, import_gelu},
    {"HardSigmoid", 1, kNoEnd, import_hard_sigmoid},
    {"HardSwish", 14, kNoEnd, import_hard_swish},
    {"LeakyRelu", 1, kNoEnd, import_with_alpha<Kind::LeakyRelu, 10>},
    {"Mish", 18, kNoEnd, import_plain<Kind::Mish>},
    {"PRelu", 1, kNoEnd, import_prelu},
    {"Relu", 1, kNoEnd, import_plain<Kind::Relu>},
    {"Selu", 1, kNoEnd, import_selu},
    {"Shrink", 9, kNoEnd, import_shrink},
    {"Sigmoid", 1, kNoEnd, import_plain<Kind::Sigmoid>},
    {"Softplus", 1, kNoEnd, import_softplus},
    {"Softsign", 1, kNoEnd, import_plain<Kind::Softsign>},
    {"Tanh", 1, kNoEnd, import_plain<Kind::Tanh>},
    {"ThresholdedRelu", 10, kNoEnd, import_with_alpha<Kind::ThresholdedRelu, 1000>},
};

}  // namespace

std::span<const Row> activation_rows() { return kActivationRows; }

}  // namespace tenon::onnx
