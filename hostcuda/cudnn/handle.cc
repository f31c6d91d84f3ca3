// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Handles, versions, words for answers, logging, and the calls that are not there.
#include <algorithm>
#include <cstring>
#include <mutex>

#include "hostcuda/cudnn/call.h"

namespace hostcuda::cudnn {
namespace {

/// Who is told of refusals.
struct Listener {
  unsigned mask = 0;
  void* user_data = nullptr;
  cudnnCallback_t callback = nullptr;
};
std::mutex listener_mutex;
Listener listener;

Listener current_listener() {
  const std::lock_guard lock(listener_mutex);
  return listener;
}

}  // namespace

void tell(const std::string& text) {
  say_refusal(text);
  const Listener to = current_listener();
  if (to.callback != nullptr && (to.mask & CUDNN_SEV_ERROR_EN) != 0) {
    cudnnDebug_t debug{};
    debug.cudnn_version = CUDNN_VERSION;
    to.callback(CUDNN_SEV_ERROR, to.user_data, &debug, text.c_str());
  }
}

/// For the table of refused calls, which knows no header of the interface.
int refuse_call(const char* call) noexcept {
  return guarded([&] {
    return refuse(CUDNN_STATUS_NOT_SUPPORTED, call, "not supported by cuDNN on the CPU");
  });
}

}  // namespace hostcuda::cudnn

using hostcuda::Live;
using hostcuda::cudnn::refuse;
using hostcuda::cudnn::with_handle;

HOSTCUDA_API cudnnStatus_t cudnnCreate(cudnnHandle_t* handle) {
  return hostcuda::cudnn::create("cudnnCreate", handle);
}

HOSTCUDA_API cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) {
  return with_handle(handle, "cudnnDestroy", [&] {
    cudaStreamCaptureStatus capture = cudaStreamCaptureStatusNone;
    // The stream may be gone before its handle, and what is captured cannot be waited for.
    if (cudaStreamIsCapturing(handle->stream, &capture) == cudaSuccess &&
        capture == cudaStreamCaptureStatusNone) {
      cudaStreamSynchronize(handle->stream);
    }
    Live<cudnnContext>::all().destroy(handle);
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  return with_handle(handle, "cudnnSetStream", [&] {
    if (!hostcudaOwnsStream(stream)) {
      return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnSetStream",
                    "the stream is none of this runtime's");
    }
    handle->stream = stream;
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnGetStream(cudnnHandle_t handle, cudaStream_t* stream) {
  return with_handle(handle, "cudnnGetStream", [&] {
    if (stream == nullptr) {
      return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnGetStream", "the pointer for the answer is null");
    }
    *stream = handle->stream;
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API size_t cudnnGetVersion() { return CUDNN_VERSION; }

HOSTCUDA_API size_t cudnnGetMaxDeviceVersion() { return 1210; }

HOSTCUDA_API size_t cudnnGetCudartVersion() {
  int version = 0;
  return cudaRuntimeGetVersion(&version) == cudaSuccess ? static_cast<size_t>(version) : 0;
}

HOSTCUDA_API cudnnStatus_t cudnnGetProperty(libraryPropertyType type, int* value) {
  constexpr int kParts[] = {CUDNN_MAJOR, CUDNN_MINOR, CUDNN_PATCHLEVEL};
  if (value == nullptr || type < MAJOR_VERSION || type > PATCH_LEVEL) {
    return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnGetProperty",
                  "it wants a part of the version and a pointer for the answer");
  }
  *value = kParts[type];
  return CUDNN_STATUS_SUCCESS;
}

HOSTCUDA_API cudnnStatus_t cudnnGraphVersionCheck() { return CUDNN_STATUS_SUCCESS; }
HOSTCUDA_API cudnnStatus_t cudnnOpsVersionCheck() { return CUDNN_STATUS_SUCCESS; }

HOSTCUDA_API void cudnnGetLastErrorString(char* message, size_t max_size) {
  if (message == nullptr || max_size == 0) {
    return;
  }
  const std::string& text = hostcuda::last_refusal();
  const size_t size = std::min(text.size(), max_size - 1);
  std::memcpy(message, text.data(), size);
  message[size] = '\0';
}

HOSTCUDA_API cudnnStatus_t cudnnQueryRuntimeError(cudnnHandle_t handle, cudnnStatus_t* status,
                                                  cudnnErrQueryMode_t, cudnnRuntimeTag_t*) {
  return with_handle(handle, "cudnnQueryRuntimeError", [&] {
    if (status == nullptr) {
      return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnQueryRuntimeError",
                    "the pointer for the answer is null");
    }
    *status = CUDNN_STATUS_SUCCESS;
    return CUDNN_STATUS_SUCCESS;
  });
}

HOSTCUDA_API cudnnStatus_t cudnnSetCallback(unsigned mask, void* user_data,
                                            cudnnCallback_t callback) {
  const std::lock_guard lock(hostcuda::cudnn::listener_mutex);
  hostcuda::cudnn::listener = {mask, user_data, callback};
  return CUDNN_STATUS_SUCCESS;
}

HOSTCUDA_API cudnnStatus_t cudnnGetCallback(unsigned* mask, void** user_data,
                                            cudnnCallback_t* callback) {
  if (mask == nullptr || user_data == nullptr || callback == nullptr) {
    return refuse(CUDNN_STATUS_BAD_PARAM, "cudnnGetCallback", "a pointer for an answer is null");
  }
  const auto now = hostcuda::cudnn::current_listener();
  *mask = now.mask;
  *user_data = now.user_data;
  *callback = now.callback;
  return CUDNN_STATUS_SUCCESS;
}
