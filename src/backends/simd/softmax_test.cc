// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Softmax along every axis against its definition.
#include <gtest/gtest.h>

#include <cmath>

#include "backends/simd/kernel_check.h"

namespace tenon::simd {
namespace {

TEST(SimdSoftmax, NormalisesAlongEveryAxis) {
  for (const Dims& dims : {Dims{1, 10}, Dims{3, 16, 5}, Dims{2, 37, 21}, Dims{1000}}) {
    for (int axis = 0; axis < dims.rank(); ++axis) {
      TestTensor x = noise(dims, 1);
      for (float& v : x.values) v *= 30;
      const int64_t step = row_major_strides(dims)[axis];
      for (const bool log : {false, true}) {
        TestTensor y{dims, std::vector<float>(x.values.size())};
        for (int64_t i = 0; i < dims.volume(); ++i) {
          const int64_t first = i - i / step % dims[axis] * step;
          double sum = 0;
          for (int64_t k = 0; k < dims[axis]; ++k) {
            sum += std::exp(double{x[first + k * step]} - x[i]);
          }
          y.values[static_cast<size_t>(i)] = static_cast<float>(log ? -std::log(sum) : 1 / sum);
        }
        expect_every_way(ops::Softmax{axis, log}, {x}, y);
      }
    }
  }
}

}  // namespace
}  // namespace tenon::simd
