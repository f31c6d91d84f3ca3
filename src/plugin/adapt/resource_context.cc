// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Host memory for plugins.
#include "plugin/adapt/resource_context.h"

#include <algorithm>
#include <cstdlib>

#include "base/aligned_buffer.h"

namespace tenon::plugin {

namespace {

class HostAllocator final : public nvinfer1::IGpuAllocator {
 public:
  void* allocate(uint64_t size, uint64_t alignment, nvinfer1::AllocatorFlags) noexcept override {
    if (size == 0 || (alignment & (alignment - 1)) != 0) return nullptr;
    const size_t step = std::max<size_t>(alignment, kAlignment);
    return std::aligned_alloc(step, align_up(size, step));
  }
  bool deallocate(void* memory) noexcept override {
    std::free(memory);
    return true;
  }
};

class HostContext final : public nvinfer1::IPluginResourceContext {
 public:
  nvinfer1::IGpuAllocator* getGpuAllocator() const noexcept override { return &host_allocator(); }
  nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept override { return nullptr; }
};

}  // namespace

nvinfer1::IGpuAllocator& host_allocator() {
  static auto* allocator = new HostAllocator;
  return *allocator;
}

nvinfer1::IPluginResourceContext& default_resource_context() {
  static auto* context = new HostContext;
  return *context;
}

}  // namespace tenon::plugin
