// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Runs every way to compute a case and compares each with the reference.
#pragma once

#include <map>
#include <set>
#include <string>

#include "case.h"
#include "device/gpu.h"
#include "kernel/registry.h"

namespace tenon::conformance {

/// What has been checked, by kernel ("simd/pooling").
struct Coverage {
  struct Kernel {
    std::set<std::string> cases;
    uint64_t runs = 0;
    double worst = 0;  ///< greatest error met, as a fraction of what is allowed (f32 and others)
  };
  std::map<std::string, Kernel> kernels;
  std::set<std::string> cases;
  /// Why configurations were not run, with how often.
  std::map<std::string, uint64_t> skipped;
};

/// Checks one case: all sources of `registry` for the device, configurations, tactics and, on the
/// CPU (no `gpu`), one and two threads. Every difference fails the running test with a sentence
/// that names case, kernel and place.
void check_case(const Case& one, const kernel::Registry& registry, const device::Gpu* gpu,
                Coverage& coverage);

/// max|a − b| / max|b| over all elements, and infinity where one is NaN or infinite and the other
/// is not the same. For b all zero: max|a|.
double error_between(const ops::ConstantData& a, const ops::ConstantData& b);

}  // namespace tenon::conformance
