// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Putting operations on streams, and waiting for streams.
#include "hostcuda/runtime/stream/submit.h"

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/stream/capture.h"
#include "hostcuda/runtime/stream/event.h"
#include "hostcuda/runtime/stream/scheduler.h"

namespace hostcuda {

cudaError_t submit(cudaStream_t handle, Operation op) {
  const std::shared_ptr<Stream> stream = find_stream(handle);
  if (stream == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  if (stream->captures) {
    return capture_operation(*stream, std::move(op));
  }
  if (const cudaError_t refused = check_legacy(*stream); refused != cudaSuccess) {
    return refused;
  }
  if (in_place(*stream)) {
    carry_out(op, *current().stream, current().order);
    return device_error();
  }
  auto job = std::make_unique<Job>();
  job->operation = std::move(op);
  enqueue(stream, std::move(job));
  return cudaSuccess;
}

cudaError_t submit_and_wait(cudaStream_t handle, Operation op) {
  const std::shared_ptr<Stream> stream = find_stream(handle);
  if (stream == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  cudaError_t refused = refuse_capturing(*stream);
  if (refused == cudaSuccess) {
    refused = check_legacy(*stream);
  }
  if (refused == cudaSuccess) {
    refused = check_unsafe_call();
  }
  if (refused != cudaSuccess) {
    return refused;
  }
  if (in_place(*stream) || idle(*stream)) {  // nothing to wait for: no need of another thread
    Stream& on = in_place(*stream) ? *current().stream : *stream;
    carry_out(op, on, current().order);
    return device_error();
  }
  auto job = std::make_unique<Job>();
  job->operation = std::move(op);
  wait(enqueue(stream, std::move(job)));
  return device_error();
}

cudaError_t is_capturing(cudaStream_t handle, bool* capturing) {
  const std::shared_ptr<Stream> stream = find_stream(handle);
  *capturing = stream != nullptr && stream->captures;
  return stream == nullptr ? cudaErrorInvalidResourceHandle : cudaSuccess;
}

cudaError_t synchronize_device() {
  wait_for_all();
  return device_error();
}

void reset_streams() {
  abandon_captures();
  drop_all();
  for (const auto& stream : streams().all()) {
    if (!stream->per_thread) {
      streams().remove(stream->handle);
    }
  }
  for (const auto& event : events().all()) {
    events().remove(event->handle);
  }
}

}  // namespace hostcuda
