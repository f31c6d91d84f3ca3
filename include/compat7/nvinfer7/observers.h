// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Objects that programs implement: loggers, recorders, allocators, profilers.
#pragma once

#include "types.h"

namespace nvinfer1 {
TENON_COMPAT7_INLINE namespace compat7 {
  /// Hears every message of what was made with it; lives as long.
  class ILogger {
   public:
    enum class Severity : int {
      kINTERNAL_ERROR = 0,
      kERROR = 1,
      kWARNING = 2,
      kINFO = 3,
      kVERBOSE = 4
    };
    virtual void log(Severity severity, const char* msg) = 0;
    virtual ~ILogger() {}
  };
  template <>
  constexpr int EnumMax<ILogger::Severity>() {
    return 5;
  }

  /// Collects failures. Counted references.
  class IErrorRecorder {
   public:
    using ErrorDesc = const char*;
    using RefCount = int32_t;
    virtual ~IErrorRecorder() noexcept {}
    virtual int32_t getNbErrors() const noexcept = 0;
    virtual ErrorCode getErrorCode(int32_t errorIdx) const noexcept = 0;
    virtual ErrorDesc getErrorDesc(int32_t errorIdx) const noexcept = 0;
    virtual bool hasOverflowed() const noexcept = 0;
    virtual void clear() noexcept = 0;
    virtual bool reportError(ErrorCode val, ErrorDesc desc) noexcept = 0;
    virtual RefCount incRefCount() noexcept = 0;
    virtual RefCount decRefCount() noexcept = 0;
  };

  /// Handed to plugins' attachToContext; null here.
  class IGpuAllocator {
   public:
    virtual void* allocate(uint64_t size, uint64_t alignment, uint32_t flags) = 0;
    virtual void free(void* memory) = 0;
    virtual ~IGpuAllocator() {}
  };

  /// Hears how long each layer of a run took, in milliseconds.
  class IProfiler {
   public:
    virtual void reportLayerTime(const char* layerName, float ms) = 0;
    virtual ~IProfiler() {}
  };

  /// Bytes of the library; destroy() frees them.
  class IHostMemory {
   public:
    virtual void* data() const noexcept = 0;
    virtual std::size_t size() const noexcept = 0;
    virtual DataType type() const noexcept = 0;
    virtual void destroy() noexcept = 0;
    virtual ~IHostMemory() {}
  };

}  // namespace compat7
}  // namespace nvinfer1
