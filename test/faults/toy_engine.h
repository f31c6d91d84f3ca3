// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A small engine that uses every feature of the engine file, and the kernels it runs on.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "kernel/loader.h"
#include "plan/plan.h"

namespace tenon::toy {

/// Inputs x: f32 [N, 3] and k: i32 [1], whose value K is at most 4. Outputs:
///   rows:     f32 [N * K, 3], row r is x[r / K] * {2, 3, 4} + {1, -1, 0}
///   positive: f32 [S], the S elements of rows that are > 0, in order; S is known after the run
///   extents:  i64 [2], the numbers {N * K, 3}, computed from shapes
/// Profile 0 has N in 1..4 and K in 1..2, profile 1 N in 1..8 and K in 1..4. The step "positives"
/// is a plugin's as far as the plan knows. It has workspace, a packed constant, and a record.
plan::Plan make_plan();

/// A safe engine as far as the plan knows: y is x, f32 [N, 3], scaled as above by a step of family
/// "simd". N is 2 in profile 0 and 5 in profile 1.
plan::Plan make_safe_plan();

/// make_plan() and make_safe_plan() as engine files.
Bytes make_engine();
Bytes make_safe_engine();

/// What the kernels were asked; reset by whoever reads.
struct Calls {
  int on_shapes = 0;
  int plugin_on_shapes = 0;
  int threads = 0;  ///< that the last on_shapes could take
};

/// Loads family "toy". The kernels check whatever a hostile plan could get wrong: null pointers,
/// types, layouts, extents that contradict each other, blobs of the wrong size.
class Loaders final : public kernel::LoaderTable {
 public:
  /// `calls` may be null; it is written without locks.
  explicit Loaders(Calls* calls = nullptr);
  [[nodiscard]] const kernel::LoadFunction* find_loader(
      std::string_view family) const noexcept override;

 private:
  kernel::LoadFunction load_;
};

}  // namespace tenon::toy
