// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Rows of tiles are neighbouring pixels.
#include "backends/simd/run/tile_product.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "backends/simd/loops/pointwise.h"
#include "backends/simd/loops/requantize.h"
#include "backends/simd/run/small_integers.h"
#include "base/parallel.h"
#include "device/isa.h"
#include "device/tiles.h"

namespace tenon::simd {

namespace {

constexpr int64_t kPanels = 2;  // that one walk over a block of rows makes: a cache line of outputs

int64_t width_of(DType type) noexcept { return type == DType::F32 ? 4 : 1; }
float least_of(DType type) noexcept { return type == DType::U8 ? 0 : -128; }

bool is_sound(const ops::Grid& grid) noexcept {
  return std::isfinite(grid.scale) && grid.scale > 0 && grid.zero >= -128 && grid.zero <= 255;
}

/// What the steps of all blocks share.
StepSpan steps_of(const TileProduct& product) noexcept {
  const ops::QuantConvolution& op = product.op;
  const bool real = counts_real(product.op);
  const float scale = real ? 1 : op.y.scale;
  const Epilogue epilogue(op.convolution.activation);
  StepSpan span{};
  span.low = epilogue.low / scale;
  span.high = epilogue.high / scale;
  if (!real) {
    span.zero = static_cast<int32_t>(op.y.zero);
    const float least = least_of(op.to) - static_cast<float>(op.y.zero);
    span.low = std::clamp(span.low, least, least + 255);
    span.high = std::clamp(span.high, least, least + 255);
  }
  span.rounds = op.rounds_between;
  span.between_low = least_of(op.to) - static_cast<float>(op.between.zero);
  span.between_high = span.between_low + 255;
  span.between_scale = op.between.scale / scale;
  span.residual_scale = op.residual.scale / scale;
  span.residual_start = -static_cast<float>(op.residual.zero) * span.residual_scale;
  span.sum_stride = kPanels * kTileColumns;
  return span;
}

}  // namespace

TileWalk::TileWalk(const ConvGeometry& g) noexcept {
  const bool one_tap = g.kernel_h * g.kernel_w == 1 && !g.padded();
  const bool dense = g.stride_h == 1 && g.stride_w == 1;
  picks = one_tap && !dense;
  const bool flat = dense || picks;
  const int64_t height = picks ? g.out_height : g.padded_height();
  const int64_t width = picks ? g.out_width : g.padded_width();
  line = width * g.channels;
  pitch = flat ? width : g.out_width;
  strips = flat ? 1 : g.out_height;
  rows = flat ? (g.out_height - 1) * pitch + g.out_width : g.out_width;
  strip = flat ? 0 : g.stride_h * line;
  pixel = flat ? g.channels : g.stride_w * g.channels;
  const bool exact = TileRuns(g).length % kTileDepth == 0;
  copies = picks || g.padded() || !flat || !exact || rows < kTileRows;
  // Behind the last pixel lies what rows and blocks read in excess.
  copied = copies ? height * line + kTileRows * pixel + kTileDepth : 0;
}

ConvGeometry product_geometry(int64_t rows, int64_t depth, int64_t columns) noexcept {
  return {.images = 1,
          .channels = depth,
          .height = 1,
          .width = rows,
          .outputs = columns,
          .out_height = 1,
          .out_width = rows,
          .kernel_h = 1,
          .kernel_w = 1,
          .stride_h = 1,
          .stride_w = 1,
          .dilation_h = 1,
          .dilation_w = 1,
          .top = 0,
          .left = 0,
          .bottom = 0,
          .right = 0,
          .groups = 1};
}

bool TileProduct::read(ByteReader& reader) noexcept {
  type = static_cast<DType>(reader.take<uint8_t>());
  residual = static_cast<DType>(reader.take<uint8_t>());
  tiles = reader.take<uint8_t>() != 0;
  return reader.ok() && is_small(type) && (!has_residual || is_small(residual)) &&
         (is_small(op.to) || op.to == DType::F32) && is_sound(op.x) && is_sound(op.y) &&
         (!has_residual || is_sound(op.residual)) &&
         (!op.rounds_between || (is_sound(op.between) && is_small(op.to)));
}

Status TileProduct::find(const kernel::RecordView& record, const ConvGeometry& g,
                         std::span<const std::byte> layout, Diagnostics& diag) {
  if (tiles && (device::usable_isa() & device::isa_bit(device::Isa::Amx)) == 0) {
    return diag.fail(
        Code::Unsupported,
        "layer '{}' was built for tiles of integers (amx), which this machine has not; "
        "build the engine anew here",
        record.node_name);
  }
  const int64_t columns = padded(g.outputs), panels = columns / kTileColumns;
  TENON_TRY(expect_packed(record, kWeights, layout,
                          static_cast<size_t>(panels * TileRuns(g).blocks() * kTileBlock), diag));
  for (const size_t blob : {size_t{kSums}, size_t{kScales}, size_t{kStarts}}) {
    TENON_TRY(expect_packed(record, blob, {}, static_cast<size_t>(columns) * 4, diag));
  }
  const auto at = [&](size_t blob) { return record.packed[blob].data.data(); };
  weights = reinterpret_cast<const int8_t*>(at(kWeights));
  sums = reinterpret_cast<const int32_t*>(at(kSums));
  scales = reinterpret_cast<const float*>(at(kScales));
  starts = reinterpret_cast<const float*>(at(kStarts));
  return {};
}

TileRun::TileRun(const TileProduct& product) noexcept
    : product_(product),
      tiles_(tile_loops(product.tiles)),
      run_(step_loops(product.level)
               .run[counts_real(product.op) ? 0 : place_of(product.op.to)]
                   [product.has_residual ? place_of(product.residual) : 0]),
      span_(steps_of(product)),
      activates_(Epilogue(product.op.convolution.activation).separate) {}

Status TileRun::prepare(const ConvGeometry& g) noexcept {
  if (product_.tiles && !device::allow_tiles()) {
    return {Code::Unsupported, "the system does not let this process use tiles (amx)"};
  }
  g_ = g;
  walk_ = TileWalk(g_);
  span_.out_stride = span_.residual_stride = g_.outputs;
  return make_places() ? Status() : kNoMemory;
}

/// Where the blocks of a window begin, from its first pixel on.
bool TileRun::make_places() noexcept {
  places_.clear();
  const TileRuns runs(g_);
  const int64_t taps = runs.count / g_.kernel_h;
  for (int64_t run = 0; run < runs.count; ++run) {
    const int64_t begin =
        run / taps * g_.dilation_h * walk_.line + run % taps * g_.dilation_w * g_.channels;
    for (int64_t b = 0; b < runs.blocks_each(); ++b) {
      if (!places_.push_back(static_cast<int32_t>(begin + b * kTileDepth))) return false;
    }
  }
  return true;
}

void TileRun::run(const void* x, const void* residual, void* out, void* workspace) const noexcept {
  const int64_t image = g_.channels * g_.height * g_.width;
  const int64_t result = g_.outputs * g_.out_height * g_.out_width;
  Images images{static_cast<const std::byte*>(x), static_cast<const std::byte*>(residual),
                static_cast<std::byte*>(out)};
  for (int64_t n = 0; n < g_.images; ++n) {
    const std::byte* from = images.x;
    if (walk_.copies) {
      auto* to = static_cast<std::byte*>(workspace);
      walk_.picks ? pick(from, to) : copy(from, to);
      images.x = to;
    }
    convolve(images);
    images.x = from + image;
    if (images.residual != nullptr) images.residual += result;
    images.out += result * width_of(product_.op.to);
  }
}

/// The pixels that a 1×1 window sees.
void TileRun::pick(const std::byte* from, std::byte* to) const noexcept {
  const auto pixel = static_cast<size_t>(g_.channels);
  parallel_for(product_.threads, g_.out_height, 4, [&](int64_t begin, int64_t end) {
    for (int64_t y = begin; y < end; ++y) {
      const std::byte* line = from + y * g_.stride_h * g_.width * g_.channels;
      std::byte* out = to + y * walk_.line;
      for (int64_t i = 0; i < g_.out_width; ++i) {
        std::memcpy(out + i * g_.channels, line + i * g_.stride_w * g_.channels, pixel);
      }
    }
  });
}

/// The image with what stands for 0 around it.
void TileRun::copy(const std::byte* from, std::byte* to) const noexcept {
  const int zero = static_cast<int>(product_.op.x.zero);
  const auto bytes = [&](int64_t columns) { return static_cast<size_t>(columns * g_.channels); };
  parallel_for(product_.threads, g_.padded_height(), 4, [&](int64_t begin, int64_t end) {
    for (int64_t y = begin; y < end; ++y) {
      std::byte* out = to + y * walk_.line;
      if (y < g_.top || y >= g_.top + g_.height) {
        std::memset(out, zero, bytes(g_.padded_width()));
        continue;
      }
      std::memset(out, zero, bytes(g_.left));
      std::memcpy(out + g_.left * g_.channels, from + (y - g_.top) * g_.width * g_.channels,
                  bytes(g_.width));
      std::memset(out + (g_.left + g_.width) * g_.channels, zero, bytes(g_.right));
    }
  });
}

void TileRun::convolve(const Images& images) const noexcept {
  constexpr int64_t kColumns = kPanels * kTileColumns;
  const int64_t blocks = walk_.strips * walk_.blocks();
  const int64_t columns = (g_.outputs + kColumns - 1) / kColumns;
  parallel_for(product_.threads, columns * blocks, 1, [&](int64_t begin, int64_t end) {
    tiles_.begin();
    for (int64_t item = begin; item < end; ++item) {
      const int64_t at = item % blocks;
      make_block(images, at / walk_.blocks(), at % walk_.blocks(), item / blocks * kColumns);
    }
    tiles_.end();
  });
}

void TileRun::make_block(const Images& images, int64_t strip, int64_t block,
                         int64_t column) const noexcept {
  alignas(64) int32_t sums[kTileRows * kPanels * kTileColumns];
  const int64_t begin = block * kTileRows, end = std::min(begin + kTileRows, walk_.rows);
  // The last block ends with the strip, and begins where it must.
  const bool two = end - begin > kTile;
  const int64_t least = std::max<int64_t>(walk_.rows - (two ? kTileRows : kTile), 0);
  const int64_t first = std::min(begin, least);
  const auto blocks = static_cast<int64_t>(places_.size());
  const int64_t valid = std::min(kPanels * kTileColumns, g_.outputs - column);
  for (int64_t n = 0; n < valid; n += kTileColumns) {
    tiles_.multiply[product_.type == DType::U8 ? 1 : 0][two ? 1 : 0](
        {.rows = images.x + strip * walk_.strip + first * walk_.pixel,
         .row_stride = walk_.pixel,
         .places = places_.data(),
         .blocks = blocks,
         .weights = product_.weights + (column + n) / kTileColumns * blocks * kTileBlock,
         .cold = strip + block == 0,
         .starts = product_.sums + column + n,
         .sums = sums + n,
         .sum_stride = kPanels * kTileColumns});
  }
  StepSpan span = span_;
  span.columns = valid;
  span.scale = product_.scales + column;
  span.start = product_.starts + column;
  const bool whole = walk_.pitch == g_.out_width;
  for (int64_t row = begin; row < end;) {
    const int64_t y = strip + row / walk_.pitch, x = row % walk_.pitch;
    span.rows = whole ? end - row : std::min(end - row, g_.out_width - x);
    if (span.rows > 0) {
      const int64_t at = (y * g_.out_width + x) * g_.outputs + column;
      span.sums = sums + (row - first) * span.sum_stride;
      if (product_.has_residual) span.residual = images.residual + at;
      span.out = images.out + at * width_of(product_.op.to);
      activates_ ? activate(span) : run_(span);
    }
    row += whole ? span.rows : walk_.pitch - x;
  }
}

/// run_() over an activation of real numbers, which is done where the caches have them.
void TileRun::activate(StepSpan span) const noexcept {
  constexpr int64_t kStride = kPanels * kTileColumns;
  alignas(64) float made[kTileRows * kStride];
  auto* out = static_cast<std::byte*>(span.out);
  const int64_t out_stride = span.out_stride * width_of(product_.op.to);
  span.out = made;
  span.out_stride = kStride;
  run_(span);
  const ops::Activation& activation = product_.op.convolution.activation;
  const ops::Grid& y = product_.op.y;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto narrow = requantize_loops(product_.level).run[0][0][place_of(product_.op.to)];
  const auto apply = pointwise_loops(product_.level).activate;
  for (int64_t r = 0; r < span.rows; ++r, out += out_stride) {
    float* row = made + r * kStride;
    apply(activation.kind, activation.alpha, activation.beta, row, span.columns);
    if (product_.op.to == DType::F32) {
      std::copy_n(row, span.columns, reinterpret_cast<float*>(out));
      continue;
    }
    narrow({.a = row,
            .b = nullptr,
            .out = out,
            .count = span.columns,
            .a_scale = 1,
            .a_zero = 0,
            .b_scale = 1,
            .b_zero = 0,
            .y_scale = y.scale,
            .y_zero = static_cast<float>(y.zero),
            .low = -kInfinity,
            .high = kInfinity});
  }
}

}  // namespace tenon::simd
