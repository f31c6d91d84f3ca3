// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A small engine for each kernel that safe engines may hold.
#include "test/safe/plan_maker.h"
#include "test/safe/test_engine.h"

namespace tenon::safe {

namespace {

using expr::Expr;
using expr::to_shape;
using kernel::Layout;
using plan::Place;

/// One step from inputs in layout `x` to an output in layout `y`, both f32.
struct Single {
  const char* kernel;
  ops::Op op;
  std::vector<Dims> inputs;
  Dims output;
  Layout x{}, y{};
  std::vector<Dims> weights{};  ///< constant inputs behind the others
};

ops::Convolution convolution(const Dims& pads, int64_t groups = 1) {
  ops::Convolution op{.kernel = {3, 3},
                      .strides = {1, 1},
                      .pads_begin = pads,
                      .pads_end = pads,
                      .dilations = {1, 1}};
  op.groups = groups;
  op.activation.kind = ops::ActivationKind::Relu;
  return op;
}

ops::Pooling pooling(ops::PoolingKind kind) {
  return {.kind = kind,
          .kernel = {2, 2},
          .strides = {1, 2},
          .pads_begin = {0, 1},
          .pads_end = {0, 1},
          .dilations = {1, 1}};
}

ops::Resize resize(ops::ResizeMode mode, ops::Coordinates coordinates, const Dims& target) {
  ops::Resize op;
  op.mode = mode;
  op.coordinates = coordinates;
  op.target = to_shape(target);
  return op;
}

std::vector<Single> heavy_steps() {
  const Layout hwc = Layout::hwc(), eight = Layout::chw(8);
  const Dims image{1, 4, 5, 6}, small{1, 4, 4, 4};
  using ops::PoolingKind;
  return {
      {"convolution_rows",
       convolution({1, 1}),
       {{1, 2, 5, 6}},
       {1, 3, 5, 6},
       {},
       {},
       {{3, 2, 3, 3}, {3}}},
      {"convolution_channels",
       convolution({0, 1}),
       {image},
       {1, 9, 3, 6},
       hwc,
       hwc,
       {{9, 4, 3, 3}, {9}}},
      {"convolution_channels",
       convolution({1, 1}),
       {{1, 2, 5, 6}},
       {1, 8, 5, 6},
       {},
       hwc,
       {{8, 2, 3, 3}}},
      {"convolution_depthwise",
       convolution({1, 1}, 4),
       {image},
       image,
       hwc,
       hwc,
       {{4, 1, 3, 3}, {4}}},
      {"convolution_depthwise",
       convolution({1, 1}, 4),
       {image},
       image,
       eight,
       eight,
       {{4, 1, 3, 3}}},
      {"mat_mul_packed", ops::MatMul{}, {{3, 5}}, {3, 9}, {}, {}, {{5, 9}, {9}}},
      {"mat_mul_plain", ops::MatMul{}, {{2, 3, 5}, {2, 5, 4}}, {2, 3, 4}},
      {"mat_mul_plain", ops::MatMul{.transpose_b = true}, {{3, 5}, {4, 5}}, {3, 4}},
      {"pooling", pooling(PoolingKind::Max), {image}, {1, 4, 4, 4}},
      {"pooling", pooling(PoolingKind::Average), {image}, {1, 4, 4, 4}, hwc, hwc},
      {"pooling", pooling(PoolingKind::Max), {image}, {1, 4, 4, 4}, eight, eight},
      {"resize",
       resize(ops::ResizeMode::Linear, ops::Coordinates::HalfPixel, {1, 4, 7, 3}),
       {small},
       {1, 4, 7, 3}},
      {"resize",
       resize(ops::ResizeMode::Nearest, ops::Coordinates::Asymmetric, {1, 4, 8, 8}),
       {small},
       {1, 4, 8, 8},
       hwc,
       hwc},
  };
}

std::vector<Single> light_steps() {
  const Layout hwc = Layout::hwc(), sixteen = Layout::chw(16);
  const Dims image{1, 4, 5, 6}, wide{1, 16, 2, 3};
  using ops::ElementWiseKind;
  return {
      {"pointwise", ops::Unary{ops::UnaryKind::Sqrt}, {{2, 9}}, {2, 9}},
      {"pointwise", ops::Activation{ops::ActivationKind::Sigmoid}, {wide}, wide, sixteen, sixteen},
      {"pointwise", ops::ElementWise{ElementWiseKind::Div}, {{2, 9}, {1, 9}}, {2, 9}},
      {"pointwise", ops::ElementWise{ElementWiseKind::Add}, {image, image}, image, hwc, hwc},
      {"softmax", ops::Softmax{.axis = 1}, {{2, 7}}, {2, 7}},
      {"softmax", ops::Softmax{.axis = 1, .log = true}, {{2, 7, 3}}, {2, 7, 3}},
      {"reduce", ops::Reduce{ops::ReduceKind::Mean, {2, 3}, true}, {image}, {1, 4, 1, 1}},
      {"reduce", ops::Reduce{ops::ReduceKind::Max, {1}, false}, {{3, 4, 5}}, {3, 5}},
      {"reduce", ops::Reduce{ops::ReduceKind::Mean, {2, 3}, true}, {image}, {1, 4, 1, 1}, hwc, hwc},
      {"transpose", ops::Transpose{{0, 2, 3, 1}}, {image}, {1, 5, 6, 4}},
      {"slice", ops::Slice{to_shape({1, 4}), to_shape({2, 2}), {1, -2}}, {{3, 5}}, {2, 2}},
      {"expand", ops::Expand{to_shape({2, 3, 4})}, {{3, 1}}, {2, 3, 4}},
      {"concat", ops::Concat{1}, {{2, 3}, {2, 2}}, {2, 5}},
      {"pad", ops::Pad{.begin = {1, -1}, .end = {0, 2}, .value = 0.5F}, {{2, 4}}, {3, 5}},
      {"copy", ops::Reshape{to_shape({6, 2})}, {{3, 4}}, {6, 2}},
  };
}

plan::Plan single(const Single& one, const device::Target& target) {
  PlanMaker maker(target);
  std::vector<PlanMaker::Given> given;
  for (size_t i = 0; i < one.inputs.size(); ++i) {
    const std::string name = "x" + std::to_string(i);
    given.push_back({maker.input(name, DType::F32, to_shape(one.inputs[i]), one.x), {}});
  }
  for (size_t i = 0; i < one.weights.size(); ++i) {
    given.push_back(weight(one.weights[i], static_cast<uint32_t>(i + 7)));
  }
  const auto y = maker.add("y", DType::F32, to_shape(one.output), Place::Output, one.y);
  maker.step(one.kernel, one.op, given, y, one.kernel);
  return maker.finish({1});
}

plan::Plan reorders(const device::Target& target) {
  PlanMaker maker(target);
  const expr::Shape shape = to_shape({1, 5, 3, 4});
  const auto x = maker.input("x", DType::F32, shape);
  const auto last = maker.add("last", DType::F32, shape, Place::Arena, Layout::hwc());
  const auto vectors = maker.add("vectors", DType::F32, shape, Place::Arena, Layout::chw(8));
  const auto y = maker.add("y", DType::F32, shape, Place::Output);
  maker.reorder("to channels-last", x, last);
  maker.reorder("to vectors", last, vectors);
  maker.reorder("back", vectors, y);
  return maker.finish({1});
}

plan::Plan casts(const device::Target& target) {
  PlanMaker maker(target);
  const expr::Shape shape = to_shape({3, 5});
  const auto x = maker.input("x", DType::F32, shape);
  const auto small = maker.add("small", DType::I16, shape, Place::Arena);
  const auto number = maker.add("number", DType::I32, shape, Place::Output);
  maker.step("to small", ops::Cast{DType::I16}, {{x, {}}}, small);
  maker.step("to number", ops::Cast{DType::I32}, {{small, {}}}, number);
  return maker.finish({1});
}

/// Rows of the input are picked by numbers that follow from its shape.
plan::Plan known_numbers(const device::Target& target) {
  PlanMaker maker(target);
  const Expr n = Expr::symbol(0), two(2);
  const auto x = maker.input("x", DType::F32, {n, Expr(2)});
  const auto rows = maker.add("rows", DType::I64, to_shape({6}), Place::Arena);
  maker.content(rows, {n - Expr(1), n - two, floor_div(n * two, Expr(3)), ceil_div(n, two),
                       max(n - Expr(4), Expr(0)), min(n, two)});
  const auto y = maker.add("y", DType::F32, to_shape({6, 2}), Place::Output);
  maker.step("pick", ops::Gather{.axis = 0}, {{x, {}}, {rows, {}}}, y);
  return maker.finish({3, 5});
}

}  // namespace

std::vector<plan::Plan> make_kernel_plans(const device::Target& target) {
  std::vector<plan::Plan> plans;
  for (const Single& one : heavy_steps()) plans.push_back(single(one, target));
  for (const Single& one : light_steps()) plans.push_back(single(one, target));
  plans.push_back(reorders(target));
  plans.push_back(casts(target));
  plans.push_back(known_numbers(target));
  return plans;
}

}  // namespace tenon::safe
