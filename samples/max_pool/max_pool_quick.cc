// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The same plugin as a quick plugin: what it computes, and nothing else.
#include <tenon/quick_plugin.h>

#include <array>

#include "max_pool_kernel.h"

namespace {

using tenon::quick::Extent;
using tenon::quick::Tensor;

struct MaxPool {
  std::array<int32_t, 2> kernel{1, 1}, stride{1, 1}, pad{0, 0};
  int32_t pooling_type = 0;  // 0 is the maximum

  std::string id() const { return "MaxPoolPlugin"; }

  template <class Visitor>
  void attributes(Visitor& visit) {
    visit.required("kernel_shape", kernel);
    visit.required("strides", stride);
    visit.required("pads", pad);
    visit("pType", pooling_type);
  }

  auto combinations(size_t tensors) const {
    return tenon::quick::combinations("FP32, FP32", "LINEAR|HWC, LINEAR|HWC", tensors);
  }

  Extent pooled(Extent const& extent, size_t axis) const {
    return (extent + int64_t{2} * pad[axis] - kernel[axis]) / stride[axis] + 1;
  }

  void shapes(tenon::quick::Shapes& s) const {
    auto const& in = s.input(0);
    if (in.size() != 4) throw std::invalid_argument("the input must be [N, C, H, W]");
    s.output(0) = {in[0], in[1], pooled(in[2], 0), pooled(in[3], 1)};
  }

  void run(tenon::quick::Call const& call) const {
    Tensor const &in = call.inputs[0], &out = call.outputs[0];
    maxpool::Window const window{{kernel[0], stride[0], pad[0]}, {kernel[1], stride[1], pad[1]}};
    maxpool::Extents const extents{in.extent(0), in.extent(1),  in.extent(2),
                                   in.extent(3), out.extent(2), out.extent(3)};
    auto const pool = in.format() == nvinfer1::TensorFormat::kHWC ? maxpool::poolChannelsLast
                                                                  : maxpool::poolLinear;
    pool(window, extents, in.as<float const>(), out.as<float>());
  }
};

}  // namespace

TENON_QUICK_LIBRARY(MaxPool)
