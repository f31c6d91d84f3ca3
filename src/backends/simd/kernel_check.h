// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// For tests: runs every candidate of a node in all its configurations, tactics, levels and threads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backends/simd/run/level.h"
#include "base/aligned_buffer.h"
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

/// One way to compute a node, ready to run: what an engine step holds.
class PreparedStep {
 public:
  PreparedStep(kernel::Candidate& candidate, const kernel::Configuration& configuration,
               int32_t tactic, int threads, const std::vector<TestTensor>& inputs,
               const Dims& output);
  void run();
  /// Row-major. Expects that nothing was written behind the output.
  [[nodiscard]] TestTensor result() const;

 private:
  std::vector<kernel::TensorDesc> in_, out_;
  std::unique_ptr<kernel::RecordHolder> record_;
  std::unique_ptr<kernel::Loaded> loaded_;
  std::unique_ptr<kernel::Instance> instance_;
  std::vector<AlignedBuffer> buffers_;
  std::vector<const void*> inputs_;
  AlignedBuffer output_, workspace_;
};

/// A way, for who wants to prepare it.
struct Way {
  kernel::Candidate& candidate;
  const kernel::Configuration& configuration;
  int32_t tactic;
  int threads;
  std::string name;
};

/// Visits every way the list offers for the node at one level, with these thread counts. Returns
/// how many there were.
int for_every_way(const ops::Op& op, const std::vector<TestTensor>& inputs, const Dims& output,
                  Level level, const std::vector<int>& threads,
                  const std::function<void(const Way&)>& visit);

/// Reproducible values in [−1, 1).
TestTensor noise(const Dims& dims, uint32_t seed, bool constant = false);

/// Runs everything the list offers at every level this machine has, and calls `check` with the
/// row-major result and a name of the way it was computed. Returns how many ways there were.
int for_every_way(const ops::Op& op, const std::vector<TestTensor>& inputs, const Dims& output,
                  const std::function<void(const TestTensor&, const std::string&)>& check);

/// Expects every way to give `expected` up to `tolerance` of its greatest value, and at least one
/// way to exist.
void expect_every_way(const ops::Op& op, const std::vector<TestTensor>& inputs,
                      const TestTensor& expected, double tolerance = 2e-6);

}  // namespace tenon::simd
