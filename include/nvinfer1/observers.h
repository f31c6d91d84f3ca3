// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a user may watch while an engine runs: layer times, and tensors marked for debugging.
#pragma once

#include "nvinfer1/cuda_types.h"
#include "nvinfer1/dims.h"
#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {
namespace v_1_0 {

/// Receives the time of each layer. The shape is that of the 10.x interface.
class IProfiler {
 public:
  /// Called once a layer and run, in step order: at the end of each enqueue while the context emits
  /// its profile, otherwise on reportToProfiler. `layerName` is valid during the call only.
  virtual void reportLayerTime(char const* layerName, float ms) noexcept = 0;

  virtual ~IProfiler() noexcept {}
};

/// Receives the tensors that were marked for debugging and are switched on in a context.
class IDebugListener : public IVersionedInterface {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override { return {"IDebugListener", 1, 0}; }

  /// Called when `name` has been computed on `stream`; `addr` holds row-major data, valid during
  /// the call only. False counts as a failure of the run.
  virtual bool processDebugTensor(void const* addr, TensorLocation location, DataType type,
                                  Dims const& shape, char const* name, cudaStream_t stream) = 0;

  ~IDebugListener() override = default;
};

/// Supplies the memory of one output whose size may be known only while running.
class IOutputAllocator : public IVersionedInterface {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override { return {"IOutputAllocator", 1, 0}; }

  /// At least `size` (never zero) bytes at a multiple of `alignment`; `currentMemory` is what the
  /// tensor has now, and may be returned or freed. Null makes the enqueue fail.
  TRT_DEPRECATED virtual void* reallocateOutput(char const* /*tensorName*/, void* /*currentMemory*/,
                                                uint64_t /*size*/,
                                                uint64_t /*alignment*/) noexcept {
    return nullptr;
  }

  /// The same in the order of `stream`; this is the one that is called.
  virtual void* reallocateOutputAsync(char const* tensorName, void* currentMemory, uint64_t size,
                                      uint64_t alignment, cudaStream_t /*stream*/) {
    return reallocateOutput(tensorName, currentMemory, size, alignment);
  }

  /// Tells the extents of the output, in the same enqueue, once they are known.
  virtual void notifyShape(char const* tensorName, Dims const& dims) noexcept = 0;
};

/// Follows a build, and may end it. Methods may be called from several threads, not concurrently
/// for one phase.
class IProgressMonitor : public IVersionedInterface {
 public:
  IProgressMonitor() = default;
  ~IProgressMonitor() noexcept override = default;

  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"IProgressMonitor", 1, 0};
  }

  /// Phase `phaseName` of `nbSteps` steps begins; `parentPhase` is the phase it is part of, or
  /// null.
  virtual void phaseStart(char const* phaseName, char const* parentPhase,
                          int32_t nbSteps) noexcept = 0;

  /// Step `step`, counted from 0, is done. False asks the build to stop; it then returns null.
  virtual bool stepComplete(char const* phaseName, int32_t step) noexcept = 0;

  /// The phase is over, perhaps before its last step.
  virtual void phaseFinish(char const* phaseName) noexcept = 0;
};

}  // namespace v_1_0

using IProfiler = v_1_0::IProfiler;
using IDebugListener = v_1_0::IDebugListener;
using IOutputAllocator = v_1_0::IOutputAllocator;
using IProgressMonitor = v_1_0::IProgressMonitor;

}  // namespace nvinfer1
