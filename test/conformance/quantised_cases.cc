// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators on small integers: types, grids, residuals, groups; and the conversions themselves.
#include <cmath>

#include "case.h"

namespace tenon::conformance {

namespace {

using ops::ActivationKind;

ops::Convolution window(int64_t kernel, int64_t stride, int64_t pad, int64_t groups = 1) {
  ops::Convolution op;
  op.kernel = {kernel, kernel};
  op.strides = {stride, stride};
  op.pads_begin = op.pads_end = {pad, pad};
  op.dilations = {1, 1};
  op.groups = groups;
  return op;
}

/// What the cases of one kind of weighted operator vary.
struct Kind {
  DType from = DType::I8, to = DType::I8;
  int64_t x_zero = 0, y_zero = 0;
  bool bias = false, residual = false, per_channel = true;
  ops::Activation activation{ActivationKind::None};
  bool rounds_between = false;
};

/// Scales such that the outputs use most of their integers.
void add_convolution(Cases& cases, const std::string& name, ops::Convolution op, const Dims& x,
                     int64_t channels, const Kind& kind) {
  op.activation = kind.activation;
  const int64_t depth = x[1] / op.groups;
  const double terms = static_cast<double>(depth * op.kernel.volume());
  ops::QuantConvolution quant{op,      {0.05F, kind.x_zero}, {0.08F, 2}, {0.1F, kind.y_zero},
                              kind.to, kind.rounds_between,  {}};
  if (kind.rounds_between) quant.between = {0.07F, kind.to == DType::U8 ? 118 : -9};
  const bool small = kind.from == DType::U8;
  Case& one = cases.add(name, quant)
                  .input(x, kind.from)
                  .range(small ? 0 : -128, small ? 255 : 127)
                  .constant({channels, depth, op.kernel[0], op.kernel[1]}, DType::I8)
                  .range(-127, 127);
  kind.bias ? one.constant({channels}).range(-3, 3) : one.absent();
  const Dims y{x[0], channels, (x[2] + 2 * op.pads_begin[0] - op.kernel[0]) / op.strides[0] + 1,
               (x[3] + 2 * op.pads_begin[1] - op.kernel[1]) / op.strides[1] + 1};
  kind.residual ? one.input(y, kind.to).range(0, 100) : one.absent();
  const double step = 0.04 / std::sqrt(terms);
  one.constant({kind.per_channel ? channels : 1}).range(step, 2 * step).one_step();
}

void add_product(Cases& cases, const std::string& name, const Dims& x, int64_t columns,
                 bool transpose, const Kind& kind) {
  const int64_t depth = x.back();
  ops::QuantMatMul quant{
      {false, transpose, kind.activation}, {0.05F, kind.x_zero}, {0.1F, kind.y_zero}, kind.to};
  const bool small = kind.from == DType::U8;
  Case& one = cases.add(name, quant)
                  .input(x, kind.from)
                  .range(small ? 0 : -128, small ? 255 : 127)
                  .constant(transpose ? Dims{columns, depth} : Dims{depth, columns}, DType::I8)
                  .range(-127, 127);
  kind.bias ? one.constant({columns}).range(-3, 3) : one.absent();
  const double step = 0.04 / std::sqrt(static_cast<double>(depth));
  one.absent().constant({kind.per_channel ? columns : 1}).range(step, 2 * step).one_step();
}

void add_weighted(Cases& cases) {
  const ops::Activation relu{ActivationKind::Relu}, clip{ActivationKind::Clip, 0, 6},
      sigmoid{ActivationKind::Sigmoid};
  const Dims x{2, 16, 9, 9};
  const DType i8 = DType::I8, u8 = DType::U8;
  add_convolution(cases, "3x3 i8", window(3, 1, 1), x, 24, {});
  add_convolution(cases, "3x3 u8 to i8", window(3, 1, 1), x, 24, {.from = u8, .bias = true});
  add_convolution(cases, "3x3 u8 with zero points", window(3, 2, 1), x, 24,
                  {.from = u8, .to = u8, .x_zero = 121, .y_zero = 110, .bias = true});
  add_convolution(cases, "1x1 i8 with zero points", window(1, 1, 0), x, 33,
                  {.x_zero = -7, .y_zero = 12, .bias = true, .per_channel = false});
  add_convolution(cases, "residual and relu", window(1, 1, 0), x, 32,
                  {.from = u8, .to = u8, .bias = true, .residual = true, .activation = relu});
  add_convolution(cases, "residual", window(3, 1, 1), x, 16, {.y_zero = -20, .residual = true});
  add_convolution(cases, "rounded, residual and relu", window(1, 1, 0), x, 64,
                  {.from = u8,
                   .to = u8,
                   .x_zero = 3,
                   .bias = true,
                   .residual = true,
                   .activation = relu,
                   .rounds_between = true});
  add_convolution(cases, "rounded and residual", window(3, 1, 1), x, 24,
                  {.y_zero = 7, .bias = true, .residual = true, .rounds_between = true});
  add_convolution(cases, "clip", window(3, 1, 1), x, 16,
                  {.to = u8, .bias = true, .activation = clip});
  add_convolution(cases, "sigmoid", window(3, 1, 1), x, 16, {.bias = true, .activation = sigmoid});
  add_convolution(cases, "to f32", window(3, 1, 1), x, 16,
                  {.to = DType::F32, .bias = true, .activation = relu});
  add_convolution(cases, "depthwise", window(3, 1, 1, 16), x, 16,
                  {.from = u8, .to = u8, .y_zero = 128, .bias = true});
  add_convolution(cases, "groups", window(3, 2, 1, 4), x, 32, {.from = i8, .bias = true});
  add_convolution(cases, "first layer", window(7, 2, 3), {1, 3, 32, 32}, 64,
                  {.from = u8, .to = u8, .x_zero = 114, .bias = true, .activation = relu});
  add_product(cases, "product i8", {5, 40}, 10, true, {.bias = true});
  add_product(cases, "product u8", {3, 5, 64}, 48, false,
              {.from = u8, .to = u8, .x_zero = 128, .y_zero = 100, .bias = true});
  add_product(cases, "product to f32", {1, 500}, 10, true, {.to = DType::F32, .bias = true});
  add_product(cases, "product and relu", {4, 33}, 17, false,
              {.from = u8, .to = u8, .per_channel = false, .activation = relu});
}

void add_sums(Cases& cases) {
  const ops::QuantSum sum{{ActivationKind::None}, {0.05F, 3}, {0.1F, -4}, {0.12F, 5}, DType::I8};
  const auto add = [&](const std::string& name, const ops::QuantSum& op, DType a, DType b,
                       const Dims& dims) {
    cases.add(name, op).input(dims, a).range(0, 120).input(dims, b).range(0, 120).one_step();
  };
  add("sum", sum, DType::I8, DType::I8, {2, 7, 5, 3});
  add("sum of two types", sum, DType::U8, DType::I8, {1, 67});
  ops::QuantSum rectified = sum;
  rectified.activation.kind = ActivationKind::Relu;
  rectified.to = DType::U8;
  add("sum and relu", rectified, DType::U8, DType::U8, {1, 16, 4, 4});
  rectified.activation = {ActivationKind::Clip, 0, 6};
  cases.add("clip of one", rectified).input({3, 50}, DType::I8).range(-128, 127).one_step();
  cases.add("change of grid", sum).input({2, 31}, DType::U8).range(0, 255).one_step();
}

void add_conversions(Cases& cases) {
  for (const DType type : {DType::I8, DType::U8}) {
    const std::string name(to_string(type));
    cases.add("quantize " + name, ops::Quantize{-1, type})
        .input({2, 3, 5, 7})
        .range(-20, 20)
        .constant({})
        .values({0.11})
        .constant({}, type)
        .values({type == DType::U8 ? 90.0 : -3.0})
        .one_step();
    cases.add("dequantize " + name, ops::Dequantize{-1, DType::F32})
        .input({2, 3, 5, 7}, type)
        .range(0, 127)
        .constant({1})
        .values({0.11})
        .constant({1}, type)
        .values({7});
    cases.add("quantize by channel " + name, ops::Quantize{1, type})
        .input({2, 3, 5})
        .constant({3})
        .values({0.1, 0.01, 1});
  }
  cases
      .add(
          "max pooling u8",
          ops::Pooling{ops::PoolingKind::Max, {3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1}, false, false})
      .input({2, 70, 9, 9}, DType::U8)
      .range(0, 255);
  cases
      .add("max pooling i8",
           ops::Pooling{ops::PoolingKind::Max, {2, 3}, {1, 2}, {1, 0}, {0, 1}, {1, 1}, true, false})
      .input({1, 5, 8, 9}, DType::I8)
      .range(-128, 127);
}

void add_averages(Cases& cases) {
  const auto add = [&](const std::string& name, const ops::Pooling& pooling, DType from, DType to,
                       const Dims& x) {
    const bool small = from == DType::U8;
    cases.add(name, ops::QuantPooling{pooling, {0.05F, small ? 120 : -3}, {0.04F, 9}, to})
        .input(x, from)
        .range(small ? 0 : -128, small ? 255 : 127)
        .one_step();
  };
  const auto kind = ops::PoolingKind::Average;
  const ops::Pooling whole{kind, {7, 7}, {1, 1}, {0, 0}, {0, 0}, {1, 1}, false, false};
  add("average of images u8", whole, DType::U8, DType::U8, {2, 70, 7, 7});
  add("average of images i8", whole, DType::I8, DType::I8, {1, 5, 7, 7});
  const ops::Pooling padded{kind, {3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1}, true, false};
  add("average with padding", padded, DType::U8, DType::I8, {2, 19, 8, 9});
  ops::Pooling counted = padded;
  counted.count_include_pad = true;
  add("average that counts padding", counted, DType::I8, DType::U8, {1, 33, 8, 9});
}

void add_blocks(Cases& cases) {
  using enum DType;
  cases.add("blocks of 8 bits", ops::DynamicQuantize{{1, 32}, F8E4M3, F8E8M0}).input({3, 70});
  cases.add("blocks of 4 bits", ops::DynamicQuantize{{1, 16}, F4E2M1, F8E4M3})
      .input({4, 48})
      .range(-5, 5)
      .constant({})
      .range(0.01, 0.02);
  cases.add("blocks of two axes", ops::DynamicQuantize{{2, 4}, F8E4M3, F8E8M0}).input({5, 9});
  cases.add("blocks of halves", ops::DynamicQuantize{{16}, F8E4M3, F8E4M3}).input({100}, F16);
}

/// Types that data are kept in. Inputs have no fewer than 8 bits.
void add_stored(Cases& cases) {
  using enum DType;
  for (const DType kept : {I4, U4, I2, U2, U16, F8E4M3, F8E5M2, F4E2M1, F8E8M0}) {
    const std::string name(to_string(kept));
    cases.add("cast to " + name, ops::Cast{kept}).input({5, 7}).range(-700, 700);
    cases.add("cast of integers to " + name, ops::Cast{kept}).input({9}, I32).range(-70000, 70000);
    if (kept == F8E8M0) continue;
    cases.add("quantised to " + name, ops::Quantize{1, kept})
        .input({3, 5, 3})
        .range(-9, 9)
        .constant({5})
        .range(0.1, 2);
    cases.add("quantised by blocks to " + name, ops::Quantize{1, kept})
        .input({4, 6}, F16)
        .range(-90, 90)
        .constant({2, 3}, F16)
        .range(0.5, 2);
  }
  for (const DType kept : {U16, F8E4M3, F8E5M2, F8E8M0}) {
    const std::string name(to_string(kept));
    for (const DType to : {F32, F16}) {
      cases.add("cast of " + name + " to " + std::string(to_string(to)), ops::Cast{to})
          .input({6, 5}, kept)
          .range(0, 400);
    }
    cases.add("dequantised " + name, ops::Dequantize{0, F32})
        .input({3, 5}, kept)
        .range(kept == F8E8M0 ? 0 : -400, 400)
        .constant({3})
        .range(0.1, 2);
    cases.add("cast of " + name + " to integers", ops::Cast{I16}).input({30}, kept).range(0, 400);
  }
  cases.add("infinity and what is no number", ops::Cast{F8E5M2})
      .input({4})
      .values({INFINITY, -INFINITY, NAN, -1e-9});
  cases.add("quantised by blocks, zeros", ops::Quantize{0, I8})
      .input({4, 6})
      .range(-9, 9)
      .constant({2, 2})
      .range(0.02, 0.1)
      .constant({2, 2}, I8);
  cases.add("quantised to i16", ops::Quantize{-1, I16})
      .input({70})
      .range(-9, 9)
      .constant({})
      .values({0.0002});
  cases.add("dequantised by blocks", ops::Dequantize{0, F16})
      .input({4, 6}, U8)
      .constant({4, 2})
      .constant({4, 2}, U8);
}

}  // namespace

void add_quantised(Cases cases) {
  add_weighted(cases);
  add_sums(cases);
  add_conversions(cases);
  add_averages(cases);
  add_blocks(cases);
  add_stored(cases);
}

}  // namespace tenon::conformance
