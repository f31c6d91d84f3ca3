// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a stream runs and a graph's node holds: one value an operation, and who carries each out.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "hostcuda/include/hostcuda.h"

namespace hostcuda {

struct Graph;
struct Event;
struct Instant;
struct Program;

/// Does nothing; holds graph nodes together.
struct Nothing {};

/// One copy of any shape. A linear one has extent {bytes, 1, 1} and pitch = bytes.
struct Copy {
  cudaMemcpy3DParms params{};
  std::shared_ptr<const void>
      keep;  ///< what must live until the copy is done (staged pageable data)
};

/// Fills params.height rows of params.width elements of params.elementSize (1, 2 or 4) bytes.
struct Fill {
  cudaMemsetParams params{};
};

/// A launch of a registered host kernel.
struct Kernel {
  cudaKernelNodeParams params{};          ///< kernelParams points into `arguments` once adopted
  std::shared_ptr<const void> arguments;  ///< owns the copied argument values
};

/// A function of the program that may make no CUDA call.
struct HostCall {
  cudaHostFn_t function = nullptr;
  void* data = nullptr;
};

/// A stream callback: as a host call, but told of an error and called even then.
struct Callback {
  cudaStream_t stream = nullptr;  ///< as the caller named it
  cudaStreamCallback_t function = nullptr;
  void* data = nullptr;
};

/// Work of an engine (hostcuda.h); `release` runs when the last owner lets go.
struct Task {
  hostcudaTask function = nullptr;
  std::shared_ptr<void> data;
};

/// Makes params.dptr, whose address reserve() has set, memory that may be used.
struct Allocate {
  cudaMemAllocNodeParams params{};
  std::shared_ptr<const void> keep;  ///< the reservation, given back when the last owner lets go
};

/// Gives back memory of a stream-ordered allocation, or of a graph's.
struct Release {
  void* pointer = nullptr;
};

/// Work no graph can hold (prefetch, batches): refused while the stream captures.
struct Closure {
  std::function<cudaError_t()> run;
};

struct RecordEvent {
  std::shared_ptr<Event> event;
};

struct WaitEvent {
  std::shared_ptr<Event> event;
};

struct ChildGraph {
  std::shared_ptr<Graph> graph;
};

/// One launch of a graph made ready; never a node.
struct Launch {
  std::shared_ptr<const Program> program;
  std::vector<std::shared_ptr<Instant>> instants;  ///< one for each event that the program records
};

using Operation = std::variant<Nothing, Copy, Fill, Kernel, HostCall, Callback, Task, Allocate,
                               Release, Closure, RecordEvent, WaitEvent, ChildGraph, Launch>;

// ---- Carried out by memory/ and launch/. A run_… is called on a worker, in stream order, at most
// one at a time per stream; a code other than cudaSuccess becomes the device's sticky error. A
// check_… is called by the thread that submits or adds a node, and its code is the call's.

cudaError_t check_copy(const Copy& op);
cudaError_t run_copy(const Copy& op) noexcept;

cudaError_t check_fill(const Fill& op);
cudaError_t run_fill(const Fill& op) noexcept;

/// Copies the argument values that op.params.kernelParams points to into op.arguments and points
/// there. Errors: cudaErrorInvalidDeviceFunction, cudaErrorInvalidConfiguration,
/// cudaErrorInvalidValue.
cudaError_t adopt_kernel(Kernel& op);
cudaError_t run_kernel(const Kernel& op) noexcept;

/// Reserves an address for op.params.bytesize bytes of a graph's allocation node and sets
/// params.dptr and keep; nothing may use the memory before run_allocate. A graph may run it again
/// after a release.
cudaError_t reserve(Allocate& op);
cudaError_t run_allocate(const Allocate& op) noexcept;

/// cudaErrorInvalidValue for a pointer that is no stream-ordered or graph allocation.
cudaError_t check_release(const Release& op);
cudaError_t run_release(const Release& op) noexcept;

}  // namespace hostcuda
