// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Running a context on a GPU: everything goes on the caller's stream, nothing waits but for what a
// run itself must know.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>

#include "session/context.h"
#include "session/gpu_memory.h"
#include "session/gpu_side.h"
#include "session/schedule.h"

namespace tenon::session {

using device::cu_address;

Status Context::run_on_gpu(device::Stream stream, Diagnostics& diag) {
  const device::GpuScope scope(&gpu_->gpu());
  std::unique_lock lock(anchor_->mutex);
  const bool capturing = stream.state() == device::Stream::State::Capturing;
  if (capturing && is_watched()) {
    return diag.fail(Code::InvalidArgument,
                     "a run that shows tensors to a listener cannot be captured: take the listener "
                     "away first");
  }
  TENON_TRY(prepare(stream, lock, diag));
  return go(addresses_, stream, diag);
}

Status Context::gpu_failed(int code, std::string_view what, Diagnostics& diag) const {
  if (code == 0) return {};
  const Status status = gpu_->gpu().to_status(code);
  return diag.fail(status.code, "{} failed on the GPU: {}", what, status.what);
}

Status Context::check_reachable(size_t io, const void* address, Diagnostics& diag) const {
  const IoTensor& tensor = engine_->io()[io];
  const bool written_by_copy = !engine_->plan().tensor(tensor.tensor).content.empty();
  if (gpu_ == nullptr || tensor.is_shape || written_by_copy || gpu_->gpu().reaches(address)) {
    return {};
  }
  return diag.fail(Code::InvalidArgument,
                   "'{}' is bound to ordinary memory, which the GPU cannot use: the engine runs on "
                   "{}: give it memory of the GPU (cudaMalloc), or build for device \"cpu\"",
                   tensor.name, gpu_->gpu().target().name);
}

Status Context::check_readable(size_t io, Diagnostics& diag) const {
  if (gpu_ == nullptr || !is_on_gpu(gpu_->gpu(), addresses_[io])) return {};
  return diag.fail(
      Code::InvalidArgument,
      "input '{}' decides shapes and is read by the processor (TensorLocation::kHOST), "
      "but its address is memory of the GPU: give it ordinary memory",
      engine_->io()[io].name);
}

Status Context::stage_inputs(const device::Stream& stream, Diagnostics& diag) {
  for (GpuSide::Staged& one : gpu_->staged()) {
    const IoTensor& input = engine_->io()[one.io];
    const auto elements = static_cast<size_t>(shapes_.input(one.io).volume());
    const size_t bytes = byte_size(input.dtype, elements);
    if (bytes == 0) continue;
    if (one.memory.data() == nullptr) {
      return diag.fail(Code::OutOfMemory, "the GPU has no memory for a copy of input '{}'",
                       input.name);
    }
    std::memcpy(one.host.data(), addresses_[one.io], bytes);
    const int code = gpu_->gpu().driver().cuMemcpyHtoDAsync(
        cu_address(one.memory.data()), one.host.data(), bytes, stream.handle());
    TENON_TRY(gpu_failed(code, fmt::format("copying input '{}'", input.name), diag));
  }
  return {};
}

Status Context::fetch_size(const plan::SymbolView& size, const device::Stream& stream,
                           std::span<std::byte> to, Diagnostics& diag) {
  const std::string_view layer = engine_->plan().step(size.step).name;
  if (stream.state() == device::Stream::State::Capturing) {
    return diag.fail(Code::Unsupported,
                     "layer '{}' finds out a size while it runs, which the processor must read: "
                     "such a run cannot be captured",
                     layer);
  }
  const plan::TensorView tensor = engine_->plan().tensor(size.tensor);
  const device::CudaDriver& driver = gpu_->gpu().driver();
  const size_t bytes = byte_size(tensor.dtype, 1);
  if (const std::byte* told = gpu_->told_number(size.tensor)) {
    return gpu_failed(gpu_->take_number(told, to.first(bytes), stream.handle()),
                      fmt::format("reading the size that layer '{}' found", layer), diag);
  }
  std::byte* at = gpu_->number();
  if (at == nullptr) at = to.data();
  int code =
      driver.cuMemcpyDtoHAsync(at, cu_address(address_of(size.tensor)), bytes, stream.handle());
  if (code == 0) code = driver.cuStreamSynchronize(stream.handle());
  if (at != to.data()) std::memcpy(to.data(), at, bytes);
  return gpu_failed(code, fmt::format("reading the size that layer '{}' found", layer), diag);
}

Status Context::copy_content(uint32_t id, const std::byte* from, size_t bytes,
                             const device::Stream& stream, Diagnostics& diag) {
  if (bytes == 0) return {};
  // The output may be the caller's ordinary memory: the driver tells.
  const int code = gpu_->gpu().driver().cuMemcpyAsync(cu_address(address_of(id)), cu_address(from),
                                                      bytes, stream.handle());
  return gpu_failed(code, fmt::format("writing tensor '{}'", engine_->plan().tensor(id).name),
                    diag);
}

/// Steps one after the other, but where a graph of several is kept.
Status Context::run_gpu_steps(device::Stream& stream, size_t first, size_t last,
                              Diagnostics& diag) {
  const bool plain = observer_ != nullptr || is_watched() || gpu_->segments().empty() ||
                     stream.state() == device::Stream::State::Capturing;
  if (plain) return run_step_range(stream, first, last, diag);
  const GraphKey key{bound_, arena_, epoch_};
  if (first == 0) gpu_->see(key);
  for (size_t i = 0; i < gpu_->segments().size(); ++i) {
    const Segment segment = gpu_->segments()[i];
    if (segment.first < first || segment.last > last) continue;
    TENON_TRY(run_step_range(stream, first, segment.first, diag));
    first = segment.last;
    TENON_TRY(run_segment(stream, key, i, diag));
    if (gpu_->segments().empty()) break;  // graphs were given up
  }
  return run_step_range(stream, first, last, diag);
}

Status Context::run_segment(device::Stream& stream, const GraphKey& key, size_t number,
                            Diagnostics& diag) {
  const Segment segment = gpu_->segments()[number];
  const device::CudaDriver& driver = gpu_->gpu().driver();
  bool capture = false;
  device::CuGraphExec graph = gpu_->find(key, number, capture);
  if (capture) {
    graph = capture_segment(segment, diag);
    if (graph == nullptr) {
      gpu_->stop_graphs();
    } else {
      gpu_->keep(key, number, graph);
    }
  }
  if (graph == nullptr) return run_step_range(stream, segment.first, segment.last, diag);
  return gpu_failed(driver.cuGraphLaunch(graph, stream.handle()),
                    fmt::format("launching the graph of layers '{}' to '{}'",
                                engine_->plan().step(segment.first).name,
                                engine_->plan().step(segment.last - 1).name),
                    diag);
}

/// Null when the steps cannot be captured after all.
device::CuGraphExec Context::capture_segment(const Segment& segment, Diagnostics& diag) {
  constexpr int kThreadLocal = 1;
  const device::CudaDriver& driver = gpu_->gpu().driver();
  const device::CuStream own = gpu_->capture_stream();
  if (own == nullptr || driver.cuStreamBeginCapture(own, kThreadLocal) != 0) return nullptr;
  device::Stream on = gpu_->gpu().stream(own);
  size_t failed = segment.last;
  const Status status = run_beside(on, segment.first, segment.last, failed);
  device::CuGraph graph = nullptr;
  const int ended = driver.cuStreamEndCapture(own, &graph);
  device::CuGraphExec made = nullptr;
  int code = ended;
  if (status.ok() && ended == 0) code = driver.cuGraphInstantiate(&made, graph, 0);
  if (graph != nullptr) (void)driver.cuGraphDestroy(graph);
  if (status.ok() && code == 0) return made;
  diag.verbose("layers {} to {} cannot be captured into a graph ({}): they are launched one by one",
               segment.first, segment.last - 1, status.ok() ? driver.words(code) : status.what);
  return nullptr;
}

namespace {

/// Holds a stream back until what is to be timed has been put on it, so that the GPU never waits
/// for the processor between two layers. Opens by itself after a while, should something that is
/// put on the stream wait for it.
class Gate {
 public:
  void close(const device::CudaDriver& driver, void* stream) {
    if (open_ != nullptr || stream == nullptr) return;
    open_ = std::make_shared<std::atomic<bool>>(false);
    auto* given = new std::shared_ptr<std::atomic<bool>>(open_);
    if (driver.cuLaunchHostFunc(stream, &Gate::wait, given) == 0) return;
    delete given;
    open_ = nullptr;
  }
  void open() noexcept {
    if (open_ != nullptr) open_->store(true);
    open_ = nullptr;
  }
  Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { open(); }

