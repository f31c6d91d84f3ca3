// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Look up, add, normalize.
#include "plugin_library/embedding.h"

#include "plugin_library/norm_kernel.h"

namespace shipped {

namespace {

/// What keeps the deviation of a constant row from being zero.
constexpr float kEpsilon = 1e-12F;

/// Number of tokens before the first one whose mask is 0.
int32_t lengthOf(int32_t const* mask, int64_t sequence, int64_t batch) {
  int64_t i = 0;
  while (i < sequence && mask[i * batch] != 0) ++i;
  return static_cast<int32_t>(i);
}

}  // namespace

void EmbeddingParameters::check(AttributeReader& reader) const {
  if (fullMask != 0) {
    reader.fail(
        "attribute full_mask is 1, but the packed mask of certain GPU kernels is not there: "
        "set it to 0");
  }
  size_t const row = beta.size();
  if (row == 0 || gamma.size() != row) {
    return reader.fail("attributes bert_embeddings_layernorm_beta and …_gamma have " +
                       std::to_string(row) + " and " + std::to_string(gamma.size()) +
                       " values, they must have as many, and at least one");
  }
  for (auto const& [name, table] :
       {std::pair{"word", &words}, {"token_type", &kinds}, {"position", &positions}}) {
    if (!table->empty() && table->size() % row == 0) continue;
    reader.fail(std::string("attribute bert_embeddings_") + name + "_embeddings has " +
                std::to_string(table->size()) + " values, they must be whole rows of " +
                std::to_string(row));
  }
}

Signature Embedding::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Int32, Element::Int32, Element::Int32};
  static constexpr Element kSingle[] = {Element::Real32, Element::Int32};
  static constexpr Element kHalf[] = {Element::Real16, Element::Int32};
  return {kInputs, 3, parameters().outputFp16 != 0 ? kHalf : kSingle};
}

bool Embedding::shapes(ShapeRules const& rules,
                       std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "token_id", {2}) || !hasRank(rules, 1, "segment_id", {2}) ||
      !hasRank(rules, 2, "input_mask", {2})) {
    return false;
  }
  auto const& tokens = rules.in[0];
  auto const* one = rules.number(1);
  auto const* row = rules.number(static_cast<int64_t>(parameters().beta.size()));
  outputs[0] = ShapeRules::shape({tokens.d[0], tokens.d[1], row, one, one});
  outputs[1] = ShapeRules::shape({tokens.d[1], one});
  return true;
}

bool Embedding::fits(std::span<Tensor const> in) const noexcept {
  auto const longest = parameters().positions.size() / parameters().beta.size();
  if (in[0].extent(0) > static_cast<int64_t>(longest)) {
    return fail("the sequence has " + std::to_string(in[0].extent(0)) + " tokens, but there are " +
                std::to_string(longest) + " position embeddings");
  }
  for (int32_t i = 0; i < 2; ++i) {
    if (!hasExtent(in[1], "segment_id", i, in[0].extent(i)) ||
        !hasExtent(in[2], "input_mask", i, in[0].extent(i))) {
      return false;
    }
  }
  return true;
}

bool Embedding::compute(Run const& run) const noexcept {
  EmbeddingParameters const& p = parameters();
  auto const row = static_cast<int64_t>(p.beta.size());
  auto const words = static_cast<int64_t>(p.words.size()) / row;
  auto const kinds = static_cast<int64_t>(p.kinds.size()) / row;
  int64_t const sequence = run.in[0].extent(0), batch = run.in[0].extent(1);
  float* y = run.out[0].reals();
  for (int64_t i = 0; i < sequence * batch; ++i, y += row) {
    int32_t const word = run.in[0].as<int32_t>()[i], kind = run.in[1].as<int32_t>()[i];
    if (word < 0 || word >= words || kind < 0 || kind >= kinds) {
      return fail("token " + std::to_string(i / batch) + " of batch " + std::to_string(i % batch) +
                  " has id " + std::to_string(word) + " and segment " + std::to_string(kind) +
                  ", but there are " + std::to_string(words) + " words and " +
                  std::to_string(kinds) + " segments");
    }
    addRows(p.words.data() + word * row, p.kinds.data() + kind * row, y, row);
    addRows(y, p.positions.data() + i / batch * row, y, row);
    normalizeEach(y, y, row, momentsOf(y, row, kEpsilon), p.gamma.data(), p.beta.data());
  }
  for (int64_t b = 0; b < batch; ++b) {
    run.out[1].as<int32_t>()[b] = lengthOf(run.in[2].as<int32_t>() + b, sequence, batch);
  }
  return true;
}

}  // namespace shipped
