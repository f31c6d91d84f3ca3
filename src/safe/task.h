// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Runs that a graph leaves on streams: made beforehand, so that leaving one takes no memory.
#pragma once

#include <atomic>

#include "NvInferSafeMemAllocator.h"
#include "base/array.h"
#include "base/memory.h"

namespace tenon::safe {

class Graph;
class Anchor;

/// One run, with all that may change before it begins.
struct Task {
  Anchor* anchor = nullptr;
  std::atomic<bool> taken{false};
  Array<void*> addresses;  ///< of all inputs and outputs
  size_t profile = 0;
  bool captured = false;

  /// device::Stream::Task and its release; `data` is a Task.
  static int execute(void* data, void* stream);
  static void release_task(void* data);
};

/// What a graph shares with its runs on streams. Outlives the graph while a captured one is left.
class Anchor final : public Allocated {
 public:
  /// Runs that may wait on streams, or stand in captured graphs, at a time.
  static constexpr size_t kTasks = 16;

  /// Null when there is no memory.
  static Anchor* create(Graph& graph, size_t io_count) noexcept;

  /// A task that nobody has, or null. Never waits.
  Task* take(bool captured) noexcept;
  /// Waits until nothing of the graph is left to run on a stream but captured runs, and lets those
  /// fail from now on. The anchor goes with the last of them.
  void leave() noexcept;

  /// Marks the graph as running; false when it does already.
  bool begin_run() noexcept { return !running_.exchange(true, std::memory_order_acquire); }
  void end_run() noexcept { running_.store(false, std::memory_order_release); }

 private:
  friend struct Task;
  void drop() noexcept;

  std::atomic<Graph*> graph_{nullptr};
  std::atomic<bool> running_{false};
  std::atomic<int32_t> in_flight_{0}, users_{1};
  nvinfer2::safe::ISafeMemAllocator* allocator_ = nullptr;
  Task tasks_[kTasks];
};

}  // namespace tenon::safe
