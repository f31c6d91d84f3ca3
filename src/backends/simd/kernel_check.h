// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// For tests: runs every candidate of a node in all its configurations, tactics, levels and threads.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernel/candidate.h"

namespace tenon::simd {

/// A row-major f32 tensor.
struct TestTensor {
  Dims dims;
  std::vector<float> values;
  bool constant = false;
  bool present = true;

  [[nodiscard]] float operator[](int64_t i) const { return values[static_cast<size_t>(i)]; }
};

/// Reproducible values in [−1, 1).
TestTensor noise(const Dims& dims, uint32_t seed, bool constant = false);

/// Runs everything the list offers for the node and calls `check` with the row-major result and a
/// name of the way it was computed. Returns how many ways there were.
int for_every_way(const ops::Op& op, const std::vector<TestTensor>& inputs, const Dims& output,
                  const std::function<void(const TestTensor&, const std::string&)>& check);

/// Expects every way to give `expected` up to `tolerance` of its greatest value, and at least one
/// way to exist.
void expect_every_way(const ops::Op& op, const std::vector<TestTensor>& inputs,
                      const TestTensor& expected, double tolerance = 2e-6);

}  // namespace tenon::simd
