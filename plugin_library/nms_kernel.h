// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Greedy non-maximum suppression over the boxes of one image, all classes in one descending order
// of score: what the plugins with boxes share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace shipped {

/// How boxes are chosen.
struct NmsRules {
  float scoreThreshold = 0.5F;  ///< of the final score; lower ones are dropped
  float iouThreshold = 0.5F;    ///< from this overlap on, the box of lower score is dropped
  bool strict = false;          ///< a score or an overlap equal to its threshold does not pass it
  float pixel = 0;              ///< added to the width and height of every box and overlap
  int32_t most = 100;           ///< detections of an image
  int32_t mostPerClass = -1;    ///< further ones of a class are not given; negative: no limit
  int32_t looked = 5000;        ///< candidates that are looked at, those of highest score
  int32_t lookedPerClass = -1;  ///< of these, in a class; negative: no limit
  int32_t background = -1;      ///< the class that is no object; -1: none
  bool sigmoid = false;         ///< scores are given before the sigmoid function
  bool clip = false;            ///< given boxes are cut to [0, 1]
  bool centerSize = false;      ///< boxes are (x, y, w, h) around a centre, else two corners
  bool agnostic = false;        ///< boxes of different classes suppress each other
};

/// What is known of one image.
struct NmsImage {
  float const* boxes;    ///< [anchors, 4], or [anchors, classes, 4]
  float const* scores;   ///< [anchors, classes]
  float const* offsets;  ///< null, or [anchors, 4]: the boxes are corrections of these
  int64_t anchors;
  int64_t classes;
  bool shared;  ///< one box for all classes
};

/// A box that was kept; corners (x1, y1, x2, y2) in the order of the input's axes.
struct Detection {
  float box[4];
  float score;
  int32_t label;
  int32_t anchor;
};

/// Scratch bytes that suppress() needs, without its output.
size_t nmsScratchBytes(NmsRules const& rules, int64_t anchors, int64_t classes) noexcept;

/// Writes the kept boxes to `out`, room for rules.most, by descending score; equal scores in the
/// order of the input. Returns how many. `scratch` is aligned to 64 bytes.
int32_t suppress(NmsRules const& rules, NmsImage const& image, std::byte* scratch,
                 Detection* out) noexcept;

}  // namespace shipped
