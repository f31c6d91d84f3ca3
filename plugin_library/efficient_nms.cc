// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Shapes of the EfficientNMS plugins, and what each makes of the kept boxes.
#include "plugin_library/efficient_nms.h"

#include <algorithm>

namespace shipped {

namespace {

using nvinfer1::DimensionOperation;

/// Boxes are [batch, boxes, 4] or [batch, boxes, 1 or classes, 4].
bool sharesBoxes(Tensor const& boxes) { return boxes.dims.nbDims == 3 || boxes.extent(2) == 1; }

NmsImage imageOf(std::span<Tensor const> in, int64_t image) {
  Tensor const &boxes = in[0], &scores = in[1];
  NmsImage made{};
  made.anchors = scores.extent(1);
  made.classes = scores.extent(2);
  made.shared = sharesBoxes(boxes);
  made.boxes = boxes.reals() + image * made.anchors * (made.shared ? 1 : made.classes) * 4;
  made.scores = scores.reals() + image * made.anchors * made.classes;
  if (in.size() > 2) {
    made.offsets = in[2].reals() + (in[2].extent(0) == 1 ? 0 : image * made.anchors * 4);
  }
  return made;
}

size_t scratchFor(NmsRules const& rules, Tensor const& scores) {
  return nmsScratchBytes(rules, scores.extent(1), scores.extent(2)) +
         aligned(static_cast<size_t>(rules.most) * sizeof(Detection));
}

/// Suppresses in one image; the kept boxes lie in `scratch`.
std::span<Detection const> detect(NmsRules const& rules, NmsImage const& image,
                                  std::byte* scratch) {
  auto* list = reinterpret_cast<Detection*>(scratch);
  scratch += aligned(static_cast<size_t>(rules.most) * sizeof(Detection));
  int32_t const count = suppress(rules, image, scratch, list);
  return {list, static_cast<size_t>(count)};
}

/// Fills the four outputs of all images.
void detectAll(NmsRules rules, Run const& run) {
  int64_t const most = run.out[2].extent(1);
  rules.most = static_cast<int32_t>(most);
  std::fill_n(run.out[1].reals(), run.out[1].volume(), 0.0F);
  std::fill_n(run.out[2].reals(), run.out[2].volume(), 0.0F);
  std::fill_n(run.out[3].as<int32_t>(), run.out[3].volume(), 0);
  for (int64_t image = 0; image < run.in[0].extent(0); ++image) {
    auto const found = detect(rules, imageOf(run.in, image), run.scratch);
    run.out[0].as<int32_t>()[image] = static_cast<int32_t>(found.size());
    for (size_t i = 0; i < found.size(); ++i) {
      int64_t const at = image * most + static_cast<int64_t>(i);
      std::copy_n(found[i].box, 4, run.out[1].reals() + 4 * at);
      run.out[2].reals()[at] = found[i].score;
      run.out[3].as<int32_t>()[at] = found[i].label;
    }
  }
}

/// Detections of an image that there is room for.
template <class Parameters>
ShapeRules::Extent mostOf(ShapeRules const& rules, Parameters const& parameters,
                          ShapeRules::Extent classes) {
  NmsRules const nms = parameters.rules();
  auto const* most = rules.number(nms.most);
  if (!parameters.padPerClass()) return most;
  auto const* all = rules.apply(DimensionOperation::kPROD, rules.number(nms.mostPerClass), classes);
  return rules.apply(DimensionOperation::kMIN, most, all);
}

/// The same tensor as a batch of one.
Tensor asBatch(Tensor tensor) {
  std::copy_backward(tensor.dims.d, tensor.dims.d + tensor.dims.nbDims,
                     tensor.dims.d + tensor.dims.nbDims + 1);
  tensor.dims.d[0] = 1;
  ++tensor.dims.nbDims;
  return tensor;
}

}  // namespace

NmsRules EfficientNmsParameters::rules() const {
  return {.scoreThreshold = scoreThreshold,
          .iouThreshold = iouThreshold,
          .most = maxOutputBoxes,
          .background = backgroundClass,
          .sigmoid = scoreActivation != 0,
          .centerSize = boxCoding == 1,
          .agnostic = classAgnostic != 0};
}

NmsRules EfficientNmsTensorFlowParameters::rules() const {
  return {.scoreThreshold = scoreThreshold,
          .iouThreshold = iouThreshold,
          .most = maxTotalSize,
          .mostPerClass = maxOutputSizePerClass,
          .clip = clipBoxes != 0};
}

NmsRules EfficientNmsOnnxParameters::rules() const {
  return {.scoreThreshold = scoreThreshold,
          .iouThreshold = iouThreshold,
          .most = maxOutputBoxesPerClass,
          .mostPerClass = maxOutputBoxesPerClass,
          .centerSize = centerPointBox == 1};
}

template <class P>
Signature EfficientNms<P>::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Real, Element::Real};
  static constexpr Element kOutputs[] = {Element::Int32, Element::Real, Element::Real,
                                         Element::Int32};
  return {kInputs, 2, kOutputs};
}

template <class P>
bool EfficientNms<P>::shapes(ShapeRules const& rules,
                             std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!this->hasRank(rules, 0, "boxes", {3, 4}) || !this->hasRank(rules, 1, "scores", {3, 4}) ||
      (rules.in.size() > 2 && !this->hasRank(rules, 2, "anchors", {3}))) {
    return false;
  }
  auto const* batch = rules.in[0].d[0];
  auto const* most = mostOf(rules, this->parameters(), rules.in[1].d[2]);
  outputs[0] = ShapeRules::shape({batch, rules.number(1)});
  outputs[1] = ShapeRules::shape({batch, most, rules.number(4)});
  outputs[2] = outputs[3] = ShapeRules::shape({batch, most});
  return true;
}

