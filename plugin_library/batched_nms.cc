// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The shared suppression with this plugin's rules and outputs.
#include "plugin_library/batched_nms.h"

#include <algorithm>
#include <limits>

namespace shipped {

void BatchedNmsParameters::check(AttributeReader& reader) const {
  if (keepTopK > topK) {
    reader.fail("attribute keepTopK is " + std::to_string(keepTopK) +
                ", it must be at most topK, which is " + std::to_string(topK));
  }
}

NmsRules BatchedNmsParameters::rules() const {
  return {.scoreThreshold = scoreThreshold,
          .iouThreshold = iouThreshold,
          .strict = true,
          .pixel = isNormalized == 0 && caffeSemantics != 0 ? 1.0F : 0.0F,
          .most = keepTopK,
          .looked = std::numeric_limits<int32_t>::max(),
          .lookedPerClass = topK,
          .background = backgroundLabelId,
          .clip = isNormalized != 0 && clipBoxes != 0};
}

Signature BatchedNms::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Real};
  static constexpr Element kOutputs[] = {Element::Int32, Element::Real, Element::Real,
                                         Element::Real};
  return {kInputs, 2, kOutputs};
}

bool BatchedNms::shapes(ShapeRules const& rules,
                        std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "boxes", {4}) || !hasRank(rules, 1, "scores", {3, 4})) return false;
  auto const* batch = rules.in[0].d[0];
  auto const* kept = rules.number(parameters().keepTopK);
  outputs[0] = ShapeRules::shape({batch, rules.number(1)});
  outputs[1] = ShapeRules::shape({batch, kept, rules.number(4)});
  outputs[2] = outputs[3] = ShapeRules::shape({batch, kept});
  return true;
}

bool BatchedNmsFixed::shapes(ShapeRules const& rules,
                             std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!BatchedNms::shapes(rules, outputs)) return false;
  outputs[0] = ShapeRules::shape({rules.in[0].d[0]});
  return true;
}

bool BatchedNms::fits(std::span<Tensor const> in) const noexcept {
  Tensor const &boxes = in[0], &scores = in[1];
  int32_t const classes = parameters().numClasses;
  return hasExtent(boxes, "boxes", 2, parameters().shareLocation != 0 ? 1 : classes) &&
         hasExtent(boxes, "boxes", 3, 4) && hasExtent(scores, "scores", 0, boxes.extent(0)) &&
         hasExtent(scores, "scores", 1, boxes.extent(1)) &&
         hasExtent(scores, "scores", 2, classes) &&
         (scores.dims.nbDims == 3 || hasExtent(scores, "scores", 3, 1));
}

size_t BatchedNms::scratchBytes(std::span<Tensor const> in,
                                std::span<Tensor const>) const noexcept {
  return aligned(static_cast<size_t>(parameters().keepTopK) * sizeof(Detection)) +
         nmsScratchBytes(parameters().rules(), in[1].extent(1), in[1].extent(2));
}

bool BatchedNms::compute(Run const& run) const noexcept {
  NmsRules const rules = parameters().rules();
  int64_t const anchors = run.in[1].extent(1), classes = run.in[1].extent(2);
  auto* found = reinterpret_cast<Detection*>(run.scratch);
  std::byte* rest = run.scratch + aligned(static_cast<size_t>(rules.most) * sizeof(Detection));
  std::fill_n(run.out[1].reals(), run.out[1].volume(), 0.0F);
  std::fill_n(run.out[2].reals(), run.out[2].volume(), 0.0F);
  std::fill_n(run.out[3].reals(), run.out[3].volume(), -1.0F);
  for (int64_t image = 0; image < run.in[0].extent(0); ++image) {
    int64_t const boxes = anchors * run.in[0].extent(2);
    NmsImage const given{run.in[0].reals() + image * boxes * 4,
                         run.in[1].reals() + image * anchors * classes,
                         nullptr,
                         anchors,
                         classes,
                         parameters().shareLocation != 0};
    int32_t const count = suppress(rules, given, rest, found);
    run.out[0].as<int32_t>()[image] = count;
    for (int32_t i = 0; i < count; ++i) {
      int64_t const at = image * rules.most + i;
      std::copy_n(found[i].box, 4, run.out[1].reals() + 4 * at);
      run.out[2].reals()[at] = found[i].score;
      run.out[3].reals()[at] = static_cast<float>(found[i].label);
    }
  }
  return true;
}

}  // namespace shipped
