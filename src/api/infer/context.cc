// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Names to numbers, calls to the session.
#include "api/infer/context.h"

#include <dlfcn.h>
#include <fmt/core.h>

#include "api/infer/runtime_config.h"

namespace tenon::api {

namespace {

constexpr nvinfer1::Dims kUnknownDims{-1, {}};

}  // namespace

Context::Context(const Engine& engine, const Voice& voice)
    : engine_(engine),
      shared_(engine.shared()),
      core_(shared_->first.get()),
      voice_(voice),
      plugin_context_(voice_, shared_->allocator),
      outputs_(core_->io().size()),
      nvtx_(engine.getProfilingVerbosity()) {}

std::unique_ptr<Context> Context::create(const Engine& engine, bool own_memory) {
  std::unique_ptr<Context> made(new Context(engine, engine.voice()));
  session::ContextOptions options;
  options.resources.plugin_context = &made->plugin_context_;
  options.own_memory = own_memory;
  Diagnostics diag = made->voice_.diagnostics();
  const std::lock_guard lock(made->shared_->mutex);
  auto context = session::Context::create(made->shared_->core, options, diag);
  if (!context.ok()) return nullptr;
  made->context_ = std::move(*context);
  made->own_memory_ = own_memory;
  made->shared_->contexts.insert(made.get());
  return made;
}

Context::~Context() noexcept {
  const std::lock_guard lock(shared_->mutex);
  shared_->contexts.erase(this);
}

bool Context::adopt(const std::shared_ptr<const session::Engine>& core) noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    return context_->adopt(core, diag).ok();
  });
}

void Context::setProfiler(nvinfer1::IProfiler* profiler) noexcept {
  times_.set_profiler(profiler);
  context_->set_observer(profiler == nullptr ? nullptr : &times_);
}

void Context::setEnqueueEmitsProfile(bool enqueueEmitsProfile) noexcept {
  times_.set_emits(enqueueEmitsProfile);
}

bool Context::reportToProfiler() const noexcept {
  // What was launched may still run; a graph is taken to be launched where it was captured.
  const device::Stream& stream = last_stream_;
  const bool done = stream.state() != device::Stream::State::Busy || stream.wait().ok();
  return done && times_.report();
}

void Context::setDeviceMemory(void* memory) noexcept {
  setDeviceMemoryV2(memory, static_cast<int64_t>(core_->device_memory_bytes()));
}

void Context::setDeviceMemoryV2(void* memory, int64_t size) noexcept {
  guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    const size_t bytes = memory == nullptr || size < 0 ? 0 : static_cast<size_t>(size);
    return context_->set_device_memory({static_cast<std::byte*>(memory), bytes}, diag).ok();
  });
}

bool Context::set_threads(int32_t most) noexcept {
  return guarded(voice_, false, [&] {
    if (most < 0) {
      voice_.refuse(Code::InvalidArgument, fmt::format("set_context_threads({}): give 1 or more, "
                                                       "or 0 for as many as were tuned for",
                                                       most));
      return false;
    }
    ThreadLimits limits = context_->thread_limits();
    limits.threads = most == 0 ? ThreadLimits().threads : most;
    context_->set_thread_limits(limits);
    return true;
  });
}

bool Context::set_cores(std::span<const int32_t> cores) noexcept {
  return guarded(voice_, false, [&] {
    const CoreSet available = available_cores();
    ThreadLimits limits = context_->thread_limits();
    limits.cores = CoreSet();
    for (const int32_t core : cores) {
      if (core < 0 || core >= CoreSet::kMost || !available.has(core)) {
        voice_.refuse(Code::InvalidArgument,
                      fmt::format("set_context_cores: this process may not use core {}", core));
        return false;
      }
      limits.cores.add(core);
    }
    context_->set_thread_limits(limits);
    return true;
  });
}

nvinfer1::Dims Context::getTensorStrides(char const* tensorName) const noexcept {
  const auto io = io_of(tensorName);
  if (!io) return kUnknownDims;
  const Dims dims = context_->tensor_shape(*io);
  for (const int64_t extent : dims) {
    if (extent < 0) return kUnknownDims;
  }
  return plugin::to_nv_dims(kernel::strides(core_->io()[*io].layout, dims));
}

int32_t Context::getOptimizationProfile() const noexcept {
  return static_cast<int32_t>(context_->profile());
}

bool Context::setInputShape(char const* tensorName, nvinfer1::Dims const& dims) noexcept {
  const auto io = io_of(tensorName);
  if (!io) return false;
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    const auto extents = plugin::to_dims(dims);
    if (!extents) {
      voice_.refuse(Code::InvalidArgument,
                    fmt::format("setInputShape of '{}': {} dimensions", tensorName, dims.nbDims));
      return false;
    }
    return context_->set_input_shape(*io, *extents, diag).ok();
  });
}

nvinfer1::Dims Context::getTensorShape(char const* tensorName) const noexcept {
  const auto io = io_of(tensorName);
  return io ? plugin::to_nv_dims(context_->tensor_shape(*io)) : kUnknownDims;
}

