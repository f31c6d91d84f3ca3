// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What is told about a measurement.
#pragma once

#include "tools/trtexec/measure.h"

namespace tenon::trtexec {

/// Trace averages and the performance summary, in the lines that scripts look for.
void report_performance(const Measurement& measurement, const Options& options);

/// All times as a JSON array. Throws Failure when the file cannot be written.
void export_times(const Measurement& measurement, const std::string& path);

}  // namespace tenon::trtexec
