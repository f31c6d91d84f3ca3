// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Pictures of handwritten digits: found, read and drawn.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sample {

/// A picture of 28 x 28 grey values, row by row: 0 is black ink, 255 white paper.
struct Picture {
  static constexpr int kSide = 28;
  std::vector<uint8_t> pixels;
};

/// The first place where `name` lies: `folders` in their order, each also seen from up to ten
/// levels above the working folder. Throws std::runtime_error that names every folder.
std::string locateFile(std::string const& name, std::vector<std::string> const& folders);

/// Reads a binary PGM of 28 x 28. Throws std::runtime_error.
Picture readPgm(std::string const& path);

/// The picture as 28 lines of characters, '@' for paper and ' ' for ink.
std::string draw(Picture const& picture);

/// What the network takes: 784 numbers, 1 for ink and 0 for paper.
std::vector<float> toInput(Picture const& picture);

}  // namespace sample
