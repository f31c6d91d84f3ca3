// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Geometry and records of convolutions.
#include "backends/simd/convolution.h"

#include <algorithm>

#include "backends/simd/window.h"

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

std::string refuse_convolution(const kernel::NodeInfo& node) {
  const auto& op = std::get<ops::Convolution>(*node.op);
  if (std::string reason = refuse_unless_f32(node); !reason.empty()) return reason;
  if (op.kernel.rank() < 1 || op.kernel.rank() > 2) {
    return fmt::format("it has {} spatial axes, and only one or two are served here",
                       op.kernel.rank());
  }
  const auto& inputs = node.inputs;
  if (inputs[ops::kConvWeight].constant == nullptr) return "its weight is no constant";
  if (inputs.size() > ops::kConvBias && inputs[ops::kConvBias].present &&
      inputs[ops::kConvBias].constant == nullptr) {
    return "its bias is no constant";
  }
  const auto negative = [](int64_t pad) { return pad < 0; };
  if (std::ranges::any_of(op.pads_begin, negative) || std::ranges::any_of(op.pads_end, negative)) {
    return "a padding is negative";
  }
  constexpr int64_t kMost = int64_t{1} << 30;
  if (inputs[0].max.volume() / std::max<int64_t>(inputs[0].max[0], 1) > kMost) {
    return "one image has more than 2^30 elements";
  }
  return {};
}

void add_convolution(const kernel::NodeInfo& node, ByteWriter& params) {
  const Dims& weight = node.inputs[ops::kConvWeight].opt;
  params.put(static_cast<uint8_t>(weight.rank()));
  for (const int64_t extent : weight) params.put(extent);
  for (const size_t input : {ops::kConvBias, ops::kConvResidual}) {
    params.put(static_cast<uint8_t>(input < node.inputs.size() && node.inputs[input].present));
  }
}

Result<OpenedConvolution> open_convolution(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::Convolution>(record, diag));
  ConvParams params{.op = opened.op, .weight = {}};
  const int rank = opened.rest.take<uint8_t>();
  bool sound = rank == params.op.kernel.rank() + 2 && rank <= 4;
  int64_t volume = 1;
  for (int i = 0; i < rank && sound; ++i) {
    params.weight.push_back(opened.rest.take<int64_t>());
    const int64_t extent = params.weight.back();
    sound = extent > 0 && extent < int64_t{1} << 31 && (volume *= extent) < int64_t{1} << 31;
  }
  params.bias = opened.rest.take<uint8_t>() != 0;
  params.residual = opened.rest.take<uint8_t>() != 0;
  sound = sound && opened.rest.ok() && params.op.groups > 0 &&
          params.weight[0] % params.op.groups == 0 && Window(params.op).sound();
  for (int i = 2; i < rank && sound; ++i) sound = params.op.kernel[i - 2] == params.weight[i];
  if (!sound) return damaged(record, diag);
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

ConvParams ConvolutionCandidate::params() const {
  return {.op = op(),
          .weight = node_.inputs[ops::kConvWeight].opt,
          .bias = has(ops::kConvBias),
          .residual = has(ops::kConvResidual)};
}

ConvGeometry ConvolutionCandidate::geometry() const {
  return params().geometry(node_.inputs[0].opt, node_.outputs[0].opt);
}

std::vector<int> ConvolutionCandidate::absorbed_inputs() const {
  std::vector<int> absorbed = {ops::kConvWeight};
  if (has(ops::kConvBias)) absorbed.push_back(ops::kConvBias);
  return absorbed;
}

std::vector<int> ConvolutionCandidate::thread_counts() const {
  return threads_for(geometry().operations());
}

}  // namespace tenon::simd
