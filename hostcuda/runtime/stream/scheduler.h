// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Queues and workers: who runs what, when. Threads exist for streams with work, not for idle ones.
#pragma once

#include <memory>
#include <vector>

#include "hostcuda/runtime/stream/stream.h"

namespace hostcuda {

/// The job the calling thread is running, if any.
struct Current {
  Stream* stream = nullptr;
  bool task = false;  ///< in an engine's task, whose calls on its stream are carried out in place
  uint64_t order = 0;
};
Current& current();

/// Whether calls on `stream` are carried out in place by this thread: it is in a task of the
/// stream, or in a task of a blocking stream, which the legacy stream has no part in while it runs.
bool in_place(const Stream& stream);

/// Queues `job`, behind the implicit order of the legacy stream too. Returns the job's place.
Ticket enqueue(const std::shared_ptr<Stream>& stream, std::unique_ptr<Job> job);

/// The end of the stream's order just now. The legacy stream's includes all blocking streams.
std::vector<Ticket> ends(const std::shared_ptr<Stream>& stream);

/// Whether work put there now would start at once.
bool idle(const Stream& stream);

/// Blocks until the place is reached.
void wait(const Ticket& ticket);

/// Blocks until the work of all streams is done; inside a task: all work given before the task.
void wait_for_all();

/// Drops all queued work that no worker has begun and waits for what has begun.
void drop_all();

/// Marks the thread's stream for as long as it carries out one operation, here or in a queue.
class CurrentScope {
 public:
  CurrentScope(Stream* stream, bool task, uint64_t order) : former_(current()) {
    current() = {stream, task, order};
  }
  ~CurrentScope() { current() = former_; }
  CurrentScope(const CurrentScope&) = delete;
  CurrentScope& operator=(const CurrentScope&) = delete;

 private:
  Current former_;
};

/// Carries out one operation of `stream` on this thread; a failure becomes the device's. `order` is
/// the job's. Skipped, but for callbacks, once the device has failed.
void carry_out(const Operation& operation, Stream& stream, uint64_t order);

/// Nanoseconds of the clock that events use.
int64_t now();

}  // namespace hostcuda
