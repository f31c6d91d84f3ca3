// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Devices: choice, properties, limits and settings.
#pragma once

#include "cudart/types.h"

HOSTCUDA_CALLS_BEGIN

/** Devices there are, the one of the calling thread, and choosing among them. */
cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaGetDevice(int* device);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaInitDevice(int device, unsigned int device_flags, unsigned int flags);
cudaError_t cudaSetValidDevices(int* device_arr, int len);
cudaError_t cudaChooseDevice(int* device, const struct cudaDeviceProp* properties);

/** How the calling thread waits; flags of types/device.h. */
cudaError_t cudaSetDeviceFlags(unsigned int flags);
cudaError_t cudaGetDeviceFlags(unsigned int* flags);

/** What is known of a device. */
cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp* properties, int device);
cudaError_t cudaDeviceGetAttribute(int* value, enum cudaDeviceAttr attribute, int device);
cudaError_t cudaDeviceGetStreamPriorityRange(int* least_priority, int* greatest_priority);
cudaError_t cudaDeviceGetTexture1DLinearMaxWidth(size_t* max_width_in_elements,
                                                 const struct cudaChannelFormatDesc* fmt_descriptor,
                                                 int device);
cudaError_t cudaDeviceGetHostAtomicCapabilities(unsigned int* capabilities,
                                                const enum cudaAtomicOperation* operations,
                                                unsigned int count, int device);
cudaError_t cudaDeviceGetNvSciSyncAttributes(void* nv_sci_sync_attribute_list, int device,
                                             int flags);

/** The name on the bus, domain:bus:device.function. */
cudaError_t cudaDeviceGetPCIBusId(char* pci_bus_id, int len, int device);
cudaError_t cudaDeviceGetByPCIBusId(int* device, const char* pci_bus_id);

/** Waits for all work of the device; and gives all it holds back. */
cudaError_t cudaDeviceSynchronize(void);
cudaError_t cudaDeviceReset(void);

/** Limits and cache settings are kept and given back; a host has no use for them. */
cudaError_t cudaDeviceSetLimit(enum cudaLimit limit, size_t value);
cudaError_t cudaDeviceGetLimit(size_t* value, enum cudaLimit limit);
cudaError_t cudaDeviceSetCacheConfig(enum cudaFuncCache cache_config);
cudaError_t cudaDeviceGetCacheConfig(enum cudaFuncCache* cache_config);
cudaError_t cudaDeviceSetSharedMemConfig(enum cudaSharedMemConfig config);
cudaError_t cudaDeviceGetSharedMemConfig(enum cudaSharedMemConfig* config);
cudaError_t cudaCtxResetPersistingL2Cache(void);
cudaError_t cudaDeviceFlushGPUDirectRDMAWrites(enum cudaFlushGPUDirectRDMAWritesTarget target,
                                               enum cudaFlushGPUDirectRDMAWritesScope scope);

/** Other devices. */
cudaError_t cudaDeviceCanAccessPeer(int* can_access_peer, int device, int peer_device);
cudaError_t cudaDeviceEnablePeerAccess(int peer_device, unsigned int flags);
cudaError_t cudaDeviceDisablePeerAccess(int peer_device);
cudaError_t cudaDeviceGetP2PAttribute(int* value, enum cudaDeviceP2PAttr attribute,
                                      int source_device, int target_device);
cudaError_t cudaDeviceGetP2PAtomicCapabilities(unsigned int* capabilities,
                                               const enum cudaAtomicOperation* operations,
                                               unsigned int count, int source_device,
                                               int target_device);

/** Notifications. */
cudaError_t cudaDeviceRegisterAsyncNotification(int device, cudaAsyncCallback callback_function,
                                                void* user_data,
                                                cudaAsyncCallbackHandle_t* callback);
cudaError_t cudaDeviceUnregisterAsyncNotification(int device, cudaAsyncCallbackHandle_t callback);

/** Versions as 1000 major + 10 minor. */
cudaError_t cudaDriverGetVersion(int* driver_version);
cudaError_t cudaRuntimeGetVersion(int* runtime_version);

/** Calls of the driver by name; tables for tools. */
cudaError_t cudaGetDriverEntryPoint(
    const char* symbol, void** function_pointer, unsigned long long flags,
    enum cudaDriverEntryPointQueryResult* driver_status HOSTCUDA_DEFAULT(0));
cudaError_t cudaGetDriverEntryPointByVersion(const char* symbol, void** function_pointer,
                                             unsigned int cuda_version, unsigned long long flags,
                                             enum cudaDriverEntryPointQueryResult* driver_status
                                                 HOSTCUDA_DEFAULT(0));
cudaError_t cudaGetExportTable(const void** export_table, const cudaUUID_t* export_table_id);

HOSTCUDA_CALLS_END
