// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The engines of tests.
#include "test/safe/test_engine.h"

#include <stdexcept>

#include "plan/writer.h"
#include "test/safe/plan_maker.h"

namespace tenon::safe {

using expr::Expr;
using plan::Place;

plan::Plan make_digits_plan(const device::Target& target) {
  PlanMaker maker(target);
  const Expr n = Expr::symbol(0);
  const auto image = maker.input("image", DType::F32, {n, 1, 8, 8});
  const auto planes = maker.add("planes", DType::F32, {n, 4, 8, 8}, Place::Arena);
  const auto pooled = maker.add("pooled", DType::F32, {n, 4, 4, 4}, Place::Arena);
  const auto flat = maker.add("flat", DType::F32, {n, 64}, Place::Arena);
  const auto scores = maker.add("scores", DType::F32, {n, 10}, Place::Arena);
  const auto digits = maker.add("digits", DType::F32, {n, 10}, Place::Output);
  ops::Convolution convolution{.kernel = {3, 3},
                               .strides = {1, 1},
                               .pads_begin = {1, 1},
                               .pads_end = {1, 1},
                               .dilations = {1, 1}};
  convolution.activation.kind = ops::ActivationKind::Relu;
  maker.step("convolution", convolution, {{image, {}}, weight({4, 1, 3, 3}, 1), weight({4}, 2)},
             planes);
  const ops::Pooling pooling{.kernel = {2, 2},
                             .strides = {2, 2},
                             .pads_begin = {0, 0},
                             .pads_end = {0, 0},
                             .dilations = {1, 1}};
  maker.step("pooling", pooling, {{planes, {}}}, pooled);
  maker.step("flatten", ops::Identity{}, {{pooled, {}}}, flat);
  maker.step("product", ops::MatMul{}, {{flat, {}}, weight({64, 10}, 3), weight({10}, 4)}, scores);
  maker.step("softmax", ops::Softmax{.axis = 1}, {{scores, {}}}, digits);
  return maker.finish({1, 5});
}

Bytes make_digits_engine() { return written(make_digits_plan()); }

Bytes make_gather_engine() {
  PlanMaker maker(device::portable_target());
  const auto index = maker.input("index", DType::I32, {2});
  const auto table = maker.constant("table", {4, 3}, numbers(12, 5));
  const auto rows = maker.add("rows", DType::F32, {2, 3}, Place::Output);
  maker.step("pick", ops::Gather{.axis = 0}, {{table, {}}, {index, {}}}, rows);
  return written(maker.finish({1}));
}

Bytes make_plugin_engine(float factor) {
  PlanMaker maker(device::portable_target());
  const Expr n = Expr::symbol(0);
  const auto x = maker.input("x", DType::F32, {n, 4});
  const auto between = maker.add("between", DType::F32, {n, 4}, Place::Arena);
  const auto y = maker.add("y", DType::F32, {n, 4}, Place::Output);
  maker.plugin("first", factor, x, between);
  maker.plugin("second", factor, between, y);
  return written(maker.finish({1, 5}));
}

Bytes written(const plan::Plan& plan) {
  CollectingSink sink;
  Diagnostics diag(sink);
  Result<Bytes> file = plan::write(plan, diag);
  if (!file.ok()) throw std::runtime_error(sink.errors());
  return std::move(file).value();
}

}  // namespace tenon::safe
