// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolutions in every way against the sum as it is written in the books.
#include <gtest/gtest.h>

#include <cmath>

#include "backends/simd/kernel_check.h"

namespace tenon::simd {
namespace {

struct Case {
  Dims x, w;
  Dims strides{1, 1}, pads_begin{0, 0}, pads_end{0, 0}, dilations{1, 1};
  int64_t groups = 1;
  bool bias = true, residual = false;
  ops::Activation activation{};
};

ops::Convolution op_of(const Case& c) {
  return {.kernel = {c.w[2], c.w[3]},
          .strides = c.strides,
          .pads_begin = c.pads_begin,
          .pads_end = c.pads_end,
          .dilations = c.dilations,
          .groups = c.groups,
          .activation = c.activation};
}

int64_t out_extent(const Case& c, int axis) {
  const int64_t reach = (c.w[axis + 2] - 1) * c.dilations[axis] + 1;
  return (c.x[axis + 2] + c.pads_begin[axis] + c.pads_end[axis] - reach) / c.strides[axis] + 1;
}

float naive_sum(const Case& c, const TestTensor& x, const TestTensor& w, int64_t n, int64_t m,
                int64_t oy, int64_t ox) {
  double sum = 0;
  const int64_t channels = c.w[1], group = m / (c.w[0] / c.groups);
  for (int64_t ic = 0; ic < channels; ++ic) {
    for (int64_t ky = 0; ky < c.w[2]; ++ky) {
      for (int64_t kx = 0; kx < c.w[3]; ++kx) {
        const int64_t y = oy * c.strides[0] - c.pads_begin[0] + ky * c.dilations[0];
        const int64_t xx = ox * c.strides[1] - c.pads_begin[1] + kx * c.dilations[1];
        if (y < 0 || y >= c.x[2] || xx < 0 || xx >= c.x[3]) continue;
        sum += double{x[((n * c.x[1] + group * channels + ic) * c.x[2] + y) * c.x[3] + xx]} *
               w[((m * channels + ic) * c.w[2] + ky) * c.w[3] + kx];
      }
    }
  }
  return static_cast<float>(sum);
}

void expect_right(const Case& c) {
  const TestTensor x = noise(c.x, 1), w = noise(c.w, 2, true);
  const TestTensor bias = noise({c.w[0]}, 3, true);
  const Dims out{c.x[0], c.w[0], out_extent(c, 0), out_extent(c, 1)};
  TestTensor residual = noise(out, 4), expected{out, {}};
  for (int64_t n = 0; n < out[0]; ++n) {
    for (int64_t m = 0; m < out[1]; ++m) {
      for (int64_t y = 0; y < out[2]; ++y) {
        for (int64_t xx = 0; xx < out[3]; ++xx) {
          float v = naive_sum(c, x, w, n, m, y, xx) + (c.bias ? bias[m] : 0.0F);
          if (c.residual) v += residual[static_cast<int64_t>(expected.values.size())];
          if (c.activation.kind == ops::ActivationKind::Relu) v = std::max(v, 0.0F);
          if (c.activation.kind == ops::ActivationKind::Clip) {
            v = std::min(std::max(v, c.activation.alpha), c.activation.beta);
          }
          if (c.activation.kind == ops::ActivationKind::Tanh) v = std::tanh(v);
          expected.values.push_back(v);
        }
      }
    }
  }
  std::vector<TestTensor> inputs = {x, w};
  if (c.bias || c.residual) {
    inputs.push_back(c.bias ? bias : TestTensor{.dims = {}, .values = {}, .present = false});
  }
  if (c.residual) inputs.push_back(residual);
  expect_every_way(op_of(c), inputs, expected, 1e-5);
}

TEST(SimdConvolution, ComputesTheLayersOfSmallNetworks) {
  expect_right({.x = {1, 1, 28, 28}, .w = {20, 1, 5, 5}});
  expect_right({.x = {1, 20, 12, 12}, .w = {50, 20, 5, 5}});
  expect_right({.x = {1, 1, 28, 28}, .w = {8, 1, 5, 5}, .pads_begin = {2, 2}, .pads_end = {2, 2}});
  expect_right({.x = {2, 8, 14, 14}, .w = {16, 8, 5, 5}, .pads_begin = {2, 2}, .pads_end = {2, 2}});
}

TEST(SimdConvolution, KeepsToStridesPadsAndDilations) {
  expect_right({.x = {1, 3, 23, 19},
                .w = {9, 3, 7, 7},
                .strides = {2, 2},
                .pads_begin = {3, 3},
                .pads_end = {3, 2}});
  expect_right({.x = {1, 5, 11, 30}, .w = {33, 5, 3, 2}, .strides = {1, 3}, .dilations = {2, 4}});
  expect_right({.x = {1, 2, 3, 3}, .w = {3, 2, 3, 3}, .pads_begin = {1, 0}, .pads_end = {0, 2}});
  expect_right({.x = {3, 6, 7, 7}, .w = {4, 6, 1, 1}, .strides = {2, 2}});
}

TEST(SimdConvolution, ComputesPointwiseAndGrouped) {
  expect_right({.x = {1, 40, 7, 7}, .w = {70, 40, 1, 1}});
  expect_right({.x = {1, 12, 9, 9},
                .w = {24, 4, 3, 3},
                .pads_begin = {1, 1},
                .pads_end = {1, 1},
                .groups = 3});
}

TEST(SimdConvolution, ComputesDepthwise) {
  expect_right({.x = {1, 37, 10, 12},
                .w = {37, 1, 3, 3},
                .pads_begin = {1, 1},
                .pads_end = {1, 1},
                .groups = 37});
  expect_right({.x = {2, 16, 11, 9},
                .w = {16, 1, 5, 3},
                .strides = {2, 2},
                .pads_begin = {2, 1},
                .pads_end = {2, 1},
                .dilations = {1, 2},
                .groups = 16,
                .residual = true});
}

TEST(SimdConvolution, AddsResidualAndActivates) {
  using ops::ActivationKind;
  const Case base{.x = {2, 6, 8, 8}, .w = {18, 6, 3, 3}, .pads_begin = {1, 1}, .pads_end = {1, 1}};
  Case c = base;
  c.residual = true;
  c.activation = {ActivationKind::Relu};
  expect_right(c);
  c.bias = false;
  c.activation = {ActivationKind::Clip, -0.5F, 0.75F};
  expect_right(c);
  c = base;
  c.activation = {ActivationKind::Tanh};
  expect_right(c);
}

}  // namespace
}  // namespace tenon::simd
