// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Blocks from the driver.
#include "session/gpu_memory.h"

#include <map>
#include <memory>
#include <mutex>

namespace tenon::session {

namespace {

/// Its blocks begin at multiples of 256, which is all that anybody asks for.
class GpuBlocks final : public MemorySource {
 public:
  explicit GpuBlocks(const device::Gpu& gpu) : gpu_(gpu) {}

  void* allocate(size_t bytes, size_t /*alignment*/, void* /*stream*/) noexcept override {
    const device::GpuScope scope(&gpu_);
    device::CuAddress address = 0;
    if (gpu_.driver().cuMemAlloc(&address, bytes) != 0) return nullptr;
    return reinterpret_cast<void*>(static_cast<uintptr_t>(address));
  }

  void deallocate(void* block) noexcept override {
    if (block == nullptr) return;
    const device::GpuScope scope(&gpu_);
    (void)gpu_.driver().cuMemFree(device::cu_address(block));
  }

 private:
  const device::Gpu& gpu_;
};

}  // namespace

MemorySource& gpu_memory(const device::Gpu& gpu) {
  static std::mutex mutex;
  // Never freed: blocks may be given back while the process ends.
  static auto& sources = *new std::map<const device::Gpu*, std::unique_ptr<GpuBlocks>>;
  const std::lock_guard lock(mutex);
  auto& source = sources[&gpu];
  if (source == nullptr) source = std::make_unique<GpuBlocks>(gpu);
  return *source;
}

bool is_on_gpu(const device::Gpu& gpu, const void* address) noexcept {
  constexpr int kMemoryType = 2, kIsManaged = 8, kDevice = 2;
  unsigned type = 0, managed = 0;
  const device::CuAddress at = device::cu_address(address);
  if (gpu.driver().cuPointerGetAttribute(&type, kMemoryType, at) != 0 || type != kDevice) {
    return false;
  }
  return gpu.driver().cuPointerGetAttribute(&managed, kIsManaged, at) != 0 || managed == 0;
}

}  // namespace tenon::session
