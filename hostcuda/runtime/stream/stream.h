// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A stream: work in order. What each holds, places in its order, and how handles are resolved.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "hostcuda/runtime/stream/handle.h"
#include "hostcuda/runtime/stream/operation.h"

namespace hostcuda {

struct Capture;
class Signal;
struct Node;
struct Stream;
struct Worker;

/// A place in a stream's order, reached when all work up to it is done. Without stream: reached.
struct Ticket {
  std::shared_ptr<Stream> stream;
  uint64_t place = 0;

  bool reached() const;
};

/// One recording of an event.
struct Instant {
  Ticket ticket;
  std::atomic<int64_t> nanoseconds = 0;  ///< steady clock; set before the ticket is reached
};

/// A piece of work in a queue.
struct Job {
  Operation operation;
  Ticket after;                      ///< not before this is reached
  std::shared_ptr<Instant> instant;  ///< stamped once the operation is done
  uint64_t place = 0;
  uint64_t order = 0;  ///< counts the jobs of all streams
  std::unique_ptr<Job> next;
};

/// Destroys a chain one by one: a long one must not recurse.
void free_jobs(std::unique_ptr<Job> first);

inline constexpr uint64_t kNotRunning = UINT64_MAX;

/// Something that waits for a place: a parked stream, or a thread's signal.
struct Waiter {
  uint64_t place = 0;
  std::shared_ptr<Stream> stream;
  Signal* signal = nullptr;
};

/// Fields from `first` on are the scheduler's, under its mutex; the capture's are under
/// graph_mutex().
struct Stream : std::enable_shared_from_this<Stream> {
  Stream(unsigned int stream_flags, int stream_priority, bool is_legacy);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  cudaStream_t handle = nullptr;
  const unsigned int flags;
  const bool legacy;
  const bool
      blocking;  ///< takes part in the legacy stream's implicit order; true for that stream too
  bool per_thread = false;
  std::atomic<int> priority;
  const unsigned long long id;
  std::atomic<int> synchronization_policy = 1;  ///< of cudaSynchronizationPolicy: automatic

  std::atomic<uint64_t> submitted = 0;  ///< place of the last job given
  std::atomic<uint64_t> completed = 0;  ///< place of the last job done
  std::unique_ptr<Job> first;
  Job* last = nullptr;
  bool active = false;                   ///< a worker has it, or it is parked
  Worker* claimed = nullptr;             ///< woken or started for it, but it has not begun
  bool parked = false;                   ///< it waits for another's place
  uint64_t running_order = kNotRunning;  ///< of the job that runs
  uint64_t legacy_place = 0;  ///< blocking: the legacy stream's place that it waits for already
  uint64_t wait_place =
      0;  ///< blocking: the place of its own that the legacy stream waits for already
  std::vector<Waiter> waiters;

  std::atomic<bool> captures = false;
  std::shared_ptr<Capture> capture;
  std::vector<std::shared_ptr<Node>> tips;  ///< what the next captured node depends on
  std::vector<cudaGraphEdgeData> tip_edges;
  std::vector<cudaGraphNode_t> tip_handles;  ///< as last shown to the program
};

/// The live streams that programs have made.
Registry<Stream>& streams();

const std::shared_ptr<Stream>& legacy_stream();

/// The stream behind a handle, or null: null and 1 the legacy stream, 2 the calling thread's own
/// (inside a task of a thread's own stream: that one).
std::shared_ptr<Stream> find_stream(cudaStream_t handle);

/// Makes a stream and its handle.
std::shared_ptr<Stream> make_stream(unsigned int flags, int priority);

}  // namespace hostcuda
