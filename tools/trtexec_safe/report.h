// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The performance summary.
#pragma once

#include "tools/trtexec_safe/measure.h"

namespace tenon::trtexec_safe {

/// Throughput and the figures over every run; a warning when the times scatter.
void report(const Times& times, double percentile, Recorder& recorder);

/// The figures of the profile run.
void report_profile(const std::vector<double>& times, Recorder& recorder);

}  // namespace tenon::trtexec_safe