bool Context::allInputDimensionsSpecified() const noexcept {
  for (size_t io = 0; io < core_->input_count(); ++io) {
    if (!core_->io()[io].is_shape && context_->is_unspecified(io)) return false;
  }
  return true;
}

bool Context::allInputShapesSpecified() const noexcept {
  for (size_t io = 0; io < core_->input_count(); ++io) {
    if (core_->io()[io].is_shape && context_->is_unspecified(io)) return false;
  }
  return true;
}

void Context::setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept {
  voice_.set_recorder(recorder);
}
nvinfer1::IErrorRecorder* Context::getErrorRecorder() const noexcept { return voice_.recorder(); }

bool Context::executeV2(void* const* bindings) noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    if (bindings == nullptr) {
      voice_.refuse(Code::InvalidArgument, "executeV2 was given no bindings");
      return false;
    }
    for (size_t io = 0; io < core_->io().size(); ++io) {
      if (bindings[io] == context_->tensor_address(io)) continue;
      if (!context_->set_tensor_address(io, bindings[io], diag).ok()) return false;
    }
    return run(nullptr, true);
  });
}

bool Context::setOptimizationProfileAsync(int32_t profileIndex, cudaStream_t) noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    if (profileIndex < 0) {
      voice_.refuse(Code::InvalidArgument, fmt::format("there is no profile {}", profileIndex));
      return false;
    }
    return context_->set_profile(static_cast<size_t>(profileIndex), diag).ok();
  });
}

bool Context::setTensorAddress(char const* tensorName, void* data) noexcept {
  const auto io = io_of(tensorName);
  if (!io) return false;
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    return context_->set_tensor_address(*io, data, diag).ok();
  });
}

void const* Context::getTensorAddress(char const* tensorName) const noexcept {
  const auto io = io_of(tensorName);
  return io ? context_->tensor_address(*io) : nullptr;
}

bool Context::setOutputTensorAddress(char const* tensorName, void* data) noexcept {
  const auto io = io_of(tensorName);
  if (!io) return false;
  if (!core_->io()[*io].is_input) return setTensorAddress(tensorName, data);
  voice_.refuse(Code::InvalidArgument, "setOutputTensorAddress was given a name that is no output");
  return false;
}

bool Context::setInputTensorAddress(char const* tensorName, void const* data) noexcept {
  const auto io = io_of(tensorName);
  if (!io) return false;
  if (core_->io()[*io].is_input) {
    return setTensorAddress(tensorName, const_cast<void*>(data));  // Inputs are never written.
  }
  voice_.refuse(Code::InvalidArgument, "setInputTensorAddress was given a name that is no input");
  return false;
}

void* Context::getOutputTensorAddress(char const* tensorName) const noexcept {
  const auto io = io_of(tensorName);
  return io && *io >= core_->input_count() ? context_->tensor_address(*io) : nullptr;
}

int32_t Context::inferShapes(int32_t nbMaxNames, char const** tensorNames) noexcept {
  int32_t missing = 0;
  for (size_t io = 0; io < core_->input_count(); ++io) {
    if (!context_->is_unspecified(io)) continue;
    if (tensorNames != nullptr && missing < nbMaxNames) {
      tensorNames[missing] = core_->io()[io].name.data();
    }
    ++missing;
  }
  if (missing > 0) return missing;
  return guarded(voice_, -1, [&] {
    Diagnostics diag = voice_.diagnostics();
    return context_->infer_shapes(diag).ok() ? 0 : -1;
  });
}

size_t Context::updateDeviceMemorySizeForShapes() noexcept { return core_->device_memory_bytes(); }

bool Context::setInputConsumedEvent(cudaEvent_t event) noexcept {
  consumed_ = event;
  return true;
}

bool Context::setOutputAllocator(char const* tensorName,
                                 nvinfer1::IOutputAllocator* outputAllocator) noexcept {
  const auto io = io_of(tensorName);
  if (!io) return false;
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    std::unique_ptr<OutputBridge> bridge;
    if (outputAllocator != nullptr) {
      const char* name = core_->io()[*io].name.data();
      bridge = std::make_unique<OutputBridge>(*outputAllocator, name);
    }
    if (!context_->set_output_allocator(*io, bridge.get(), diag).ok()) return false;
    outputs_[*io] = std::move(bridge);
    return true;
  });
}

nvinfer1::IOutputAllocator* Context::getOutputAllocator(char const* tensorName) const noexcept {
  const auto io = io_of(tensorName);
  return io && outputs_[*io] != nullptr ? &outputs_[*io]->user() : nullptr;
}

int64_t Context::getMaxOutputSize(char const* tensorName) const noexcept {
  const auto io = io_of(tensorName);
  if (!io || *io < core_->input_count()) return -1;
  return static_cast<int64_t>(context_->max_output_bytes(*io));
}

