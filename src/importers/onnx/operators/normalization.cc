// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Normalisations: one is an operator of ours, the others are composed.
#include "importers/onnx/plugin.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using expr::Expr;
using ops::ElementWise;
using ops::ReduceKind;
using Binary = ops::ElementWiseKind;
using Unary = ops::UnaryKind;

Result<ir::Value*> combine(Context& node, Binary kind, ir::Value* a, ir::Value* b,
                           std::string_view role) {
  return node.add(ElementWise{kind}, {a, b}, role);
}

/// Inference alone: the statistics are inputs.
Status import_batch_norm(Context& node) {
  TENON_TRY(node.expect_inputs(5, 5));
  TENON_TRY(node.expect_outputs(1));
  TENON_ASSIGN(const float epsilon, node.real("epsilon", 1e-5F));
  TENON_ASSIGN(const int64_t training, node.integer("training_mode", 0));
  TENON_ASSIGN(const int64_t spatial, node.integer("spatial", 1));
  if (training != 0) {
    return node.fail(Code::Unsupported, "is in training mode: export the model for inference");
  }
  if (spatial == 0) {
    return node.fail(Code::Unsupported, "attribute spatial is 0; supported is 1");
  }
  std::vector<ir::Value*> inputs{node.in(0)};
  for (size_t i = 1; i < 5; ++i) {
    ir::Value* vector = node.in(i);
    if (vector->dtype() != node.dtype(0)) {
      TENON_ASSIGN(vector,
                   node.add(ops::Cast{node.dtype(0)}, {vector}, fmt::format("input_{}", i)));
    }
    inputs.push_back(vector);
  }
  return node.finish(ops::BatchNorm{epsilon}, std::move(inputs));
}

/// What a normalisation over axes gives.
struct Normal {
  ir::Value *value, *mean, *inverse;  ///< mean and 1 / deviation keep the axes
};

/// (x − mean) / sqrt(variance + epsilon) over `axes`.
Result<Normal> normalised(Context& node, ir::Value* x, const Dims& axes, float epsilon) {
  Normal made{};
  TENON_ASSIGN(made.mean, node.add(ops::Reduce{ReduceKind::Mean, axes, true}, {x}, "mean"));
  TENON_ASSIGN(ir::Value * off, combine(node, Binary::Sub, x, made.mean, "centred"));
  TENON_ASSIGN(ir::Value * squares, combine(node, Binary::Mul, off, off, "squares"));
  TENON_ASSIGN(ir::Value * variance,
               node.add(ops::Reduce{ReduceKind::Mean, axes, true}, {squares}, "variance"));
  TENON_ASSIGN(ir::Value * little, node.scalar(x->dtype(), epsilon, "epsilon"));
  TENON_ASSIGN(ir::Value * sum, combine(node, Binary::Add, variance, little, "sum"));
  TENON_ASSIGN(ir::Value * deviation, node.add(ops::Unary{Unary::Sqrt}, {sum}, "deviation"));
  TENON_ASSIGN(made.inverse, node.add(ops::Unary{Unary::Reciprocal}, {deviation}, "inverse"));
  TENON_ASSIGN(made.value, combine(node, Binary::Mul, off, made.inverse, "normal"));
  return made;
}

/// A vector as one entry a channel of a tensor of `rank`: [C, 1, …].
Result<ir::Value*> per_channel(Context& node, size_t input, int64_t rank, std::string_view role) {
  TENON_TRY(node.expect_rank(input, 1));
  expr::Shape target(static_cast<size_t>(rank) - 1, Expr(1));
  target[0] = node.shape(input)[0];
  return node.add(ops::Reshape{std::move(target)}, {node.in(input)}, role);
}

Dims axes_from(int64_t first, int64_t rank) {
  Dims axes;
  for (int64_t axis = first; axis < rank; ++axis) axes.push_back(axis);
  return axes;
}

