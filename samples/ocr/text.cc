// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Patches of a map, and the likeliest characters.
#include "text.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace sample {
namespace {

constexpr float kLikelyPixel = 0.3F, kLikelyLine = 0.5F;
/// A patch is the middle of its line: a line of area A and circumference C reaches kGrowth * A / C
/// farther on every side. Source: the networks were trained on patches shrunk so.
constexpr float kGrowth = 1.6F;
constexpr int kLeastSide = 3;

/// A patch of likely pixels that touch: where it lies and how likely it is.
struct Patch {
  Box box;
  float sum = 0;
  int count = 0;
};

/// Takes the patch round pixel `start` off the map.
Patch takePatch(std::vector<float>& map, int width, int height, size_t start) {
  auto const column = [&](size_t at) { return static_cast<int>(at % static_cast<size_t>(width)); };
  auto const row = [&](size_t at) { return static_cast<int>(at / static_cast<size_t>(width)); };
  Patch patch{{width, height, 0, 0}};
  std::vector<size_t> open;
  auto const take = [&](size_t at) {
    patch.sum += map[at];
    map[at] = 0;
    open.push_back(at);
  };
  take(start);
  while (!open.empty()) {
    size_t const at = open.back();
    open.pop_back();
    int const x = column(at), y = row(at);
    ++patch.count;
    patch.box = {std::min(patch.box.left, x), std::min(patch.box.top, y),
                 std::max(patch.box.right, x + 1), std::max(patch.box.bottom, y + 1)};
    auto const stride = static_cast<size_t>(width);
    if (x > 0 && map[at - 1] > kLikelyPixel) take(at - 1);
    if (x + 1 < width && map[at + 1] > kLikelyPixel) take(at + 1);
    if (y > 0 && map[at - stride] > kLikelyPixel) take(at - stride);
    if (y + 1 < height && map[at + stride] > kLikelyPixel) take(at + stride);
  }
  return patch;
}

Box grown(Box const& box, int width, int height) {
  auto const w = static_cast<float>(box.right - box.left);
  auto const h = static_cast<float>(box.bottom - box.top);
  int const more = static_cast<int>(kGrowth * w * h / (2 * (w + h)) + 0.5F);
  return {std::max(box.left - more, 0), std::max(box.top - more, 0),
          std::min(box.right + more, width), std::min(box.bottom + more, height)};
}

}  // namespace

std::vector<Box> findLines(std::vector<float> const& map, int width, int height) {
  std::vector<float> rest = map;
  std::vector<Box> lines;
  for (size_t at = 0; at < rest.size(); ++at) {
    if (rest[at] <= kLikelyPixel) continue;
    Patch const patch = takePatch(rest, width, height, at);
    int const side = std::min(patch.box.right - patch.box.left, patch.box.bottom - patch.box.top);
    if (side < kLeastSide || patch.sum / static_cast<float>(patch.count) < kLikelyLine) continue;
    lines.push_back(grown(patch.box, width, height));
  }
  std::sort(lines.begin(), lines.end(), [](Box const& a, Box const& b) {
    return a.top + a.bottom != b.top + b.bottom ? a.top + a.bottom < b.top + b.bottom
                                                : a.left < b.left;
  });
  return lines;
}

std::vector<std::string> readCharacters(std::string const& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot open " + path);
  std::vector<std::string> characters;
  for (std::string line; std::getline(file, line);) characters.push_back(line);
  return characters;
}

std::string decode(std::vector<float> const& rows, int steps, int classes,
                   std::vector<std::string> const& characters) {
  std::string text;
  int64_t before = 0;
  for (int step = 0; step < steps; ++step) {
    auto const first = rows.begin() + static_cast<int64_t>(step) * classes;
    int64_t const best = std::max_element(first, first + classes) - first;
    if (best != before && best > 0 && best <= static_cast<int64_t>(characters.size())) {
      text += characters[static_cast<size_t>(best) - 1];
    }
    before = best;
  }
  return text;
}

}  // namespace sample
