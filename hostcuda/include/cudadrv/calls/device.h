// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The driver itself, its errors, and devices.
#pragma once

#include "cudadrv/types.h"

CUDADRV_CALLS_BEGIN

/** Flags must be 0. May be called again. */
CUresult cuInit(unsigned int flags);
/** 1000 major + 10 minor. */
CUresult cuDriverGetVersion(int* version);

/** Texts that live as long as the library; an unknown code gives null and CUDA_ERROR_INVALID_VALUE.
 */
CUresult cuGetErrorName(CUresult error, const char** name);
CUresult cuGetErrorString(CUresult error, const char** text);

/** A function by its name without version and as it was in `cuda_version`; null if there is none.
 */
CUresult cuGetProcAddress_v2(const char* symbol, void** function, int cuda_version,
                             cuuint64_t flags, CUdriverProcAddressQueryResult* status);
/** Private tables of other products: there are none, CUDA_ERROR_NOT_FOUND. */
CUresult cuGetExportTable(const void** table, const CUuuid* id);

CUresult cuDeviceGet(CUdevice* device, int ordinal);
CUresult cuDeviceGetCount(int* count);
CUresult cuDeviceGetName(char* name, int length, CUdevice device);
CUresult cuDeviceGetUuid_v2(CUuuid* uuid, CUdevice device);
CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device);
CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice device);
CUresult cuDeviceComputeCapability(int* major, int* minor, CUdevice device);
CUresult cuDeviceGetProperties(CUdevprop* properties, CUdevice device);
CUresult cuDeviceGetPCIBusId(char* bus_id, int length, CUdevice device);
CUresult cuDeviceGetByPCIBusId(CUdevice* device, const char* bus_id);
CUresult cuDeviceCanAccessPeer(int* can_access, CUdevice device, CUdevice peer);
CUresult cuDeviceGetDefaultMemPool(CUmemoryPool* pool, CUdevice device);
CUresult cuDeviceGetMemPool(CUmemoryPool* pool, CUdevice device);
CUresult cuDeviceSetMemPool(CUdevice device, CUmemoryPool pool);

/** The device's own context, shared with the runtime; retained and released in pairs. */
CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device);
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device);
CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned int flags);
CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned int* flags, int* active);
/** As cudaDeviceReset. */
CUresult cuDevicePrimaryCtxReset_v2(CUdevice device);

CUresult cuProfilerStart(void);
CUresult cuProfilerStop(void);

CUDADRV_CALLS_END
