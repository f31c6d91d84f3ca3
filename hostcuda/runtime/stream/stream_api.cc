// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The calls that make, end, ask and await streams.
#include <algorithm>

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/stream/capture.h"
#include "hostcuda/runtime/stream/scheduler.h"
#include "hostcuda/runtime/stream/submit.h"

using hostcuda::find_stream;
using hostcuda::guarded;
using hostcuda::per_thread;
using hostcuda::Stream;

namespace {

constexpr int kGreatestPriority = -5;  // what devices of this kind answer; 0 is the least

cudaError_t create(cudaStream_t* stream, unsigned int flags, int priority) {
  if (stream == nullptr || (flags & ~static_cast<unsigned int>(cudaStreamNonBlocking)) != 0) {
    return cudaErrorInvalidValue;
  }
  *stream = hostcuda::make_stream(flags, std::clamp(priority, kGreatestPriority, 0))->handle;
  return cudaSuccess;
}

bool is_default(cudaStream_t stream) {
  return stream == nullptr || stream == cudaStreamLegacy || stream == cudaStreamPerThread;
}

cudaError_t destroy(cudaStream_t stream) {
  const auto found = hostcuda::streams().find(stream);
  if (is_default(stream) || found == nullptr || found->per_thread) {
    return cudaErrorInvalidResourceHandle;
  }
  hostcuda::streams().remove(stream);  // queued work holds the stream for as long as it runs
  hostcuda::leave_capture(*found);
  return cudaSuccess;
}

/// Finds a stream that may be waited for or asked whether its work is done.
cudaError_t find_to_await(cudaStream_t stream, std::shared_ptr<Stream>& found) {
  found = find_stream(stream);
  if (found == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  cudaError_t refused = hostcuda::refuse_capturing(*found);
  if (refused == cudaSuccess) {
    refused = hostcuda::check_legacy(*found);
  }
  return refused == cudaSuccess ? hostcuda::check_unsafe_call() : refused;
}

cudaError_t synchronize(cudaStream_t stream) {
  std::shared_ptr<Stream> found;
  const cudaError_t error = find_to_await(stream, found);
  if (error != cudaSuccess) {
    return error;
  }
  if (!hostcuda::in_place(*found)) {
    for (const hostcuda::Ticket& ticket : hostcuda::ends(found)) {
      hostcuda::wait(ticket);
    }
  }
  return hostcuda::device_error();
}

cudaError_t query(cudaStream_t stream) {
  std::shared_ptr<Stream> found;
  const cudaError_t error = find_to_await(stream, found);
  if (error != cudaSuccess) {
    return error;
  }
  const auto ends = hostcuda::ends(found);
  const bool done = hostcuda::in_place(*found) ||
                    std::all_of(ends.begin(), ends.end(),
                                [](const hostcuda::Ticket& ticket) { return ticket.reached(); });
  return done ? hostcuda::device_error() : cudaErrorNotReady;
}

/// Answers a question about a stream that never waits and is no matter to captures.
template <typename Value, typename Answer>
cudaError_t ask(cudaStream_t stream, Value* value, Answer&& answer) {
  return guarded([&] {
    const auto found = find_stream(stream);
    if (found == nullptr) {
      return cudaErrorInvalidResourceHandle;
    }
    if (value == nullptr) {
      return cudaErrorInvalidValue;
    }
    *value = answer(*found);
    return cudaSuccess;
  });
}

}  // namespace

HOSTCUDA_API cudaError_t cudaStreamCreate(cudaStream_t* stream) {
  return guarded([&] { return create(stream, cudaStreamDefault, 0); });
}

HOSTCUDA_API cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned int flags) {
  return guarded([&] { return create(stream, flags, 0); });
}

HOSTCUDA_API cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned int flags,
                                                      int priority) {
  return guarded([&] { return create(stream, flags, priority); });
}

HOSTCUDA_API cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest) {
  return guarded([&] {
    if (least != nullptr) {
      *least = 0;
    }
    if (greatest != nullptr) {
      *greatest = kGreatestPriority;
    }
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return guarded([&] { return destroy(stream); });
}

HOSTCUDA_API cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return guarded([&] { return synchronize(stream); });
}

HOSTCUDA_API cudaError_t cudaStreamSynchronize_ptsz(cudaStream_t stream) {
  return cudaStreamSynchronize(per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaStreamQuery(cudaStream_t stream) {
  return guarded([&] { return query(stream); });
}

HOSTCUDA_API cudaError_t cudaStreamQuery_ptsz(cudaStream_t stream) {
  return cudaStreamQuery(per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaDeviceSynchronize() {
  return guarded([] {
    const cudaError_t refused = hostcuda::refuse_any_capture();
    return refused == cudaSuccess ? hostcuda::synchronize_device() : refused;
  });
}

HOSTCUDA_API cudaError_t cudaStreamGetFlags(cudaStream_t stream, unsigned int* flags) {
  return ask(stream, flags, [](const Stream& found) { return found.flags; });
}

HOSTCUDA_API cudaError_t cudaStreamGetFlags_ptsz(cudaStream_t stream, unsigned int* flags) {
  return cudaStreamGetFlags(per_thread(stream), flags);
}

HOSTCUDA_API cudaError_t cudaStreamGetPriority(cudaStream_t stream, int* priority) {
  return ask(stream, priority, [](const Stream& found) { return found.priority.load(); });
}

HOSTCUDA_API cudaError_t cudaStreamGetPriority_ptsz(cudaStream_t stream, int* priority) {
  return cudaStreamGetPriority(per_thread(stream), priority);
}

HOSTCUDA_API cudaError_t cudaStreamGetId(cudaStream_t stream, unsigned long long* id) {
  return ask(stream, id, [](const Stream& found) { return found.id; });
}

HOSTCUDA_API cudaError_t cudaStreamGetId_ptsz(cudaStream_t stream, unsigned long long* id) {
  return cudaStreamGetId(per_thread(stream), id);
}

HOSTCUDA_API cudaError_t cudaStreamGetDevice(cudaStream_t stream, int* device) {
  return ask(stream, device, [](const Stream&) { return 0; });
}

HOSTCUDA_API cudaError_t cudaStreamGetDevice_ptsz(cudaStream_t stream, int* device) {
  return cudaStreamGetDevice(per_thread(stream), device);
}
