// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attention over sequences, and what stands around it.
#include "case.h"

namespace tenon::conformance {

namespace {

using ops::CausalKind;
using ops::SequenceForm;

/// Of 16 bits and sizes that kernels take in tiles: ends within tiles, every mask and form.
void add_tiles(Cases& cases) {
  const auto form_text = [](SequenceForm form) { return std::string(to_string(form)); };
  for (const SequenceForm form : {SequenceForm::Padded, SequenceForm::PlacesFirst}) {
    const bool first = form == SequenceForm::PlacesFirst;
    const auto dims = [&](int64_t heads, int64_t places, int64_t size) {
      return first ? Dims{2, places, heads, size} : Dims{2, heads, places, size};
    };
    for (const CausalKind kind :
         {CausalKind::None, CausalKind::UpperLeft, CausalKind::LowerRight}) {
      const ops::Attention op{true, kind, form, form, false, 0.25F};
      cases.add(form_text(form) + " tiles, " + std::string(to_string(kind)), op)
          .input(dims(4, 70, 64), DType::F16)
          .input(dims(2, 133, 64), DType::F16)
          .input(dims(2, 133, 40), DType::F16);
    }
    const ops::Attention op{true, CausalKind::None, form, form, false, 0.125F};
    cases.add(form_text(form) + " tiles with a mask", op)
        .input(dims(3, 19, 128), DType::F16)
        .input(dims(3, 65, 128), DType::F16)
        .input(dims(3, 65, 96), DType::F16)
        .input({2, 1, 19, 65}, DType::Bool);
    cases.add(form_text(form) + " tiles with scores added", op)
        .input(dims(3, 128, 64), DType::BF16)
        .input(dims(3, 128, 64), DType::BF16)
        .input(dims(3, 128, 64), DType::BF16)
        .input({2, 1, 1, 128}, DType::BF16);
  }
  cases
      .add("places first, scaled, f32",
           ops::Attention{true, CausalKind::None, SequenceForm::PlacesFirst, SequenceForm::Padded,
                          false, 0.5F})
      .input({2, 5, 2, 8})
      .input({2, 2, 7, 8})
      .input({2, 2, 7, 8})
      .input({2, 1, 5, 7});
}

void add_attentions(Cases& cases) {
  for (const CausalKind kind : {CausalKind::None, CausalKind::UpperLeft, CausalKind::LowerRight}) {
    cases.add("attention " + std::string(to_string(kind)), ops::Attention{true, kind})
        .input({2, 4, 5, 8})
        .input({2, 2, 3, 8})
        .input({2, 2, 3, 6});
  }
  cases.add("attention of any batch", ops::Attention{})
      .input({2, 2, 3, 4})
      .input({2, 2, 3, 4})
      .input({2, 2, 3, 4})
      .dynamic();
  cases.add("attention with a mask", ops::Attention{})
      .input({2, 2, 3, 4})
      .input({2, 2, 5, 4})
      .input({2, 2, 5, 4})
      .input({2, 1, 3, 5}, DType::Bool);
  cases.add("attention with scores added", ops::Attention{})
      .input({1, 2, 3, 4}, DType::F16)
      .input({1, 2, 5, 4}, DType::F16)
      .input({1, 2, 5, 4}, DType::F16)
      .input({1, 2, 1, 5}, DType::F16);
  cases.add("attention without a softmax", ops::Attention{false})
      .input({1, 1, 3, 4})
      .input({1, 1, 3, 4})
      .input({1, 1, 3, 4});
  add_tiles(cases);
  const auto lengths = [&](const char* name, int64_t last) -> Case& {
    return cases
        .add(name, ops::Attention{true, CausalKind::UpperLeft, SequenceForm::Packed,
                                  SequenceForm::Packed})
        .input({6, 2, 4})
        .input({7, 2, 4})
        .input({7, 2, 4})
        .absent()
        .absent()
        .input({3}, DType::I32)
        .values({0, 2, 5})
        .input({3}, DType::I32)
        .values({0, 4, static_cast<double>(last)});
  };
  lengths("packed attention", 7);
  lengths("packed attention outside", 8).fails();
}

void add_neighbours(Cases& cases) {
  cases.add("rotation by place", ops::RotaryEmbedding{})
      .input({2, 3, 4, 6})
      .input({2, 4, 3})
      .input({2, 4, 3});
  const auto by_row = [&](const char* name, double place) -> Case& {
    return cases.add(name, ops::RotaryEmbedding{true, 4})
        .input({1, 2, 2, 6})
        .input({5, 2})
        .input({5, 2})
        .input({1, 2}, DType::I64)
        .values({0, place});
  };
  by_row("rotation by row", 4);
  by_row("rotation without a row", 5).fails();
  const auto cache = [&](const char* name, double place) -> Case& {
    return cases.add(name, ops::KvCacheUpdate{})
        .input({2, 2, 4, 3})
        .input({2, 2, 2, 3})
        .input({2}, DType::I32)
        .values({0, place});
  };
  cache("cache", 2);
  cache("cache written outside", 3).fails();
  cases.add("cache of packed updates", ops::KvCacheUpdate{SequenceForm::Packed})
      .input({2, 2, 4, 3}, DType::F16)
      .input({5, 2, 3}, DType::F16)
      .input({2}, DType::I32)
      .values({0, 1})
      .input({3}, DType::I32)
      .values({0, 2, 5});
}

void add_experts(Cases& cases) {
  const auto experts = [&](const std::string& name, double chosen,
                           const ops::MixtureOfExperts& op = {}) -> Case& {
    return cases.add(name, op)
        .input({1, 2, 4})
        .input({1, 2, 2}, DType::I32)
        .values({0, 2, 1, chosen})
        .input({1, 2, 2})
        .constant({3, 4, 5})
        .constant({3, 4, 5})
        .constant({3, 5, 4});
  };
  experts("experts", 0);
  experts("experts with biases", 2).constant({3, 5}).constant({3, 5}).constant({3, 4});
  experts("experts within limits", 1, {true, 0.1F, 1.7F, 1});
  experts("experts without a function", 1, {false, 0.3F});
  for (const DType dtype : {DType::F16, DType::BF16, DType::F64}) {
    cases.add("experts of " + std::string(to_string(dtype)), ops::MixtureOfExperts{})
        .input({5, 40}, dtype)
        .input({5, 3}, DType::I32)
        .range(0, 3)
        .input({5, 3}, dtype)
        .range(0, 1)
        .constant({4, 40, 70}, dtype)
        .unit_sums(40)
        .constant({4, 40, 70}, dtype)
        .unit_sums(40)
        .constant({4, 70, 40}, dtype)
        .unit_sums(70)
        .dynamic();
  }
  experts("an expert that is not there", 3).fails();
}

}  // namespace

void add_attention(Cases cases) {
  add_attentions(cases);
  add_neighbours(cases);
  add_experts(cases);
}

}  // namespace tenon::conformance
