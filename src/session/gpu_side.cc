// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Segments, graphs, copies.
#include "session/gpu_side.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace tenon::session {

namespace {

// A caller may take turns with so many sets of addresses; more are captured again and again.
constexpr size_t kMostEntries = 8;

bool graphs_wanted() {
  const char* text = std::getenv("TENON_CUDA_GRAPH");
  return text == nullptr || std::string_view(text) != "0";
}

/// Runs of two capturable steps or more between what happens between steps. One alone gains
/// nothing.
std::vector<Segment> find_segments(const plan::View& plan, const Schedule& schedule) {
  std::vector<uint8_t> open(plan.step_count(), 0), breaks(plan.step_count() + 1, 0);
  for (const Action& action : schedule.actions) {
    breaks[action.before] = 1;
    for (const uint32_t step : action.steps) open[step] = 1;
  }
  std::vector<Segment> segments;
  Segment now;
  const auto close = [&](size_t next) {
    if (now.last - now.first >= 2) segments.push_back(now);
    now = {next, next};
  };
  for (size_t i = 0; i < plan.step_count(); ++i) {
    if (breaks[i] != 0) close(i);
    if (open[i] != 0 || !is_capturable(plan.step(i))) {
      close(i + 1);
    } else {
      now.last = i + 1;
    }
  }
  close(plan.step_count());
  return segments;
}

}  // namespace

bool is_capturable(const plan::StepView& step) noexcept {
  // kernel::Flag::Capturable: what a plan keeps of it.
  constexpr uint32_t kCapturable = 8;
  return (step.flags & kCapturable) != 0;
}

GpuSide::GpuSide(const device::Gpu& gpu, const plan::View& plan, const Schedule& schedule)
    : gpu_(gpu) {
  for (size_t io = 0; io < plan.inputs().size(); ++io) {
    if (schedule.elements[io].empty() || schedule.io_slots[io].empty()) continue;
    const uint64_t bytes = plan.tensor(plan.inputs()[io]).bytes;
    staged_.push_back({io, device::GpuBuffer(gpu, bytes), std::vector<std::byte>(bytes)});
  }
  if (graphs_wanted()) segments_ = find_segments(plan, schedule);
}

GpuSide::~GpuSide() {
  const device::GpuScope scope(&gpu_);
  for (Entry& entry : entries_) drop(entry);
  for (const device::CuEvent event : events_) (void)gpu_.driver().cuEventDestroy(event);
  if (capture_stream_ != nullptr) (void)gpu_.driver().cuStreamDestroy(capture_stream_);
  if (number_ != nullptr) (void)gpu_.driver().cuMemFreeHost(number_);
}

std::byte* GpuSide::copy_of(size_t io) const noexcept {
  for (const Staged& one : staged_) {
    if (one.io == io) return one.memory.data();
  }
  return nullptr;
}

std::byte* GpuSide::content(uint32_t tensor, size_t bytes) {
  std::vector<std::byte>& content = contents_[tensor];
  if (content.size() < bytes) content.resize(bytes);
  return content.data();
}

void GpuSide::drop(Entry& entry) noexcept {
  for (const device::CuGraphExec graph : entry.graphs) {
    if (graph != nullptr) (void)gpu_.driver().cuGraphExecDestroy(graph);
  }
  entry.graphs.clear();
}

GpuSide::Entry* GpuSide::entry_of(const GraphKey& key) noexcept {
  const auto found = std::ranges::find(entries_, key, &Entry::key);
  return found == entries_.end() ? nullptr : &*found;
}

void GpuSide::see(const GraphKey& key) {
  if (Entry* entry = entry_of(key)) {
    ++entry->seen;
    return;
  }
  // Graphs of other shapes are never asked for again.
  std::erase_if(entries_, [&](Entry& entry) {
    const bool old = entry.key.epoch != key.epoch;
    if (old) drop(entry);
    return old;
  });
  if (entries_.size() == kMostEntries) {
    drop(entries_.front());
    entries_.erase(entries_.begin());
  }
  entries_.push_back({key, 1, std::vector<device::CuGraphExec>(segments_.size())});
}

device::CuGraphExec GpuSide::find(const GraphKey& key, size_t number, bool& capture) {
  const Entry* entry = entry_of(key);
  capture = entry != nullptr && entry->seen > 1 && entry->graphs[number] == nullptr;
  return entry == nullptr ? nullptr : entry->graphs[number];
}

void GpuSide::keep(const GraphKey& key, size_t number, device::CuGraphExec graph) {
  if (Entry* entry = entry_of(key)) entry->graphs[number] = graph;
}

std::byte* GpuSide::number() noexcept {
  constexpr size_t kBytes = 64;
  if (number_ == nullptr && gpu_.driver().cuMemAllocHost(&number_, kBytes) != 0) number_ = nullptr;
  return static_cast<std::byte*>(number_);
}

device::CuStream GpuSide::capture_stream() noexcept {
  constexpr unsigned kNonBlocking = 1;
  if (capture_stream_ == nullptr) {
    (void)gpu_.driver().cuStreamCreate(&capture_stream_, kNonBlocking);
  }
  return capture_stream_;
}

device::CuEvent GpuSide::event(size_t number) noexcept {
  while (events_.size() <= number) {
    device::CuEvent event = nullptr;
    if (gpu_.driver().cuEventCreate(&event, 0) != 0) return nullptr;
    events_.push_back(event);
  }
  return events_[number];
}

}  // namespace tenon::session
