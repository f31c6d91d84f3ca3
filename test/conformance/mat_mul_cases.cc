// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Matrix products: layers of known networks, every way to broadcast, and random ones.
#include "case.h"

namespace tenon::conformance {

namespace {

using ops::ActivationKind;

void add_layers(Cases& cases) {
  cases.add("a classifier", ops::MatMul{})
      .input({1, 256})
      .constant({256, 10})
      .unit_sums(256)
      .constant({1, 10});
  cases.add("a classifier with transposed weights", ops::MatMul{false, true})
      .input({1, 512})
      .constant({100, 512})
      .unit_sums(512)
      .constant({100});
  cases.add("then relu", ops::MatMul{false, true, {ActivationKind::Relu}})
      .input({5, 120})
      .constant({84, 120})
      .unit_sums(120)
      .constant({84});
  cases.add("then sigmoid", ops::MatMul{false, false, {ActivationKind::Sigmoid}})
      .input({3, 33})
      .constant({33, 17})
      .unit_sums(33)
      .constant({17});
  cases.add("square", ops::MatMul{}).input({64, 64}).constant({64, 64}).unit_sums(64);
  cases.add("tall", ops::MatMul{}).input({130, 7}).constant({7, 3});
  cases.add("wide", ops::MatMul{}).input({2, 5}).constant({5, 300});
  cases.add("deep", ops::MatMul{}).input({3, 1500}).constant({1500, 5}).unit_sums(1500);
  cases.add("one number", ops::MatMul{}).input({1, 1}).constant({1, 1});
  cases.add("dynamic batch", ops::MatMul{})
      .input({4, 256})
      .constant({256, 10})
      .unit_sums(256)
      .constant({10})
      .dynamic();
  cases.add("dynamic batch, transposed", ops::MatMul{false, true, {ActivationKind::Relu}})
      .input({3, 40})
      .constant({50, 40})
      .unit_sums(40)
      .constant({50})
      .dynamic();
}

void add_products_that_broadcast(Cases& cases) {
  cases
      .add("three rows with transposed weights",
           ops::MatMul{false, true, {ops::ActivationKind::Relu}})
      .input({3, 200})
      .constant({37, 200})
      .unit_sums(200)
      .constant({37});
  cases.add("both transposed", ops::MatMul{true, true}).input({7, 5}).input({9, 7});
  cases.add("left transposed", ops::MatMul{true, false}).input({7, 5}).constant({7, 9});
  cases.add("made at run time", ops::MatMul{}).input({6, 20}).input({20, 11}).input({11});
  cases.add("stack by stack", ops::MatMul{}).input({3, 4, 5}).input({3, 5, 6});
  cases.add("stack by matrix", ops::MatMul{}).input({3, 4, 5}).constant({5, 6});
  cases.add("matrix by stack", ops::MatMul{}).input({4, 5}).input({3, 5, 6});
  cases.add("stacks that broadcast", ops::MatMul{}).input({2, 1, 4, 5}).input({3, 5, 6});
  cases.add("stacks, right transposed", ops::MatMul{false, true})
      .input({2, 3, 4, 5})
      .input({2, 3, 6, 5});
  cases.add("vector by matrix", ops::MatMul{}).input({5}).constant({5, 6});
  cases.add("matrix by vector", ops::MatMul{}).input({4, 5}).constant({5});
  cases.add("vector by vector", ops::MatMul{}).input({5}).input({5});
  cases.add("stack by vector", ops::MatMul{}).input({2, 4, 5}).input({5});
  cases.add("vector by stack", ops::MatMul{}).input({5}).input({2, 5, 3});
  cases.add("vectors by matrices", ops::VectorProduct{false, false, true, false})
      .input({3, 5})
      .input({3, 5, 6});
  cases.add("transposed matrices by vectors", ops::VectorProduct{true, false, false, true})
      .input({2, 1, 5, 4})
      .input({3, 5});
  cases.add("bias a scalar", ops::MatMul{}).input({4, 5}).constant({5, 6}).constant({});
  cases.add("bias a column", ops::MatMul{}).input({4, 5}).constant({5, 6}).constant({4, 1});
  cases.add("bias a matrix", ops::MatMul{}).input({4, 5}).constant({5, 6}).input({4, 6});
  cases.add("bias a stack", ops::MatMul{}).input({2, 4, 5}).constant({5, 6}).input({2, 1, 6});
  cases.add("nothing to add up", ops::MatMul{}).input({3, 0}).constant({0, 4}).constant({4});
  cases.add("no rows", ops::MatMul{}).input({0, 5}).constant({5, 4});
  for (const DType dtype : {DType::F64, DType::F16, DType::BF16, DType::I32, DType::I64}) {
    cases.add(std::string(to_string(dtype)), ops::MatMul{})
        .input({3, 5}, dtype)
        .constant({5, 4}, dtype)
        .constant({4}, dtype);
  }
}

void add_random_products(Cases& cases) {
  Random random(20260502);
  for (int i = 0; i < 40; ++i) {
    const int64_t m = random.between(1, 40), k = random.between(1, 150), n = random.between(1, 100);
    const ops::MatMul op{random.chance(20),
                         random.chance(50),
                         {random.chance(50) ? ActivationKind::None : ActivationKind::Relu}};
    Case& one = cases.add("random " + std::to_string(i), op);
    one.input(op.transpose_a ? Dims{k, m} : Dims{m, k});
    const Dims b = op.transpose_b ? Dims{n, k} : Dims{k, n};
    (random.chance(80) ? one.constant(b) : one.input(b)).unit_sums(k);
    const Dims biases[] = {{n}, {1, n}, {m, n}, {m, 1}, {1}};
    if (random.chance(60)) one.constant(random.pick(biases));
  }
}

}  // namespace

void add_mat_muls(Cases cases) {
  add_layers(cases);
  add_products_that_broadcast(cases);
  add_random_products(cases);
}

}  // namespace tenon::conformance