/// By the plugin InstanceNormalization_TRT, which takes scale and bias as fields.
Status import_instance_norm_plugin(Context& node, float epsilon) {
  ops::OpResolver* resolver = node.session().options.resolver;
  if (resolver == nullptr) {
    return node.fail(Code::Unsupported,
                     "the plugin InstanceNormalization_TRT is asked for, but no plugins are at "
                     "hand: set the flag for native instance normalisation");
  }
  ops::ForeignRequest request;
  request.node_name = node.name();
  request.op_type = "InstanceNormalization_TRT";
  request.input_count = 1;
  request.attributes.push_back({"epsilon", std::vector{epsilon}, true});
  constexpr std::string_view kFields[] = {"", "scales", "bias"};
  for (size_t i = 1; i <= 2; ++i) {
    TENON_ASSIGN(const ops::ConstantData* data, node.constant(i, kFields[i]));
    std::vector<float> values;
    for (int64_t k = 0; k < data->count(); ++k) {
      values.push_back(static_cast<float>(data->real(k)));
    }
    request.attributes.push_back({std::string(kFields[i]), std::move(values), false});
  }
  request.attributes.push_back({"relu", std::vector<int64_t>{0}, true});
  request.attributes.push_back({"alpha", std::vector{0.0F}, true});
  return import_plugin(node, request, {node.in(0)});
}

Status import_instance_norm(Context& node) {
  TENON_TRY(node.expect_inputs(3, 3));
  TENON_ASSIGN(const float epsilon, node.real("epsilon", 1e-5F));
  if (!node.session().options.native_instance_norm) {
    return import_instance_norm_plugin(node, epsilon);
  }
  const int64_t rank = node.rank(0);
  if (rank < 3) {
    return node.fail(Code::InvalidModel,
                     "input 0 has rank {}, but must have a batch, a channel and spatial axes",
                     rank);
  }
  TENON_ASSIGN(const Normal normal, normalised(node, node.in(0), axes_from(2, rank), epsilon));
  TENON_ASSIGN(ir::Value * scale, per_channel(node, 1, rank, "scale"));
  TENON_ASSIGN(ir::Value * bias, per_channel(node, 2, rank, "bias"));
  TENON_ASSIGN(ir::Value * scaled, combine(node, Binary::Mul, normal.value, scale, "scaled"));
  return node.finish(ElementWise{Binary::Add}, {scaled, bias});
}

/// `x` in the type that stash_type asks for: halves are normalised as floats.
Result<ir::Value*> stashed(Context& node) {
  TENON_ASSIGN(const int64_t stash, node.integer("stash_type", 1));
  const DType dtype = node.dtype(0);
  if (stash != 1 || (dtype != DType::F16 && dtype != DType::BF16)) return node.in(0);
  return node.add(ops::Cast{DType::F32}, {node.in(0)}, "stashed");
}

/// Casts back to the node's type where needed.
Result<ir::Value*> unstashed(Context& node, ir::Value* value) {
  if (value->dtype() == node.dtype(0)) return value;
  return node.add(ops::Cast{node.dtype(0)}, {value}, "unstashed");
}

Status import_layer_norm(Context& node) {
  TENON_TRY(node.expect_inputs(2, 3));
  TENON_ASSIGN(const float epsilon, node.real("epsilon", 1e-5F));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", -1, node.rank(0)));
  TENON_ASSIGN(ir::Value * x, stashed(node));
  TENON_ASSIGN(const Normal normal, normalised(node, x, axes_from(axis, node.rank(0)), epsilon));
  TENON_TRY(node.output(1, normal.mean));
  TENON_TRY(node.output(2, normal.inverse));
  TENON_ASSIGN(ir::Value * value, unstashed(node, normal.value));
  if (!node.has(2)) return node.finish(ElementWise{Binary::Mul}, {value, node.in(1)});
  TENON_ASSIGN(ir::Value * scaled, combine(node, Binary::Mul, value, node.in(1), "scaled"));
  return node.finish(ElementWise{Binary::Add}, {scaled, node.in(2)});
}

