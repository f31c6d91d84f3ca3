// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A context's run that a stream does later: behind other work, or at every launch of a graph.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/diagnostics.h"
#include "device/stream.h"

namespace tenon::session {

class Context;
struct StreamRun;

/// What a context shares with the runs it left on streams; lives until the last of them is gone.
struct Anchor {
  std::mutex mutex;              ///< held while the context runs or is prepared
  std::condition_variable idle;  ///< in_flight fell to zero
  Context* context = nullptr;    ///< null once it is destroyed
  size_t in_flight = 0;          ///< runs waiting on streams, captured ones not counted
  std::vector<std::unique_ptr<StreamRun>>
      spare;  ///< to be used again, so that runs allocate nothing
};

/// One such run, with all that may change before it begins.
struct StreamRun {
  std::shared_ptr<Anchor> anchor;
  std::vector<void*> addresses;  ///< of all inputs and outputs
  uint64_t epoch = 0;            ///< of the shapes it was prepared for
  DiagnosticSink* sink = nullptr;
  bool captured = false;

  /// A run of `anchor`'s context, counted in flight unless `captured`. The mutex is held.
  static StreamRun* make(const std::shared_ptr<Anchor>& anchor, std::span<void* const> addresses,
                         uint64_t epoch, DiagnosticSink& sink, bool captured);
  /// device::Stream::Task and its release; `data` is a StreamRun.
  static int execute(void* data, void* stream);
  static void release(void* data);
};

}  // namespace tenon::session
