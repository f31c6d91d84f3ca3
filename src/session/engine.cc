// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loading engines.
#include "session/engine.h"

#include <algorithm>
#include <cstring>

#include "session/gpu_memory.h"
#include "session/records.h"
#include "session/schedule.h"
#include "session/step_streams.h"

namespace tenon::session {

namespace {

Status refuse(Status status, const plan::Culprit& culprit, Diagnostics& diag) {
  if (culprit.kind == nullptr) {
    return diag.fail(status.code, "cannot load the engine: {}", status.what);
  }
  return diag.fail(status.code, "cannot load the engine: {} ({} {})", status.what, culprit.kind,
                   culprit.index);
}

Status check_isa(const plan::View& plan, const device::Target& target, Diagnostics& diag) {
  const std::string missing = device::missing_isa(plan.isa_needed(), target);
  if (missing.empty()) return {};
  return diag.fail(
      Code::Unsupported,
      "cannot load the engine: it needs {}, which this machine lacks; it was built for "
      "[{}], and this is [{}]: build it anew here, or as a portable engine "
      "(HardwareCompatibilityLevel::kAMPERE_PLUS)",
      missing, built_for(plan).fingerprint(), target.fingerprint());
}

/// A safe engine belongs to the safe runtime, whose promises this one does not keep.
Status check_capability(const plan::View& plan, bool safe, Diagnostics& diag) {
  const bool is_safe = plan.capability() == plan::Capability::Safety;
  if (is_safe == safe) return safe ? plan.verify_weights() : Status{};
  if (is_safe) {
    return diag.fail(Code::Unsupported,
                     "cannot load the engine: it is a safe engine (EngineCapability::kSAFETY), "
                     "which the safe runtime runs: createTRTGraph, or trtexec_safe --loadEngine; "
                     "for tests in a standard process, the proxy: tenon::load_safe_engine, or "
                     "trtexec --safe");
  }
  return diag.fail(Code::Unsupported,
                   "cannot load the engine as a safe one: it was built with "
                   "EngineCapability::kSTANDARD; load it with IRuntime (trtexec without --safe), "
                   "or build it with kSAFETY");
}

/// The GPU that an engine for one runs on; null for others. Code for one compute capability runs on
/// no other.
Result<const device::Gpu*> gpu_for(const plan::View& plan, Diagnostics& diag) {
  const plan::TargetView built = plan.target();
  if (built.kind != device::Kind::Cuda) return static_cast<const device::Gpu*>(nullptr);
  const auto scope = diag.scope("engine", plan.name());
  const auto gpu = device::Gpu::open_default(diag);
  if (!gpu.ok()) {
    return diag.fail(gpu.status().code,
                     "cannot load the engine: it was built for a GPU ({}, sm_{}): load it on a "
                     "machine with such a GPU, or build it anew with TENON_DEVICE=cpu",
                     built.name, built.gpu.sm);
  }
  const device::Target& here = (*gpu)->target();
  if (here.gpu.sm == built.gpu.sm) return *gpu;
  return diag.fail(Code::Unsupported,
                   "cannot load the engine: it was built for {} (sm_{}), and GPU {} is {} (sm_{}): "
                   "build it anew here",
                   built.name, built.gpu.sm, (*gpu)->ordinal(), here.name, here.gpu.sm);
}

/// Such kernels read and write addresses that must be the processor's.
bool is_for_processors(std::string_view family) {
  constexpr std::string_view kFamilies[] = {"ref", "simd", "dnnl", "null", "plugin.safe"};
  return std::ranges::find(kFamilies, family) != std::end(kFamilies);
}

bool is_for_gpu(std::span<const std::byte> bytes) {
  const Result<plan::View> view = plan::View::open(bytes);
  return view.ok() && view->target().kind == device::Kind::Cuda;
}

}  // namespace

device::Target built_for(const plan::View& plan) {
  const plan::TargetView view = plan.target();
  device::Target target;
  target.isa = view.isa;
  target.cores = view.cores;
  target.l1d_bytes = view.l1d_bytes;
  target.l2_bytes = view.l2_bytes;
  target.l3_bytes = view.l3_bytes;
  target.name = view.name;
  target.kind = view.kind;
  target.gpu = view.gpu;
  target.portable = plan.hardware_compatibility() != 0;
  return target;
}

Engine::Engine(const plan::View& view) : view_(view) { list_io(); }

Engine::~Engine() {
  const device::GpuScope scope(gpu_);
  kernels_.clear();
}

Status Engine::stream(void* handle, device::Stream& out) const noexcept {
  if (gpu_ == nullptr) return device::Stream::from_handle(handle, out);
  out = gpu_->stream(handle);
  return {};
}

template <class Owner>
Result<std::shared_ptr<const Engine>> Engine::load_owned(Owner owner,
                                                         const kernel::LoaderTable& loaders,
                                                         const device::Target& target,
                                                         const LoadOptions& options,
                                                         Diagnostics& diag) {
  plan::Culprit culprit;
  const Result<plan::View> view =
      plan::View::open(owner.bytes(), {.verify_weights = options.verify_weights}, &culprit);
  if (!view.ok()) return refuse(view.status(), culprit, diag);
  TENON_TRY(check_capability(*view, options.safe, diag));
  TENON_TRY(check_isa(*view, target, diag));
  const std::shared_ptr<Engine> engine(new Engine(*view));
  engine->owner_ = std::move(owner);
  engine->memory_ = options.memory;
  if (options.without_weights) return std::shared_ptr<const Engine>(engine);
  TENON_ASSIGN(engine->gpu_, gpu_for(*view, diag));
  const device::GpuScope scope(engine->gpu_);
  if (engine->gpu_ != nullptr) {
    if (options.memory == nullptr) engine->memory_ = &gpu_memory(*engine->gpu_);
    TENON_TRY(engine->upload_constants(diag));
  }
  TENON_TRY(engine->finish(loaders, diag));
  return std::shared_ptr<const Engine>(engine);
}

Result<std::shared_ptr<const Engine>> Engine::load(MappedFile file,
                                                   const kernel::LoaderTable& loaders,
                                                   const device::Target& target,
                                                   const LoadOptions& options, Diagnostics& diag) {
  return load_owned(std::move(file), loaders, target, options, diag);
}

Result<std::shared_ptr<const Engine>> Engine::load(AlignedBuffer bytes,
                                                   const kernel::LoaderTable& loaders,
                                                   const device::Target& target,
                                                   const LoadOptions& options, Diagnostics& diag) {
  return load_owned(std::move(bytes), loaders, target, options, diag);
}

Result<std::shared_ptr<const Engine>> Engine::load_copy(std::span<const std::byte> bytes,
                                                        const kernel::LoaderTable& loaders,
                                                        const device::Target& target,
                                                        const LoadOptions& options,
                                                        Diagnostics& diag) {
  const auto copied = [&](MemorySource* source) -> Result<Memory> {
    Memory copy(bytes.size(), source, nullptr);
    if (copy.data() == nullptr && !bytes.empty()) {
      return diag.fail(Code::OutOfMemory, "cannot load the engine: {} for its {} bytes",
                       no_memory(source), bytes.size());
    }
    if (!bytes.empty()) std::memcpy(copy.data(), bytes.data(), bytes.size());
    return copy;
  };
  TENON_ASSIGN(Memory copy, copied(nullptr));
  // The file itself never lies on the GPU, where a source for GPU engines has its blocks.
  if (options.memory != nullptr && !is_for_gpu(copy.bytes())) {
    TENON_ASSIGN(copy, copied(options.memory));
  }
  return load_owned(std::move(copy), loaders, target, options, diag);
}

Result<std::shared_ptr<const Engine>> Engine::load_in_place(std::span<const std::byte> bytes,
                                                            const kernel::LoaderTable& loaders,
                                                            const device::Target& target,
                                                            const LoadOptions& options,
                                                            Diagnostics& diag) {
  return load_owned(Borrowed{bytes}, loaders, target, options, diag);
}

Status Engine::finish(const kernel::LoaderTable& loaders, Diagnostics& diag) {
  TENON_ASSIGN(Schedule schedule, make_schedule(view_, diag));
  schedule_ = std::make_unique<const Schedule>(std::move(schedule));
  streams_ = std::make_unique<const StepStreams>(make_step_streams(view_));
  TENON_ASSIGN(Records records, Records::make(view_, *schedule_, diag));
  records_ = std::make_unique<const Records>(std::move(records));
  for (size_t i = 0; i < step_count(); ++i) {
    const kernel::RecordView& record = (*records_)[i];
    const auto scope = diag.scope("layer", record.node_name);
    if (gpu_ != nullptr && is_for_processors(record.family)) {
      return diag.fail(Code::InvalidPlan,
                       "kernel {}/{}@{} is for processors, but the engine is for a GPU",
                       record.family, record.name, record.version);
    }
    TENON_ASSIGN(auto loaded, kernel::load(loaders, record, diag));
    if (loaded == nullptr) {
      return diag.fail(Code::Internal, "the loader of {}/{}@{} gave no kernel", record.family,
                       record.name, record.version);
    }
    kernels_.push_back(std::move(loaded));
  }
  return {};
}

Status Engine::upload_constants(Diagnostics& diag) {
  const std::span<const std::byte> bytes = view_.constants();
  if (bytes.empty()) return {};
  gpu_memory_ = Memory(bytes.size(), memory_, nullptr);
  if (gpu_memory_.data() == nullptr) {
    return diag.fail(Code::OutOfMemory, "cannot load the engine: {} for {} bytes of constants",
                     no_memory(memory_), bytes.size());
  }
  const int code = gpu_->driver().cuMemcpyHtoD(device::cu_address(gpu_memory_.data()), bytes.data(),
                                               bytes.size());
  if (code != 0) {
    return diag.fail(Code::Device, "cannot load the engine: its constants do not reach the GPU: {}",
                     gpu_->to_status(code).what);
  }
  gpu_constants_ = gpu_memory_.data();
  return {};
}

void Engine::list_io() {
  const auto add = [&](uint32_t id, bool is_input) {
    const plan::TensorView tensor = view_.tensor(id);
    IoTensor io = {.name = tensor.name,
                   .dtype = tensor.dtype,
                   .layout = tensor.layout,
                   .scale = tensor.scale,
                   .is_input = is_input,
                   .max_bytes = tensor.bytes,
                   .tensor = id};
    for (size_t axis = 0; axis < tensor.shape.size(); ++axis) {
      bool fixed = true;
      for_each_symbol(tensor.shape[axis], [&](uint32_t) { fixed = false; });
      int64_t extent = -1;
      const bool known = fixed && expr::evaluate(tensor.shape[axis], {}, extent).ok();
      io.dims.push_back(known ? extent : -1);
    }
    io_.push_back(io);
  };
  for (const uint32_t id : view_.inputs()) add(id, true);
  for (const uint32_t id : view_.outputs()) add(id, false);
  for (size_t i = 0; i < view_.symbol_count(); ++i) {
    const plan::SymbolView symbol = view_.symbol(i);
    if (symbol.source != plan::SymbolSource::InputContent) continue;
    for (IoTensor& io : io_) io.is_shape |= io.tensor == symbol.tensor;
  }
  for (size_t input = 0; input < input_count(); ++input) {
    io_[input].is_shape |= !profile_values(0, input, Select::Max).empty();
  }
}

std::optional<size_t> Engine::find_io(std::string_view name) const noexcept {
  const auto found =
      std::find_if(io_.begin(), io_.end(), [&](const IoTensor& io) { return io.name == name; });
  if (found == io_.end()) return std::nullopt;
  return static_cast<size_t>(found - io_.begin());
}

std::string Engine::io_names() const {
  std::string names;
  for (const IoTensor& io : io_) {
    if (!names.empty()) names += ", ";
    names += fmt::format("'{}'", io.name);
  }
  return names;
}

Dims Engine::profile_dims(size_t profile, size_t io, Select select) const noexcept {
  const plan::RangeView range = view_.range(profile, io);
  return select == Select::Min ? range.min : select == Select::Opt ? range.opt : range.max;
}

std::span<const int64_t> Engine::profile_values(size_t profile, size_t io,
                                                Select select) const noexcept {
  const plan::RangeView range = view_.range(profile, io);
  return select == Select::Min   ? range.min_values
         : select == Select::Opt ? range.opt_values
                                 : range.max_values;
}

size_t Engine::aux_stream_count() const noexcept { return streams_ == nullptr ? 0 : streams_->aux; }

std::vector<std::string_view> Engine::awaited_by(size_t step) const {
  std::vector<std::string_view> names;
  if (aux_stream_count() == 0) return names;
  for (const uint32_t before : streams_->waits[step]) names.push_back(view_.step(before).name);
  return names;
}

uint64_t Engine::weight_bytes() const noexcept {
  return view_.constants().size() + view_.section(plan::Section::Kernels).size();
}

}  // namespace tenon::session
