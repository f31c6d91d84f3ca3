// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The one device: what it says of itself.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

namespace hostcuda {

/// Devices there are.
constexpr int kDevices = 1;

/// What a kernel finds at the most, as compute capability 8.6 has it.
constexpr int kMaxThreads = 1024;  ///< of a block
constexpr int kMaxBlock[3] = {1024, 1024, 64};
constexpr int kMaxGrid[3] = {2147483647, 65535, 65535};
constexpr int kWarp = 32;
constexpr int kThreadsPerProcessor = 1536;
constexpr int kBlocksPerProcessor = 16;
constexpr int kRegisters = 65536;             ///< of a block, and of a multiprocessor
constexpr std::size_t kShared = 49152;        ///< bytes of a block, unless it opts in
constexpr std::size_t kSharedOptIn = 101376;  ///< bytes of a block that opts in
constexpr std::size_t kSharedPerProcessor = 102400;
constexpr std::size_t kSharedReserved = 1024;  ///< bytes each block takes for itself

/// The properties of the device. Read once. Any thread.
const cudaDeviceProp& properties();

/// The value of an attribute. Errors: cudaErrorInvalidValue for a number that is none.
cudaError_t attribute(cudaDeviceAttr asked, int* value);

}  // namespace hostcuda
