// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Softmax, reductions and batch normalisation.
#include "case.h"

namespace tenon::conformance {

namespace {

using ops::ReduceKind;

void add_softmaxes(Cases& cases) {
  const Dims shapes[] = {{1, 10}, {3, 1000}, {2, 5, 7}, {1, 19, 6, 5}, {67}, {4, 1}, {0, 5}};
  for (const Dims& dims : shapes) {
    for (int axis = 0; axis < dims.rank(); ++axis) {
      for (const bool log : {false, true}) {
        cases
            .add((log ? "log softmax " : "softmax ") + to_string(dims) + " axis " +
                     std::to_string(axis),
                 ops::Softmax{axis, log})
            .input(dims)
            .range(-6, 6);
      }
    }
  }
  cases.add("softmax of large numbers", ops::Softmax{1, false}).input({4, 33}).range(-300, 300);
  cases.add("softmax of long rows", ops::Softmax{1, false}).input({3, 768}).range(-3, 3);
  cases.add("softmax of very long rows", ops::Softmax{1, true}).input({2, 20'000}).range(-3, 3);
  cases.add("normalization of long rows", ops::Normalization{{1}, 1e-5F, 1, false})
      .input({5, 768})
      .constant({768})
      .constant({768});
  cases.add("normalization of very long rows", ops::Normalization{{1}, 1e-5F, 1, false})
      .input({2, 20'000})
      .constant({20'000})
      .constant({20'000});
  cases.add("softmax dynamic batch", ops::Softmax{1, false}).input({4, 10}).dynamic();
  cases.add("softmax f64", ops::Softmax{0, false}).input({9}, DType::F64);
  cases.add("softmax f16", ops::Softmax{0, false}).input({9}, DType::F16);
}

void add_reduces(Cases& cases) {
  for (size_t i = 0; i < ops::kNamesOf<ReduceKind>.size(); ++i) {
    const auto kind = static_cast<ReduceKind>(i);
    const std::string name = "reduce " + std::string(to_string(kind));
    const auto one = [&](const std::string& how, const Dims& axes, bool keep, const Dims& dims) {
      cases.add(name + " " + how, ops::Reduce{kind, axes, keep}).input(dims).range(0.25, 1.5);
    };
    one("rows", {1}, true, {7, 33});
    one("columns", {0}, false, {7, 33});
    one("planes", {2, 3}, true, {2, 20, 7, 7});
    one("ends", {0, 2}, false, {3, 5, 4});
    one("channels", {1}, true, {2, 35, 3, 4});
    one("everything", {0, 1}, false, {6, 9});
    one("nothing", {}, false, {6, 9});
    one("one element", {1}, true, {5, 1});
    cases.add(name + " f64", ops::Reduce{kind, {1}, true})
        .input({3, 8}, DType::F64)
        .range(0.25, 1.5);
    const bool real =
        kind == ReduceKind::L2 || kind == ReduceKind::LogSum || kind == ReduceKind::LogSumExp;
    if (real) continue;
    for (const DType dtype : {DType::I32, DType::I64}) {
      cases.add(name + " " + std::string(to_string(dtype)), ops::Reduce{kind, {0}, false})
          .input({4, 3}, dtype)
          .range(-4, 4);
    }
  }
  cases.add("reduce sum of a long row", ops::Reduce{ReduceKind::Sum, {0}, true})
      .input({40'000})
      .range(0.25, 1.5);
  cases.add("reduce log_sum_exp of long columns", ops::Reduce{ReduceKind::LogSumExp, {0}, false})
      .input({3'000, 5});
  cases.add("reduce mean dynamic batch", ops::Reduce{ReduceKind::Mean, {2, 3}, true})
      .input({3, 24, 7, 7})
      .dynamic();
  cases.add("reduce sum of an empty axis", ops::Reduce{ReduceKind::Sum, {1}, true})
      .input({3, 0, 2});
  cases.add("reduce mean of large numbers", ops::Reduce{ReduceKind::Mean, {1}, false})
      .input({3, 5000})
      .range(900, 1100);
}

}  // namespace

void add_reductions(Cases cases) {
  add_softmaxes(cases);
  add_reduces(cases);
  for (const Dims& dims : {Dims{2, 9, 5, 5}, Dims{3, 20}, Dims{1, 4, 11}, Dims{1, 3, 2, 3, 4}}) {
    cases.add("batch_norm " + to_string(dims), ops::BatchNorm{1e-5F})
        .input(dims)
        .constant({dims[1]})
        .constant({dims[1]})
        .constant({dims[1]})
        .constant({dims[1]})
        .range(0.25, 2);
  }
}

}  // namespace tenon::conformance
