// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Running a context: what changed is prepared anew, then the steps go.
#include <algorithm>
#include <chrono>
#include <cstring>

#include "session/context.h"
#include "session/gpu_side.h"
#include "session/schedule.h"

namespace tenon::session {

using plan::kNoTensor;

Status Context::run(device::Stream stream, Diagnostics& diag) {
  if (gpu_ != nullptr) return run_on_gpu(stream, diag);
  using State = device::Stream::State;
  const State state = stream.state();
  if (state == State::Capturing && is_watched()) {
    return diag.fail(Code::InvalidArgument,
                     "a run that shows tensors to a listener cannot be captured: take the listener "
                     "away first");
  }
  if (state == State::Capturing || (state == State::Busy && !needs_caller())) {
    return leave_on(stream, state == State::Capturing, diag);
  }
  if (state == State::Busy) {
    // Before the lock: what is waited for may be runs of this context.
    if (const Status status = stream.wait(); !status.ok()) {
      return diag.fail(status.code, "work that was put on the stream before failed: {}",
                       status.what);
    }
  }
  std::unique_lock lock(anchor_->mutex);
  const ThreadScope scope(limits_);
  TENON_TRY(prepare(stream, lock, diag));
  return go(addresses_, stream, diag);
}

bool Context::needs_caller() const noexcept {
  const auto is_set = [](const auto* allocator) { return allocator != nullptr; };
  const auto& elements = engine_->schedule_->elements;
  return observer_ != nullptr || is_watched() || !engine_->schedule_->plugin_steps.empty() ||
         !engine_->schedule_->actions.empty() ||
         std::any_of(allocators_.begin(), allocators_.end(), is_set) ||
         std::any_of(elements.begin(), elements.end(), [](auto& list) { return !list.empty(); });
}

Status Context::leave_on(const device::Stream& stream, bool captured, Diagnostics& diag) {
  std::unique_lock lock(anchor_->mutex);
  const ThreadScope scope(limits_);
  TENON_TRY(prepare(stream, lock, diag));
  StreamRun* run = StreamRun::make(anchor_, addresses_, epoch_, diag.sink(), captured);
  lock.unlock();
  const Status status = stream.launch(StreamRun::execute, run, StreamRun::release);
  if (status.ok()) return {};
  return diag.fail(status.code, "the stream takes no run: {}", status.what);
}

Status Context::run_later(const StreamRun& run, void* stream, Diagnostics& diag) {
  device::Stream on;
  if (const Status status = device::Stream::from_handle(stream, on); !status.ok()) {
    return diag.fail(status.code, "{}", status.what);
  }
  if (run.epoch != epoch_) {
    return diag.fail(Code::InvalidArgument,
                     "the graph was captured for other shapes than the context has now: capture "
                     "again after a change of shapes");
  }
  const ThreadScope scope(limits_);
  TENON_TRY(need_arena(on, diag));
  return go(run.addresses, on, diag);
}

Status Context::need_arena(const device::Stream& stream, Diagnostics& diag) {
  if (arena_ != nullptr || engine_->device_memory_bytes() == 0) return {};
  if (owns_memory_) return allocate_arena(stream.handle(), diag);
  return diag.fail(Code::InvalidArgument,
                   "the context has no memory: give it {} bytes with set_device_memory",
                   engine_->device_memory_bytes());
}

/// The run itself; the mutex is held, shapes and addresses are known to be good.
Status Context::go(std::span<void* const> addresses, device::Stream stream, Diagnostics& diag) {
  bind_io(addresses);
  if (gpu_ != nullptr) {
    gpu_->expect_numbers();
    TENON_TRY(stage_inputs(stream, diag));
  }
  if (is_watched()) return go_watched(stream, diag);
  size_t done = 0;
  for (const Action& action : engine_->schedule_->actions) {
    TENON_TRY(run_steps(stream, done, action.before, diag));
    done = action.before;
    TENON_TRY(perform(action, stream, diag));
  }
  TENON_TRY(run_steps(stream, done, steps_.size(), diag));
  const bool times = gpu_ != nullptr && observer_ != nullptr;
  if (times && stream.state() == device::Stream::State::Ready)
    TENON_TRY(report_times(stream, diag));
  notify_outputs();
  return {};
}

void Context::notify_outputs() noexcept {
  for (size_t io = engine_->input_count(); io < allocators_.size(); ++io) {
    if (allocators_[io] != nullptr) allocators_[io]->notify(io, tensor_shape(io));
  }
}

Status Context::prepare(const device::Stream& stream, std::unique_lock<std::mutex>& lock,
                        Diagnostics& diag) {
  TENON_TRY(need_arena(stream, diag));
  for (size_t io = 0; io < engine_->input_count(); ++io) {
    if (!shapes_.has_input(io)) {
      return diag.fail(Code::InvalidArgument, "input '{}' has no shape yet: set it before the run",
                       engine_->io()[io].name);
    }
    if (engine_->schedule_->elements[io].empty()) continue;
    if (addresses_[io] == nullptr) return unbound(io, diag);
    TENON_TRY(check_readable(io, diag));
    TENON_TRY(shapes_.read_content(io, addresses_[io], shapes_changed_, diag));
  }
  if (shapes_changed_ || refresh_all_ || plugins_touched_) settle(lock);
  if (shapes_changed_) TENON_TRY(resolve(diag));
  shapes_.unsettle();
  TENON_TRY(allocate_outputs(stream, diag));
  TENON_TRY(check_bound(diag));
  if (refresh_all_) {
    ++epoch_;
    for (const uint32_t step : engine_->schedule_->fixed_steps) TENON_TRY(refresh(step, diag));
  } else if (plugins_touched_) {
    for (const uint32_t step : engine_->schedule_->fixed_plugin_steps) {
      TENON_TRY(refresh(step, diag));
    }
  }
  refresh_all_ = plugins_touched_ = false;
  return {};
}

Status Context::resolve(Diagnostics& diag) {
  TENON_TRY(shapes_.resolve(diag));
  shapes_changed_ = false;
  refresh_all_ = true;
  return {};
}

Status Context::unbound(size_t io, Diagnostics& diag) const {
  const IoTensor& tensor = engine_->io()[io];
  return diag.fail(Code::InvalidArgument, "{} '{}' has no memory: bind its address before the run",
                   tensor.is_input ? "input" : "output", tensor.name);
}

/// A null address will do for a tensor without elements.
Status Context::check_bound(Diagnostics& diag) const {
  for (size_t io = 0; io < addresses_.size(); ++io) {
    if (addresses_[io] != nullptr) continue;
    const IoTensor& tensor = engine_->io()[io];
    Dims dims;
    TENON_TRY(shapes_.evaluate(tensor.tensor, dims, diag));
    if (dims.volume() != 0) return unbound(io, diag);
  }
  return {};
}

Status Context::allocate_outputs(const device::Stream& stream, Diagnostics& diag) {
  for (size_t io = engine_->input_count(); io < allocators_.size(); ++io) {
    if (allocators_[io] == nullptr) continue;
    const uint64_t bytes = std::max<uint64_t>(max_output_bytes(io), 1);
    void* memory = allocators_[io]->allocate(io, addresses_[io], bytes, stream);
    if (memory == nullptr) {
      return diag.fail(Code::OutOfMemory,
                       "the output allocator gave no memory for the {} bytes of "
                       "output '{}'",
                       bytes, engine_->io()[io].name);
    }
    addresses_[io] = memory;
  }
  return {};
}

/// Brings a step's shapes up to date and tells its kernel if they are others than last time.
Status Context::refresh(uint32_t step, Diagnostics& diag) {
  const Schedule::StepSlots& at = engine_->schedule_->steps[step];
  for (uint32_t slot = at.first; slot < at.first + at.inputs + at.outputs; ++slot) {
    const uint32_t tensor = engine_->schedule_->slots[slot];
    if (tensor == kNoTensor) continue;
    Dims dims;
    TENON_TRY(shapes_.evaluate(tensor, dims, diag));
    if (descs_[slot].dims == dims) continue;
    descs_[slot].dims = dims;
    stale_[step] = 1;
  }
  if (stale_[step] == 0) return {};
  const std::span<const kernel::TensorDesc> all(descs_);
  const auto inputs = all.subspan(at.first, at.inputs);
  const auto outputs = all.subspan(at.first + at.inputs, at.outputs);
  const Status status = instances_[step]->on_shapes(inputs, outputs);
  if (!status.ok()) return explain(step, status, "refuses these shapes", diag);
  // Asked only now that the kernel has accepted the shapes.
  const size_t workspace = engine_->kernels_[step]->workspace(inputs, outputs);
  const plan::StepView view = engine_->plan().step(step);
  if (workspace > view.workspace_bytes) {
    return diag.fail(Code::InvalidPlan,
                     "layer '{}' needs {} bytes of workspace for these shapes, but the engine "
                     "reserves {}",
                     view.name, workspace, view.workspace_bytes);
  }
  stale_[step] = 0;
  return {};
}

Status Context::perform(const Action& action, const device::Stream& stream, Diagnostics& diag) {
  for (const uint32_t symbol : action.sizes) {
    const plan::SymbolView size = engine_->plan().symbol(symbol);
    std::byte fetched[sizeof(int64_t)] = {};
    if (gpu_ != nullptr) TENON_TRY(fetch_size(size, stream, fetched, diag));
    const void* at = gpu_ != nullptr ? fetched : address_of(size.tensor);
    TENON_TRY(shapes_.settle(symbol, at, engine_->plan().step(size.step).name, diag));
  }
  for (const uint32_t step : action.steps) TENON_TRY(refresh(step, diag));
  for (const uint32_t tensor : action.contents) TENON_TRY(write_content(tensor, stream, diag));
  return {};
}

Status Context::write_content(uint32_t id, const device::Stream& stream, Diagnostics& diag) {
  const plan::TensorView tensor = engine_->plan().tensor(id);
  Dims dims;
  TENON_TRY(shapes_.evaluate(id, dims, diag));
  if (dims.volume() != static_cast<int64_t>(tensor.content.size())) {
    return diag.fail(Code::InvalidPlan, "tensor '{}' of shape {} has {} computed elements",
                     tensor.name, to_string(dims), tensor.content.size());
  }
  const size_t bytes = byte_size(tensor.dtype, tensor.content.size());
  std::byte* to =
      gpu_ != nullptr ? gpu_->content(id, bytes) : static_cast<std::byte*>(address_of(id));
  for (size_t i = 0; i < tensor.content.size(); ++i) {
    int64_t value = 0;
    const Status status = shapes_.evaluate(tensor.content[i], value);
    const bool narrow = tensor.dtype == DType::I32;
    if (!status.ok() || (narrow && (value < INT32_MIN || value > INT32_MAX))) {
      return diag.fail(Code::InvalidArgument,
                       "element {} of tensor '{}' cannot be computed for these shapes: it exceeds "
                       "{} or divides by zero",
                       i, tensor.name, to_string(tensor.dtype));
    }
    if (tensor.dtype == DType::I64) {
      std::memcpy(to + i * sizeof(value), &value, sizeof(value));
    } else if (narrow) {
      const auto small = static_cast<int32_t>(value);
      std::memcpy(to + i * sizeof(small), &small, sizeof(small));
    } else {
      to[i] = std::byte{value != 0};
    }
  }
  return gpu_ != nullptr ? copy_content(id, to, bytes, stream, diag) : Status{};
}

/// What a plugin puts on the stream is done before the next step reads it.
Status Context::run_steps(device::Stream& stream, size_t first, size_t last, Diagnostics& diag) {
  if (gpu_ != nullptr) return run_gpu_steps(stream, first, last, diag);
  if (engine_->schedule_->plugin_steps.empty()) return run_step_range(stream, first, last, diag);
  const device::OurMemoryScope scope(stream);
  for (const uint32_t plugin : engine_->schedule_->plugin_steps) {
    if (plugin < first || plugin >= last) continue;
    TENON_TRY(run_step_range(stream, first, plugin + 1, diag));
    first = plugin + 1;
    if (first == steps_.size() && engine_->schedule_->actions.empty()) continue;
    if (const Status status = stream.wait(); !status.ok()) {
      return explain(plugin, status, "put work on the stream that failed", diag);
    }
  }
  return run_step_range(stream, first, last, diag);
}

Status Context::run_step_range(device::Stream& stream, size_t first, size_t last,
                               Diagnostics& diag) {
  size_t failed = 0;
  if (observer_ == nullptr) {
    const Status status = gpu_ != nullptr ? run_beside(stream, first, last, failed)
                                          : loop_.run(stream, first, last, failed);
    return status.ok() ? status : explain(failed, status, "failed", diag);
  }
  if (gpu_ != nullptr) return run_observed_on_gpu(stream, first, last, diag);
  using Clock = std::chrono::steady_clock;
  for (size_t i = first; i < last; ++i) {
    const auto begin = Clock::now();
    const Status status = loop_.run(stream, i, i + 1, failed);
    const std::chrono::duration<float, std::milli> took = Clock::now() - begin;
    if (!status.ok()) return explain(i, status, "failed", diag);
    observer_->on_step(i, engine_->plan().step(i).name, took.count());
  }
  return {};
}

Status Context::explain(size_t step, Status status, std::string_view what,
                        Diagnostics& diag) const {
  const plan::StepView view = engine_->plan().step(step);
  std::string words(instances_[step]->last_error());
  if (words.empty()) words = status.what != nullptr ? status.what : to_string(status.code);
  const std::string plugin =
      view.plugin.empty() ? std::string() : fmt::format(", plugin {}", view.plugin);
  return diag.fail(status.code, "layer '{}' (kernel {}/{}@{}{}) {}: {}", view.name, view.family,
                   view.kernel, view.version, plugin, what, words);
}

}  // namespace tenon::session
