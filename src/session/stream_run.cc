// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Running a context on a stream's own thread.
#include "session/stream_run.h"

#include "session/context.h"

namespace tenon::session {

StreamRun* StreamRun::make(const std::shared_ptr<Anchor>& anchor, std::span<void* const> addresses,
                           uint64_t epoch, DiagnosticSink& sink, bool captured) {
  std::unique_ptr<StreamRun> run;
  if (anchor->spare.empty()) {
    run = std::make_unique<StreamRun>();
  } else {
    run = std::move(anchor->spare.back());
    anchor->spare.pop_back();
  }
  run->anchor = anchor;
  run->addresses.assign(addresses.begin(), addresses.end());
  run->epoch = epoch;
  run->sink = &sink;
  run->captured = captured;
  if (!captured) ++anchor->in_flight;
  return run.release();
}

int StreamRun::execute(void* data, void* stream) {
  const auto& run = *static_cast<StreamRun*>(data);
  const std::lock_guard lock(run.anchor->mutex);
  Context* context = run.anchor->context;
  if (context == nullptr) return static_cast<int>(Code::InvalidArgument);
  Diagnostics diag(*run.sink);
  return static_cast<int>(context->run_later(run, stream, diag).code);
}

void StreamRun::release(void* data) {
  std::unique_ptr<StreamRun> run(static_cast<StreamRun*>(data));
  const std::shared_ptr<Anchor> anchor = std::move(run->anchor);
  const std::lock_guard lock(anchor->mutex);
  if (!run->captured && --anchor->in_flight == 0) anchor->idle.notify_all();
  if (anchor->context != nullptr) anchor->spare.push_back(std::move(run));
}

}  // namespace tenon::session
