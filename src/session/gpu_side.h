// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a context has more on a GPU: copies between the processor's memory and the GPU's, events,
// and graphs of what it runs again and again.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "device/gpu.h"
#include "session/schedule.h"

namespace tenon::session {

/// Steps [first, last) that only put work on the stream, with nothing to do between them.
struct Segment {
  size_t first = 0, last = 0;
};

/// Whether a step does nothing but put work on the stream.
[[nodiscard]] bool is_capturable(const plan::StepView& step) noexcept;

/// What a captured segment depends on: addresses and shapes.
struct GraphKey {
  std::vector<void*> addresses;
  const std::byte* arena = nullptr;
  uint64_t epoch = 0;
  friend bool operator==(const GraphKey&, const GraphKey&) = default;
};

/// One context's; no thread safety of its own. Destroying it waits for nothing.
class GpuSide {
 public:
  /// Makes `aux` auxiliary streams.
  GpuSide(const device::Gpu& gpu, const plan::View& plan, const Schedule& schedule, size_t aux);
  ~GpuSide();
  GpuSide(const GpuSide&) = delete;
  GpuSide& operator=(const GpuSide&) = delete;

  [[nodiscard]] const device::Gpu& gpu() const noexcept { return gpu_; }

  /// A network input that the processor reads and kernels do, too: they are given a copy.
  struct Staged {
    size_t io = 0;
    device::GpuBuffer memory;
    std::vector<std::byte> host;  ///< what is being copied: the caller's may change
  };
  [[nodiscard]] std::span<Staged> staged() noexcept { return staged_; }
  /// The copy that kernels read; null when `io` is read where the caller has it.
  [[nodiscard]] std::byte* copy_of(size_t io) const noexcept;

  /// Where the content of a tensor is put together before it is copied; lives as long as this.
  [[nodiscard]] std::byte* content(uint32_t tensor, size_t bytes);

  /// Memory of the processor that the GPU writes fast, for one number; null when there is none.
  [[nodiscard]] std::byte* number() noexcept;

  /// Where a kernel of our own writes the size that it finds, for the processor to see while the
  /// stream goes on; null for tensors that others read or write, which lie in the GPU's memory.
  [[nodiscard]] std::byte* told_number(uint32_t tensor) const noexcept;
  /// Before a run: no number has been told yet.
  void expect_numbers() noexcept;
  /// Copies a told number to `to` as soon as it is there, or when all that is on the stream is
  /// done. Gives the driver's code.
  int take_number(const std::byte* told, std::span<std::byte> to, device::CuStream stream) noexcept;

  /// Segments worth a graph, in order; none when graphs are switched off (TENON_CUDA_GRAPH=0).
  [[nodiscard]] std::span<const Segment> segments() const noexcept { return segments_; }
  void stop_graphs() noexcept { segments_.clear(); }

  /// The graph of segment `number` for `key`, or null. `capture` says that it is time to make it: a
  /// key seen for the second time, so that what is made at first use is there.
  [[nodiscard]] device::CuGraphExec find(const GraphKey& key, size_t number, bool& capture);
  void keep(const GraphKey& key, size_t number, device::CuGraphExec graph);
  /// Once a run, before find: counts how often the key was seen.
  void see(const GraphKey& key);
  /// A stream of its own, to be captured; null when the driver makes none.
  [[nodiscard]] device::CuStream capture_stream() noexcept;

  /// Whether the driver made all streams and marks.
  [[nodiscard]] bool can_fork() const noexcept { return can_fork_; }
  /// Auxiliary stream `number`, from 0: the caller's where one was given, else an own one.
  [[nodiscard]] device::CuStream aux_stream(size_t number) const noexcept;
  /// Streams of the caller's in place of the first own ones; not owned.
  void set_aux_streams(std::span<const device::CuStream> streams);
  /// An event that tells no time, for order between streams: one a step, one for where streams
  /// fork, one an auxiliary stream.
  [[nodiscard]] device::CuEvent mark(size_t number) const noexcept { return marks_[number]; }

  /// Two events a step: before it and behind it. Null when there are none left.
  [[nodiscard]] device::CuEvent event(size_t number) noexcept;

 private:
  struct Entry {
    GraphKey key;
    size_t seen = 0;
    std::vector<device::CuGraphExec> graphs;  ///< one a segment, or null
  };
  void drop(Entry& entry) noexcept;
  [[nodiscard]] Entry* entry_of(const GraphKey& key) noexcept;

  const device::Gpu& gpu_;
  std::vector<Staged> staged_;
  std::map<uint32_t, std::vector<std::byte>> contents_;
  std::vector<Segment> segments_;
  std::vector<Entry> entries_;  ///< the latest last
  device::CuStream capture_stream_ = nullptr;
  void* number_ = nullptr;
  std::vector<uint32_t> told_;  ///< tensors, one a cache line of told_numbers_
  void* told_numbers_ = nullptr;
  std::vector<device::CuEvent> events_;
  std::vector<device::CuStream> own_aux_, given_aux_;
  std::vector<device::CuEvent> marks_;
  bool can_fork_ = false;
};

}  // namespace tenon::session
