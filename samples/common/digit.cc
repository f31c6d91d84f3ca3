// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Files and characters.
#include "digit.h"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace sample {

std::string locateFile(std::string const& name, std::vector<std::string> const& folders) {
  constexpr int kLevels = 10;
  std::string tried;
  for (std::string const& folder : folders) {
    std::filesystem::path candidate = std::filesystem::path(folder) / name;
    for (int level = 0; level <= kLevels; ++level) {
      if (std::filesystem::exists(candidate)) return candidate.string();
      if (candidate.is_absolute()) break;
      candidate = ".." / candidate;
    }
    tried += "\n  " + folder;
  }
  throw std::runtime_error("no " + name + " in any of these folders; name one with --datadir=DIR " +
                           "or TRT_DATADIR:" + tried);
}

Picture readPgm(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  int width = 0;
  int height = 0;
  int greatest = 0;
  file >> magic >> width >> height >> greatest;
  file.get();
  Picture picture;
  picture.pixels.resize(size_t{Picture::kSide} * Picture::kSide);
  file.read(reinterpret_cast<char*>(picture.pixels.data()),
            static_cast<std::streamsize>(picture.pixels.size()));
  if (!file || magic != "P5" || width != Picture::kSide || height != Picture::kSide ||
      greatest != 255) {
    throw std::runtime_error(path + " is no binary PGM picture of 28x28 grey values");
  }
  return picture;
}

std::string draw(Picture const& picture) {
  static char const kShades[] = " .:-=+*#%@";
  std::string text;
  for (size_t i = 0; i < picture.pixels.size(); ++i) {
    text += kShades[picture.pixels[i] * 9 / 255];
    if ((i + 1) % Picture::kSide == 0) text += '\n';
  }
  return text;
}

std::vector<float> toInput(Picture const& picture) {
  std::vector<float> input;
  for (uint8_t const grey : picture.pixels)
    input.push_back(1.0F - static_cast<float>(grey) / 255.0F);
  return input;
}

}  // namespace sample