template <class P>
bool EfficientNms<P>::fits(std::span<Tensor const> in) const noexcept {
  Tensor const &boxes = in[0], &scores = in[1];
  bool good = this->hasExtent(scores, "scores", 0, boxes.extent(0)) &&
              this->hasExtent(scores, "scores", 1, boxes.extent(1)) &&
              this->hasExtent(boxes, "boxes", boxes.dims.nbDims - 1, 4);
  if (!sharesBoxes(boxes)) good = good && this->hasExtent(boxes, "boxes", 2, scores.extent(2));
  if (scores.dims.nbDims == 4) good = good && this->hasExtent(scores, "scores", 3, 1);
  if (in.size() < 3) return good;
  if (in[2].extent(0) != 1) good = good && this->hasExtent(in[2], "anchors", 0, boxes.extent(0));
  return good && this->hasExtent(in[2], "anchors", 1, boxes.extent(1)) &&
         this->hasExtent(in[2], "anchors", 2, 4);
}

template <class P>
size_t EfficientNms<P>::scratchBytes(std::span<Tensor const> in,
                                     std::span<Tensor const>) const noexcept {
  return scratchFor(this->parameters().rules(), in[1]);
}

template <class P>
bool EfficientNms<P>::compute(Run const& run) const noexcept {
  detectAll(this->parameters().rules(), run);
  return true;
}

template class EfficientNms<EfficientNmsParameters>;
template class EfficientNms<EfficientNmsTensorFlowParameters>;

Signature EfficientNmsImage::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Real};
  static constexpr Element kOutputs[] = {Element::Int32, Element::Real, Element::Real,
                                         Element::Int32};
  return {kInputs, 2, kOutputs};
}

bool EfficientNmsImage::shapes(ShapeRules const& rules,
                               std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "boxes", {2, 3}) || !hasRank(rules, 1, "scores", {2})) return false;
  auto const* most = mostOf(rules, parameters(), rules.in[1].d[1]);
  outputs[0] = ShapeRules::shape({});
  outputs[1] = ShapeRules::shape({most, rules.number(4)});
  outputs[2] = outputs[3] = ShapeRules::shape({most});
  return true;
}

bool EfficientNmsImage::fits(std::span<Tensor const> in) const noexcept {
  Tensor const &boxes = in[0], &scores = in[1];
  int32_t const last = boxes.dims.nbDims - 1;
  bool const good =
      hasExtent(scores, "scores", 0, boxes.extent(0)) && hasExtent(boxes, "boxes", last, 4);
  bool const shared = last == 1 || boxes.extent(1) == 1;
  return good && (shared || hasExtent(boxes, "boxes", 1, scores.extent(1)));
}

size_t EfficientNmsImage::scratchBytes(std::span<Tensor const> in,
                                       std::span<Tensor const>) const noexcept {
  return scratchFor(parameters().rules(), asBatch(in[1]));
}

bool EfficientNmsImage::compute(Run const& run) const noexcept {
  Tensor const in[] = {asBatch(run.in[0]), asBatch(run.in[1])};
  Tensor const out[] = {asBatch(run.out[0]), asBatch(run.out[1]), asBatch(run.out[2]),
                        asBatch(run.out[3])};
  detectAll(parameters().rules(), {in, out, run.scratch});
  return true;
}

Signature EfficientNmsOnnx::signature() const noexcept {
  static constexpr Element kInputs[] = {Element::Real, Element::Real};
  static constexpr Element kOutputs[] = {Element::Int32};
  return {kInputs, 2, kOutputs};
}

bool EfficientNmsOnnx::shapes(ShapeRules const& rules,
                              std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  if (!hasRank(rules, 0, "boxes", {3, 4}) || !hasRank(rules, 1, "scores", {3, 4})) return false;
  auto const* rows = rules.apply(DimensionOperation::kPROD, rules.in[0].d[0],
                                 rules.number(parameters().maxOutputBoxesPerClass));
  outputs[0] = ShapeRules::shape({rows, rules.number(3)});
  return true;
}

bool EfficientNmsOnnx::fits(std::span<Tensor const> in) const noexcept {
  Tensor const &boxes = in[0], &scores = in[1];
  bool good = hasExtent(scores, "scores", 0, boxes.extent(0)) &&
              hasExtent(scores, "scores", 1, boxes.extent(1)) &&
              hasExtent(boxes, "boxes", boxes.dims.nbDims - 1, 4);
  if (!sharesBoxes(boxes)) good = good && hasExtent(boxes, "boxes", 2, scores.extent(2));
  return good && (scores.dims.nbDims == 3 || hasExtent(scores, "scores", 3, 1));
}

size_t EfficientNmsOnnx::scratchBytes(std::span<Tensor const> in,
                                      std::span<Tensor const>) const noexcept {
  return scratchFor(parameters().rules(), in[1]);
}

bool EfficientNmsOnnx::compute(Run const& run) const noexcept {
  auto* row = run.out[0].as<int32_t>();
  auto* const end = row + run.out[0].volume();
  for (int64_t image = 0; image < run.in[0].extent(0); ++image) {
    for (Detection const& one : detect(parameters().rules(), imageOf(run.in, image), run.scratch)) {
      *row++ = static_cast<int32_t>(image);
      *row++ = one.label;
      *row++ = one.anchor;
    }
  }
  bool const none = row == run.out[0].as<int32_t>();
  for (; row != end; ++row) *row = none ? -1 : row[-3];
  return true;
}

}  // namespace shipped
