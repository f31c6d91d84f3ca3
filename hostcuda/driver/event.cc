// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Events: the runtime's own objects.
#include "hostcuda/driver/call.h"

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

HOSTCUDA_DRIVER_API CUresult cuEventCreate(CUevent* event, unsigned int flags) {
  return forward_in_context([&] { return cudaEventCreateWithFlags(event, flags); });
}

HOSTCUDA_DRIVER_API CUresult cuEventRecord(CUevent event, CUstream stream) {
  return forward_in_context([&] { return cudaEventRecord(event, stream); });
}

HOSTCUDA_DRIVER_API CUresult cuEventRecordWithFlags(CUevent event, CUstream stream,
                                                    unsigned int flags) {
  return forward_in_context([&] { return cudaEventRecordWithFlags(event, stream, flags); });
}

HOSTCUDA_DRIVER_API CUresult cuEventQuery(CUevent event) {
  return forward_in_context([&] { return cudaEventQuery(event); });
}

HOSTCUDA_DRIVER_API CUresult cuEventSynchronize(CUevent event) {
  return forward_in_context([&] { return cudaEventSynchronize(event); });
}

HOSTCUDA_DRIVER_API CUresult cuEventElapsedTime_v2(float* milliseconds, CUevent start,
                                                   CUevent end) {
  return forward_in_context([&] { return cudaEventElapsedTime(milliseconds, start, end); });
}

HOSTCUDA_DRIVER_API CUresult cuEventDestroy_v2(CUevent event) {
  return forward_in_context([&] { return cudaEventDestroy(event); });
}
