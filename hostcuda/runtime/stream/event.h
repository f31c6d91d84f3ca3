// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// An event: the last place in a stream's order that it was recorded at.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "hostcuda/runtime/stream/stream.h"

namespace hostcuda {

struct Event {
  explicit Event(unsigned int event_flags) : flags(event_flags) {}

  cudaEvent_t handle = nullptr;
  const unsigned int flags;
  std::mutex mutex;  ///< guards what follows
  std::shared_ptr<Instant> last;
  std::shared_ptr<Capture> capture;  ///< when it was last recorded in a stream that captured
  std::vector<std::shared_ptr<Node>> tips;

  std::shared_ptr<Instant> instant() {
    const std::lock_guard lock(mutex);
    return last;
  }
};

Registry<Event>& events();

/// Errors: cudaErrorInvalidValue for flags that are none; those of capturing.
cudaError_t record_event(const std::shared_ptr<Event>& event, const std::shared_ptr<Stream>& stream,
                         unsigned int flags);
cudaError_t wait_event(const std::shared_ptr<Stream>& stream, const std::shared_ptr<Event>& event,
                       unsigned int flags);

/// `instant` is what the event now stands for.
void set_last(Event& event, std::shared_ptr<Instant> instant);

/// A new recording, not before `ticket`; what was recorded last is forgotten.
std::shared_ptr<Instant> renew(Event& event, Ticket ticket);

}  // namespace hostcuda
