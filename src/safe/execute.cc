// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Runs of a graph: at once, or left on a stream. Takes no memory, no lock, and asks the system for
// nothing.
#include "backends/simd/run/list.h"
#include "plugin/convert.h"
#include "safe/faults.h"
#include "safe/graph.h"
#include "safe/system.h"

namespace tenon::safe {

namespace {

using nvinfer1::ErrorCode;
using nvinfer2::safe::RuntimeErrorType;

/// cudaStreamLegacy is 1 and cudaStreamPerThread is 2.
bool is_default_stream(cudaStream_t stream) noexcept {
  return reinterpret_cast<uintptr_t>(stream) <= 2;
}

}  // namespace

Status Graph::check_ready(Diagnostics& diag) const noexcept {
  if (scratch_ == nullptr && engine_.view().arena_bytes() > 0) {
    return diag.fail(Code::Cancelled,
                     "executeAsync: the graph has no scratch memory; give it {} bytes with "
                     "setScratchMemory",
                     engine_.view().arena_bytes());
  }
  for (size_t io = 0; io < io_count(); ++io) {
    const TensorDescriptor& tensor = now().io(io);
    if (tensor.sizeInBytes <= sizes_[io]) continue;
    if (sizes_[io] == 0) {
      return diag.fail(Code::Cancelled,
                       "executeAsync: '{}' has no address; set it with setIOTensorAddress",
                       tensor.tensorName);
    }
    return diag.fail(Code::Cancelled,
                     "executeAsync: '{}' has {} bytes, but takes {} in IO profile {}; set its "
                     "address anew",
                     tensor.tensorName, sizes_[io], tensor.sizeInBytes, profile_);
  }
  return {};
}

ErrorCode Graph::executeAsync(cudaStream_t stream) noexcept {
  Voice voice(recorder_);
  return plugin::to_error_code(execute(stream, voice.diag()).code);
}

Status Graph::execute(cudaStream_t handle, Diagnostics& diag) noexcept {
  TENON_TRY(check_ready(diag));
  // A runtime that was loaded after the graph was made.
  if (!is_default_stream(handle) && known_hostcuda() == nullptr) look_for_hostcuda();
  device::Stream stream;
  if (const Status status = device::Stream::from_handle(handle, stream); !status.ok()) {
    return diag.fail(Code::InvalidArgument, "executeAsync: {}", status.what);
  }
  last_ = stream;
  using State = device::Stream::State;
  const State state = stream.state();
  const bool has_plugins = engine_.plugin_count() > 0;
  if (state == State::Capturing || (state == State::Busy && !has_plugins)) {
    return leave_on(stream, state == State::Capturing, diag);
  }
  if (state == State::Busy) {  // A plugin's enqueue is called on the caller's thread.
    if (const Status status = stream.wait(); !status.ok()) {
      return diag.fail(status.code,
                       "executeAsync: work that was put on the stream before failed: {}",
                       status.what);
    }
  }
  if (!anchor_->begin_run()) {
    return diag.fail(Code::Cancelled,
                     "executeAsync: the graph still runs on another stream; call sync before, or "
                     "use a clone");
  }
  const Status status = run_here({addresses_.data(), addresses_.size()}, profile_, stream, diag);
  anchor_->end_run();
  return status;
}

Status Graph::leave_on(const device::Stream& stream, bool captured, Diagnostics& diag) noexcept {
  Task* task = anchor_->take(captured);
  if (task == nullptr) {
    return diag.fail(Code::Cancelled,
                     "executeAsync: {} runs of the graph wait on streams or stand in captured "
                     "graphs, which is the most; call sync, or destroy a graph",
                     Anchor::kTasks);
  }
  std::copy(addresses_.begin(), addresses_.end(), task->addresses.begin());
  task->profile = profile_;
  const Status status = stream.launch(&Task::execute, task, &Task::release_task);
  if (!status.ok()) {
    return diag.fail(status.code, "executeAsync: the stream takes no run: {}", status.what);
  }
  if (consumed_ == nullptr) return {};
  return stream.record(consumed_);
}

Status Graph::run_task(const Task& task, void* stream) noexcept {
  Voice voice(recorder_);
  device::Stream on;
  TENON_TRY(device::Stream::from_handle(stream, on));
  return run_here({task.addresses.data(), task.addresses.size()}, task.profile, on, voice.diag());
}

Status Graph::run_here(std::span<void* const> addresses, size_t profile, device::Stream& stream,
                       Diagnostics& diag) noexcept {
  PreparedProfile& runs = *profiles_[profile];
  uint64_t faults = 0;
  for (size_t io = 0; io < io_count() && engine_.is_input(io); ++io) {
    faults |= faults_of(runs.io(io), addresses[io]);
  }
  if (faults != 0) resources_.getRuntimeErrorInformation()->bitMask |= faults;
  size_t failed = 0;
  const Status status = runs.run(addresses, stream, failed);
  outcome_.store(status.code, std::memory_order_release);
  if (!status.ok()) return explain(failed, status, diag);
  // The event was recorded behind the task where the run was left on a stream.
  if (consumed_ == nullptr || stream.state() != device::Stream::State::Ready) return {};
  return stream.record(consumed_);
}

Status Graph::explain(size_t step, const Status& status, Diagnostics& diag) noexcept {
  if (status.what == simd::kGatherOutOfRange) {
    resources_.getRuntimeErrorInformation()->bitMask |=
        static_cast<uint64_t>(RuntimeErrorType::kGATHER_OOB);
  }
  return diag.fail(status.code, "executeAsync: layer '{}': {}", engine_.view().step(step).name,
                   status.what);
}

ErrorCode Graph::sync() noexcept {
  Voice voice(recorder_);
  if (const Status status = last_.wait(); !status.ok()) {
    return plugin::to_error_code(
        voice.diag()
            .fail(Code::Plugin, "sync: work on the stream of the last executeAsync failed: {}",
                  status.what)
            .code);
  }
  return plugin::to_error_code(outcome_.load(std::memory_order_acquire));
}

}  // namespace tenon::safe
