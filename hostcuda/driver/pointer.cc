// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What is known of a pointer.
#include "hostcuda/driver/context.h"

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

namespace {

template <typename Value>
CUresult give(void* data, Value value) {
  *static_cast<Value*>(data) = value;
  return CUDA_SUCCESS;
}

CUmemorytype kind_of(const cudaPointerAttributes& known) {
  return known.type == cudaMemoryTypeHost ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE;
}

CUresult one_fact(void* data, CUpointer_attribute attribute, const cudaPointerAttributes& known) {
  switch (attribute) {
    case CU_POINTER_ATTRIBUTE_CONTEXT:
      return give(data, primary_context());
    case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
      return give(data, static_cast<unsigned int>(kind_of(known)));
    case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
      return known.devicePointer == nullptr ? CUDA_ERROR_INVALID_VALUE
                                            : give(data, device_pointer(known.devicePointer));
    case CU_POINTER_ATTRIBUTE_HOST_POINTER:
      return known.hostPointer == nullptr ? CUDA_ERROR_INVALID_VALUE
                                          : give(data, known.hostPointer);
    case CU_POINTER_ATTRIBUTE_SYNC_MEMOPS:
      return give(data, 0U);
    case CU_POINTER_ATTRIBUTE_IS_MANAGED:
      return give(data, known.type == cudaMemoryTypeManaged ? 1U : 0U);
    case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
      return give(data, known.device);
    case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
    case CU_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE:
      return give(data, false);
    case CU_POINTER_ATTRIBUTE_MAPPED:
      return give(data, true);
    case CU_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES:
      return give(data, 0ULL);
    default:
      return refuse("cuPointerGetAttribute",
                    "was asked for an attribute that hostcuda does not keep",
                    CUDA_ERROR_NOT_SUPPORTED);
  }
}

/// The list form tells of what it cannot know by zero, in the size of the attribute.
void give_nothing(void* data, CUpointer_attribute attribute) {
  switch (attribute) {
    case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
    case CU_POINTER_ATTRIBUTE_SYNC_MEMOPS:
    case CU_POINTER_ATTRIBUTE_IS_MANAGED:
      give(data, 0U);
      break;
    case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
      give(data, CU_DEVICE_INVALID);
      break;
    case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
    case CU_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE:
    case CU_POINTER_ATTRIBUTE_MAPPED:
      give(data, false);
      break;
    default:
      give(data, CUdeviceptr{0});  // pointers and sizes
  }
}

CUresult look_up(CUdeviceptr pointer, cudaPointerAttributes* known) {
  return forward([&] { return cudaPointerGetAttributes(known, address(pointer)); });
}

}  // namespace

HOSTCUDA_DRIVER_API CUresult cuPointerGetAttribute(void* data, CUpointer_attribute attribute,
                                                   CUdeviceptr pointer) {
  if (data == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  cudaPointerAttributes known{};
  if (const CUresult found = look_up(pointer, &known); found != CUDA_SUCCESS) {
    return found;
  }
  return known.type == cudaMemoryTypeUnregistered ? CUDA_ERROR_INVALID_VALUE
                                                  : one_fact(data, attribute, known);
}

HOSTCUDA_DRIVER_API CUresult cuPointerGetAttributes(unsigned int count,
                                                    CUpointer_attribute* attributes, void** data,
                                                    CUdeviceptr pointer) {
  if (attributes == nullptr || data == nullptr || count == 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  cudaPointerAttributes known{};
  if (const CUresult found = look_up(pointer, &known); found != CUDA_SUCCESS) {
    return found;
  }
  for (unsigned int i = 0; i < count; ++i) {
    if (data[i] == nullptr) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    const CUresult told = known.type == cudaMemoryTypeUnregistered
                              ? CUDA_ERROR_INVALID_VALUE
                              : one_fact(data[i], attributes[i], known);
    if (told == CUDA_ERROR_INVALID_VALUE) {
      give_nothing(data[i], attributes[i]);
    } else if (told != CUDA_SUCCESS) {
      return told;
    }
  }
  return CUDA_SUCCESS;
}
