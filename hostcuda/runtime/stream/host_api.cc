// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Functions of the program in a stream's order, and the calls by which an engine shares streams.
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/stream/scheduler.h"
#include "hostcuda/runtime/stream/submit.h"

using hostcuda::guarded;
using hostcuda::per_thread;

namespace {

/// Releases `data` also where it refuses.
cudaError_t launch_task(cudaStream_t stream, hostcudaTask task, void* data,
                        void (*release)(void*)) {
  std::shared_ptr<void> owned;
  if (release == nullptr) {
    owned = std::shared_ptr<void>(std::shared_ptr<void>(), data);
  } else {
    owned = std::shared_ptr<void>(data, release);
  }
  if (task == nullptr) {
    return cudaErrorInvalidValue;
  }
  return hostcuda::submit(stream, hostcuda::Task{task, std::move(owned)});
}

}  // namespace

HOSTCUDA_API cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function,
                                            void* data) {
  return guarded([&] {
    return function == nullptr ? cudaErrorInvalidValue
                               : hostcuda::submit(stream, hostcuda::HostCall{function, data});
  });
}

HOSTCUDA_API cudaError_t cudaLaunchHostFunc_ptsz(cudaStream_t stream, cudaHostFn_t function,
                                                 void* data) {
  return cudaLaunchHostFunc(per_thread(stream), function, data);
}

HOSTCUDA_API cudaError_t cudaStreamAddCallback(cudaStream_t stream, cudaStreamCallback_t callback,
                                               void* data, unsigned int flags) {
  return guarded([&] {
    return callback == nullptr || flags != 0
               ? cudaErrorInvalidValue
               : hostcuda::submit(stream, hostcuda::Callback{stream, callback, data});
  });
}

HOSTCUDA_API cudaError_t cudaStreamAddCallback_ptsz(cudaStream_t stream,
                                                    cudaStreamCallback_t callback, void* data,
                                                    unsigned int flags) {
  return cudaStreamAddCallback(per_thread(stream), callback, data, flags);
}

HOSTCUDA_API int hostcudaOwnsStream(cudaStream_t stream) {
  return stream == nullptr || stream == cudaStreamLegacy || stream == cudaStreamPerThread ||
         hostcuda::streams().find(stream) != nullptr;
}

HOSTCUDA_API hostcudaStreamStatus hostcudaStreamState(cudaStream_t stream) {
  const auto found = hostcuda::find_stream(stream);
  if (found == nullptr) {
    return hostcudaStreamUnknown;
  }
  if (found->captures) {
    return hostcudaStreamCapturing;
  }
  return hostcuda::in_place(*found) || hostcuda::idle(*found) ? hostcudaStreamReady
                                                              : hostcudaStreamBusy;
}

HOSTCUDA_API cudaError_t hostcudaLaunchTask(cudaStream_t stream, hostcudaTask task, void* data,
                                            void (*release)(void* data)) {
  bool taken = false;
  const cudaError_t error = guarded([&] {
    taken = true;
    return launch_task(stream, task, data, release);
  });
  if (!taken && release != nullptr) {
    release(data);  // no call may be made now
  }
  return error;
}

HOSTCUDA_API cudaStream_t hostcudaCurrentStream() {
  const hostcuda::Stream* const stream = hostcuda::current().stream;
  return stream == nullptr ? nullptr : stream->handle;
}
