// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Filter, sort, and compare each candidate with what is kept already.
#include "plugin_library/nms_kernel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "plugin_library/base/plugin.h"

namespace shipped {

namespace {

struct Box {
  float x1, y1, x2, y2;
};

/// One score that passed the threshold.
struct Candidate {
  float score;
  int32_t element;  ///< anchor * classes + class
};

/// Kept boxes, a column a coordinate, so that one candidate is compared with many at once.
struct Kept {
  float *x1, *y1, *x2, *y2, *area;
  int32_t* label;
  int64_t count;
};

constexpr size_t kColumns = 6;

/// More boxes than are looked at, or given and not limited by class, are never kept.
size_t columnBytes(NmsRules const& rules) {
  int32_t const most = rules.mostPerClass < 0 ? std::min(rules.most, rules.looked) : rules.looked;
  return aligned(static_cast<size_t>(most) * sizeof(float));
}

Box ordered(Box box) {
  return {std::min(box.x1, box.x2), std::min(box.y1, box.y2), std::max(box.x1, box.x2),
          std::max(box.y1, box.y2)};
}

float area(Box const& box, float pixel) {
  float const width = box.x2 - box.x1 + pixel, height = box.y2 - box.y1 + pixel;
  return width > 0 && height > 0 ? width * height : 0;
}

Box fromCenter(float x, float y, float w, float h) {
  return {x - w / 2, y - h / 2, x + w / 2, y + h / 2};
}

/// The corners of a candidate's box, after applying its correction to the anchor if there is one.
Box boxOf(NmsRules const& rules, NmsImage const& image, int64_t anchor, int64_t label) {
  float const* b = image.boxes + 4 * (image.shared ? anchor : anchor * image.classes + label);
  if (image.offsets == nullptr) {
    return rules.centerSize ? fromCenter(b[0], b[1], b[2], b[3]) : Box{b[0], b[1], b[2], b[3]};
  }
  float const* a = image.offsets + 4 * anchor;
  if (rules.centerSize) {
    return fromCenter(b[0] * a[2] + a[0], b[1] * a[3] + a[1], a[2] * std::exp(b[2]),
                      a[3] * std::exp(b[3]));
  }
  Box const box = ordered({b[0], b[1], b[2], b[3]}), base = ordered({a[0], a[1], a[2], a[3]});
  return {box.x1 + base.x1, box.y1 + base.y1, box.x2 + base.x2, box.y2 + base.y2};
}

/// The least score, as scores are given, that passes.
float givenThreshold(NmsRules const& rules) {
  constexpr float kMost = std::numeric_limits<float>::infinity();
  if (rules.strict) return std::nextafter(rules.scoreThreshold, kMost);
  if (!rules.sigmoid) return rules.scoreThreshold;
  if (rules.scoreThreshold <= 0) return std::numeric_limits<float>::lowest();
  return std::log(rules.scoreThreshold / (1 - rules.scoreThreshold));
}

/// Fills `list` in descending order; returns how many are to be looked at.
int64_t collect(NmsRules const& rules, NmsImage const& image, Candidate* list) {
  float const threshold = givenThreshold(rules);
  int64_t count = 0;
  for (int64_t anchor = 0; anchor < image.anchors; ++anchor) {
    for (int64_t label = 0; label < image.classes; ++label) {
      int64_t const element = anchor * image.classes + label;
      if (!(image.scores[element] >= threshold) || label == rules.background) continue;
      list[count++] = {image.scores[element], static_cast<int32_t>(element)};
    }
  }
  int64_t const looked = std::min<int64_t>(count, rules.looked);
  std::partial_sort(list, list + looked, list + count, [](auto const& a, auto const& b) {
    return a.score != b.score ? a.score > b.score : a.element < b.element;
  });
  return looked;
}

/// Does `box` overlap a kept box of its class, or of any when `label` is negative, too much?
bool overlaps(NmsRules const& rules, Kept const& kept, Box const& box, int32_t label) {
  float const own = area(box, rules.pixel);
  int any = 0;
  for (int64_t i = 0; i < kept.count; ++i) {
    float const width = std::min(box.x2, kept.x2[i]) - std::max(box.x1, kept.x1[i]);
    float const height = std::min(box.y2, kept.y2[i]) - std::max(box.y1, kept.y1[i]);
    float const whole = (width + rules.pixel) * (height + rules.pixel);
    float const common = width >= 0 && height >= 0 ? whole : 0.0F;
    // Without common area the overlap is 0, whatever the areas are.
    float const together = common > 0 ? own + kept.area[i] - common : 1.0F;
    float const limit = rules.iouThreshold * together;
    int const over = static_cast<int>(rules.strict ? common > limit : common >= limit);
    any |= over & static_cast<int>(label < 0 || kept.label[i] == label);
  }
  return any != 0;
}

void keep(NmsRules const& rules, Kept& kept, Box const& box, int32_t label) {
  int64_t const i = kept.count++;
  kept.x1[i] = box.x1;
  kept.y1[i] = box.y1;
  kept.x2[i] = box.x2;
  kept.y2[i] = box.y2;
  kept.area[i] = area(box, rules.pixel);
  kept.label[i] = label;
}

Detection detection(NmsRules const& rules, Box const& box, Candidate const& from, int64_t classes) {
  Detection made{{box.x1, box.y1, box.x2, box.y2},
                 rules.sigmoid ? 1 / (1 + std::exp(-from.score)) : from.score,
                 static_cast<int32_t>(from.element % classes),
                 static_cast<int32_t>(from.element / classes)};
  if (rules.clip) {
    for (float& side : made.box) side = std::clamp(side, 0.0F, 1.0F);
  }
  return made;
}

}  // namespace

size_t nmsScratchBytes(NmsRules const& rules, int64_t anchors, int64_t classes) noexcept {
  return aligned(static_cast<size_t>(anchors * classes) * sizeof(Candidate)) +
         kColumns * columnBytes(rules) +
         2 * aligned(static_cast<size_t>(classes) * sizeof(int32_t));
}

int32_t suppress(NmsRules const& rules, NmsImage const& image, std::byte* scratch,
                 Detection* out) noexcept {
  auto const take = [&](size_t bytes) { return std::exchange(scratch, scratch + aligned(bytes)); };
  auto const reals = [&] { return reinterpret_cast<float*>(take(columnBytes(rules))); };
  auto const counts = [&](size_t bytes) { return reinterpret_cast<int32_t*>(take(bytes)); };
  auto const classBytes = static_cast<size_t>(image.classes) * sizeof(int32_t);
  auto* list = reinterpret_cast<Candidate*>(
      take(static_cast<size_t>(image.anchors * image.classes) * sizeof(Candidate)));
  Kept kept{reals(), reals(), reals(), reals(), reals(), counts(columnBytes(rules)), 0};
  int32_t *seen = counts(classBytes), *givenOf = counts(classBytes);
  std::fill_n(seen, image.classes, 0);
  std::fill_n(givenOf, image.classes, 0);

  int64_t const looked = collect(rules, image, list);
  int32_t given = 0;
  for (int64_t i = 0; i < looked && given < rules.most; ++i) {
    int64_t const anchor = list[i].element / image.classes;
    auto const label = static_cast<int32_t>(list[i].element % image.classes);
    if (rules.lookedPerClass >= 0 && seen[label]++ >= rules.lookedPerClass) continue;
    Box const box = boxOf(rules, image, anchor, label);
    Box const corners = ordered(box);
    if (overlaps(rules, kept, corners, rules.agnostic ? -1 : label)) continue;
    keep(rules, kept, corners, label);
    // A box beyond the limit of its class is not given, but still suppresses others.
    if (rules.mostPerClass >= 0 && givenOf[label]++ >= rules.mostPerClass) continue;
    out[given++] = detection(rules, box, list[i], image.classes);
  }
  return given;
}

}  // namespace shipped
