// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sums on tiles against sums of one product at a time, also where the machine has no tiles.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "backends/simd/tile_candidate.h"
#include "device/isa.h"
#include "device/tiles.h"

namespace tenon::simd {

namespace {

template <class T>
std::vector<T> integers(int64_t count, int low, int high, uint32_t seed) {
  std::minstd_rand random(seed);
  std::vector<T> values(static_cast<size_t>(count));
  for (T& value : values) {
    value =
        static_cast<T>(low + static_cast<int>(random() % static_cast<uint32_t>(high - low + 1)));
  }
  return values;
}

bool has_tiles() {
  return (device::usable_isa() & device::isa_bit(device::Isa::Amx)) != 0 && device::allow_tiles();
}

TEST(Tiles, GiveTheSumsOfPlainLoops) {
  if (!has_tiles()) GTEST_SKIP() << "this machine has no tiles";
  constexpr int64_t kBlocks = 3, kStride = 200;
  const auto x = integers<uint8_t>(kTileRows * kStride + 256, 0, 255, 1);
  const auto w = integers<int8_t>(kBlocks * kTileBlock, -128, 127, 2);
  const auto starts = integers<int32_t>(kTileColumns, -1000, 1000, 3);
  const std::vector<int32_t> places = {5, 77, 140};
  for (const int type : {0, 1}) {
    for (const int rows : {0, 1}) {
      std::vector<int32_t> sums[2];
      for (const int tiles : {0, 1}) {
        sums[tiles].resize(kTileRows * 40);
        const TileLoops& loops = tile_loops(tiles != 0);
        loops.begin();
        loops.multiply[type][rows]({.rows = reinterpret_cast<const std::byte*>(x.data()),
                                    .row_stride = kStride,
                                    .places = places.data(),
                                    .blocks = kBlocks,
                                    .weights = w.data(),
                                    .cold = true,
                                    .starts = starts.data(),
                                    .sums = sums[tiles].data(),
                                    .sum_stride = 40});
        loops.end();
      }
      EXPECT_EQ(sums[0], sums[1]) << "type " << type << ", row tiles " << rows + 1;
    }
  }
}

struct Image {
  const char* name;
  int64_t channels, height, width, outputs, kernel, stride, dilation, pad;
  bool rounds = false, residual = false;
  DType type = DType::U8, to = DType::U8;
  int64_t images = 1;
  ops::ActivationKind activation = ops::ActivationKind::Relu;
};

ConvGeometry geometry_of(const Image& c) {
  const int64_t seen = (c.kernel - 1) * c.dilation + 1;
  const auto count = [&](int64_t extent) { return (extent + 2 * c.pad - seen) / c.stride + 1; };
  return {.images = c.images,
          .channels = c.channels,
          .height = c.height,
          .width = c.width,
          .outputs = c.outputs,
          .out_height = count(c.height),
          .out_width = count(c.width),
          .kernel_h = c.kernel,
          .kernel_w = c.kernel,
          .stride_h = c.stride,
          .stride_w = c.stride,
          .dilation_h = c.dilation,
          .dilation_w = c.dilation,
          .top = c.pad,
          .left = c.pad,
          .bottom = c.pad,
          .right = c.pad,
          .groups = 1};
}

/// One layer with everything it reads.
struct Layer {
  Image image;
  ConvGeometry g;
  ops::QuantConvolution op;
  std::vector<uint8_t> x, residual;
  std::vector<int8_t> w;
  std::vector<float> scale, bias;

