// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reads the text on a picture with three networks: det finds lines, cls turns them, rec reads them.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "image.h"
#include "network.h"
#include "text.h"

namespace sample {
namespace {

using namespace nvinfer1;

constexpr int kLineHeight = 48;
constexpr float kSureOfHead = 0.9F;

/// Prints warnings and errors.
class Logger final : public ILogger {
 public:
  void log(Severity severity, AsciiChar const* text) noexcept override {
    if (severity <= Severity::kWARNING) std::fprintf(stderr, "%s\n", text);
  }
};

Dims4 extentsOf(Image const& image, int width) { return {1, 3, image.height, width}; }

/// `value` as a multiple of `step` between two extents of a profile.
int fitting(int value, int step, int64_t least, int64_t greatest) {
  int const up = (value + step - 1) / step * step;
  return static_cast<int>(std::clamp<int64_t>(up, least, greatest));
}

class Reader {
 public:
  Reader(IRuntime& runtime, std::string const& folder, std::string const& characters)
      : det_(runtime, folder + "/det.engine"),
        cls_(runtime, folder + "/cls.engine"),
        rec_(runtime, folder + "/rec.engine"),
        characters_(readCharacters(characters)) {}

  void read(Image const& page) {
    for (Box const& box : linesOf(page)) {
      Image line = crop(page, box);
      bool const head = standsOnHead(line);
      if (head) line = turn(line);
      std::printf("%4d %4d %4d %4d  %s%s\n", box.left, box.top, box.right, box.bottom,
                  textOf(line).c_str(), head ? "  (upside down)" : "");
    }
  }

 private:
  /// Boxes on the page of all lines; det sees it at a size that is a multiple of 32.
  std::vector<Box> linesOf(Image const& page) {
    Dims const least = det_.least(), greatest = det_.greatest();
    int const width = fitting(page.width, 32, least.d[3], greatest.d[3]);
    int const height = fitting(page.height, 32, least.d[2], greatest.d[2]);
    Image const seen = resize(page, width, height);
    Dims shape{};
    auto const map = det_.run(extentsOf(seen, width), toInput(seen, width), shape);
    if (shape.nbDims != 4 || shape.d[2] != height || shape.d[3] != width) {
      throw std::runtime_error("det.engine gives no map of the picture");
    }
    std::vector<Box> boxes = findLines(map, width, height);
    for (Box& box : boxes) {
      box = {box.left * page.width / width, box.top * page.height / height,
             (box.right * page.width + width - 1) / width,
             (box.bottom * page.height + height - 1) / height};
    }
    return boxes;
  }

  /// The line, 48 pixels high and at most `most` wide.
  static Image lineImage(Image const& line, int64_t most) {
    float const ratio = static_cast<float>(line.width) / static_cast<float>(line.height);
    auto const width = static_cast<int64_t>(std::ceil(ratio * kLineHeight));
    return resize(line, static_cast<int>(std::clamp<int64_t>(width, 1, most)), kLineHeight);
  }

  bool standsOnHead(Image const& line) {
    auto const width = static_cast<int>(cls_.greatest().d[3]);
    Image const seen = lineImage(line, width);
    Dims shape{};
    auto const scores = cls_.run(extentsOf(seen, width), toInput(seen, width), shape);
    return scores.size() == 2 && scores[1] > kSureOfHead;
  }

  std::string textOf(Image const& line) {
    Dims const least = rec_.least(), greatest = rec_.greatest();
    Image const seen = lineImage(line, greatest.d[3]);
    int const width = fitting(seen.width, 8, least.d[3], greatest.d[3]);
    Dims shape{};
    auto const rows = rec_.run(extentsOf(seen, width), toInput(seen, width), shape);
    if (shape.nbDims != 3) throw std::runtime_error("rec.engine gives no rows of characters");
    return decode(rows, static_cast<int>(shape.d[1]), static_cast<int>(shape.d[2]), characters_);
  }

  Network det_, cls_, rec_;
  std::vector<std::string> characters_;
};

}  // namespace
}  // namespace sample

int main(int argc, char** argv) try {
  if (argc != 4) {
    std::fprintf(stderr,
                 "usage: %s ENGINES CHARACTERS PICTURE.pgm\n"
                 "ENGINES is a folder with det.engine, cls.engine and rec.engine; README.md says "
                 "how to build them\n",
                 argv[0]);
    return 2;
  }
  sample::Logger logger;
  std::unique_ptr<nvinfer1::IRuntime> const runtime(nvinfer1::createInferRuntime(logger));
  if (!runtime) throw std::runtime_error("there is no runtime");
  sample::Reader(*runtime, argv[1], argv[2]).read(sample::readPgm(argv[3]));
  return 0;
} catch (std::exception const& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
