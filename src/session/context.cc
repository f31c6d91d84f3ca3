// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Making a context and binding what it works on.
#include "session/context.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "session/gpu_side.h"
#include "session/schedule.h"

namespace tenon::session {

using plan::kNoTensor;
using plan::Place;

Context::Context(std::shared_ptr<const Engine> engine)
    : engine_(std::move(engine)),
      shapes_(*engine_),
      addresses_(engine_->io().size()),
      bound_(engine_->io().size()),
      allocators_(engine_->io().size()),
      values_(engine_->input_count()),
      descs_(engine_->schedule_->slots.size()),
      pointers_(engine_->schedule_->slots.size()),
      steps_(engine_->step_count()),
      stale_(engine_->step_count(), 1),
      anchor_(std::make_shared<Anchor>()),
      loop_(steps_),
      shown_(engine_->plan().debug_count()) {
  anchor_->context = this;
}

Context::~Context() {
  std::unique_lock lock(anchor_->mutex);
  settle(lock);
  anchor_->context = nullptr;
  anchor_->spare.clear();
  const device::GpuScope scope(engine_->gpu());
  instances_.clear();
}

void Context::settle(std::unique_lock<std::mutex>& lock) const {
  anchor_->idle.wait(lock, [this] { return anchor_->in_flight == 0; });
}

Result<std::unique_ptr<Context>> Context::create(std::shared_ptr<const Engine> engine,
                                                 const ContextOptions& options, Diagnostics& diag) {
  if (!engine->has_weights()) {
    return diag.fail(Code::InvalidArgument,
                     "the engine '{}' was stripped of its weights: refit it before a context is "
                     "made",
                     engine->name());
  }
  std::unique_ptr<Context> context(new Context(std::move(engine)));
  context->resources_ = options.resources;
  const device::GpuScope scope(context->engine_->gpu());
  if (const device::Gpu* gpu = context->engine_->gpu()) {
    context->gpu_ =
        std::make_unique<GpuSide>(*gpu, context->engine_->plan(), *context->engine_->schedule_,
                                  context->engine_->aux_stream_count());
  }
  TENON_TRY(context->create_instances(diag));
  context->bind_constants();
  context->bind_arena(nullptr);
  context->source_ = context->engine_->memory_source();
  context->owns_memory_ = options.own_memory;
  if (options.own_memory) TENON_TRY(context->allocate_arena(nullptr, diag));
  return context;
}

Status Context::allocate_arena(void* stream, Diagnostics& diag) {
  const uint64_t bytes = engine_->device_memory_bytes();
  if (bytes == 0) return {};
  own_memory_ = Memory(bytes, source_, stream);
  if (own_memory_.data() == nullptr) {
    return diag.fail(Code::OutOfMemory, "{} for the {} bytes of activations", no_memory(source_),
                     bytes);
  }
  bind_arena(own_memory_.data());
  return {};
}

void Context::set_thread_limits(const ThreadLimits& limits) {
  std::unique_lock lock(anchor_->mutex);
  settle(lock);
  limits_ = limits;
  std::fill(stale_.begin(), stale_.end(), uint8_t{1});
  refresh_all_ = true;
}

void Context::set_memory_source(MemorySource* source) noexcept {
  std::unique_lock lock(anchor_->mutex);
  settle(lock);
  source_ = source != nullptr ? source : engine_->memory_source();
  if (!owns_memory_) return;
  bind_arena(nullptr);
  own_memory_ = Memory();
}

Status Context::adopt(std::shared_ptr<const Engine> engine, Diagnostics& diag) {
  std::unique_lock lock(anchor_->mutex);
  settle(lock);
  const device::GpuScope scope(engine_->gpu());
  instances_.clear();
  engine_ = std::move(engine);
  shapes_.adopt(*engine_);
  TENON_TRY(create_instances(diag));
  bind_constants();
  std::fill(stale_.begin(), stale_.end(), uint8_t{1});
  if (shapes_changed_ || refresh_all_) return {};  // the next run tells all kernels their shapes
  for (const uint32_t step : engine_->schedule_->fixed_steps) TENON_TRY(refresh(step, diag));
  return {};
}

Status Context::create_instances(Diagnostics& diag) {
  const Schedule& schedule = *engine_->schedule_;
  for (size_t i = 0; i < steps_.size(); ++i) {
    auto instance = engine_->kernels_[i]->create_instance(resources_);
    if (!instance.ok() || *instance == nullptr) {
      const Status status = instance.ok() ? Status{Code::Internal, nullptr} : instance.status();
      return diag.fail(status.code, "layer '{}': its kernel cannot be made for a context: {}",
                       engine_->plan().step(i).name,
                       status.what != nullptr ? status.what : to_string(status.code));
    }
    const Schedule::StepSlots& at = schedule.steps[i];
    kernel::RunArgs& args = steps_[i].args;
    args.input_descs = descs_.data() + at.first;
    args.output_descs = args.input_descs + at.inputs;
    args.inputs = pointers_.data() + at.first;
    args.outputs = pointers_.data() + at.first + at.inputs;
    steps_[i].instance = instance->get();
    instances_.push_back(std::move(*instance));
  }
  for (size_t slot = 0; slot < descs_.size(); ++slot) {
    if (schedule.slots[slot] == kNoTensor) continue;
    const plan::TensorView tensor = engine_->plan().tensor(schedule.slots[slot]);
    descs_[slot] = {tensor.dtype, tensor.layout, {}, tensor.scale};
  }
  return {};
}

void Context::bind_constants() noexcept {
  for (size_t slot = 0; slot < pointers_.size(); ++slot) {
    const uint32_t id = engine_->schedule_->slots[slot];
    if (id == kNoTensor || engine_->plan().tensor(id).place != Place::Constant) continue;
    pointers_[slot] = address_of(id);
  }
}

void Context::bind_arena(std::byte* arena) noexcept {
  arena_ = arena;
  for (size_t slot = 0; slot < pointers_.size(); ++slot) {
    const uint32_t id = engine_->schedule_->slots[slot];
    if (id == kNoTensor || engine_->plan().tensor(id).place != Place::Arena) continue;
    pointers_[slot] = address_of(id);
  }
  for (size_t i = 0; i < steps_.size(); ++i) {
    const plan::StepView step = engine_->plan().step(i);
    const bool none = step.workspace_bytes == 0 || arena == nullptr;
    steps_[i].args.workspace = none ? nullptr : arena + step.workspace_offset;
  }
}

void* Context::address_of(uint32_t id) const noexcept {
  const plan::TensorView tensor = engine_->plan().tensor(id);
  switch (tensor.place) {
    case Place::Input:
    case Place::Output:
      return bound_[engine_->schedule_->io_of[id]];
    case Place::Arena:
      if (gpu_ != nullptr) {
        if (std::byte* told = gpu_->told_number(id)) return told;
      }
      return arena_ == nullptr ? nullptr : arena_ + tensor.offset;
    case Place::Constant:
      // Kernels take inputs as pointers to const; the array they come in serves outputs too.
      return const_cast<std::byte*>(engine_->constants() + tensor.offset);
    case Place::None:
      return nullptr;
  }
  return nullptr;
}

void Context::bind_io(std::span<void* const> addresses) noexcept {
  for (size_t io = 0; io < addresses.size(); ++io) {
    if (bound_[io] == addresses[io]) continue;
    bound_[io] = addresses[io];
    void* copy = gpu_ != nullptr ? gpu_->copy_of(io) : nullptr;
    void* const read = copy != nullptr ? copy : addresses[io];
    for (const uint32_t slot : engine_->schedule_->io_slots[io]) pointers_[slot] = read;
  }
}

/// Plugins are told of every input that was bound, even to what it was.
void Context::touch_plugins() noexcept {
  for (const uint32_t step : engine_->schedule_->plugin_steps) {
    stale_[step] = 1;
    plugins_touched_ = true;
  }
}

Status Context::check_io(size_t io, bool want_input, Diagnostics& diag) const {
  if (io >= engine_->io().size()) {
    return diag.fail(Code::InvalidArgument, "there is no input or output {}: the engine has {}", io,
                     engine_->io_names());
  }
  if (want_input && !engine_->io()[io].is_input) {
    return diag.fail(Code::InvalidArgument,
                     "'{}' is an output: its shape follows from those of the inputs",
                     engine_->io()[io].name);
  }
  return {};
}

Status Context::set_profile(size_t profile, Diagnostics& diag) {
  if (profile >= engine_->profile_count()) {
    return diag.fail(Code::InvalidArgument, "there is no profile {}: the engine has {}", profile,
                     engine_->profile_count());
  }
  touch_plugins();
  if (profile == shapes_.profile()) return {};
  shapes_.set_profile(profile);
  shapes_changed_ = true;
  return {};
}

Status Context::set_input_shape(size_t io, const Dims& dims, Diagnostics& diag) {
  TENON_TRY(check_io(io, true, diag));
  TENON_TRY(shapes_.set_input(io, dims, shapes_changed_, diag));
  touch_plugins();
  return {};
}

Status Context::set_tensor_address(size_t io, void* address, Diagnostics& diag) {
  TENON_TRY(check_io(io, false, diag));
  const IoTensor& tensor = engine_->io()[io];
  if (address != nullptr) TENON_TRY(check_reachable(io, address, diag));
  if (tensor.is_input) touch_plugins();
  if (tensor.is_input && tensor.is_shape) shapes_.doubt_content(io);
  addresses_[io] = address;
  return {};
}

Status Context::set_input_values(size_t io, std::span<const int64_t> values, Diagnostics& diag) {
  TENON_TRY(check_io(io, true, diag));
  const IoTensor& tensor = engine_->io()[io];
  const bool wide = tensor.dtype == DType::I64;
  if (!wide && tensor.dtype != DType::I32) {
    return diag.fail(Code::InvalidArgument, "input '{}' of type {} takes no integer values",
                     tensor.name, to_string(tensor.dtype));
  }
  if (byte_size(tensor.dtype, values.size()) > tensor.max_bytes) {
    return diag.fail(Code::InvalidArgument, "input '{}' holds at most {} values, not {}",
                     tensor.name, tensor.max_bytes / byte_size(tensor.dtype, 1), values.size());
  }
  if (values_[io].size() == 0) values_[io] = AlignedBuffer(tensor.max_bytes);
  std::byte* to = values_[io].data();
  if (to == nullptr && !values.empty()) {
    return diag.fail(Code::OutOfMemory, "no memory for the values of input '{}'", tensor.name);
  }
  for (const int64_t value : values) {
    if (!wide && (value < INT32_MIN || value > INT32_MAX)) {
      return diag.fail(Code::InvalidArgument, "input '{}' of type i32 cannot hold {}", tensor.name,
                       value);
    }
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const auto narrow = static_cast<int32_t>(values[i]);
    if (wide) std::memcpy(to + i * sizeof(int64_t), &values[i], sizeof(int64_t));
    if (!wide) std::memcpy(to + i * sizeof(narrow), &narrow, sizeof(narrow));
  }
  return set_tensor_address(io, to, diag);
}

Status Context::set_output_allocator(size_t io, OutputAllocator* allocator, Diagnostics& diag) {
  TENON_TRY(check_io(io, false, diag));
  if (engine_->io()[io].is_input) {
    return diag.fail(Code::InvalidArgument, "'{}' is an input: only outputs can be allocated",
                     engine_->io()[io].name);
  }
  allocators_[io] = allocator;
  return {};
}

Dims Context::tensor_shape(size_t io) const noexcept {
  if (io < engine_->input_count()) return shapes_.input(io);
  return shapes_.known(engine_->plan().tensor(engine_->io()[io].tensor));
}

uint64_t Context::max_output_bytes(size_t io) const noexcept {
  const IoTensor& output = engine_->io()[io];
  const plan::TensorView tensor = engine_->plan().tensor(output.tensor);
  const bool fresh = shapes_.contents_fresh();
  Dims dims;
  for (size_t axis = 0; axis < tensor.shape.size(); ++axis) {
    int64_t extent = 0;
    if (shapes_changed_ || !fresh || !shapes_.evaluate(tensor.shape[axis], extent).ok()) {
      return output.max_bytes;
    }
    dims.push_back(extent);
  }
  const int64_t bytes = checked_bytes(tensor.layout, dims, tensor.dtype);
  return bytes < 0 ? output.max_bytes : static_cast<uint64_t>(bytes);
}

bool Context::is_unspecified(size_t io) const noexcept {
  if (io >= engine_->input_count()) return false;
  return !shapes_.has_input(io) ||
         (!engine_->schedule_->elements[io].empty() && addresses_[io] == nullptr);
}

Status Context::infer_shapes(Diagnostics& diag) {
  bool complete = true;
  for (size_t io = 0; io < engine_->input_count(); ++io) {
    if (is_unspecified(io)) {
      complete = false;
    } else if (!engine_->schedule_->elements[io].empty()) {
      TENON_TRY(check_readable(io, diag));
      TENON_TRY(shapes_.read_content(io, addresses_[io], shapes_changed_, diag));
    }
  }
  if (!complete) return {};
  if (shapes_changed_) TENON_TRY(resolve(diag));
  for (size_t io = engine_->input_count(); io < engine_->io().size(); ++io) {
    Dims dims;
    TENON_TRY(shapes_.evaluate(engine_->io()[io].tensor, dims, diag));
  }
  return {};
}

Status Context::set_device_memory(std::span<std::byte> memory, Diagnostics& diag) {
  if (memory.data() != nullptr && memory.size() < engine_->device_memory_bytes()) {
    return diag.fail(Code::InvalidArgument, "{} bytes of memory are given, but the engine needs {}",
                     memory.size(), engine_->device_memory_bytes());
  }
  if (reinterpret_cast<uintptr_t>(memory.data()) % kAlignment != 0) {
    return diag.fail(Code::InvalidArgument, "the memory given does not begin at a multiple of {}",
                     kAlignment);
  }
  std::unique_lock lock(anchor_->mutex);
  settle(lock);
  bind_arena(memory.data());
  own_memory_ = Memory();
  owns_memory_ = false;
  return {};
}

}  // namespace tenon::session
