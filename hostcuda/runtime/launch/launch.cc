// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Launches: what is checked, what is copied, and the run itself.
#include <cstring>

#include "hostcuda/runtime/device/properties.h"
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/launch/kernels.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

/// Every argument begins at a multiple of this.
constexpr std::size_t kArgumentAlignment = 16;

/// Copied argument values, and pointers to them.
struct Arguments {
  std::unique_ptr<std::byte[]> values;
  std::vector<void*> pointers;
};

bool fits(const dim3& extent, const int (&most)[3]) {
  return extent.x > 0 && extent.y > 0 && extent.z > 0 &&
         extent.x <= static_cast<unsigned int>(most[0]) &&
         extent.y <= static_cast<unsigned int>(most[1]) &&
         extent.z <= static_cast<unsigned int>(most[2]);
}

cudaError_t check_shape(const cudaKernelNodeParams& params, const KernelRecord& kernel) {
  if (!fits(params.gridDim, kMaxGrid) || !fits(params.blockDim, kMaxBlock)) {
    return cudaErrorInvalidConfiguration;
  }
  const std::size_t threads =
      std::size_t{params.blockDim.x} * params.blockDim.y * params.blockDim.z;
  if (threads > kMaxThreads) return cudaErrorInvalidConfiguration;
  return params.sharedMemBytes <= kernel.most_dynamic ? cudaSuccess : cudaErrorInvalidValue;
}

std::size_t padded(std::size_t size) {
  return (size + kArgumentAlignment - 1) / kArgumentAlignment * kArgumentAlignment;
}

std::shared_ptr<Arguments> copy_arguments(const HostVersion& host, void** values) {
  auto copied = std::make_shared<Arguments>();
  std::size_t bytes = 0;
  for (const std::size_t size : host.parameters) bytes += padded(size);
  copied->values.reset(new std::byte[bytes]);
  std::byte* to = copied->values.get();
  for (std::size_t i = 0; i < host.parameters.size(); ++i) {
    std::memcpy(to, values[i], host.parameters[i]);
    copied->pointers.push_back(to);
    to += padded(host.parameters[i]);
  }
  return copied;
}

cudaError_t launch(const void* function, dim3 grid, dim3 block, void** arguments,
                   std::size_t shared_bytes, cudaStream_t stream) {
  if (shared_bytes > kSharedOptIn) return cudaErrorInvalidValue;
  Kernel op;
  op.params.func = const_cast<void*>(function);
  op.params.gridDim = grid;
  op.params.blockDim = block;
  op.params.sharedMemBytes = static_cast<unsigned int>(shared_bytes);
  op.params.kernelParams = arguments;
  if (const cudaError_t error = adopt_kernel(op)) return error;
  return submit(stream, std::move(op));
}

/// Attributes that only tune are taken; those that change what the kernel may do are not.
cudaError_t check_attributes(const cudaLaunchConfig_t& config) {
  if (config.numAttrs > 0 && !config.attrs) return cudaErrorInvalidValue;
  for (unsigned int i = 0; i < config.numAttrs; ++i) {
    const cudaLaunchAttribute& attribute = config.attrs[i];
    const auto& cluster = attribute.val.clusterDim;
    switch (attribute.id) {
      case cudaLaunchAttributeCooperative:
        if (attribute.val.cooperative) return not_supported("cooperative launches");
        break;
      case cudaLaunchAttributeClusterDimension:
        if (cluster.x * cluster.y * cluster.z > 1) return not_supported("clusters of blocks");
        break;
      case cudaLaunchAttributeProgrammaticEvent:
      case cudaLaunchAttributeLaunchCompletionEvent:
        return not_supported("launches that record events");
      case cudaLaunchAttributeDeviceUpdatableKernelNode:
        return not_supported("kernel nodes that a device updates");
      default:
        break;
    }
  }
  return cudaSuccess;
}

cudaError_t launch_config(const cudaLaunchConfig_t* config, const void* function, void** arguments,
                          cudaStream_t stream) {
  if (!config) return cudaErrorInvalidValue;
  if (const cudaError_t error = check_attributes(*config)) return error;
  return launch(function, config->gridDim, config->blockDim, arguments, config->dynamicSmemBytes,
                stream);
}

}  // namespace

cudaError_t adopt_kernel(Kernel& op) {
  const auto kernel = find_kernel(op.params.func);
  if (!kernel) return cudaErrorInvalidDeviceFunction;
  const auto host = host_version(*kernel);
  if (!host) return cudaErrorInvalidDeviceFunction;
  if (const cudaError_t error = check_shape(op.params, *kernel)) return error;
  if (op.params.extra) return not_supported("kernel arguments as one buffer");
  void** const values = op.params.kernelParams;
  if (!host->parameters.empty() && !values) return cudaErrorInvalidValue;
  for (std::size_t i = 0; i < host->parameters.size(); ++i) {
    if (!values[i]) return cudaErrorInvalidValue;
  }
  const std::shared_ptr<Arguments> copied = copy_arguments(*host, values);
  op.params.kernelParams = copied->pointers.data();
  op.arguments = copied;
  return cudaSuccess;
}

cudaError_t run_kernel(const Kernel& op) noexcept {
  const auto kernel = find_kernel(op.params.func);
  const auto host = kernel ? host_version(*kernel) : nullptr;
  if (!host) return cudaErrorInvalidDeviceFunction;
  const hostcudaLaunch what = {op.params.gridDim, op.params.blockDim, op.params.sharedMemBytes,
                               op.params.kernelParams};
  return host->function(&what, host->data) == 0 ? cudaSuccess : cudaErrorLaunchFailure;
}

}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaLaunchKernel(const void* function, dim3 grid, dim3 block,
                                          void** arguments, size_t shared_bytes,
                                          cudaStream_t stream) {
  return guarded([&] { return launch(function, grid, block, arguments, shared_bytes, stream); });
}

HOSTCUDA_API cudaError_t cudaLaunchKernel_ptsz(const void* function, dim3 grid, dim3 block,
                                               void** arguments, size_t shared_bytes,
                                               cudaStream_t stream) {
  return guarded(
      [&] { return launch(function, grid, block, arguments, shared_bytes, per_thread(stream)); });
}

HOSTCUDA_API cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* function,
                                             void** arguments) {
  return guarded([&] {
    return launch_config(config, function, arguments, config ? config->stream : nullptr);
  });
}

HOSTCUDA_API cudaError_t cudaLaunchKernelExC_ptsz(const cudaLaunchConfig_t* config,
                                                  const void* function, void** arguments) {
  return guarded([&] {
    return launch_config(config, function, arguments,
                         per_thread(config ? config->stream : nullptr));
  });
}

HOSTCUDA_API cudaError_t cudaLaunchCooperativeKernel(const void*, dim3, dim3, void**, size_t,
                                                     cudaStream_t) {
  return not_supported("cudaLaunchCooperativeKernel");
}

HOSTCUDA_API cudaError_t cudaLaunchCooperativeKernel_ptsz(const void*, dim3, dim3, void**, size_t,
                                                          cudaStream_t) {
  return not_supported("cudaLaunchCooperativeKernel");
}