  explicit Layer(const Image& c) : image(c), g(geometry_of(c)) {
    op.convolution.activation.kind = c.activation;
    op.x = {0.02F, c.type == DType::U8 ? 7 : -3};
    op.y = {0.9F, c.to == DType::U8 ? 3 : -20};
    op.to = c.to;
    op.residual = {0.3F, 11};
    op.rounds_between = c.rounds;
    op.between = {0.8F, 5};
    const bool is_unsigned = c.type == DType::U8;
    for (const int v : integers<int>(g.images * g.channels * g.height * g.width,
                                     is_unsigned ? 0 : -128, is_unsigned ? 255 : 127, 4)) {
      x.push_back(static_cast<uint8_t>(v));
    }
    residual = integers<uint8_t>(results(), 0, 127, 5);
    w = integers<int8_t>(g.outputs * g.channels * g.kernel_h * g.kernel_w, -127, 127, 6);
    for (int64_t m = 0; m < g.outputs; ++m) {
      scale.push_back(0.01F + 0.001F * static_cast<float>(m % 7));
      bias.push_back(static_cast<float>(m % 5) - 2);
    }
  }
  [[nodiscard]] int64_t results() const {
    return g.images * g.outputs * g.out_height * g.out_width;
  }
  [[nodiscard]] double x_at(int64_t n, int64_t y, int64_t i, int64_t c) const {
    if (y < 0 || i < 0 || y >= g.height || i >= g.width) return 0;
    const uint8_t value =
        x[static_cast<size_t>(((n * g.height + y) * g.width + i) * g.channels + c)];
    const int whole = image.type == DType::U8 ? value : static_cast<int8_t>(value);
    return static_cast<double>(whole - op.x.zero);
  }
  /// What the element at `place` of the output, of output channel m, is by definition.
  [[nodiscard]] double expected(int64_t n, int64_t y, int64_t i, int64_t m, int64_t place) const {
    double sum = 0;
    for (int64_t c = 0; c < g.channels; ++c) {
      for (int64_t tap = 0; tap < g.kernel_h * g.kernel_w; ++tap) {
        const int64_t from_y = y * g.stride_h - g.top + tap / g.kernel_w * g.dilation_h;
        const int64_t from_x = i * g.stride_w - g.left + tap % g.kernel_w * g.dilation_w;
        sum += x_at(n, from_y, from_x, c) *
               w[static_cast<size_t>((m * g.channels + c) * g.kernel_h * g.kernel_w + tap)];
      }
    }
    const auto at = static_cast<size_t>(m);
    const double least = image.to == DType::U8 ? 0 : -128;
    const auto on_grid = [&](double real, const ops::Grid& grid) {
      const double steps = std::nearbyint(real / grid.scale) + static_cast<double>(grid.zero);
      return std::clamp(steps, least, least + 255);
    };
    double real = sum * op.x.scale * scale[at] + bias[at];
    if (image.rounds) {
      real = (on_grid(real, op.between) - static_cast<double>(op.between.zero)) * op.between.scale;
    }
    if (image.residual) {
      real += (residual[static_cast<size_t>(place)] - static_cast<double>(op.residual.zero)) *
              op.residual.scale;
    }
    real = image.activation == ops::ActivationKind::Relu
               ? std::max(real, 0.0)
               : real / 2 * (1 + std::erf(real / std::sqrt(2)));
    return image.to == DType::F32 ? real : on_grid(real, op.y);
  }
};

std::vector<double> run(const Layer& layer, Level level, bool tiles, int threads) {
  const ConvGeometry& g = layer.g;
  const auto scale = ops::ConstantData::of<float>(Dims{g.outputs}, std::span(layer.scale));
  const auto bias = ops::ConstantData::of<float>(Dims{g.outputs}, std::span(layer.bias));
  const auto blobs = pack_tiles(g, layer.op, layer.w, *scale, bias.get(), PackedLayout());
  const auto at = [&](size_t i) { return blobs[i].data.data(); };
  TileProduct product{.op = layer.op,
                      .level = level,
                      .has_residual = layer.image.residual,
                      .type = layer.image.type,
                      .residual = DType::U8,
                      .tiles = tiles,
                      .threads = threads};
  product.weights = reinterpret_cast<const int8_t*>(at(TileProduct::kWeights));
  product.sums = reinterpret_cast<const int32_t*>(at(TileProduct::kSums));
  product.scales = reinterpret_cast<const float*>(at(TileProduct::kScales));
  product.starts = reinterpret_cast<const float*>(at(TileProduct::kStarts));
  TileRun run(product);
  EXPECT_TRUE(run.prepare(g).ok());
  std::vector<std::byte> workspace(static_cast<size_t>(TileWalk(g).copied));
  const auto count = static_cast<size_t>(layer.results());
  // The residual lies where the output does, but for real numbers.
  std::vector<uint8_t> out(count * 4);
  const bool real = layer.op.to == DType::F32;
  if (!real) std::ranges::copy(layer.residual, out.begin());
  run.run(layer.x.data(), real ? layer.residual.data() : out.data(), out.data(), workspace.data());
  std::vector<double> results;
  for (size_t i = 0; i < count; ++i) {
    results.push_back(real                       ? reinterpret_cast<const float*>(out.data())[i]
                      : layer.op.to == DType::U8 ? out[i]
                                                 : static_cast<int8_t>(out[i]));
  }
  return results;
}

void expect_right(const Layer& layer, const std::vector<double>& results, const std::string& how) {
  const ConvGeometry& g = layer.g;
  int64_t place = 0, unlike = 0;
  for (int64_t n = 0; n < g.images; ++n) {
    for (int64_t pixel = 0; pixel < g.out_height * g.out_width; ++pixel) {
      for (int64_t m = 0; m < g.outputs; ++m, ++place) {
        const double wanted = layer.expected(n, pixel / g.out_width, pixel % g.out_width, m, place);
        const double given = results[static_cast<size_t>(place)];
        const double near = layer.op.to == DType::F32 ? 1e-4 * std::abs(wanted) + 1e-3 : 1;
        ASSERT_NEAR(given, wanted, near) << how << ": pixel " << pixel << ", channel " << m;
        unlike += given != wanted ? 1 : 0;
      }
    }
  }
  if (layer.op.to == DType::F32) return;
  EXPECT_LE(unlike, place / 100 + 1) << how;  // a tie of the last bit
}

TEST(Tiles, ConvolveEveryKindOfImage) {
  const Image images[] = {
      {"pixels", 64, 9, 8, 64, 1, 1, 1, 0},
      {"pixels, residual", 128, 7, 7, 70, 1, 1, 1, 0, true, true},
      {"few channels", 3, 20, 21, 33, 7, 2, 1, 3},
      {"every second pixel", 64, 9, 11, 40, 1, 2, 1, 0, false, true},
      {"padded", 16, 8, 19, 96, 3, 1, 1, 1, true},
      {"not padded", 64, 6, 20, 24, 3, 1, 1, 0},
      {"dilated", 20, 12, 12, 17, 3, 1, 2, 2, false, true, DType::I8, DType::I8},
      {"one pixel", 70, 1, 1, 5, 1, 1, 1, 0, true, true},
      {"real numbers", 64, 5, 9, 50, 3, 2, 1, 1, false, true, DType::I8, DType::F32},
      {"signed", 32, 40, 3, 130, 3, 1, 1, 1, true, true, DType::I8, DType::U8, 3},
      {"activated", 64, 6, 9, 70, 1, 1, 1, 0, true, true, DType::U8, DType::I8, 1,
       ops::ActivationKind::GeluErf},
      {"activated real numbers", 64, 6, 9, 30, 3, 1, 1, 1, false, true, DType::U8, DType::F32, 2,
       ops::ActivationKind::GeluErf},
  };
  for (const Image& image : images) {
    const Layer layer(image);
    for (const Level level : {Level::Baseline, best_level(device::usable_isa())}) {
      for (const int threads : {1, 3}) {
        for (const bool tiles : {false, true}) {
          if (tiles && !has_tiles()) continue;
          expect_right(layer, run(layer, level, tiles, threads),
                       fmt::format("{}, {}, {} threads{}", image.name, to_string(level), threads,
                                   tiles ? ", tiles" : ""));
        }
      }
    }
  }
}

TEST(Tiles, ProductsAreConvolutionsOfOneLine) {
  const ConvGeometry g = product_geometry(40, 128, 10);
  const TileWalk walk(g);
  EXPECT_FALSE(walk.copies);
  EXPECT_EQ(walk.rows, 40);
  EXPECT_EQ(walk.blocks(), 2);
  EXPECT_TRUE(TileWalk(product_geometry(1, 128, 10)).copies) << "a tile reads more than one row";
  EXPECT_TRUE(TileWalk(product_geometry(40, 100, 10)).copies) << "a block reads beyond its row";
}

}  // namespace

}  // namespace tenon::simd
