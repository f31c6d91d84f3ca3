// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Streams and capture: the runtime's own objects.
#include <memory>
#include <new>

#include "hostcuda/driver/context.h"

static_assert(sizeof(CUgraphEdgeData) == sizeof(cudaGraphEdgeData));

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

HOSTCUDA_DRIVER_API CUresult cuStreamCreate(CUstream* stream, unsigned int flags) {
  return forward_in_context([&] { return cudaStreamCreateWithFlags(stream, flags); });
}

HOSTCUDA_DRIVER_API CUresult cuStreamCreateWithPriority(CUstream* stream, unsigned int flags,
                                                        int priority) {
  return forward_in_context([&] { return cudaStreamCreateWithPriority(stream, flags, priority); });
}

HOSTCUDA_DRIVER_API CUresult cuStreamDestroy_v2(CUstream stream) {
  return forward_in_context([&] { return cudaStreamDestroy(stream); });
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetPriority(CUstream stream, int* priority) {
  return forward_in_context([&] { return cudaStreamGetPriority(stream, priority); });
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetFlags(CUstream stream, unsigned int* flags) {
  return forward_in_context([&] { return cudaStreamGetFlags(stream, flags); });
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetId(CUstream stream, unsigned long long* id) {
  return forward_in_context([&] { return cudaStreamGetId(stream, id); });
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetDevice(CUstream stream, CUdevice* device) {
  return forward_in_context([&] { return cudaStreamGetDevice(stream, device); });
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetCtx(CUstream stream, CUcontext* context) {
  if (context == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  int device = 0;
  const CUresult known = cuStreamGetDevice(stream, &device);
  if (known == CUDA_SUCCESS) {
    *context = working_context();
  }
  return known;
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetCtx_v2(CUstream stream, CUcontext* context,
                                               CUgreenCtx* part) {
  const CUresult known = cuStreamGetCtx(stream, context);
  if (known == CUDA_SUCCESS && part != nullptr) {
    *part = nullptr;
  }
  return known;
}

HOSTCUDA_DRIVER_API CUresult cuStreamSynchronize(CUstream stream) {
  return forward_in_context([&] { return cudaStreamSynchronize(stream); });
}

HOSTCUDA_DRIVER_API CUresult cuStreamQuery(CUstream stream) {
  return forward_in_context([&] { return cudaStreamQuery(stream); });
}

HOSTCUDA_DRIVER_API CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned int flags) {
  return forward_in_context([&] { return cudaStreamWaitEvent(stream, event, flags); });
}

HOSTCUDA_DRIVER_API CUresult cuLaunchHostFunc(CUstream stream, CUhostFn function, void* data) {
  return forward_in_context([&] { return cudaLaunchHostFunc(stream, function, data); });
}

namespace {

struct Callback {
  CUstreamCallback function;
  void* data;
};

void call_back(cudaStream_t stream, cudaError_t status, void* data) {
  const std::unique_ptr<Callback> callback(static_cast<Callback*>(data));
  callback->function(stream, translate(status), callback->data);
}

}  // namespace

HOSTCUDA_DRIVER_API CUresult cuStreamAddCallback(CUstream stream, CUstreamCallback callback,
                                                 void* data, unsigned int flags) {
  if (callback == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  auto wrapped = std::unique_ptr<Callback>(new (std::nothrow) Callback{callback, data});
  if (wrapped == nullptr) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  const CUresult added = forward_in_context(
      [&] { return cudaStreamAddCallback(stream, call_back, wrapped.get(), flags); });
  if (added == CUDA_SUCCESS) {
    static_cast<void>(wrapped.release());  // call_back() owns it now
  }
  return added;
}

HOSTCUDA_DRIVER_API CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode) {
  return forward_in_context(
      [&] { return cudaStreamBeginCapture(stream, static_cast<cudaStreamCaptureMode>(mode)); });
}

HOSTCUDA_DRIVER_API CUresult cuStreamEndCapture(CUstream stream, CUgraph* graph) {
  return forward_in_context([&] { return cudaStreamEndCapture(stream, graph); });
}

HOSTCUDA_DRIVER_API CUresult cuStreamIsCapturing(CUstream stream, CUstreamCaptureStatus* status) {
  return forward_in_context([&] {
    return cudaStreamIsCapturing(stream, reinterpret_cast<cudaStreamCaptureStatus*>(status));
  });
}

HOSTCUDA_DRIVER_API CUresult cuStreamGetCaptureInfo_v3(
    CUstream stream, CUstreamCaptureStatus* status, cuuint64_t* id, CUgraph* graph,
    const CUgraphNode** dependencies, const CUgraphEdgeData** edges, size_t* count) {
  return forward_in_context([&] {
    return cudaStreamGetCaptureInfo(stream, reinterpret_cast<cudaStreamCaptureStatus*>(status),
                                    reinterpret_cast<unsigned long long*>(id), graph, dependencies,
                                    reinterpret_cast<const cudaGraphEdgeData**>(edges), count);
  });
}

HOSTCUDA_DRIVER_API CUresult cuThreadExchangeStreamCaptureMode(CUstreamCaptureMode* mode) {
  return forward_in_context([&] {
    return cudaThreadExchangeStreamCaptureMode(reinterpret_cast<cudaStreamCaptureMode*>(mode));
  });
}
