// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the convolution kernels share: geometry, parameters, the padded copy of the input.
#pragma once

#include "backends/simd/run/epilogue.h"
#include "backends/simd/run/level.h"
#include "backends/simd/run/loaded_kernel.h"
#include "ops/convolution.h"

namespace tenon::simd {

/// A convolution of images in numbers; one-dimensional ones have height 1.
struct ConvGeometry {
  int64_t images, channels, height, width;
  int64_t outputs, out_height, out_width;
  int64_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
  int64_t top, left, bottom, right;  ///< padding
  int64_t groups;

  [[nodiscard]] bool padded() const noexcept { return (top | left | bottom | right) != 0; }
  [[nodiscard]] int64_t padded_height() const noexcept { return height + top + bottom; }
  [[nodiscard]] int64_t padded_width() const noexcept { return width + left + right; }
  [[nodiscard]] int64_t group_channels() const noexcept { return channels / groups; }
  [[nodiscard]] int64_t group_outputs() const noexcept { return outputs / groups; }
  [[nodiscard]] int64_t operations() const noexcept {
    return images * outputs * out_height * out_width * group_channels() * kernel_h * kernel_w;
  }
};

/// What a convolution's record says beside the level.
struct ConvParams {
  ops::Convolution op;
  Dims weight;  ///< [M, C/groups, kernel…]
  bool bias = false, residual = false;

  /// Of tensors that check() accepts.
  [[nodiscard]] ConvGeometry geometry(const Dims& x, const Dims& y) const noexcept;
  /// Fails unless the extents are those that the weight and the operator give, and places in one
  /// image, its padding included, are numbers of 32 bits.
  [[nodiscard]] Status check(std::span<const kernel::TensorDesc> inputs,
                             std::span<const kernel::TensorDesc> outputs) const noexcept;
  [[nodiscard]] Epilogue epilogue() const noexcept { return Epilogue(op.activation); }
};

/// Parameters and level of a record, and where its own parameters begin.
struct OpenedConvolution {
  ConvParams params;
  Level level;
  ByteReader rest;
};
/// Reads what add_convolution wrote of `params.op`'s weight and inputs. False where it is unsound.
bool read_convolution(ByteReader& reader, ConvParams& params) noexcept;
Result<OpenedConvolution> open_convolution(const kernel::RecordView& record, Diagnostics& diag);
/// Refuses a step whose input, or output and residual, do not lie so.
Status expect_layouts(const kernel::RecordView& record, const ConvParams& params,
                      const kernel::Layout& input, const kernel::Layout& output, Diagnostics& diag);

}  // namespace tenon::simd
