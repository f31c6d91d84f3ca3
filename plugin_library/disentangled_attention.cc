// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A table of the place of each distance, then three gathers.
#include "plugin_library/disentangled_attention.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace shipped {

namespace {

/// Rows that are worked on together: they find one line of place-to-content in the cache.
constexpr int64_t kQueryRows = 4;

/// The place of a distance among 2 × span: itself up to half the span, then by its logarithm.
int32_t placeOf(int64_t distance, int32_t span, int64_t places) {
  int32_t const half = span / 2;
  int64_t bucket = distance;
  if (half > 0 && std::abs(distance) > half) {
    // A hair less than the exact slope, so that whole numbers are not rounded up to the next.
    float const from = std::log(static_cast<float>(half));
    float const slope = static_cast<float>(half - 1) /
                        (std::log(static_cast<float>(places - 1)) - from) * (1 - 1e-7F);
    float const far = std::log(static_cast<float>(std::abs(distance))) - from;
    bucket = static_cast<int64_t>(std::ceil(far * slope)) + half;
    if (distance < 0) bucket = -bucket;
  }
  return static_cast<int32_t>(std::clamp<int64_t>(bucket + span, 0, 2 * int64_t{span} - 1));
}

}  // namespace

Signature DisentangledAttention::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Real, Element::Real};
  static constexpr Element kOutputs[] = {Element::Real};
  return {kInputs, 3, kOutputs};
}

bool DisentangledAttention::shapes(ShapeRules const& rules,
                                   std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "data0", {3}) || !hasRank(rules, 1, "data1", {3}) ||
      !hasRank(rules, 2, "data2", {3})) {
    return false;
  }
  outputs[0] = rules.in[0];
  return true;
}

bool DisentangledAttention::fits(std::span<Tensor const> in) const noexcept {
  int64_t const places = 2 * int64_t{parameters().span};
  return hasExtent(in[0], "data0", 2, in[0].extent(1)) &&
         hasExtent(in[1], "data1", 0, in[0].extent(0)) &&
         hasExtent(in[1], "data1", 1, in[0].extent(1)) && hasExtent(in[1], "data1", 2, places) &&
         hasExtent(in[2], "data2", 0, in[0].extent(0)) &&
         hasExtent(in[2], "data2", 1, in[0].extent(1)) && hasExtent(in[2], "data2", 2, places);
}

size_t DisentangledAttention::scratchBytes(std::span<Tensor const> in,
                                           std::span<Tensor const>) const noexcept {
  return static_cast<size_t>(2 * in[0].extent(1)) * sizeof(int32_t);
}

bool DisentangledAttention::compute(Run const& run) const noexcept {
  int64_t const heads = run.in[0].extent(0), length = run.in[0].extent(1);
  int64_t const places = run.in[1].extent(2);
  // place[d] for distances d from -(length - 1) to length - 1.
  auto* place = reinterpret_cast<int32_t*>(run.scratch) + length;
  for (int64_t d = 1 - length; d < length; ++d) place[d] = placeOf(d, parameters().span, places);
  for (int64_t head = 0; head < heads; ++head) {
    float const* content = run.in[0].reals() + head * length * length;
    float const* toPlace = run.in[1].reals() + head * length * places;
    float const* fromPlace = run.in[2].reals() + head * length * places;
    float* out = run.out[0].reals() + head * length * length;
    for (int64_t first = 0; first < length; first += kQueryRows) {
      int64_t const last = std::min(first + kQueryRows, length);
      for (int64_t j = 0; j < length; ++j) {
        for (int64_t i = first; i < last; ++i) {
          float const sum = content[i * length + j] + toPlace[i * places + place[i - j]] +
                            fromPlace[j * places + place[i - j]];
          out[i * length + j] = sum * parameters().factor;
        }
      }
    }
  }
  return true;
}

}  // namespace shipped
