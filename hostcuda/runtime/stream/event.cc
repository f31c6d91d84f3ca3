// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Recording events and waiting for them, in queues and in captures.
#include "hostcuda/runtime/stream/event.h"

#include "hostcuda/runtime/stream/capture.h"
#include "hostcuda/runtime/stream/scheduler.h"

namespace hostcuda {
namespace {

bool captured(Event& event) {
  const std::lock_guard lock(event.mutex);
  return event.capture != nullptr;
}

}  // namespace

Registry<Event>& events() {
  static Registry<Event>& registry = *new Registry<Event>;
  return registry;
}

void set_last(Event& event, std::shared_ptr<Instant> instant) {
  const std::lock_guard lock(event.mutex);
  event.last = std::move(instant);
  event.capture.reset();
  event.tips.clear();
}

std::shared_ptr<Instant> renew(Event& event, Ticket ticket) {
  auto instant = std::make_shared<Instant>();
  instant->ticket = std::move(ticket);
  set_last(event, instant);
  return instant;
}

cudaError_t record_event(const std::shared_ptr<Event>& event, const std::shared_ptr<Stream>& stream,
                         unsigned int flags) {
  if ((flags & ~cudaEventRecordExternal) != 0) {
    return cudaErrorInvalidValue;
  }
  if (stream->captures) {
    return flags == cudaEventRecordExternal ? capture_operation(*stream, RecordEvent{event})
                                            : capture_record(*event, *stream);
  }
  if (flags != 0) {
    return cudaErrorInvalidValue;
  }
  if (const cudaError_t refused = check_legacy(*stream); refused != cudaSuccess) {
    return refused;
  }
  if (in_place(*stream) || idle(*stream)) {
    auto instant = std::make_shared<Instant>();
    instant->nanoseconds = now();
    set_last(*event, std::move(instant));
    return cudaSuccess;
  }
  auto job = std::make_unique<Job>();
  const auto instant = std::make_shared<Instant>();
  job->instant = instant;
  instant->ticket = enqueue(stream, std::move(job));
  set_last(*event, instant);
  return cudaSuccess;
}

cudaError_t wait_event(const std::shared_ptr<Stream>& stream, const std::shared_ptr<Event>& event,
                       unsigned int flags) {
  if ((flags & ~cudaEventWaitExternal) != 0) {
    return cudaErrorInvalidValue;
  }
  if (flags == cudaEventWaitExternal) {
    return stream->captures ? capture_operation(*stream, WaitEvent{event}) : cudaErrorInvalidValue;
  }
  if (stream->captures || captured(*event)) {
    return capture_wait(stream, *event);
  }
  if (const cudaError_t refused = check_legacy(*stream); refused != cudaSuccess) {
    return refused;
  }
  const std::shared_ptr<Instant> instant = event->instant();
  if (instant == nullptr || instant->ticket.reached()) {
    return cudaSuccess;
  }
  if (in_place(*stream)) {
    wait(instant->ticket);
    return cudaSuccess;
  }
  auto job = std::make_unique<Job>();
  job->after = instant->ticket;
  enqueue(stream, std::move(job));
  return cudaSuccess;
}

}  // namespace hostcuda
