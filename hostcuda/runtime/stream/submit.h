// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The way other folders put work on a stream, or into the graph that the stream records.
#pragma once

#include "hostcuda/runtime/stream/operation.h"

namespace hostcuda {

/// What the _ptsz entry points do with their stream: null means the calling thread's own stream.
inline cudaStream_t per_thread(cudaStream_t stream) {
  return stream == nullptr ? cudaStreamPerThread : stream;
}

/// Puts `op` behind all that `stream` has been given, with the legacy stream's waits, and returns;
/// or, while the stream captures, adds one node behind the stream's last ones. On the stream's own
/// worker, inside a task, it is carried out in place. The caller has checked the operation
/// (check_…, adopt_kernel). null and cudaStreamLegacy name the legacy stream, cudaStreamPerThread
/// the calling thread's. Errors: cudaErrorInvalidResourceHandle for no live stream; while
/// capturing, the codes cudaErrorStreamCapture…, which also invalidate the capture where the
/// interface says so.
cudaError_t submit(cudaStream_t stream, Operation op);

/// As submit, then waits until it is done: calls that block, such as cudaMemcpy (stream null, or
/// cudaStreamPerThread for the _ptds forms). Errors: as submit's, cudaErrorStreamCaptureUnsupported
/// on a stream that captures, cudaErrorStreamCaptureImplicit on the legacy stream while a blocking
/// stream captures, and the device's sticky error if `op` or work before it failed.
cudaError_t submit_and_wait(cudaStream_t stream, Operation op);

/// Whether `stream` captures just now. Errors: cudaErrorInvalidResourceHandle.
cudaError_t is_capturing(cudaStream_t stream, bool* capturing);

/// First in calls that may not be made while a capture watches (cudaMalloc, cudaFree, and others
/// that may synchronise): cudaErrorStreamCaptureUnsupported, invalidating those captures, by the
/// modes of the captures that run and of the calling thread (cudaThreadExchangeStreamCaptureMode).
cudaError_t check_unsafe_call();

/// Waits until all streams are idle; cudaFree and cudaDeviceReset do, and cudaDeviceSynchronize is
/// it. Inside a task the task's own stream is left out. Errors: the device's sticky error.
cudaError_t synchronize_device();

/// Drops queued work, waits for running work and ends all captures, streams and events:
/// cudaDeviceReset.
void reset_streams();

}  // namespace hostcuda
