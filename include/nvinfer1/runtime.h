// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loading engines.
#pragma once

#include "nvinfer1/allocator.h"
#include "nvinfer1/engine.h"
#include "nvinfer1/error_recorder.h"
#include "nvinfer1/logger.h"
#include "nvinfer1/plugin_registry.h"
#include "nvinfer1/streams.h"

namespace nvinfer1 {

/// Where generated code may be kept while it is loaded.
enum class TempfileControlFlag : int32_t {
  kALLOW_IN_MEMORY_FILES = 0,
  kALLOW_TEMPORARY_FILES = 1,
};
namespace impl {
template <>
struct EnumMaxImpl<TempfileControlFlag> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl
/// Bit i set: TempfileControlFlag i is set. Both are, unless changed.
using TempfileControlFlags = uint32_t;

/// Turns engine files into engines. Made by createInferRuntime, freed with delete; engines may
/// outlive it. Loading is thread-safe, settings are not.
class IRuntime : public INoCopy {
 public:
  virtual ~IRuntime() noexcept = default;

  /// Kept for programs that set it; there are no such devices, getNbDLACores answers 0.
  virtual void setDLACore(int32_t dlaCore) noexcept = 0;
  virtual int32_t getDLACore() const noexcept = 0;
  virtual int32_t getNbDLACores() const noexcept = 0;

  /// Supplies the device memory of engines loaded from now on; null restores the own allocator. It
  /// must outlive those engines.
  virtual void setGpuAllocator(IGpuAllocator* allocator) noexcept = 0;

  /// Where errors of this object, and of engines loaded from now on, go; null for none.
  virtual void setErrorRecorder(IErrorRecorder* recorder) noexcept = 0;
  virtual IErrorRecorder* getErrorRecorder() const noexcept = 0;

  /// Loads an engine; null, with the reason reported, when the bytes are no sound engine of this
  /// version, or a plugin creator is missing. `blob` may be freed afterwards.
  virtual ICudaEngine* deserializeCudaEngine(void const* blob, std::size_t size) noexcept = 0;
  TRT_DEPRECATED virtual ICudaEngine* deserializeCudaEngine(IStreamReader& streamReader) = 0;
  virtual ICudaEngine* deserializeCudaEngine(IStreamReaderV2& streamReader) = 0;

  /// The logger it was created with.
  virtual ILogger* getLogger() const noexcept = 0;

  /// The most threads loading may use, the caller's included. False when below one.
  virtual bool setMaxThreads(int32_t maxThreads) noexcept = 0;
  virtual int32_t getMaxThreads() const noexcept = 0;

  /// Folder for temporary files; null means the system's. The text is copied.
  virtual void setTemporaryDirectory(char const* path) noexcept = 0;
  virtual char const* getTemporaryDirectory() const noexcept = 0;
  virtual void setTempfileControlFlags(TempfileControlFlags flags) noexcept = 0;
  virtual TempfileControlFlags getTempfileControlFlags() const noexcept = 0;

  /// The registry of this object; the one of the process stands above it.
  virtual IPluginRegistry& getPluginRegistry() noexcept = 0;

  /// A runtime out of another library, for engines of another version; null when it cannot be had.
  /// Must be freed before this object.
  virtual IRuntime* loadRuntime(char const* path) noexcept = 0;

  /// Whether engines may bring plugin libraries whose code is then executed. Off by default: allow
  /// it only for engines you trust.
  virtual void setEngineHostCodeAllowed(bool allowed) noexcept = 0;
  virtual bool getEngineHostCodeAllowed() const noexcept = 0;
};

}  // namespace nvinfer1

extern "C" TENSORRTAPI void* createInferRuntime_INTERNAL(void* logger, int32_t version) noexcept;

namespace nvinfer1 {
namespace {

/// A new runtime, owned by the caller; null on failure. `logger` must outlive it.
inline IRuntime* createInferRuntime(ILogger& logger) noexcept {
  return static_cast<IRuntime*>(createInferRuntime_INTERNAL(&logger, NV_TENSORRT_VERSION));
}

}  // namespace
}  // namespace nvinfer1
