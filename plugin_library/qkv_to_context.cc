// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One head after the other: its keys are put side by side, so that the scores of a query, and then
// its context, are sums of rows.
#include "plugin_library/qkv_to_context.h"

#include <algorithm>
#include <cmath>

#include "plugin_library/base/exponential.h"
#include "plugin_library/base/fast.h"

namespace shipped {

namespace {

/// One head of one batch. Rows of tokens lie `step` apart in `query`, `key` and `value`,
/// `contextStep` in `context`.
struct Head {
  float const *query, *key, *value;
  float* context;
  int64_t tokens, counted, size, step, contextStep;
};

size_t keyBytes(int64_t tokens, int64_t size) {
  return aligned(static_cast<size_t>(tokens * size) * sizeof(float));
}

}  // namespace

/// y = scale · x · rows, where `rows` are `count` and `width` long each, `step` apart.
SHIPPED_FAST void weighRows(float const* x, int64_t count, float const* rows, int64_t step,
                            float scale, float* y, int64_t width) noexcept {
  std::fill_n(y, width, 0.0F);
  for (int64_t i = 0; i < count; ++i) {
    float const factor = x[i] * scale;
    float const* row = rows + i * step;
    for (int64_t j = 0; j < width; ++j) y[j] += factor * row[j];
  }
}

/// x becomes e^(x - the greatest of them); `count` is at least 1.
SHIPPED_FAST void exponentials(float* x, int64_t count) noexcept {
  float const greatest = *std::max_element(x, x + count);
  for (int64_t i = 0; i < count; ++i) x[i] = exponential(x[i] - greatest);
}

namespace {

void attend(Head const& head, float* keys, float* scores) {
  for (int64_t j = 0; j < head.counted; ++j) {
    for (int64_t d = 0; d < head.size; ++d) {
      keys[d * head.counted + j] = head.key[j * head.step + d];
    }
  }
  float const scale = 1 / std::sqrt(static_cast<float>(head.size));
  for (int64_t i = 0; i < head.tokens; ++i) {
    float* context = head.context + i * head.contextStep;
    if (head.counted == 0) {
      std::fill_n(context, head.size, 0.0F);
      continue;
    }
    weighRows(head.query + i * head.step, head.size, keys, head.counted, scale, scores,
              head.counted);
    exponentials(scores, head.counted);
    double sum = 0;
    for (int64_t j = 0; j < head.counted; ++j) sum += static_cast<double>(scores[j]);
    weighRows(scores, head.counted, head.value, head.step, static_cast<float>(1 / sum), context,
              head.size);
  }
}

}  // namespace

void QkvToContextParameters::check(AttributeReader& reader) const {
  if (typeId != 0 && typeId != 1) {
    reader.fail("attribute type_id is " + std::to_string(typeId) +
                ", it must be 0 (float32) or 1 (float16): the int8 form is not there");
  }
  if (hiddenSize % heads != 0) {
    reader.fail("attribute num_heads is " + std::to_string(heads) +
                ", it must divide hidden_size, which is " + std::to_string(hiddenSize));
  }
}

Signature QkvToContext::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Int32};
  static constexpr Element kOutputs[] = {Element::Real};
  size_t const inputs = parameters().hasMask != 0 ? 2 : 1;
  return {std::span(kInputs).first(inputs), inputs, kOutputs};
}

bool QkvToContext::shapes(ShapeRules const& rules,
                          std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "input", {5}) ||
      (rules.in.size() > 1 && !hasRank(rules, 1, "input_mask", {2}))) {
    return false;
  }
  outputs[0] = rules.in[0];
  outputs[0].d[2] = rules.number(parameters().hiddenSize);
  return true;
}

bool QkvToContext::fits(std::span<Tensor const> in) const noexcept {
  bool const good = hasExtent(in[0], "input", 2, int64_t{3} * parameters().hiddenSize) &&
                    hasExtent(in[0], "input", 3, 1) && hasExtent(in[0], "input", 4, 1);
  if (!good || in.size() < 2) return good;
  return hasExtent(in[1], "input_mask", 0, in[0].extent(1)) && hasExtent(in[1], "input_mask", 1, 1);
}

size_t QkvToContext::scratchBytes(std::span<Tensor const> in,
                                  std::span<Tensor const>) const noexcept {
  int64_t const tokens = in[0].extent(0), size = parameters().hiddenSize / parameters().heads;
  return keyBytes(tokens, size) + keyBytes(tokens, 1);
}

bool QkvToContext::compute(Run const& run) const noexcept {
  int64_t const tokens = run.in[0].extent(0), batches = run.in[0].extent(1);
  int64_t const heads = parameters().heads, size = parameters().hiddenSize / heads;
  auto* keys = reinterpret_cast<float*>(run.scratch);
  auto* scores = reinterpret_cast<float*>(run.scratch + keyBytes(tokens, size));
  for (int64_t i = 0; i < batches * heads; ++i) {
    int64_t counted = tokens;
    if (run.in.size() > 1) {
      counted = std::clamp<int64_t>(run.in[1].as<int32_t>()[i / heads], 0, tokens);
    }
    float const* query = run.in[0].reals() + i * 3 * size;
    attend({query, query + size, query + 2 * size, run.out[0].reals() + i * size, tokens, counted,
            size, batches * heads * 3 * size, batches * heads * size},
           keys, scores);
  }
  return true;
}

}  // namespace shipped
