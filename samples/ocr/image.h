// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Grey pictures, and what the networks take of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sample {

/// A rectangle of pixels: the first column and row, and those behind the last.
struct Box {
  int left = 0, top = 0, right = 0, bottom = 0;
};

/// Grey values row by row, 0 for black and 255 for white.
struct Image {
  int width = 0, height = 0;
  std::vector<float> pixels;

  float at(int x, int y) const {
    return pixels[static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)];
  }
};

/// Reads a binary PGM (P5) with 255 as its greatest value. Throws std::runtime_error.
Image readPgm(std::string const& path);

/// What lies in the box, which is within the picture and not empty.
Image crop(Image const& image, Box const& box);

/// The picture on its head.
Image turn(Image const& image);

/// The picture at another size, interpolated between pixels.
Image resize(Image const& image, int width, int height);

/// Three equal planes of values between -1 and 1, `width` wide: what the picture lacks is 0.
std::vector<float> toInput(Image const& image, int width);

}  // namespace sample
