// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolutions and products of small integers on tiles (AMX): the packing, and the walk over rows.
#pragma once

#include "backends/simd/loops/steps.h"
#include "backends/simd/loops/tiles.h"
#include "backends/simd/run/convolution.h"
#include "base/array.h"
#include "ops/quantized.h"

namespace tenon::simd {

/// The numbers behind an output are read in runs of neighbours in channels-last memory: the taps of
/// one kernel row, or one tap where columns are dilated. Runs are read in blocks of kTileDepth;
/// what a block reads beyond its run has weights of 0.
struct TileRuns {
  int64_t count, length;

  explicit TileRuns(const ConvGeometry& g) noexcept
      : count(g.kernel_h * (g.dilation_w == 1 ? 1 : g.kernel_w)),
        length(g.channels * (g.dilation_w == 1 ? g.kernel_w : 1)) {}
  [[nodiscard]] int64_t blocks_each() const noexcept {
    return (length + kTileDepth - 1) / kTileDepth;
  }
  [[nodiscard]] int64_t blocks() const noexcept { return count * blocks_each(); }
};

/// How tiles see an image: in strips of rows, `pixel` bytes apart. Windows that move by one make
/// one strip of it, in which what straddles the end of a line is made and thrown away.
struct TileWalk {
  bool picks, copies;           ///< only the pixels of a 1×1 window, or all with their padding
  int64_t strips, rows, pitch;  ///< rows a strip, and rows from one output line to the next
  int64_t strip, line, pixel;   ///< bytes to the next one
  int64_t copied;               ///< bytes of scratch memory

  explicit TileWalk(const ConvGeometry& g) noexcept;
  [[nodiscard]] int64_t blocks() const noexcept { return (rows + kTileRows - 1) / kTileRows; }
};

/// A product of rows as matrix, in the words of a convolution.
ConvGeometry product_geometry(int64_t rows, int64_t depth, int64_t columns) noexcept;

/// True where sums become real numbers before all else: as outputs, or for an activation.
inline bool counts_real(const ops::QuantConvolution& op) noexcept {
  return op.to == DType::F32 || Epilogue(op.convolution.activation).separate;
}

/// What of a convolution on integers does not depend on shapes.
struct TileProduct {
  /// The blobs of a record: i8 weights [panel of kTileColumns][block][kTileBlock], then what each
  /// sum begins with (i32), and scale and start of each sum's steps (f32), each [padded].
  enum Blob : size_t { kWeights, kSums, kScales, kStarts };

  ops::QuantConvolution op;  ///< of a product: all but the window
  Level level;
  bool has_residual = false;
  DType type = DType::I8, residual = DType::I8;  ///< of x and of the residual
  bool tiles = true;                             ///< else the same sums without them
  int threads = 1;
  const int8_t* weights = nullptr;
  const int32_t* sums = nullptr;
  const float *scales = nullptr, *starts = nullptr;

  /// Output channels with padding.
  static int64_t padded(int64_t outputs) noexcept {
    return (outputs + kTileColumns - 1) / kTileColumns * kTileColumns;
  }
  /// Reads what the packing wrote of the types and of tiles. False where the whole is unsound.
  bool read(ByteReader& reader) noexcept;
  /// Finds the blobs of a record for windows such as those of `g`; refuses others, and tiles where
  /// this machine has none.
  Status find(const kernel::RecordView& record, const ConvGeometry& g,
              std::span<const std::byte> layout, Diagnostics& diag);
};

/// A TileProduct for known shapes.
class TileRun {
 public:
  explicit TileRun(const TileProduct& product) noexcept;
  Status prepare(const ConvGeometry& g) noexcept;
  /// `workspace` has TileWalk::copied bytes; `residual` may be null or `out`.
  void run(const void* x, const void* residual, void* out, void* workspace) const noexcept;

 private:
  struct Images {
    const std::byte *x, *residual;
    std::byte* out;
  };
  [[nodiscard]] bool make_places() noexcept;
  void pick(const std::byte* from, std::byte* to) const noexcept;
  void copy(const std::byte* from, std::byte* to) const noexcept;
  void convolve(const Images& images) const noexcept;
  void make_block(const Images& images, int64_t strip, int64_t block,
                  int64_t column) const noexcept;
  void activate(StepSpan span) const noexcept;

  const TileProduct& product_;
  const TileLoops& tiles_;
  void (*run_)(const StepSpan& span);
  StepSpan span_{};  ///< what all blocks share
  bool activates_;   ///< an activation follows that is no clamp
  ConvGeometry g_{};
  TileWalk walk_{g_};
  Array<int32_t> places_;
};

}  // namespace tenon::simd
