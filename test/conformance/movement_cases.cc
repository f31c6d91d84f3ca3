// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that move elements: every type once, every way to move.
#include "case.h"

namespace tenon::conformance {

namespace {

using expr::Expr;

constexpr DType kTypes[] = {DType::F32, DType::F64, DType::F16, DType::BF16, DType::I8,
                            DType::U8,  DType::I16, DType::I32, DType::I64,  DType::Bool};

void add_views(Cases& cases) {
  cases.add("reshape flat", ops::Reshape{{2, 60}}).input({2, 3, 4, 5});
  cases.add("reshape to a scalar", ops::Reshape{{}}).input({1, 1});
  cases.add("reshape of nothing", ops::Reshape{{0, 7}}).input({3, 0});
  cases.add("reshape dynamic batch",
            [](const Expr& n) {
              return ops::Reshape{{n, 48}};
            })
      .input({4, 3, 4, 4})
      .dynamic();
  cases.add("identity", ops::Identity{}).input({3, 5});
  cases.add("shape", ops::Shape{}).input({2, 3, 5});
  cases.add("shape of a scalar", ops::Shape{}).input({});
  cases.add("shape dynamic batch", ops::Shape{}).input({3, 5}).dynamic();
  for (const DType dtype : kTypes) {
    const std::string name(to_string(dtype));
    cases.add("reshape " + name, ops::Reshape{{6, 5}}).input({2, 3, 5}, dtype);
    cases.add("identity " + name, ops::Identity{}).input({7}, dtype);
    cases.add("transpose " + name, ops::Transpose{{1, 0}}).input({5, 9}, dtype);
    cases.add("concat " + name, ops::Concat{1}).input({2, 3}, dtype).input({2, 5}, dtype);
    cases.add("slice " + name, ops::Slice{{1, 4}, {2, 2}, {1, -3}}).input({3, 5}, dtype);
    cases.add("expand " + name, ops::Expand{{4, 3, 5}}).input({3, 1}, dtype);
    cases.add("gather " + name, ops::Gather{0})
        .input({4, 3}, dtype)
        .constant({3}, DType::I64)
        .values({3, -4, 1});
  }
}

void add_transposes(Cases& cases) {
  const std::pair<Dims, Dims> all[] = {{{2, 3, 4, 5}, {0, 2, 3, 1}},
                                       {{2, 4, 5, 3}, {0, 3, 1, 2}},
                                       {{67, 33}, {1, 0}},
                                       {{3, 4, 5}, {2, 1, 0}},
                                       {{3, 4, 5}, {0, 1, 2}},
                                       {{2, 3, 4, 5, 6}, {4, 0, 3, 1, 2}},
                                       {{1, 16, 31, 17}, {0, 2, 3, 1}},
                                       {{1, 1, 5}, {2, 0, 1}},
                                       {{0, 3}, {1, 0}},
                                       {{7}, {0}}};
  for (const auto& [dims, perm] : all) {
    cases.add("transpose " + to_string(dims) + " to " + to_string(perm), ops::Transpose{perm})
        .input(dims);
  }
  for (const DType dtype : {DType::F16, DType::I8}) {
    cases.add(fmt::format("transpose words of {}", to_string(dtype)), ops::Transpose{{0, 2, 1}})
        .input({2, 68, 136}, dtype);
    cases.add(fmt::format("transpose odd extents of {}", to_string(dtype)), ops::Transpose{{1, 0}})
        .input({67, 66}, dtype);
  }
  cases.add("transpose dynamic batch", ops::Transpose{{0, 2, 1}}).input({3, 5, 7}).dynamic();
}

void add_joins(Cases& cases) {
  cases.add("concat one", ops::Concat{0}).input({3, 4});
  cases.add("concat rows", ops::Concat{0}).input({3, 4}).input({1, 4}).input({2, 4});
  cases.add("concat channels", ops::Concat{1}).input({2, 3, 5, 5}).input({2, 17, 5, 5});
  cases.add("concat last", ops::Concat{3}).input({1, 2, 3, 1}).input({1, 2, 3, 6});
  cases.add("concat with nothing", ops::Concat{1}).input({2, 3}).input({2, 0}).input({2, 1});
  cases.add("concat dynamic batch", ops::Concat{1}).input({3, 8, 4}).input({3, 5, 4}).dynamic();
  Case& many = cases.add("concat many", ops::Concat{0});
  for (int64_t i = 1; i <= 20; ++i) many.input({i % 4, 3});
  cases.add("expand a scalar", ops::Expand{{3, 4}}).input({});
  cases.add("expand to nothing", ops::Expand{{0, 4}}).input({1, 4});
  cases.add("expand inner and outer", ops::Expand{{2, 3, 4, 5}}).input({3, 1, 5});
  cases.add("expand dynamic batch",
            [](const Expr& n) {
              return ops::Expand{{2, n, 5}};
            })
      .input({4, 1})
      .dynamic();
}

void add_picks(Cases& cases) {
  cases.add("slice inner", ops::Slice{{0, 1, 2}, {2, 2, 3}, {1, 1, 1}}).input({2, 3, 5});
  cases.add("slice backwards", ops::Slice{{1, 2, 4}, {2, 3, 5}, {-1, -1, -1}}).input({2, 3, 5});
  cases.add("slice by steps", ops::Slice{{0, 0, 1}, {1, 2, 2}, {2, 2, 3}}).input({2, 3, 5});
  cases.add("slice nothing", ops::Slice{{0, 0}, {2, 0}, {1, 1}}).input({2, 3});
  cases
      .add("slice the last row",
           [](const Expr& n) {
             return ops::Slice{{n - 1, 0}, {1, 5}, {1, 1}};
           })
      .input({4, 5})
      .dynamic();
  cases.add("slice all rows",
            [](const Expr& n) {
              return ops::Slice{{0, 1}, {n, 3}, {1, 1}};
            })
      .input({4, 5})
      .dynamic();
  cases.add("gather columns", ops::Gather{1})
      .input({3, 5, 2})
      .constant({4}, DType::I64)
      .range(-5, 4);
  cases.add("gather by a matrix", ops::Gather{1})
      .input({3, 5, 2})
      .constant({2, 3}, DType::I32)
      .range(-5, 4);
  cases.add("gather one", ops::Gather{0}).input({3, 5}).constant({}, DType::I64).values({2});
  cases.add("gather by what is made at run time", ops::Gather{0})
      .input({6, 5})
      .input({9}, DType::I64)
      .range(-6, 5);
  cases.add("gather none", ops::Gather{0}).input({6, 5}).constant({0}, DType::I64);
  cases.add("gather outside", ops::Gather{0})
      .input({6, 5})
      .input({2}, DType::I64)
      .values({0, 6})
      .fails();
  cases.add("gather outside below", ops::Gather{1})
      .input({6, 5})
      .input({1}, DType::I32)
      .values({-6})
      .fails();
}

void add_pads(Cases& cases) {
  using ops::PadMode;
  for (const PadMode mode : {PadMode::Constant, PadMode::Reflect, PadMode::Edge}) {
    const std::string name = "pad " + std::string(to_string(mode));
    cases.add(name, ops::Pad{{0, 2}, {0, 3}, mode, 0.5F}).input({3, 6});
    cases.add(name + " planes", ops::Pad{{0, 0, 1, 2}, {0, 0, 2, 1}, mode, 0}).input({2, 3, 4, 5});
    cases.add(name + " and cut", ops::Pad{{-1, 2}, {1, -2}, mode, -1}).input({4, 6});
  }
  cases.add("pad nothing", ops::Pad{{1, 0}, {1, 0}, PadMode::Constant, 3}).input({0, 2});
  cases.add("pad i32", ops::Pad{{1}, {2}, PadMode::Constant, 7}).input({4}, DType::I32);
  cases.add("pad dynamic batch", ops::Pad{{0, 1}, {0, 2}, PadMode::Constant, 1})
      .input({3, 6})
      .dynamic();
}

void add_casts(Cases& cases) {
  for (const DType from : kTypes) {
    for (const DType to : kTypes) {
      cases
          .add("cast " + std::string(to_string(from)) + " to " + std::string(to_string(to)),
               ops::Cast{to})
          .input({21}, from)
          .range(0, from == DType::Bool ? 1 : 7);
    }
  }
}

void add_constants(Cases& cases) {
  const float values[] = {1, -2, 3.5F};
  cases.add("constant", ops::Constant{ops::ConstantData::of<float>({3}, values)});
  cases.add("constant of nothing", ops::Constant{ops::ConstantData::of<float>({0, 3}, {})});
}

}  // namespace

void add_movements(Cases cases) {
  add_views(cases);
  add_transposes(cases);
  add_joins(cases);
  add_picks(cases);
  add_pads(cases);
  add_casts(cases);
  add_constants(cases);
}

}  // namespace tenon::conformance
