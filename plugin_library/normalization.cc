// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which numbers are normalized together.
#include "plugin_library/normalization.h"

#include <limits>

#include "plugin_library/norm_kernel.h"

namespace shipped {

namespace {

/// Elements of one channel of one image.
int64_t planeOf(Tensor const& x) {
  int64_t const channels = x.extent(0) * x.extent(1);
  return channels == 0 ? 0 : x.volume() / channels;
}

}  // namespace

void InstanceNormParameters::check(AttributeReader& reader) const {
  if (scales.size() != bias.size()) {
    reader.fail("attribute scales has " + std::to_string(scales.size()) + " values and bias has " +
                std::to_string(bias.size()) + ", they must have one for each channel");
  }
}

Signature InstanceNorm::signature() const noexcept {
  static constexpr Element kReal[] = {Element::Real};
  return {kReal, 1, kReal};
}

bool InstanceNorm::shapes(ShapeRules const& rules,
                          std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "x", {3, 4, 5})) return false;
  outputs[0] = rules.in[0];
  return true;
}

bool InstanceNorm::fits(std::span<Tensor const> in) const noexcept {
  return hasExtent(in[0], "x", 1, static_cast<int64_t>(parameters().scales.size()));
}

bool InstanceNorm::compute(Run const& run) const noexcept {
  InstanceNormParameters const& p = parameters();
  int64_t const plane = planeOf(run.in[0]), channels = run.in[0].extent(1);
  for (int64_t i = 0; i < run.in[0].extent(0) * channels; ++i) {
    float const* x = run.in[0].reals() + i * plane;
    float* y = run.out[0].reals() + i * plane;
    auto const channel = static_cast<size_t>(i % channels);
    normalize(x, y, plane, momentsOf(x, plane, p.epsilon), p.scales[channel], p.bias[channel]);
    if (p.relu == 0) continue;
    for (int64_t j = 0; j < plane; ++j) y[j] = y[j] < 0 ? y[j] * p.alpha : y[j];
  }
  return true;
}

Signature GroupNorm::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Real, Element::Real};
  static constexpr Element kOutputs[] = {Element::Real};
  return {kInputs, 3, kOutputs};
}

bool GroupNorm::shapes(ShapeRules const& rules,
                       std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "x", {2, 3, 4, 5}) || !hasRank(rules, 1, "scale", {1}) ||
      !hasRank(rules, 2, "bias", {1})) {
    return false;
  }
  outputs[0] = rules.in[0];
  return true;
}

bool GroupNorm::fits(std::span<Tensor const> in) const noexcept {
  int64_t const channels = in[0].extent(1);
  if (channels % parameters().groups != 0) {
    return fail("attribute num_groups is " + std::to_string(parameters().groups) +
                ", it must divide the " + std::to_string(channels) + " channels of x");
  }
  return hasExtent(in[1], "scale", 0, channels) && hasExtent(in[2], "bias", 0, channels);
}

bool GroupNorm::compute(Run const& run) const noexcept {
  int64_t const plane = planeOf(run.in[0]), channels = run.in[0].extent(1);
  int64_t const width = channels / parameters().groups;
  for (int64_t first = 0; first < run.in[0].extent(0) * channels; first += width) {
    float const* group = run.in[0].reals() + first * plane;
    Moments const moments = momentsOf(group, width * plane, parameters().eps);
    for (int64_t i = 0; i < width; ++i) {
      int64_t const channel = (first + i) % channels;
      normalize(group + i * plane, run.out[0].reals() + (first + i) * plane, plane, moments,
                run.in[1].reals()[channel], run.in[2].reals()[channel]);
    }
  }
  return true;
}

template <bool Fixed>
void SkipLayerNormParameters<Fixed>::check(AttributeReader& reader) const {
  if (typeId != 0 && typeId != 1) {
    return reader.fail("attribute type_id is " + std::to_string(typeId) +
                       ", it must be 0 (float32) or 1 (float16): the int8 form is not there");
  }
  size_t const row = Fixed ? static_cast<size_t>(ld) : beta.size();
  if (row == 0 || beta.size() != row || gamma.size() != row ||
      (!bias.empty() && bias.size() != row)) {
    reader.fail("attributes beta, gamma and bias have " + std::to_string(beta.size()) + ", " +
                std::to_string(gamma.size()) + " and " + std::to_string(bias.size()) +
                " values, they must have one for each of the " + std::to_string(row) +
                " elements of a row (bias may be left out)");
  }
}

template <bool Fixed>
Signature SkipLayerNorm<Fixed>::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Real};
  static constexpr Element kOutputs[] = {Element::Real};
  return {kInputs, 2, kOutputs};
}

template <bool Fixed>
bool SkipLayerNorm<Fixed>::shapes(ShapeRules const& rules,
                                  std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!this->hasRank(rules, 1, "skip", {rules.in[0].nbDims})) return false;
  outputs[0] = rules.in[0];
  return true;
}

template <bool Fixed>
bool SkipLayerNorm<Fixed>::fits(std::span<Tensor const> in) const noexcept {
  for (int32_t i = 0; i < in[0].dims.nbDims; ++i) {
    if (!this->hasExtent(in[1], "skip", i, in[0].extent(i))) return false;
  }
  auto const row = static_cast<int64_t>(this->parameters().beta.size());
  return in[0].volume() % row == 0 ||
         this->fail("input has " + std::to_string(in[0].volume()) +
                    " elements, which are no whole rows of " + std::to_string(row));
}

template <bool Fixed>
bool SkipLayerNorm<Fixed>::compute(Run const& run) const noexcept {
  auto const& p = this->parameters();
  auto const row = static_cast<int64_t>(p.beta.size());
  for (int64_t at = 0; at < run.in[0].volume(); at += row) {
    float* y = run.out[0].reals() + at;
    addRows(run.in[0].reals() + at, run.in[1].reals() + at, y, row);
    if (!p.bias.empty()) addRows(y, p.bias.data(), y, row);
    // As small a number as the definition adds to the variance.
    Moments const moments = momentsOf(y, row, std::numeric_limits<float>::epsilon());
    normalizeEach(y, y, row, moments, p.gamma.data(), p.beta.data());
  }
  return true;
}

template struct SkipLayerNormParameters<true>;
template struct SkipLayerNormParameters<false>;
template class SkipLayerNorm<true>;
template class SkipLayerNorm<false>;

}  // namespace shipped
