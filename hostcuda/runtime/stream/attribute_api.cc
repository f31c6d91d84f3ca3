// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The attributes of streams, and memory attached to them.
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/stream/stream.h"
#include "hostcuda/runtime/stream/submit.h"

using hostcuda::find_stream;
using hostcuda::guarded;
using hostcuda::per_thread;

namespace {

cudaError_t get_attribute(cudaStream_t stream, cudaLaunchAttributeID id,
                          cudaLaunchAttributeValue* value) {
  const auto found = find_stream(stream);
  if (found == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  if (value == nullptr) {
    return cudaErrorInvalidValue;
  }
  if (id == cudaLaunchAttributeSynchronizationPolicy) {
    value->syncPolicy =
        static_cast<cudaSynchronizationPolicy>(found->synchronization_policy.load());
    return cudaSuccess;
  }
  if (id == cudaLaunchAttributePriority) {
    value->priority = found->priority;
    return cudaSuccess;
  }
  return hostcuda::not_supported("cudaStreamGetAttribute of that attribute");
}

cudaError_t set_attribute(cudaStream_t stream, cudaLaunchAttributeID id,
                          const cudaLaunchAttributeValue* value) {
  const auto found = find_stream(stream);
  if (found == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  if (value == nullptr) {
    return cudaErrorInvalidValue;
  }
  if (id == cudaLaunchAttributeSynchronizationPolicy) {
    if (value->syncPolicy < cudaSyncPolicyAuto || value->syncPolicy > cudaSyncPolicyBlockingSync) {
      return cudaErrorInvalidValue;
    }
    found->synchronization_policy = value->syncPolicy;
    return cudaSuccess;
  }
  if (id == cudaLaunchAttributePriority) {
    found->priority = value->priority;
    return cudaSuccess;
  }
  return hostcuda::not_supported("cudaStreamSetAttribute of that attribute");
}

cudaError_t copy_attributes(cudaStream_t to, cudaStream_t from) {
  const auto target = find_stream(to);
  const auto source = find_stream(from);
  if (target == nullptr || source == nullptr) {
    return cudaErrorInvalidResourceHandle;
  }
  target->synchronization_policy = source->synchronization_policy.load();
  return cudaSuccess;
}

/// All memory is the host's: attaching orders nothing but the stream itself.
cudaError_t attach(cudaStream_t stream, const void* pointer, unsigned int flags) {
  const bool one =
      flags == cudaMemAttachGlobal || flags == cudaMemAttachHost || flags == cudaMemAttachSingle;
  if (pointer == nullptr || !one) {
    return cudaErrorInvalidValue;
  }
  return hostcuda::submit(stream, hostcuda::Closure{[] { return cudaSuccess; }});
}

}  // namespace

HOSTCUDA_API cudaError_t cudaStreamGetAttribute(cudaStream_t stream,
                                                cudaLaunchAttributeID attribute,
                                                cudaLaunchAttributeValue* value) {
  return guarded([&] { return get_attribute(stream, attribute, value); });
}

HOSTCUDA_API cudaError_t cudaStreamGetAttribute_ptsz(cudaStream_t stream,
                                                     cudaLaunchAttributeID attribute,
                                                     cudaLaunchAttributeValue* value) {
  return cudaStreamGetAttribute(per_thread(stream), attribute, value);
}

HOSTCUDA_API cudaError_t cudaStreamSetAttribute(cudaStream_t stream,
                                                cudaLaunchAttributeID attribute,
                                                const cudaLaunchAttributeValue* value) {
  return guarded([&] { return set_attribute(stream, attribute, value); });
}

HOSTCUDA_API cudaError_t cudaStreamSetAttribute_ptsz(cudaStream_t stream,
                                                     cudaLaunchAttributeID attribute,
                                                     const cudaLaunchAttributeValue* value) {
  return cudaStreamSetAttribute(per_thread(stream), attribute, value);
}

HOSTCUDA_API cudaError_t cudaStreamCopyAttributes(cudaStream_t to, cudaStream_t from) {
  return guarded([&] { return copy_attributes(to, from); });
}

HOSTCUDA_API cudaError_t cudaStreamCopyAttributes_ptsz(cudaStream_t to, cudaStream_t from) {
  return cudaStreamCopyAttributes(per_thread(to), per_thread(from));
}

HOSTCUDA_API cudaError_t cudaStreamAttachMemAsync(cudaStream_t stream, void* pointer, size_t,
                                                  unsigned int flags) {
  return guarded([&] { return attach(stream, pointer, flags); });
}

HOSTCUDA_API cudaError_t cudaStreamAttachMemAsync_ptsz(cudaStream_t stream, void* pointer,
                                                       size_t length, unsigned int flags) {
  return cudaStreamAttachMemAsync(per_thread(stream), pointer, length, flags);
}
