// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls on events.
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/stream/capture.h"
#include "hostcuda/runtime/stream/event.h"
#include "hostcuda/runtime/stream/scheduler.h"
#include "hostcuda/runtime/stream/submit.h"

using hostcuda::Event;
using hostcuda::Instant;
using hostcuda::Stream;

namespace {

constexpr unsigned int kEventFlags =
    cudaEventBlockingSync | cudaEventDisableTiming | cudaEventInterprocess;

cudaError_t create(cudaEvent_t* event, unsigned int flags) {
  if (event == nullptr || (flags & ~kEventFlags) != 0) {
    return cudaErrorInvalidValue;
  }
  if ((flags & cudaEventInterprocess) != 0) {
    return (flags & cudaEventDisableTiming) == 0
               ? cudaErrorInvalidValue
               : hostcuda::not_supported("cudaEventCreateWithFlags(cudaEventInterprocess)");
  }
  const auto made = std::make_shared<Event>(flags);
  made->handle = static_cast<cudaEvent_t>(hostcuda::events().add(made));
  *event = made->handle;
  return cudaSuccess;
}

cudaError_t record(cudaEvent_t event, cudaStream_t stream, unsigned int flags) {
  const auto found = hostcuda::events().find(event);
  const auto on = hostcuda::find_stream(stream);
  return found == nullptr || on == nullptr ? cudaErrorInvalidResourceHandle
                                           : hostcuda::record_event(found, on, flags);
}

/// The event and its last recording for a call that asks about it. Null recording: never recorded.
cudaError_t look_up(cudaEvent_t event, std::shared_ptr<Event>& found,
                    std::shared_ptr<Instant>& instant) {
  found = hostcuda::events().find(event);
  if (found == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  const std::lock_guard lock(found->mutex);
  instant = found->last;
  return found->capture == nullptr ? cudaSuccess : cudaErrorCapturedEvent;
}

cudaError_t ask(cudaEvent_t event, std::shared_ptr<Instant>& instant) {
  std::shared_ptr<Event> found;
  const cudaError_t error = look_up(event, found, instant);
  return error != cudaSuccess ? error : hostcuda::check_unsafe_call();
}

cudaError_t elapsed(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  if (milliseconds == nullptr) {
    return cudaErrorInvalidValue;
  }
  const cudaEvent_t handles[2] = {start, end};
  std::shared_ptr<Instant> instants[2];
  for (int i = 0; i < 2; ++i) {
    std::shared_ptr<Event> event;
    const cudaError_t error = look_up(handles[i], event, instants[i]);
    if (error != cudaSuccess) {
      return error;
    }
    if (instants[i] == nullptr || (event->flags & cudaEventDisableTiming) != 0) {
      return cudaErrorInvalidResourceHandle;
    }
  }
  if (!instants[0]->ticket.reached() || !instants[1]->ticket.reached()) {
    return cudaErrorNotReady;
  }
  constexpr double kNanosecondsPerMillisecond = 1e6;
  const auto between = static_cast<double>(instants[1]->nanoseconds - instants[0]->nanoseconds);
  *milliseconds = static_cast<float>(between / kNanosecondsPerMillisecond);
  return cudaSuccess;
}

cudaError_t wait_in_stream(cudaStream_t stream, cudaEvent_t event, unsigned int flags) {
  const auto found = hostcuda::events().find(event);
  const auto on = hostcuda::find_stream(stream);
  return found == nullptr || on == nullptr ? cudaErrorInvalidResourceHandle
                                           : hostcuda::wait_event(on, found, flags);
}

}  // namespace

HOSTCUDA_API cudaError_t cudaEventCreate(cudaEvent_t* event) {
  return hostcuda::guarded([&] { return create(event, cudaEventDefault); });
}

HOSTCUDA_API cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned int flags) {
  return hostcuda::guarded([&] { return create(event, flags); });
}

HOSTCUDA_API cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return hostcuda::guarded([&] {
    return hostcuda::events().remove(event) == nullptr ? cudaErrorInvalidResourceHandle
                                                       : cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  return hostcuda::guarded([&] { return record(event, stream, cudaEventRecordDefault); });
}

HOSTCUDA_API cudaError_t cudaEventRecord_ptsz(cudaEvent_t event, cudaStream_t stream) {
  return cudaEventRecord(event, hostcuda::per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaEventRecordWithFlags(cudaEvent_t event, cudaStream_t stream,
                                                  unsigned int flags) {
  return hostcuda::guarded([&] { return record(event, stream, flags); });
}

HOSTCUDA_API cudaError_t cudaEventRecordWithFlags_ptsz(cudaEvent_t event, cudaStream_t stream,
                                                       unsigned int flags) {
  return cudaEventRecordWithFlags(event, hostcuda::per_thread(stream), flags);
}

HOSTCUDA_API cudaError_t cudaEventQuery(cudaEvent_t event) {
  return hostcuda::guarded([&] {
    std::shared_ptr<Instant> instant;
    const cudaError_t error = ask(event, instant);
    if (error != cudaSuccess) {
      return error;
    }
    return instant == nullptr || instant->ticket.reached() ? hostcuda::device_error()
                                                           : cudaErrorNotReady;
  });
}

HOSTCUDA_API cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  return hostcuda::guarded([&] {
    std::shared_ptr<Instant> instant;
    const cudaError_t error = ask(event, instant);
    if (error != cudaSuccess) {
      return error;
    }
    if (instant != nullptr) {
      hostcuda::wait(instant->ticket);
    }
    return hostcuda::device_error();
  });
}

HOSTCUDA_API cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start,
                                              cudaEvent_t end) {
  return hostcuda::guarded([&] { return elapsed(milliseconds, start, end); });
}

HOSTCUDA_API cudaError_t cudaEventElapsedTime_v2(float* milliseconds, cudaEvent_t start,
                                                 cudaEvent_t end) {
  return cudaEventElapsedTime(milliseconds, start, end);
}

HOSTCUDA_API cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event,
                                             unsigned int flags) {
  return hostcuda::guarded([&] { return wait_in_stream(stream, event, flags); });
}

HOSTCUDA_API cudaError_t cudaStreamWaitEvent_ptsz(cudaStream_t stream, cudaEvent_t event,
                                                  unsigned int flags) {
  return cudaStreamWaitEvent(hostcuda::per_thread(stream), event, flags);
}
