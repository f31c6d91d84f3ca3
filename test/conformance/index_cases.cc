// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that look for elements or address them: every mode, and indices out of range.
#include <cmath>

#include "case.h"

namespace tenon::conformance {

namespace {

using expr::Expr;
using ops::ScatterMode;
using ops::ScatterReduction;

void add_searches(Cases& cases) {
  for (const bool largest : {true, false}) {
    const std::string name = largest ? "greatest" : "smallest";
    cases.add(name + " of rows", ops::TopK{{3}, 1, largest, false, DType::I64}).input({5, 9});
    cases.add(name + " of columns", ops::TopK{{2}, 0, largest, true, DType::I32})
        .input({7, 3, 2}, DType::I32)
        .range(-2, 2);
    cases.add(name + " of all in order", ops::TopK{{40}, 0, largest, false, DType::I64})
        .input({40}, DType::F16);
  }
  cases.add("greatest none", ops::TopK{{0}, 0, true, false, DType::I64}).input({4});
  cases.add("greatest dynamic batch", ops::TopK{{2}, 1, true, false, DType::I64})
      .input({3, 5})
      .dynamic();
  cases
      .add("all in order, dynamic batch",
           [](const Expr& n) {
             return ops::TopK{{n}, 0, true, false, DType::I64};
           })
      .input({4})
      .dynamic();
  for (const DType dtype : {DType::F32, DType::Bool, DType::I64, DType::F16}) {
    cases.add("non zero " + std::string(to_string(dtype)), ops::NonZero{DType::I64})
        .input({4, 3, 2}, dtype)
        .range(dtype == DType::Bool ? 0 : -1, 1);
  }
  cases.add("non zero i32 indices", ops::NonZero{DType::I32})
      .input({9})
      .values({0, 1, 0, 0, 2, 3, 0, 0, -1});
  cases.add("non zero of zeros", ops::NonZero{DType::I64}).input({3, 2}).range(0, 0);
  cases.add("non zero of a scalar", ops::NonZero{DType::I64}).input({}).values({2});
  cases.add("non zero dynamic batch", ops::NonZero{DType::I64})
      .input({3, 4}, DType::I32)
      .range(0, 1)
      .dynamic();
}

void add_uniques(Cases& cases) {
  for (const bool sorted : {true, false}) {
    const std::string name = sorted ? "unique sorted" : "unique in order";
    cases.add(name, ops::Unique{sorted, true, 0}).input({4, 5}, DType::I32).range(-2, 2);
    cases.add(name + " rows", ops::Unique{sorted, false, 0}).input({9, 2}).range(0, 0);
    cases.add(name + " columns", ops::Unique{sorted, false, 1})
        .input({2, 9, 2}, DType::I64)
        .range(0, 1);
    cases.add(name + " of nothing", ops::Unique{sorted, true, 0}).input({0});
    cases.add(name + " of slices of nothing", ops::Unique{sorted, false, 1}).input({0, 3});
    cases.add(name + " of one", ops::Unique{sorted, true, 0}).input({1}, DType::Bool);
    // More than a GPU's block sorts alone.
    cases.add(name + " of many", ops::Unique{sorted, true, 0})
        .input({10, 1000}, DType::I16)
        .range(-900, 900);
    cases.add(name + " many rows", ops::Unique{sorted, false, 0})
        .input({4100, 3}, DType::U8)
        .range(0, 9);
    cases.add(name + " with what is no number", ops::Unique{sorted, true, 0})
        .input({7}, DType::F16)
        .values({2, NAN, -1, NAN, 2, INFINITY, -INFINITY});
    cases.add(name + " dynamic batch", ops::Unique{sorted, false, 0})
        .input({5, 2}, DType::I32)
        .range(0, 1)
        .dynamic();
  }
}

void add_scatters(Cases& cases) {
  for (const ScatterReduction reduction :
       {ScatterReduction::None, ScatterReduction::Add, ScatterReduction::Mul, ScatterReduction::Max,
        ScatterReduction::Min}) {
    const std::string name(to_string(reduction));
    cases.add("scatter elements " + name, ops::Scatter{ScatterMode::Elements, 1, reduction})
        .input({4, 5})
        .input({3, 5}, DType::I64)
        .range(-5, 4)
        .input({3, 5});
    cases.add("scatter slices " + name, ops::Scatter{ScatterMode::Nd, 0, reduction})
        .input({4, 3, 2}, DType::I32)
        .input({5, 1}, DType::I32)
        .range(-4, 3)
        .input({5, 3, 2}, DType::I32);
  }
  cases.add("scatter tuples", ops::Scatter{ScatterMode::Nd, 0, ScatterReduction::None})
      .input({4, 3})
      .input({2, 2, 2}, DType::I64)
      .range(0, 2)
      .input({2, 2});
  cases.add("scatter nothing", ops::Scatter{ScatterMode::Elements, 0, ScatterReduction::None})
      .input({3})
      .input({0}, DType::I64)
      .input({0});
  cases.add("scatter outside", ops::Scatter{ScatterMode::Elements, 0, ScatterReduction::None})
      .input({3})
      .input({1}, DType::I64)
      .values({3})
      .input({1})
      .fails();
  cases.add("scatter a slice outside", ops::Scatter{ScatterMode::Nd, 0, ScatterReduction::None})
      .input({3, 2})
      .input({1, 1}, DType::I64)
      .values({-4})
      .input({1, 2})
      .fails();
}

void add_gathers(Cases& cases) {
  cases.add("gather elements", ops::GatherElements{1})
      .input({4, 5})
      .input({3, 7}, DType::I32)
      .range(-5, 4);
  cases.add("gather elements of bool", ops::GatherElements{0})
      .input({4, 2}, DType::Bool)
      .constant({1, 2}, DType::I64)
      .range(0, 3);
  cases.add("gather elements outside", ops::GatherElements{0})
      .input({2})
      .input({1}, DType::I64)
      .values({2})
      .fails();
  cases.add("gather tuples", ops::GatherNd{0})
      .input({3, 4, 2})
      .input({5, 2}, DType::I64)
      .range(-3, 2);
  cases.add("gather tuples by batch", ops::GatherNd{1})
      .input({3, 4, 2})
      .input({3, 2, 1}, DType::I32)
      .range(-4, 3);
  cases.add("gather tuples dynamic batch", ops::GatherNd{1})
      .input({3, 4})
      .input({3, 2, 1}, DType::I32)
      .range(-4, 3)
      .dynamic();
  cases.add("gather tuples outside", ops::GatherNd{0})
      .input({3, 4})
      .input({1, 2}, DType::I64)
      .values({0, 4})
      .fails();
  cases.add("one hot", ops::OneHot{1, {4}}).input({3, 2}, DType::I64).range(-5, 5).constant({2});
  cases.add("one hot first", ops::OneHot{0, {3}})
      .input({5}, DType::I32)
      .range(0, 2)
      .constant({2}, DType::I32);
  cases.add("reverse sequences", ops::ReverseSequence{1, 0})
      .input({4, 3, 2})
      .input({3}, DType::I64)
      .range(0, 4);
  cases.add("reverse sequences by rows", ops::ReverseSequence{0, 1})
      .input({3, 5})
      .input({3}, DType::I32)
      .range(1, 5)
      .dynamic();
  cases.add("reverse too much", ops::ReverseSequence{1, 0})
      .input({2, 1})
      .input({1}, DType::I64)
      .values({3})
      .fails();
}

}  // namespace

void add_indices(Cases cases) {
  add_searches(cases);
  add_uniques(cases);
  add_scatters(cases);
  add_gathers(cases);
}

}  // namespace tenon::conformance
