// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The contexts a program makes, and each thread's stack of them.
#include "hostcuda/driver/context.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

namespace hostcuda::driver {
namespace {

struct Registry {
  std::mutex mutex;
  std::vector<std::unique_ptr<CUctx_st>> contexts;  ///< the primary one first
  CUcontext primary = nullptr;                      ///< never changes: read without the mutex
};

Registry& registry() {
  static auto* const all = [] {
    auto* made = new Registry;  // threads may outlive static destructors
    made->contexts.push_back(std::make_unique<CUctx_st>());
    made->primary = made->contexts.front().get();
    made->primary->id = 1;
    return made;
  }();
  return *all;
}

thread_local std::vector<CUcontext> t_stack;

CUresult create(CUcontext* context, unsigned int flags, CUdevice device) {
  if (context == nullptr || (flags & ~unsigned{CU_CTX_FLAGS_MASK}) != 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (const CUresult known = check_device(device); known != CUDA_SUCCESS) {
    return known;
  }
  try {
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    t_stack.reserve(t_stack.size() + 1);
    auto& made = all.contexts.emplace_back(std::make_unique<CUctx_st>());
    made->id = all.contexts.size();
    made->flags = flags;
    t_stack.push_back(made.get());
    *context = made.get();
    return CUDA_SUCCESS;
  } catch (const std::bad_alloc&) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
}

CUresult no_parts() {
  return refuse("cuCtxCreate", "cannot give a context a part of the device: pass no parameters",
                CUDA_ERROR_NOT_SUPPORTED);
}

}  // namespace

CUcontext primary_context() noexcept { return registry().primary; }

CUcontext working_context() noexcept {
  return t_stack.empty() ? primary_context() : t_stack.back();
}

bool is_live(CUcontext context) noexcept {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  return std::any_of(all.contexts.begin(), all.contexts.end(), [context](const auto& known) {
    return known.get() == context && known->live;
  });
}

CUresult check_context() noexcept {
  return t_stack.empty() || t_stack.back()->live ? CUDA_SUCCESS : CUDA_ERROR_CONTEXT_IS_DESTROYED;
}

}  // namespace hostcuda::driver

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

HOSTCUDA_DRIVER_API CUresult cuCtxCreate_v2(CUcontext* context, unsigned int flags,
                                            CUdevice device) {
  return create(context, flags, device);
}

HOSTCUDA_DRIVER_API CUresult cuCtxCreate_v3(CUcontext* context, CUexecAffinityParam*, int count,
                                            unsigned int flags, CUdevice device) {
  return count == 0 ? create(context, flags, device) : no_parts();
}

HOSTCUDA_DRIVER_API CUresult cuCtxCreate_v4(CUcontext* context, CUctxCreateParams* params,
                                            unsigned int flags, CUdevice device) {
  if (params != nullptr && (params->numExecAffinityParams != 0 || params->cigParams != nullptr)) {
    return no_parts();
  }
  return create(context, flags, device);
}

HOSTCUDA_DRIVER_API CUresult cuCtxDestroy_v2(CUcontext context) {
  if (context == primary_context() || !is_live(context)) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  context->live = false;
  if (!t_stack.empty() && t_stack.back() == context) {
    t_stack.pop_back();
  }
  return CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuCtxPushCurrent_v2(CUcontext context) {
  if (!is_live(context)) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  try {
    t_stack.push_back(context);
  } catch (const std::bad_alloc&) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  return CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuCtxPopCurrent_v2(CUcontext* context) {
  if (t_stack.empty()) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  if (context != nullptr) {
    *context = t_stack.back();
  }
  t_stack.pop_back();
  return CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuCtxSetCurrent(CUcontext context) {
  if (context != nullptr && !is_live(context)) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  if (!t_stack.empty()) {
    t_stack.pop_back();
  }
  return context == nullptr ? CUDA_SUCCESS : cuCtxPushCurrent_v2(context);
}

HOSTCUDA_DRIVER_API CUresult cuCtxGetCurrent(CUcontext* context) {
  if (context == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  *context = t_stack.empty() ? nullptr : t_stack.back();
  return CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuCtxGetDevice(CUdevice* device) {
  if (device == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (const CUresult context = check_context(); context != CUDA_SUCCESS) {
    return context;
  }
  *device = 0;
  return CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuCtxGetFlags(unsigned int* flags) {
  if (flags == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (const CUresult context = check_context(); context != CUDA_SUCCESS) {
    return context;
  }
  *flags = working_context()->flags;
  return CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuCtxSetFlags(unsigned int flags) {
  if ((flags & ~unsigned{CU_CTX_FLAGS_MASK}) != 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (const CUresult context = check_context(); context != CUDA_SUCCESS) {
    return context;
  }
  working_context()->flags = flags;
  return CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuCtxGetId(CUcontext context, unsigned long long* id) {
  if (id == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  const CUcontext asked = context == nullptr ? working_context() : context;
  if (!is_live(asked)) {
    return CUDA_ERROR_CONTEXT_IS_DESTROYED;
  }
  *id = asked->id;
  return CUDA_SUCCESS;
}

HOSTCUDA_DRIVER_API CUresult cuCtxGetApiVersion(CUcontext context, unsigned int* version) {
  if (version == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (!is_live(context == nullptr ? working_context() : context)) {
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  *version = 3020;  // the version of contexts, which has not changed since
  return CUDA_SUCCESS;
}