/// x / sqrt(mean of squares + epsilon), scaled.
Status import_rms_norm(Context& node) {
  TENON_TRY(node.expect_inputs(2, 2));
  TENON_ASSIGN(const float epsilon, node.real("epsilon", 1e-5F));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", -1, node.rank(0)));
  TENON_ASSIGN(ir::Value * x, stashed(node));
  TENON_ASSIGN(ir::Value * squares, combine(node, Binary::Mul, x, x, "squares"));
  const ops::Reduce mean_of{ReduceKind::Mean, axes_from(axis, node.rank(0)), true};
  TENON_ASSIGN(ir::Value * mean, node.add(mean_of, {squares}, "mean"));
  TENON_ASSIGN(ir::Value * little, node.scalar(x->dtype(), epsilon, "epsilon"));
  TENON_ASSIGN(ir::Value * sum, combine(node, Binary::Add, mean, little, "sum"));
  TENON_ASSIGN(ir::Value * root, node.add(ops::Unary{Unary::Sqrt}, {sum}, "root"));
  TENON_ASSIGN(ir::Value * normal, combine(node, Binary::Div, x, root, "normal"));
  TENON_ASSIGN(normal, unstashed(node, normal));
  return node.finish(ElementWise{Binary::Mul}, {normal, node.in(1)});
}

/// Groups of channels are normalised together. Scale and bias count groups before opset 21,
/// channels since.
Status import_group_norm(Context& node) {
  TENON_TRY(node.expect_inputs(3, 3));
  TENON_TRY(node.expect_attribute("num_groups"));
  TENON_ASSIGN(const int64_t groups, node.integer("num_groups", 1));
  TENON_ASSIGN(const float epsilon, node.real("epsilon", 1e-5F));
  const expr::Shape shape = node.shape(0);
  const bool fits = shape.size() >= 3 && groups >= 1 &&
                    (!shape[1].is_constant() || shape[1].constant() % groups == 0);
  if (!fits) {
    return node.fail(Code::InvalidModel,
                     "input 0 (\"{}\") cannot be split into {} groups of "
                     "channels",
                     node.in(0)->name, groups);
  }
  const Expr members = expr::floor_div(expr::volume({shape.begin() + 1, shape.end()}), groups);
  TENON_ASSIGN(ir::Value * x, stashed(node));
  TENON_ASSIGN(ir::Value * grouped,
               node.add(ops::Reshape{{shape[0], groups, members}}, {x}, "grouped"));
  TENON_ASSIGN(const Normal normal, normalised(node, grouped, {2}, epsilon));
  TENON_ASSIGN(ir::Value * value, unstashed(node, normal.value));
  const bool by_channel = node.opset() >= 21;
  const int64_t rank = by_channel ? node.rank(0) : 3;
  if (by_channel) {
    TENON_ASSIGN(value, node.add(ops::Reshape{shape}, {value}, "channels"));
  }
  TENON_ASSIGN(ir::Value * scale, per_channel(node, 1, rank, "scale"));
  TENON_ASSIGN(ir::Value * bias, per_channel(node, 2, rank, "bias"));
  TENON_ASSIGN(value, combine(node, Binary::Mul, value, scale, "scaled"));
  if (by_channel) return node.finish(ElementWise{Binary::Add}, {value, bias});
  TENON_ASSIGN(value, combine(node, Binary::Add, value, bias, "shifted"));
  return node.finish(ops::Reshape{shape}, {value});
}

/// (x − mean) / (deviation + 1e−9). Source: the body that ONNX gives this function.
Status import_mean_variance(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  std::vector<int64_t> axes{0, 2, 3};
  if (node.has_attribute("axes")) {
    TENON_ASSIGN(axes, node.integers("axes"));
  }
  TENON_ASSIGN(axes, node.normal_axes(std::move(axes), node.rank(0)));
  TENON_ASSIGN(const Dims dims, node.dims(axes, "attribute axes"));
  const ops::Reduce mean_of{ReduceKind::Mean, dims, true};
  TENON_ASSIGN(ir::Value * mean, node.add(mean_of, {node.in(0)}, "mean"));
  TENON_ASSIGN(ir::Value * off, combine(node, Binary::Sub, node.in(0), mean, "centred"));
  TENON_ASSIGN(ir::Value * squares, combine(node, Binary::Mul, off, off, "squares"));
  TENON_ASSIGN(ir::Value * variance, node.add(mean_of, {squares}, "variance"));
  TENON_ASSIGN(ir::Value * deviation, node.add(ops::Unary{Unary::Sqrt}, {variance}, "deviation"));
  TENON_ASSIGN(ir::Value * little, node.scalar(node.dtype(0), 1e-9, "epsilon"));
  TENON_ASSIGN(ir::Value * sum, combine(node, Binary::Add, deviation, little, "sum"));
  return node.finish(ElementWise{Binary::Div}, {off, sum});
}

