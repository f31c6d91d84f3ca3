// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Running sessions for a while and noting when each run began and ended.
#pragma once

#include <memory>
#include <vector>

#include "tools/trtexec/session.h"

namespace tenon::trtexec {

/// One run, in milliseconds since the measurement began. On a CPU the enqueue does the work.
struct Query {
  int stream;
  double begin, end;

  double duration() const { return end - begin; }
};

struct Measurement {
  int warm_up_runs = 0;
  double warm_up_ms = 0;
  double walltime_ms = 0;
  std::vector<Query> queries;  ///< by begin
};

/// Runs all sessions at once, each in a thread of its own where there are several. Throws Failure
/// of the first session that failed.
Measurement measure(std::vector<std::unique_ptr<Session>>& sessions, const Options& options);

}  // namespace tenon::trtexec