 private:
  static void wait(void* data) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds kMost(100);
    const std::unique_ptr<std::shared_ptr<std::atomic<bool>>> open(
        static_cast<std::shared_ptr<std::atomic<bool>>*>(data));
    const auto start = Clock::now();
    while (!(*open)->load() && Clock::now() - start < kMost) std::this_thread::yield();
  }

  std::shared_ptr<std::atomic<bool>> open_;
};

}  // namespace

Status Context::run_observed_on_gpu(device::Stream& stream, size_t first, size_t last,
                                    Diagnostics& diag) {
  // A stream takes some thousand pieces of work before it makes the processor wait.
  constexpr size_t kMostHeldBack = 100;
  const device::CudaDriver& driver = gpu_->gpu().driver();
  const bool gated = stream.state() == device::Stream::State::Ready;
  Gate gate;
  for (size_t i = first; i < last; ++i) {
    if ((i - first) % kMostHeldBack == 0 || !is_capturable(engine_->plan().step(i))) gate.open();
    if (gated && is_capturable(engine_->plan().step(i))) gate.close(driver, stream.handle());
    const device::CuEvent begin = gpu_->event(2 * i), end = gpu_->event(2 * i + 1);
    if (begin == nullptr || end == nullptr) {
      return diag.fail(Code::Device, "the driver makes no event to time layer '{}' with",
                       engine_->plan().step(i).name);
    }
    TENON_TRY(gpu_failed(driver.cuEventRecord(begin, stream.handle()), "timing a layer", diag));
    size_t failed = i;
    const Status status = loop_.run(stream, i, i + 1, failed);
    if (!status.ok()) return explain(i, status, "failed", diag);
    TENON_TRY(gpu_failed(driver.cuEventRecord(end, stream.handle()), "timing a layer", diag));
  }
  return {};
}

/// Waits for the run, since times are known only then.
Status Context::report_times(const device::Stream& stream, Diagnostics& diag) {
  const device::CudaDriver& driver = gpu_->gpu().driver();
  TENON_TRY(gpu_failed(driver.cuStreamSynchronize(stream.handle()), "the run", diag));
  for (size_t i = 0; i < steps_.size(); ++i) {
    float milliseconds = 0;
    const int code =
        driver.cuEventElapsedTime(&milliseconds, gpu_->event(2 * i), gpu_->event(2 * i + 1));
    TENON_TRY(gpu_failed(code, "timing a layer", diag));
    observer_->on_step(i, engine_->plan().step(i).name, milliseconds);
  }
  return {};
}

}  // namespace tenon::session