Status import_lp_norm(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(const int64_t axis, node.axis("axis", -1, node.rank(0)));
  TENON_ASSIGN(const int64_t p, node.integer("p", 2));
  if (p != 1 && p != 2) {
    return node.fail(Code::InvalidModel, "attribute p is {}, but must be 1 or 2", p);
  }
  const ops::Reduce norm_of{p == 1 ? ReduceKind::L1 : ReduceKind::L2, {axis}, true};
  TENON_ASSIGN(ir::Value * norm, node.add(norm_of, {node.in(0)}, "norm"));
  return node.finish(ElementWise{Binary::Div}, {node.in(0), norm});
}

/// x / (bias + alpha · mean of squares over nearby channels)^beta. The channels become a spatial
/// axis, so that the mean is an average pooling that counts its padding.
Status import_lrn(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_TRY(node.expect_attribute("size"));
  TENON_ASSIGN(const int64_t size, node.integer("size", 1));
  TENON_ASSIGN(const float alpha, node.real("alpha", 1e-4F));
  TENON_ASSIGN(const float beta, node.real("beta", 0.75F));
  TENON_ASSIGN(const float bias, node.real("bias", 1));
  const expr::Shape shape = node.shape(0);
  if (shape.size() < 2 || size < 1 || size > INT16_MAX) {
    return node.fail(Code::InvalidModel, "size {} does not suit input 0 of rank {}", size,
                     shape.size());
  }
  ir::Value* x = node.in(0);
  const Expr rest = expr::volume({shape.begin() + 2, shape.end()});
  const int64_t before = (size - 1) / 2, after = size - 1 - before;
  ops::Pooling mean_of{
      ops::PoolingKind::Average, {size, 1}, {1, 1}, {before, 0}, {after, 0}, {1, 1}, false, true};
  TENON_ASSIGN(ir::Value * squares, combine(node, Binary::Mul, x, x, "squares"));
  TENON_ASSIGN(ir::Value * image,
               node.add(ops::Reshape{{shape[0], 1, shape[1], rest}}, {squares}, "image"));
  TENON_ASSIGN(ir::Value * pooled, node.add(mean_of, {image}, "pooled"));
  TENON_ASSIGN(ir::Value * mean, node.add(ops::Reshape{shape}, {pooled}, "mean"));
  TENON_ASSIGN(ir::Value * factor, node.scalar(x->dtype(), alpha, "alpha"));
  TENON_ASSIGN(ir::Value * offset, node.scalar(x->dtype(), bias, "bias"));
  TENON_ASSIGN(ir::Value * power, node.scalar(x->dtype(), beta, "beta"));
  TENON_ASSIGN(ir::Value * scaled, combine(node, Binary::Mul, mean, factor, "scaled"));
  TENON_ASSIGN(ir::Value * sum, combine(node, Binary::Add, scaled, offset, "sum"));
  TENON_ASSIGN(ir::Value * divisor, combine(node, Binary::Pow, sum, power, "divisor"));
  return node.finish(ElementWise{Binary::Div}, {x, divisor});
}

constexpr Row kNormalizationRows[] = {
    {"BatchNormalization", 1, kNoEnd, import_batch_norm},
    {"GroupNormalization", 18, kNoEnd, import_group_norm},
    {"InstanceNormalization", 1, kNoEnd, import_instance_norm},
    {"LRN", 1, kNoEnd, import_lrn},
    {"LayerNormalization", 17, kNoEnd, import_layer_norm},
    {"LpNormalization", 1, kNoEnd, import_lp_norm},
    {"MeanVarianceNormalization", 9, kNoEnd, import_mean_variance},
    {"RMSNormalization", 23, kNoEnd, import_rms_norm},
};

}  // namespace

std::span<const Row> normalization_rows() { return kNormalizationRows; }

}  // namespace tenon::onnx
