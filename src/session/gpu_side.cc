// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Segments, graphs, copies.
#include "session/gpu_side.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>

namespace tenon::session {

namespace {

// A caller may take turns with so many sets of addresses; more are captured again and again.
constexpr size_t kMostEntries = 8;

bool graphs_wanted() {
  const char* text = std::getenv("TENON_CUDA_GRAPH");
  return text == nullptr || std::string_view(text) != "0";
}

constexpr size_t kCacheLine = 64;
constexpr std::byte kUntold{0xff};  // -1, which no size is

/// Size tensors that a kernel of our own writes, once, and no step reads.
std::vector<uint32_t> told_by_kernels(const plan::View& plan, const Schedule& schedule) {
  std::vector<uint32_t> told;
  for (const uint32_t symbol : schedule.size_symbols) {
    const uint32_t id = plan.symbol(symbol).tensor;
    const plan::TensorView tensor = plan.tensor(id);
    bool fits = tensor.place == plan::Place::Arena && tensor.bytes <= kCacheLine &&
                plan.step(plan.symbol(symbol).step).family == "cuda" &&
                std::ranges::find(told, id) == told.end();
    for (size_t i = 0; fits && i < plan.step_count(); ++i) {
      const auto inputs = plan.step(i).inputs;
      fits = std::ranges::find(inputs, id) == inputs.end();
    }
    if (fits) told.push_back(id);
  }
  return told;
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

GpuSide::GpuSide(const device::Gpu& gpu, const plan::View& plan, const Schedule& schedule,
                 size_t aux)
    : gpu_(gpu), own_aux_(aux), marks_(aux == 0 ? 0 : plan.step_count() + 1 + aux) {
  constexpr unsigned kNonBlocking = 1, kNoTiming = 2;
  // Made now: a run may be captured, when nothing can be made.
  for (device::CuStream& own : own_aux_) {
    if (gpu.driver().cuStreamCreate(&own, kNonBlocking) != 0) own = nullptr;
  }
  for (device::CuEvent& mark : marks_) {
    if (gpu.driver().cuEventCreate(&mark, kNoTiming) != 0) mark = nullptr;
  }
  const auto none = [](const void* made) { return made == nullptr; };
  can_fork_ = std::ranges::none_of(own_aux_, none) && std::ranges::none_of(marks_, none);
  for (size_t io = 0; io < plan.inputs().size(); ++io) {
    if (schedule.elements[io].empty() || schedule.io_slots[io].empty()) continue;
    const uint64_t bytes = plan.tensor(plan.inputs()[io]).bytes;
    staged_.push_back({io, device::GpuBuffer(gpu, bytes), std::vector<std::byte>(bytes)});
  }
  told_ = told_by_kernels(plan, schedule);
  if (!told_.empty() &&
      gpu.driver().cuMemAllocHost(&told_numbers_, told_.size() * kCacheLine) != 0) {
    told_.clear();
  }
  // As if all had been told: nothing is under way.
  if (!told_.empty()) std::memset(told_numbers_, 0, told_.size() * kCacheLine);
  if (graphs_wanted()) segments_ = find_segments(plan, schedule);
}

GpuSide::~GpuSide() {
  const device::GpuScope scope(&gpu_);
  for (Entry& entry : entries_) drop(entry);
  for (const device::CuEvent event : events_) (void)gpu_.driver().cuEventDestroy(event);
  for (const device::CuEvent mark : marks_) {
    if (mark != nullptr) (void)gpu_.driver().cuEventDestroy(mark);
  }
  for (const device::CuStream own : own_aux_) {
    if (own != nullptr) (void)gpu_.driver().cuStreamDestroy(own);
  }
  if (capture_stream_ != nullptr) (void)gpu_.driver().cuStreamDestroy(capture_stream_);
  if (number_ != nullptr) (void)gpu_.driver().cuMemFreeHost(number_);
  if (told_numbers_ != nullptr) (void)gpu_.driver().cuMemFreeHost(told_numbers_);
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

std::byte* GpuSide::told_number(uint32_t tensor) const noexcept {
  const auto found = std::ranges::find(told_, tensor);
  if (found == told_.end()) return nullptr;
  return static_cast<std::byte*>(told_numbers_) +
         static_cast<size_t>(found - told_.begin()) * kCacheLine;
}

void GpuSide::expect_numbers() noexcept {
  if (told_.empty()) return;
  const auto* numbers = static_cast<const std::byte*>(told_numbers_);
  bool waiting = false;
  for (size_t i = 0; i < told_.size(); ++i) waiting |= numbers[i * kCacheLine] == kUntold;
  // A run that failed may have left its kernel on some stream.
  if (waiting) (void)gpu_.driver().cuCtxSynchronize();
  std::memset(told_numbers_, static_cast<int>(kUntold), told_.size() * kCacheLine);
}

int GpuSide::take_number(const std::byte* told, std::span<std::byte> to,
                         device::CuStream stream) noexcept {
  constexpr int kNotReady = 600, kSpins = 64;
  // A kernel writes an aligned number at once.
  const auto untold = [&] {
    return to.size() == sizeof(int64_t) ? *reinterpret_cast<const volatile int64_t*>(told) < 0
                                        : *reinterpret_cast<const volatile int32_t*>(told) < 0;
  };
  int code = kNotReady;
  while (untold() && code == kNotReady) {
    for (int spin = 0; spin < kSpins && untold(); ++spin) std::this_thread::yield();
    if (untold()) code = gpu_.driver().cuStreamQuery(stream);
  }
  std::atomic_thread_fence(std::memory_order_acquire);
  std::memcpy(to.data(), told, to.size());
  return code == kNotReady ? 0 : code;
}

device::CuStream GpuSide::capture_stream() noexcept {
  constexpr unsigned kNonBlocking = 1;
  if (capture_stream_ == nullptr) {
    (void)gpu_.driver().cuStreamCreate(&capture_stream_, kNonBlocking);
  }
  return capture_stream_;
}

device::CuStream GpuSide::aux_stream(size_t number) const noexcept {
  const bool given = number < given_aux_.size() && given_aux_[number] != nullptr;
  return given ? given_aux_[number] : own_aux_[number];
}

void GpuSide::set_aux_streams(std::span<const device::CuStream> streams) {
  given_aux_.assign(streams.begin(), streams.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                           streams.size(), own_aux_.size())));
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
