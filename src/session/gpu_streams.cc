// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Steps beside each other: the caller's stream forks, and is joined again.
#include "session/context.h"
#include "session/gpu_side.h"
#include "session/step_streams.h"

namespace tenon::session {

namespace {

/// One stretch of steps on several streams.
class Fork {
 public:
  Fork(GpuSide& gpu, const StepStreams& streams, const device::Stream& main)
      : gpu_(gpu), streams_(streams), main_(main) {}

  Status begin() noexcept { return record(begin_mark(), main_); }

  /// The stream of a step of [first, …), which waits there for what the step needs.
  Status enter(size_t first, size_t step, device::Stream& on) noexcept {
    const uint32_t k = streams_.stream[step];
    on = k == 0 ? main_ : gpu_.gpu().stream(gpu_.aux_stream(k - 1));
    if (k != 0 && (used_ >> k & 1) == 0) {
      used_ |= uint32_t{1} << k;
      TENON_TRY(wait(on, begin_mark()));
    }
    for (const uint32_t before : streams_.waits[step]) {
      if (before >= first) TENON_TRY(wait(on, before));
    }
    return {};
  }

  Status leave(size_t step, const device::Stream& on) noexcept {
    return streams_.awaited[step] != 0 ? record(step, on) : Status{};
  }

  /// Also after a failure: a captured stream must be whole again.
  Status join() noexcept {
    Status first;
    for (size_t k = 1; k <= streams_.aux; ++k) {
      if ((used_ >> k & 1) == 0) continue;
      Status status = record(begin_mark() + k, gpu_.gpu().stream(gpu_.aux_stream(k - 1)));
      if (status.ok()) status = wait(main_, begin_mark() + k);
      if (first.ok()) first = status;
    }
    return first;
  }

 private:
  [[nodiscard]] size_t begin_mark() const noexcept { return streams_.stream.size(); }
  Status record(size_t mark, const device::Stream& on) noexcept {
    return gpu_.gpu().to_status(gpu_.gpu().driver().cuEventRecord(gpu_.mark(mark), on.handle()));
  }
  Status wait(const device::Stream& on, size_t mark) noexcept {
    return gpu_.gpu().to_status(
        gpu_.gpu().driver().cuStreamWaitEvent(on.handle(), gpu_.mark(mark), 0));
  }

  GpuSide& gpu_;
  const StepStreams& streams_;
  const device::Stream& main_;
  uint32_t used_ = 0;  ///< bits
};

}  // namespace

void Context::set_aux_streams(std::span<void* const> streams) {
  if (gpu_ == nullptr) return;
  const std::unique_lock lock(anchor_->mutex);
  gpu_->set_aux_streams(streams);
}

/// All is on `stream` again when it returns.
Status Context::run_beside(device::Stream& stream, size_t first, size_t last,
                           size_t& failed) noexcept {
  const StepStreams& streams = *engine_->streams_;
  bool spread = false;
  for (size_t i = first; streams.aux != 0 && i < last; ++i) spread |= streams.stream[i] != 0;
  if (!spread || is_watched() || !gpu_->can_fork()) return loop_.run(stream, first, last, failed);
  Fork fork(*gpu_, streams, stream);
  failed = first;
  TENON_TRY(fork.begin());
  Status status;
  for (size_t i = first; i < last && status.ok(); ++i) {
    device::Stream on;
    failed = i;
    status = fork.enter(first, i, on);
    if (status.ok()) status = loop_.run(on, i, i + 1, failed);
    if (status.ok()) status = fork.leave(i, on);
  }
  const Status joined = fork.join();
  return status.ok() ? joined : status;
}

}  // namespace tenon::session
