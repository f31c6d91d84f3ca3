// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading and changing pictures.
#include "image.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace sample {

Image readPgm(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path);
  std::string magic;
  Image image;
  int greatest = 0;
  constexpr int kMost = 1 << 14;
  file >> magic >> image.width >> image.height >> greatest;
  if (!file || magic != "P5" || greatest != 255 || image.width < 1 || image.height < 1 ||
      image.width > kMost || image.height > kMost) {
    throw std::runtime_error(path + " is no binary PGM of 8 bits, or too large");
  }
  file.get();  // One white space ends the header.
  std::vector<uint8_t> bytes(static_cast<size_t>(image.width) * static_cast<size_t>(image.height));
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file) throw std::runtime_error(path + " ends too early");
  image.pixels.assign(bytes.begin(), bytes.end());
  return image;
}

Image crop(Image const& image, Box const& box) {
  Image part{box.right - box.left, box.bottom - box.top, {}};
  for (int y = box.top; y < box.bottom; ++y) {
    for (int x = box.left; x < box.right; ++x) part.pixels.push_back(image.at(x, y));
  }
  return part;
}

Image turn(Image const& image) {
  Image turned = image;
  std::reverse(turned.pixels.begin(), turned.pixels.end());
  return turned;
}

Image resize(Image const& image, int width, int height) {
  Image resized{width, height, {}};
  auto const place = [](int i, int from, int to) {
    float const at =
        (static_cast<float>(i) + 0.5F) * static_cast<float>(from) / static_cast<float>(to) - 0.5F;
    return std::clamp(at, 0.0F, static_cast<float>(from - 1));
  };
  for (int y = 0; y < height; ++y) {
    float const v = place(y, image.height, height);
    int const top = static_cast<int>(v), bottom = std::min(top + 1, image.height - 1);
    for (int x = 0; x < width; ++x) {
      float const u = place(x, image.width, width);
      int const left = static_cast<int>(u), right = std::min(left + 1, image.width - 1);
      float const across = u - static_cast<float>(left), down = v - static_cast<float>(top);
      float const upper = image.at(left, top) * (1 - across) + image.at(right, top) * across;
      float const lower = image.at(left, bottom) * (1 - across) + image.at(right, bottom) * across;
      resized.pixels.push_back(upper * (1 - down) + lower * down);
    }
  }
  return resized;
}

std::vector<float> toInput(Image const& image, int width) {
  std::vector<float> input;
  for (int plane = 0; plane < 3; ++plane) {
    for (int y = 0; y < image.height; ++y) {
      for (int x = 0; x < width; ++x) {
        input.push_back(x < image.width ? image.at(x, y) / 127.5F - 1 : 0.0F);
      }
    }
  }
  return input;
}

}  // namespace sample