bool Context::setTemporaryStorageAllocator(nvinfer1::IGpuAllocator* allocator) noexcept {
  return guarded(voice_, false, [&] {
    context_->set_memory_source(nullptr);  // What the old allocator gave goes back to it.
    temporary_.reset();
    if (allocator != nullptr) context_->set_memory_source(&temporary_.emplace(*allocator));
    return true;
  });
}

bool Context::enqueueV3(cudaStream_t stream) noexcept { return run(stream, false); }

bool Context::run(cudaStream_t stream, bool synchronous) noexcept {
  return guarded(voice_, false, [&] {
    device::Stream on;
    Status status = core_->stream(stream, on);
    if (status.ok()) {
      last_stream_ = on;
      Diagnostics diag = voice_.diagnostics();
      if (!context_->run(on, diag).ok()) return false;
      if (consumed_ != nullptr) status = on.record(consumed_);
      const bool waits = synchronous || debug_sync_;
      const auto state = on.state();
      const bool pending = state == device::Stream::State::Busy ||
                           (on.is_gpu() && state != device::Stream::State::Capturing);
      if (status.ok() && waits && pending) status = on.wait();
    }
    if (!status.ok()) voice_.refuse(status.code, status.what);
    return status.ok();
  });
}

bool Context::setNvtxVerbosity(nvinfer1::ProfilingVerbosity verbosity) noexcept {
  nvtx_ = verbosity;
  return true;
}

void Context::setAuxStreams(cudaStream_t* auxStreams, int32_t nbStreams) noexcept {
  guarded(voice_, false, [&] {
    if (nbStreams < 0 || (nbStreams > 0 && auxStreams == nullptr)) {
      voice_.refuse(Code::InvalidArgument,
                    fmt::format("setAuxStreams is given {} streams{}", nbStreams,
                                auxStreams == nullptr ? " at a null address" : ""));
      return false;
    }
    const std::vector<void*> streams(auxStreams, auxStreams + nbStreams);
    context_->set_aux_streams(streams);
    return true;
  });
}

bool Context::setDebugListener(nvinfer1::IDebugListener* listener) noexcept {
  debug_.set_user(listener);
  context_->set_tensor_listener(listener == nullptr ? nullptr : &debug_);
  return true;
}

std::optional<size_t> Context::debug_of(char const* name) const noexcept {
  const std::string_view wanted = name == nullptr ? "" : name;
  for (size_t i = 0; i < core_->plan().debug_count(); ++i) {
    if (core_->plan().debug(i).name == wanted) return i;
  }
  return std::nullopt;
}

void Context::show_all(bool unfused, bool shown) noexcept {
  for (size_t i = 0; i < core_->plan().debug_count(); ++i) {
    if (core_->plan().debug(i).unfused == unfused) context_->show_tensor(i, shown);
  }
}

bool Context::setTensorDebugState(char const* name, bool flag) noexcept {
  return guarded(voice_, false, [&] {
    const auto debug = debug_of(name);
    if (debug) {
      context_->show_tensor(*debug, flag);
      return true;
    }
    voice_.refuse(Code::InvalidArgument,
                  fmt::format("setTensorDebugState: '{}' is no debug tensor of the engine: mark it "
                              "with INetworkDefinition::markDebug before the build",
                              name == nullptr ? "(null)" : name));
    return false;
  });
}
bool Context::getDebugState(char const* name) const noexcept {
  const auto debug = debug_of(name);
  return debug && context_->shows_tensor(*debug);
}
bool Context::setAllTensorsDebugState(bool flag) noexcept {
  show_all(false, flag);
  return true;
}
bool Context::setUnfusedTensorsDebugState(bool flag) noexcept {
  shows_unfused_ = flag;
  show_all(true, flag);
  return true;
}
nvinfer1::IRuntimeConfig* Context::getRuntimeConfig() const noexcept {
  auto* config = new RuntimeConfig;
  if (!own_memory_) {
    config->setExecutionContextAllocationStrategy(
        nvinfer1::ExecutionContextAllocationStrategy::kUSER_MANAGED);
  }
  return config;
}
bool Context::setCommunicator(void* communicator) noexcept {
  if (communicator == nullptr) return true;
  return guarded(voice_, false, [&] {
    // NCCL belongs to the program that made the communicator.
    using Count = int(void*, int*);
    auto* const count = reinterpret_cast<Count*>(::dlsym(RTLD_DEFAULT, "ncclCommCount"));
    int ranks = 0;
    if (count == nullptr || count(communicator, &ranks) != 0) {
      voice_.refuse(Code::Unsupported,
                    "setCommunicator: how many ranks the communicator has cannot be told without "
                    "NCCL, which is not open in this process");
      return false;
    }
    if (ranks == 1) return true;
    voice_.refuse(Code::Unsupported,
                  fmt::format("setCommunicator: the communicator has {} ranks, and an engine runs "
                              "on one here: build and run it for one rank",
                              ranks));
    return false;
  });
}

}  // namespace tenon::api
