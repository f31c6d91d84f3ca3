// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Geometry and records of convolutions.
#include "backends/simd/run/convolution.h"

#include <algorithm>

#include "backends/simd/run/window.h"

namespace tenon::simd {

namespace {

/// Entry of the last axis but `from_end`, or `otherwise` where the convolution has no such axis.
int64_t axis(const Dims& dims, int from_end, int64_t otherwise) {
  const int i = dims.rank() - 1 - from_end;
  return i < 0 ? otherwise : dims[i];
}

}  // namespace

ConvGeometry ConvParams::geometry(const Dims& x, const Dims& y) const noexcept {
  const bool image = op.kernel.rank() == 2;
  return {.images = x[0],
          .channels = x[1],
          .height = image ? x[2] : 1,
          .width = x.back(),
          .outputs = y[1],
          .out_height = image ? y[2] : 1,
          .out_width = y.back(),
          .kernel_h = axis(op.kernel, 1, 1),
          .kernel_w = axis(op.kernel, 0, 1),
          .stride_h = axis(op.strides, 1, 1),
          .stride_w = axis(op.strides, 0, 1),
          .dilation_h = axis(op.dilations, 1, 1),
          .dilation_w = axis(op.dilations, 0, 1),
          .top = axis(op.pads_begin, 1, 0),
          .left = axis(op.pads_begin, 0, 0),
          .bottom = axis(op.pads_end, 1, 0),
          .right = axis(op.pads_end, 0, 0),
          .groups = op.groups};
}

Status ConvParams::check(std::span<const kernel::TensorDesc> inputs,
                         std::span<const kernel::TensorDesc> outputs) const noexcept {
  constexpr Status kWrong = {Code::InvalidArgument, "a convolution's shapes contradict each other"};
  const Dims &x = inputs[ops::kConvX].dims, &y = outputs[0].dims;
  const int rank = op.kernel.rank() + 2;
  if (x.rank() != rank || y.rank() != rank) return kWrong;
  bool sound = x[0] == y[0] && x[1] == weight[1] * op.groups && y[1] == weight[0] &&
               (!residual || inputs[ops::kConvResidual].dims == y);
  Dims image = {x[1]}, plane;
  for (int i = 0; sound && i < rank - 2; ++i) {
    sound = y[i + 2] == Window(op).count(i, x[i + 2], false);
    image.push_back(x[i + 2] + op.pads_begin[i] + op.pads_end[i]);
    plane.push_back(y[i + 2]);
  }
  if (!sound) return kWrong;
  if (volume_within(image, INT32_MAX) && volume_within(plane, INT32_MAX)) return {};
  return {Code::Unsupported, "one image of a convolution, padding included, is too large"};
}

bool read_convolution(ByteReader& reader, ConvParams& params) noexcept {
  const int rank = reader.take<uint8_t>();
  bool sound = rank == params.op.kernel.rank() + 2 && rank <= 4;
  int64_t volume = 1;
  for (int i = 0; i < rank && sound; ++i) {
    params.weight.push_back(reader.take<int64_t>());
    const int64_t extent = params.weight.back();
    sound = extent > 0 && extent < int64_t{1} << 31 && (volume *= extent) < int64_t{1} << 31;
  }
  params.bias = reader.take<uint8_t>() != 0;
  params.residual = reader.take<uint8_t>() != 0;
  sound = sound && reader.ok() && params.op.groups > 0 &&
          params.weight[0] % params.op.groups == 0 && Window(params.op).sound();
  for (int i = 2; i < rank && sound; ++i) sound = params.op.kernel[i - 2] == params.weight[i];
  return sound;
}

Result<OpenedConvolution> open_convolution(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::Convolution>(record, diag));
  ConvParams params{.op = opened.op, .weight = {}};
  if (!read_convolution(opened.rest, params)) return damaged(record, diag);
  return OpenedConvolution{params, opened.level, opened.rest};
}

Status expect_layouts(const kernel::RecordView& record, const ConvParams& params,
                      const kernel::Layout& input, const kernel::Layout& output,
                      Diagnostics& diag) {
  const kernel::Wanted result{DType::F32, output};
  const auto residual = params.residual ? std::optional(result) : std::nullopt;
  return kernel::expect_ports(
      record, {kernel::Wanted{DType::F32, input}, std::nullopt, std::nullopt, residual}, result,
      diag);
}

}  // namespace tenon::simd
