// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where a GPU engine's blocks come from when the user does not say.
#pragma once

#include "device/gpu.h"
#include "session/memory.h"

namespace tenon::session {

/// Memory of `gpu`, from the driver. Lives as long as the process.
MemorySource& gpu_memory(const device::Gpu& gpu);

/// True when `address` is memory of a GPU alone, which the processor cannot read.
bool is_on_gpu(const device::Gpu& gpu, const void* address) noexcept;

}  // namespace tenon::session
