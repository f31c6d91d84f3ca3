// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Binary operators and selection: every kind, every way to broadcast, every type.
#include "case.h"

namespace tenon::conformance {

namespace {

using ops::ElementWiseKind;

bool is_logic(ElementWiseKind kind) {
  return kind == ElementWiseKind::And || kind == ElementWiseKind::Or ||
         kind == ElementWiseKind::Xor;
}
/// Second operands that keep results from drowning one another.
bool wants_positive(ElementWiseKind kind) {
  return kind == ElementWiseKind::Div || kind == ElementWiseKind::FloorDiv ||
         kind == ElementWiseKind::Mod || kind == ElementWiseKind::Fmod ||
         kind == ElementWiseKind::Pow;
}

void add_kind(Cases& cases, ElementWiseKind kind) {
  const ops::ElementWise op{kind};
  const std::string name(to_string(kind));
  if (is_logic(kind)) {
    cases.add(name, op).input({4, 9}, DType::Bool).input({9}, DType::Bool);
    return;
  }
  const auto pair = [&](const std::string& how, const Dims& a, const Dims& b, DType dtype) {
    Case& one = cases.add(name + " " + how, op).input(a, dtype);
    if (kind == ElementWiseKind::Pow) one.range(0, 3);
    one.input(b, dtype);
    if (wants_positive(kind)) one.range(dtype == DType::F32 ? 0.5 : 1, 4);
  };
  pair("of equals", {2, 5, 3, 7}, {2, 5, 3, 7}, DType::F32);
  pair("by channel", {2, 20, 3, 5}, {20, 1, 1}, DType::F32);
  for (const DType dtype : {DType::F64, DType::I32, DType::I64, DType::I8, DType::U8}) {
    pair(std::string(to_string(dtype)), {3, 11}, {11}, dtype);
  }
}

void add_broadcasts(Cases& cases) {
  const ops::ElementWise add{ElementWiseKind::Add}, subtract{ElementWiseKind::Sub};
  const std::pair<Dims, Dims> shapes[] = {{{}, {}},
                                          {{7}, {}},
                                          {{}, {2, 3}},
                                          {{1}, {37}},
                                          {{5, 1}, {1, 6}},
                                          {{4, 6}, {4, 1}},
                                          {{2, 3, 4}, {3, 1}},
                                          {{1, 3, 1, 5}, {2, 1, 4, 1}},
                                          {{2, 1, 3, 1, 2}, {5, 1, 7, 1}},
                                          {{2, 0, 3}, {3}},
                                          {{0, 1}, {1, 4}},
                                          {{1, 16, 9, 9}, {1, 16, 1, 1}},
                                          {{3, 64}, {64}},
                                          {{17, 33}, {17, 33}}};
  for (const auto& [a, b] : shapes) {
    const std::string name = to_string(a) + " with " + to_string(b);
    cases.add("add " + name, add).input(a).input(b);
    cases.add("sub " + name, subtract).input(a).input(b);
    cases.add("sub constant " + name, subtract).input(a).constant(b);
  }
  cases.add("add dynamic batch", add).input({4, 8, 5}).input({4, 8, 5}).dynamic();
  cases.add("add dynamic batch to constant", add).input({4, 8, 5}).constant({8, 1}).dynamic();
  cases.add("add f16", add).input({3, 9}, DType::F16).input({9}, DType::F16);
  cases.add("add bf16", add).input({3, 9}, DType::BF16).input({9}, DType::BF16);
  cases.add("equal bool", ops::ElementWise{ElementWiseKind::Equal})
      .input({31}, DType::Bool)
      .input({31}, DType::Bool);
  cases.add("div i32 by zero", ops::ElementWise{ElementWiseKind::Div})
      .input({3}, DType::I32)
      .input({3}, DType::I32)
      .values({1, 0, 1})
      .fails();
}

}  // namespace

void add_element_wises(Cases cases) {
  for (size_t i = 0; i < ops::kNamesOf<ElementWiseKind>.size(); ++i) {
    add_kind(cases, static_cast<ElementWiseKind>(i));
  }
  add_broadcasts(cases);
  for (const DType dtype : {DType::F32, DType::I64, DType::I8, DType::F16, DType::Bool}) {
    cases.add("select " + std::string(to_string(dtype)), ops::Select{})
        .input({3, 1, 5}, DType::Bool)
        .input({4, 5}, dtype)
        .input({}, dtype);
  }
}

}  // namespace tenon::conformance
