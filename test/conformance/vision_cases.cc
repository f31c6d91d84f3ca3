// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Boxes, regions, grids, recurrent layers, normalisations and what the network interface adds.
#include "case.h"

namespace tenon::conformance {

namespace {

using expr::Expr;
using ops::Outside;

void add_images(Cases& cases) {
  cases.add("boxes", ops::NonMaxSuppression{false, -1, DType::I64})
      .input({2, 6, 4})
      .range(0, 1)
      .input({2, 3, 6})
      .range(0, 1)
      .constant({1}, DType::I64)
      .values({4})
      .constant({1})
      .values({0.3})
      .constant({1})
      .values({0.2});
  cases.add("boxes by centres", ops::NonMaxSuppression{true, 3, DType::I32})
      .input({1, 6, 4})
      .range(0.1, 1)
      .input({1, 2, 6})
      .constant({}, DType::I32)
      .values({9});
  cases.add("no boxes", ops::NonMaxSuppression{false, -1, DType::I64})
      .input({1, 4, 4})
      .input({1, 1, 4});
  for (const ops::ResizeMode mode :
       {ops::ResizeMode::Nearest, ops::ResizeMode::Linear, ops::ResizeMode::Cubic}) {
    for (const Outside outside : {Outside::Fill, Outside::Clamp, Outside::Reflect}) {
      const std::string name =
          "grid " + std::string(to_string(mode)) + " " + std::string(to_string(outside));
      cases.add(name, ops::GridSample{mode, outside, false})
          .input({2, 3, 5, 4})
          .input({2, 3, 2, 2})
          .range(-1.6, 1.6);
      cases.add(name + " corners", ops::GridSample{mode, outside, true})
          .input({1, 2, 3, 4, 5})
          .input({1, 2, 2, 2, 3})
          .range(-1.6, 1.6);
    }
  }
  cases.add("grid far away", ops::GridSample{ops::ResizeMode::Linear, Outside::Reflect, false})
      .input({1, 1, 3, 3})
      .input({1, 1, 2, 2})
      .range(-1e30, 1e30);
}

void add_regions(Cases& cases) {
  for (const bool max : {false, true}) {
    cases.add(max ? "regions max" : "regions", ops::RoiAlign{max, true, 3, 2, 2, 0.5F})
        .input({2, 3, 9, 8})
        .input({4, 4})
        .range(0, 16)
        .input({4}, DType::I64)
        .range(0, 1);
  }
  cases.add("regions of own samples", ops::RoiAlign{false, false, 2, 2, 0, 1})
      .input({1, 2, 6, 6})
      .input({1, 4})
      .values({1, 1, 5, 4})
      .input({1}, DType::I32)
      .values({0});
  cases.add("region of no image", ops::RoiAlign{false, true, 1, 1, 1, 1})
      .input({1, 1, 2, 2})
      .input({1, 4})
      .input({1}, DType::I64)
      .values({1})
      .fails();
  cases.add("region too large", ops::RoiAlign{false, true, 1, 1, 0, 1})
      .input({1, 1, 2, 2})
      .input({1, 4})
      .values({0, 0, 1e9, 1e9})
      .input({1}, DType::I64)
      .values({0})
      .fails();
}

/// More than a warp and a block take at once, and activations of all kinds.
void add_wide_recurrent(Cases& cases) {
  const ops::Activation sigmoid{ops::ActivationKind::Sigmoid, 0, 0};
  const ops::Activation tanh{ops::ActivationKind::Tanh, 0, 0};
  ops::Recurrent both;
  both.direction = ops::Direction::Bidirectional;
  both.hidden = 40;
  both.input_forget = true;
  both.f = both.backward_g = sigmoid;
  both.g = both.backward_h = tanh;
  both.h = {ops::ActivationKind::Softsign, 0, 0};
  both.backward_f = {ops::ActivationKind::HardSigmoid, 0.2F, 0.5F};
  for (const DType dtype : {DType::F32, DType::F16, DType::F64}) {
    cases.add("lstm with all, " + std::string(to_string(dtype)), both)
        .input({7, 3, 33}, dtype)
        .constant({2, 160, 33}, dtype)
        .unit_sums(33)
        .constant({2, 160, 40}, dtype)
        .unit_sums(40)
        .constant({2, 320}, dtype)
        .input({3}, DType::I32)
        .values({7, 0, 4})
        .input({2, 3, 40}, dtype)
        .input({2, 3, 40}, dtype)
        .constant({2, 120}, dtype);
  }
  ops::Recurrent gru = both;
  gru.kind = ops::RecurrentKind::Gru;
  gru.hidden = 70;
  gru.f = gru.backward_f = sigmoid;
  gru.g = gru.backward_g = tanh;
  for (const bool before : {false, true}) {
    gru.linear_before_reset = before;
    cases.add(std::string("wide gru, reset ") + (before ? "behind" : "before"), gru)
        .input({5, 2, 9})
        .constant({2, 210, 9})
        .unit_sums(9)
        .constant({2, 210, 70})
        .unit_sums(70)
        .constant({2, 420});
  }
}

void add_recurrent(Cases& cases) {
  const ops::Activation sigmoid{ops::ActivationKind::Sigmoid, 0, 0};
  const ops::Activation tanh{ops::ActivationKind::Tanh, 0, 0};
  for (const ops::RecurrentKind kind :
       {ops::RecurrentKind::Rnn, ops::RecurrentKind::Gru, ops::RecurrentKind::Lstm}) {
    for (const ops::Direction direction :
         {ops::Direction::Forward, ops::Direction::Reverse, ops::Direction::Bidirectional}) {
      const int64_t d = ops::directions(direction), rows = ops::gates(kind) * 3;
      ops::Recurrent op{kind,    direction, 3,    false,   false, 0,
                        sigmoid, tanh,      tanh, sigmoid, tanh,  tanh};
      op.linear_before_reset = direction == ops::Direction::Reverse;
      const std::string name =
          std::string(to_string(kind)) + " " + std::string(to_string(direction));
      cases.add(name, op).input({4, 2, 5}).constant({d, rows, 5}).constant({d, rows, 3});
      cases.add(name + " with all", op)
          .input({4, 2, 5})
          .constant({d, rows, 5})
          .constant({d, rows, 3})
          .constant({d, 2 * rows})
          .constant({2}, DType::I32)
          .values({3, 4})
          .input({d, 2, 3});
    }
  }
  ops::Recurrent peephole{ops::RecurrentKind::Lstm, ops::Direction::Forward, 2};
  peephole.f = sigmoid;
  peephole.g = peephole.h = tanh;
  peephole.clip = 0.5F;
  cases.add("lstm with peepholes", peephole)
      .input({3, 1, 2})
      .constant({1, 8, 2})
      .constant({1, 8, 2})
      .absent()
      .absent()
      .absent()
      .input({1, 1, 2})
      .constant({1, 6});
  cases.add("lstm of no steps", peephole).input({0, 1, 2}).constant({1, 8, 2}).constant({1, 8, 2});
  cases.add("lstm of a sequence too long", peephole)
      .input({3, 1, 2})
      .constant({1, 8, 2})
      .constant({1, 8, 2})
      .absent()
      .constant({1}, DType::I32)
      .values({4})
      .fails();
}

void add_norms(Cases& cases) {
  cases.add("layer norm", ops::Normalization{{2}, 1e-5F, 1, false})
      .input({2, 3, 8})
      .constant({8})
      .constant({8});
  cases.add("instance norm", ops::Normalization{{2, 3}, 1e-5F, 1, false})
      .input({2, 3, 4, 5})
      .constant({1, 3, 1, 1})
      .constant({1, 3, 1, 1})
      .dynamic();
  for (const int64_t entries : {2, 6}) {
    cases
        .add("group norm of " + std::to_string(entries),
             ops::Normalization{{2, 3}, 1e-5F, 2, false})
        .input({2, 6, 3, 3})
        .constant({1, entries, 1, 1})
        .constant({1, entries, 1, 1});
  }
  cases.add("lrn", ops::Lrn{3, 0.1F, 0.75F, 2}).input({2, 7, 3});
  cases.add("lrn even", ops::Lrn{4, 0.1F, 0.75F, 2}).input({1, 7, 2, 2}).dynamic();
  cases.add("ragged softmax", ops::RaggedSoftmax{})
      .input({3, 5})
      .input({3, 1}, DType::I32)
      .range(0, 5);
  cases.add("ragged softmax beyond", ops::RaggedSoftmax{})
      .input({1, 2})
      .input({1, 1}, DType::I32)
      .values({3})
      .fails();
  for (const bool exclusive : {false, true}) {
    for (const bool reverse : {false, true}) {
      const std::string name =
          std::string(exclusive ? " without itself" : "") + (reverse ? " from the end" : "");
      cases
          .add("running sum" + name,
               ops::Cumulative{ops::CumulativeKind::Sum, 1, exclusive, reverse})
          .input({3, 5, 2});
      cases
          .add("running product" + name,
               ops::Cumulative{ops::CumulativeKind::Prod, 0, exclusive, reverse})
          .input({5}, DType::I32);
    }
  }
}

void add_arithmetic(Cases& cases) {
  cases.add("scale and shift", ops::ScaleShift{ops::ScaleMode::Channel, 1})
      .input({2, 3, 4})
      .constant({3, 1})
      .constant({3, 1});
  cases.add("scale to a power", ops::ScaleShift{})
      .input({2, 3})
      .range(0.1, 2)
      .absent()
      .constant({})
      .range(0.5, 2)
      .constant({})
      .range(1, 3);
  cases.add("parametric relu", ops::ParametricRelu{}).input({2, 3, 4}).constant({3, 1});
  for (const DType to : {DType::I8, DType::U8}) {
    cases.add("quantise to " + std::string(to_string(to)), ops::Quantize{1, to})
        .input({2, 3, 4})
        .range(-9, 9)
        .constant({3})
        .range(0.01, 0.1)
        .constant({3}, to);
    cases.add("dequantise from " + std::string(to_string(to)), ops::Dequantize{-1, DType::F32})
        .input({2, 3}, to)
        .constant({})
        .constant({}, to);
  }
  for (const ops::BitwiseKind kind :
       {ops::BitwiseKind::And, ops::BitwiseKind::Or, ops::BitwiseKind::Xor,
        ops::BitwiseKind::ShiftLeft, ops::BitwiseKind::ShiftRight}) {
    for (const DType dtype : {DType::U8, DType::I32, DType::I64}) {
      cases
          .add(std::string(to_string(kind)) + " " + std::string(to_string(dtype)),
               ops::Bitwise{kind})
          .input({3, 5}, dtype)
          .input({5}, dtype);
    }
  }
  cases.add("einsum product", ops::Einsum{"bij,bjk->bik"}).input({2, 3, 4}).input({2, 4, 5});
  cases.add("einsum diagonal", ops::Einsum{"...ii->...i"}).input({2, 3, 3}, DType::I32);
  cases.add("einsum of three", ops::Einsum{"i,ij,j"}).input({3}).input({3, 4}).input({4});
  cases.add("einsum spreading", ops::Einsum{"...a,...a->..."}).input({2, 1, 3}).input({4, 3});
  cases.add("einsum dynamic batch", ops::Einsum{"nc,cd->nd"})
      .input({3, 2})
      .constant({2, 4})
      .dynamic();
}

void add_interface(Cases& cases) {
  cases.add("shuffle", ops::Shuffle{{1, 0, 2}, {3, 8}, {1, 0}}).input({2, 3, 4});
  cases.add("squeeze", ops::Squeeze{{0, 2}}).input({1, 3, 1}).constant({2}, DType::I32);
  cases.add("unsqueeze", ops::Unsqueeze{{0, 2}}).input({3}, DType::I64);
  for (const Outside outside : {Outside::Fill, Outside::Clamp, Outside::Wrap, Outside::Reflect}) {
    cases
        .add("slice beyond, " + std::string(to_string(outside)),
             ops::SliceBeyond{{-4, 2}, {9, 5}, {1, -2}, outside, 3})
        .input({3, 4});
  }
  cases.add("deconvolution", ops::Deconvolution{{3, 2}, {2, 1}, {1, 0}, {0, 1}, {1, 2}, 2})
      .input({2, 4, 3, 5})
      .constant({4, 3, 3, 2})
      .constant({6})
      .dynamic();
  cases.add("ramp", ops::Fill{ops::FillKind::Linspace, {3, 4}, DType::I64, 5, 0, 0})
      .absent()
      .absent()
      .constant({2}, DType::I64);
  for (const DType dtype : {DType::F32, DType::F64, DType::BF16}) {
    cases
        .add("ramp of " + std::string(to_string(dtype)),
             ops::Fill{ops::FillKind::Linspace, {3, 4, 5}, dtype, 0, 0.3, 0})
        .absent()
        .input({}, dtype)
        .input({3}, dtype);
  }
  cases.add("ramp of one axis", ops::Fill{ops::FillKind::Linspace, {300}, DType::I32, 7, -2.5, 0});
  cases.add("ramp of a scalar", ops::Fill{ops::FillKind::Linspace, {}, DType::F32, 7, 1, 0});
  cases.add("random integers", ops::Fill{ops::FillKind::Uniform, {9, 40}, DType::I64, -5, 6, -3})
      .absent()
      .input({}, DType::I64)
      .values({-9})
      .input({1}, DType::I64)
      .values({9});
  cases.add("random doubles", ops::Fill{ops::FillKind::Uniform, {500}, DType::F64, -1, 2, 7});
  cases.add("normal doubles", ops::Fill{ops::FillKind::Normal, {500}, DType::F64, 1, 2, 9});
  cases.add("random numbers", ops::Fill{ops::FillKind::Uniform, {40}, DType::F32, -1, 2, 7});
  cases.add("normal numbers", ops::Fill{ops::FillKind::Normal, {40}, DType::F16, 1, 2, 7});
  cases.add("assertion", ops::Assertion{"holds"}).input({3}, DType::Bool).range(1, 1);
  cases.add("assertion that fails", ops::Assertion{"fails"})
      .input({2}, DType::Bool)
      .values({1, 0})
      .fails();
}

}  // namespace

void add_visions(Cases cases) {
  add_images(cases);
  add_regions(cases);
  add_recurrent(cases);
  add_wide_recurrent(cases);
  add_norms(cases);
  add_arithmetic(cases);
  add_interface(cases);
}

}  // namespace tenon::conformance
