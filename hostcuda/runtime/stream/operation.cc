// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Carrying out one operation on the thread that has come to it.
#include <chrono>

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/graph/program.h"
#include "hostcuda/runtime/stream/scheduler.h"

namespace hostcuda {
namespace {

struct CarryOut {
  Stream& stream;
  uint64_t order;

  cudaError_t operator()(const Nothing&) const { return cudaSuccess; }
  cudaError_t operator()(const Copy& op) const { return run_copy(op); }
  cudaError_t operator()(const Fill& op) const { return run_fill(op); }
  cudaError_t operator()(const Kernel& op) const { return run_kernel(op); }
  cudaError_t operator()(const Allocate& op) const { return run_allocate(op); }
  cudaError_t operator()(const Release& op) const { return run_release(op); }
  cudaError_t operator()(const Closure& op) const { return op.run(); }
  cudaError_t operator()(const RecordEvent&) const { return cudaSuccess; }  // a program stamps it
  cudaError_t operator()(const WaitEvent&) const { return cudaSuccess; }    // waited for before
  cudaError_t operator()(const ChildGraph&) const { return cudaSuccess; }   // flattened
  cudaError_t operator()(const Launch& op) const {
    run_program(op, stream, order);
    return cudaSuccess;
  }
  cudaError_t operator()(const HostCall& op) const {
    const CurrentScope here(&stream, false, order);
    const HostFunctionScope scope;
    op.function(op.data);
    return cudaSuccess;
  }
  cudaError_t operator()(const Callback& op) const {
    const CurrentScope here(&stream, false, order);
    const HostFunctionScope scope;
    op.function(op.stream, device_error(), op.data);
    return cudaSuccess;
  }
  cudaError_t operator()(const Task& op) const {
    const CurrentScope here(&stream, true, order);
    return op.function(op.data.get(), stream.handle) == 0 ? cudaSuccess : cudaErrorLaunchFailure;
  }
};

}  // namespace

void carry_out(const Operation& operation, Stream& stream, uint64_t order) {
  if (device_error() != cudaSuccess && !std::holds_alternative<Callback>(operation)) {
    return;
  }
  const cudaError_t error = std::visit(CarryOut{stream, order}, operation);
  if (error != cudaSuccess) {
    fail_device(error);
  }
}

int64_t now() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace hostcuda
