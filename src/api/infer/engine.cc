// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Questions about a loaded engine.
#include "api/infer/engine.h"

#include <fmt/core.h>

#include <algorithm>

#include "api/backends.h"
#include "api/guard_mode.h"
#include "api/infer/context.h"
#include "api/infer/host_memory.h"
#include "api/infer/inspector.h"
#include "api/infer/runtime_config.h"
#include "plan/writer.h"
#include "plugin/convert.h"

namespace tenon::api {

namespace {

using nvinfer1::OptProfileSelector;

constexpr nvinfer1::Dims kNoDims{-1, {}};

std::string format_text(const session::IoTensor& io) {
  const kernel::Layout& layout = io.layout;
  if (layout.is_linear())
    return fmt::format("Row-major linear {} format (kLINEAR)", to_string(io.dtype));
  const bool last = layout.order == kernel::Layout::Order::ChannelsLast;
  return fmt::format("{} {} format, {} channels a vector ({})",
                     last ? "Channels-last" : "Channel-vectorized", to_string(io.dtype),
                     layout.vector, kernel::to_string(layout));
}

bool vectorized(const session::IoTensor& io) { return io.layout.vector > 1; }

/// A loaded engine with what its plugins and its memory need, which goes after it.
struct Equipped {
  std::shared_ptr<plugin::PluginRegistry> registry;
  Leases leases;
  std::optional<GpuMemory> memory;
  std::shared_ptr<const session::Engine> engine;
};

/// Opens the libraries inside `bytes`, has `load(loaders, options, diag)` make the engine, and puts
/// both together.
template <class Load>
nvinfer1::ICudaEngine* equip(std::span<const std::byte> bytes, const Surroundings& around,
                             Voice& voice, Load&& load) {
  Diagnostics diag = voice.diagnostics();
  auto equipped = std::make_shared<Equipped>();
  equipped->registry = around.registry;
  auto leases = open_libraries(bytes, around.inner, *around.registry, diag);
  if (!leases.ok()) return nullptr;
  equipped->leases = std::move(*leases);
  session::LoadOptions options;
  if (around.allocator != nullptr) {
    options.memory = &equipped->memory.emplace(*around.allocator);
  }
  RuntimeLoaders bare(*around.registry,
                      {around.inner.use != InnerLibraries::Use::Refuse, around.inner.files});
  const guard::GuardedLoaders loaders(
      bare, guard_mode(), [own = std::make_shared<Voice>(voice)](const std::string& warning) {
        own->report(Severity::Warning, Code::Ok, warning);
      });
  bare.use_inside(loaders);
  auto engine = load(loaders, options, diag);
  if (!engine.ok()) return nullptr;
  equipped->engine = std::move(*engine);
  for (const OtherLibrary& other : other_libraries(equipped->engine->plan(), *around.registry)) {
    diag.warn("{}", other.sentence());
  }
  const session::Engine* made = equipped->engine.get();
  auto shared = std::make_shared<SharedEngine>();
  shared->first = std::shared_ptr<const session::Engine>(std::move(equipped), made);
  shared->registry = around.registry;
  shared->allocator = around.allocator;
  shared->core = shared->first;
  return new Engine(std::move(shared), voice);
}

/// Loads a file without weights: everything can be asked of the engine but to run.
nvinfer1::ICudaEngine* load_stripped(std::span<const std::byte> bytes, const Surroundings& around,
                                     Voice& voice) {
  Diagnostics diag = voice.diagnostics();
  const Bytes copy(bytes.begin(), bytes.end());
  const auto frame = plan::View::open(copy, {.inspect_only = true, .frame_only = true});
  if (!frame.ok()) {
    voice.refuse(frame.status().code, frame.status().what);
    return nullptr;
  }
  auto whole = plan::with_room_for_weights(*frame, diag);
  if (!whole.ok()) return nullptr;
  return equip(*whole, around, voice, [&](const auto& loaders, auto options, Diagnostics& said) {
    options.without_weights = true;
    return session::Engine::load_copy(*whole, loaders, device::local_target(), options, said);
  });
}

}  // namespace

nvinfer1::ICudaEngine* load_engine(std::span<const std::byte> bytes, const Surroundings& around,
                                   Voice& voice) noexcept {
  return guarded<nvinfer1::ICudaEngine*>(voice, nullptr, [&] {
    if (plan::begins_stripped(bytes)) return load_stripped(bytes, around, voice);
    return equip(
        bytes, around, voice, [&](const auto& loaders, const auto& options, Diagnostics& diag) {
          return session::Engine::load_copy(bytes, loaders, device::local_target(), options, diag);
        });
  });
}

nvinfer1::ICudaEngine* load_safe_engine(std::span<const std::byte> bytes,
                                        const Surroundings& around, Voice& voice) noexcept {
  return guarded<nvinfer1::ICudaEngine*>(voice, nullptr, [&] {
    return equip(bytes, around, voice, [&](const auto& loaders, auto options, Diagnostics& diag) {
      options.safe = true;
      return session::Engine::load_copy(bytes, loaders, device::local_target(), options, diag);
    });
  });
}

nvinfer1::ICudaEngine* load_engine_file(const char* path, const Surroundings& around,
                                        Voice& voice) noexcept {
  return guarded<nvinfer1::ICudaEngine*>(voice, nullptr, [&]() -> nvinfer1::ICudaEngine* {
    Diagnostics diag = voice.diagnostics();
    auto file = MappedFile::open(path, diag);
    if (!file.ok()) return nullptr;
    const auto bytes = file->bytes();
    if (around.allocator != nullptr || plan::begins_stripped(bytes)) {
      return load_engine(bytes, around, voice);
    }
    return equip(bytes, around, voice,
                 [&](const auto& loaders, const auto& options, Diagnostics& said) {
                   return session::Engine::load(std::move(*file), loaders, device::local_target(),
                                                options, said);
                 });
  });
}

std::optional<size_t> find_io(const session::Engine& engine, char const* name,
                              Voice& voice) noexcept {
  const auto io = name == nullptr ? std::nullopt : engine.find_io(name);
  if (io) return io;
  return guarded(voice, std::optional<size_t>(), [&]() -> std::optional<size_t> {
    voice.refuse(Code::InvalidArgument,
                 fmt::format("the engine has no input or output named '{}': it has {}",
                             name == nullptr ? "(null)" : name, engine.io_names()));
    return std::nullopt;
  });
}

Result<std::shared_ptr<const session::Engine>> load_beside(const SharedEngine& shared,
                                                           std::span<const std::byte> bytes,
                                                           Diagnostics& diag) {
  /// The first engine keeps registry, libraries and memory alive.
  struct Pair {
    std::shared_ptr<const session::Engine> first, engine;
  };
  auto pair = std::make_shared<Pair>();
  pair->first = shared.first;
  session::LoadOptions options;
  options.memory = shared.first->memory_source();
  // The same program was let in before.
  const RuntimeLoaders loaders(*shared.registry, {true, {}});
  TENON_ASSIGN(pair->engine,
               session::Engine::load_copy(bytes, loaders, device::local_target(), options, diag));
  const session::Engine* made = pair->engine.get();
  return std::shared_ptr<const session::Engine>(std::move(pair), made);
}

Engine::Engine(std::shared_ptr<SharedEngine> shared, const Voice& voice)
    : shared_(std::move(shared)), engine_(shared_->first), voice_(voice) {
  for (const session::IoTensor& io : engine_->io()) format_texts_.push_back(format_text(io));
  for (size_t profile = 0; profile < engine_->profile_count(); ++profile) {
    for (size_t io = 0; io < engine_->input_count(); ++io) {
      for (const auto select : {session::Select::Min, session::Select::Opt, session::Select::Max}) {
        const auto values = engine_->profile_values(profile, io, select);
        narrow_values_.emplace_back(values.begin(), values.end());
      }
    }
  }
}

const session::IoTensor* Engine::find(char const* name) const noexcept {
  const auto io = find_io(*engine_, name, voice_);
  return io ? &engine_->io()[*io] : nullptr;
}

nvinfer1::Dims Engine::getTensorShape(char const* tensorName) const noexcept {
  const auto* io = find(tensorName);
  return io == nullptr ? kNoDims : plugin::to_nv_dims(io->dims);
}

nvinfer1::DataType Engine::getTensorDataType(char const* tensorName) const noexcept {
  const auto* io = find(tensorName);
  if (io == nullptr) return nvinfer1::DataType::kFLOAT;
  return plugin::to_data_type(io->dtype).value_or(nvinfer1::DataType::kFLOAT);
}

int32_t Engine::getNbLayers() const noexcept { return static_cast<int32_t>(engine_->step_count()); }

std::shared_ptr<const session::Engine> Engine::core_now() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->core;
}

nvinfer1::IHostMemory* Engine::serialize() const noexcept {
  return guarded<nvinfer1::IHostMemory*>(voice_, nullptr, [&] {
    const auto core = core_now();
    const plan::View& plan = core->plan();
    if (!core->has_weights()) return new HostMemory(plan::without_weights(plan, plan.refit()));
    return new HostMemory(Bytes(plan.bytes().begin(), plan.bytes().end()));
  });
}

nvinfer1::IExecutionContext* Engine::create_context(bool own_memory) noexcept {
  return guarded<nvinfer1::IExecutionContext*>(
      voice_, nullptr, [&] { return Context::create(*this, own_memory).release(); });
}

nvinfer1::IExecutionContext* Engine::createExecutionContext(
    nvinfer1::ExecutionContextAllocationStrategy strategy) noexcept {
  return create_context(strategy != nvinfer1::ExecutionContextAllocationStrategy::kUSER_MANAGED);
}
nvinfer1::IExecutionContext* Engine::createExecutionContextWithoutDeviceMemory() noexcept {
  return create_context(false);
}
nvinfer1::IExecutionContext* Engine::createExecutionContext(
    nvinfer1::IRuntimeConfig* runtimeConfig) noexcept {
  if (runtimeConfig == nullptr) return create_context(true);
  return createExecutionContext(runtimeConfig->getExecutionContextAllocationStrategy());
}
nvinfer1::IRuntimeConfig* Engine::createRuntimeConfig() noexcept { return new RuntimeConfig; }

nvinfer1::TensorLocation Engine::getTensorLocation(char const* tensorName) const noexcept {
  const auto* io = find(tensorName);
  return io != nullptr && io->is_shape ? nvinfer1::TensorLocation::kHOST
                                       : nvinfer1::TensorLocation::kDEVICE;
}
bool Engine::isShapeInferenceIO(char const* tensorName) const noexcept {
  const auto* io = find(tensorName);
  return io != nullptr && io->is_shape;
}
nvinfer1::TensorIOMode Engine::getTensorIOMode(char const* tensorName) const noexcept {
  const auto* io = find(tensorName);
  if (io == nullptr) return nvinfer1::TensorIOMode::kNONE;
  return io->is_input ? nvinfer1::TensorIOMode::kINPUT : nvinfer1::TensorIOMode::kOUTPUT;
}

char const* Engine::getAliasedInputTensor(char const* tensorName) const noexcept {
  const auto* output = find(tensorName);
  if (output == nullptr || output->is_input) return nullptr;
  const plan::View& plan = engine_->plan();
  const size_t steps = plan.step_count();
  size_t update = 0;
  for (; update < steps; ++update) {
    const plan::StepView step = plan.step(update);
    const bool updates = step.plugin.empty() && step.kernel == "kv_cache_update";
    if (updates && step.outputs[0] == output->tensor) break;
  }
  if (update == steps) return nullptr;
  const uint32_t cache = plan.step(update).inputs[0];
  // Those on other streams may read it at any time.
  const size_t first = engine_->aux_stream_count() > 0 ? 0 : update + 1;
  for (size_t i = first; i < steps; ++i) {
    const auto read = plan.step(i).inputs;
    if (i != update && std::ranges::find(read, cache) != read.end()) return nullptr;
  }
  const auto inputs = engine_->io().first(engine_->input_count());
  const auto found = std::ranges::find(inputs, cache, &session::IoTensor::tensor);
  return found == inputs.end() ? nullptr : found->name.data();
}

size_t Engine::getDeviceMemorySize() const noexcept { return engine_->device_memory_bytes(); }
size_t Engine::getDeviceMemorySizeForProfile(int32_t profileIndex) const noexcept {
  return static_cast<size_t>(getDeviceMemorySizeForProfileV2(profileIndex));
}
int64_t Engine::getDeviceMemorySizeV2() const noexcept {
  return static_cast<int64_t>(engine_->device_memory_bytes());
}
int64_t Engine::getDeviceMemorySizeForProfileV2(int32_t profileIndex) const noexcept {
  const bool known = profileIndex >= 0 && profileIndex < getNbOptimizationProfiles();
  return known ? getDeviceMemorySizeV2() : 0;
}

int32_t Engine::getTensorBytesPerComponent(char const* tensorName) const noexcept {
  const auto* io = find(tensorName);
  return io == nullptr || !vectorized(*io) ? -1 : bit_width(io->dtype) / 8;
}
int32_t Engine::getTensorBytesPerComponent(char const* tensorName, int32_t) const noexcept {
  return getTensorBytesPerComponent(tensorName);
}
int32_t Engine::getTensorComponentsPerElement(char const* tensorName) const noexcept {
  const auto* io = find(tensorName);
  return io == nullptr || !vectorized(*io) ? -1 : io->layout.vector;
}
int32_t Engine::getTensorComponentsPerElement(char const* tensorName, int32_t) const noexcept {
  return getTensorComponentsPerElement(tensorName);
}
nvinfer1::TensorFormat Engine::getTensorFormat(char const* tensorName) const noexcept {
  const auto* io = find(tensorName);
  if (io == nullptr) return nvinfer1::TensorFormat::kLINEAR;
  return plugin::to_format(io->layout).value_or(nvinfer1::TensorFormat::kLINEAR);
}
nvinfer1::TensorFormat Engine::getTensorFormat(char const* tensorName, int32_t) const noexcept {
  return getTensorFormat(tensorName);
}
char const* Engine::getTensorFormatDesc(char const* tensorName) const noexcept {
  const auto io = find_io(*engine_, tensorName, voice_);
  return io ? format_texts_[*io].c_str() : "";
}
char const* Engine::getTensorFormatDesc(char const* tensorName, int32_t) const noexcept {
  return getTensorFormatDesc(tensorName);
}
int32_t Engine::getTensorVectorizedDim(char const* tensorName) const noexcept {
  const auto* io = find(tensorName);
  if (io == nullptr || !vectorized(*io)) return -1;
  return io->dims.rank() - io->layout.channel_from_end;
}
int32_t Engine::getTensorVectorizedDim(char const* tensorName, int32_t) const noexcept {
  return getTensorVectorizedDim(tensorName);
}

int32_t Engine::getNbOptimizationProfiles() const noexcept {
  return static_cast<int32_t>(engine_->profile_count());
}

nvinfer1::Dims Engine::getProfileShape(char const* tensorName, int32_t profileIndex,
                                       OptProfileSelector select) const noexcept {
  const auto io = find_io(*engine_, tensorName, voice_);
  const bool known = io && *io < engine_->input_count() && profileIndex >= 0 &&
                     profileIndex < getNbOptimizationProfiles();
  if (!known) return kNoDims;
  return plugin::to_nv_dims(engine_->profile_dims(static_cast<size_t>(profileIndex), *io,
                                                  static_cast<session::Select>(select)));
}

int64_t const* Engine::getProfileTensorValuesV2(char const* tensorName, int32_t profileIndex,
                                                OptProfileSelector select) const noexcept {
  const auto io = find_io(*engine_, tensorName, voice_);
  const bool known = io && *io < engine_->input_count() && profileIndex >= 0 &&
                     profileIndex < getNbOptimizationProfiles();
  if (!known) return nullptr;
  const auto values = engine_->profile_values(static_cast<size_t>(profileIndex), *io,
                                              static_cast<session::Select>(select));
  return values.empty() ? nullptr : values.data();
}

int32_t const* Engine::getProfileTensorValues(char const* tensorName, int32_t profileIndex,
                                              OptProfileSelector select) const noexcept {
  if (getProfileTensorValuesV2(tensorName, profileIndex, select) == nullptr) return nullptr;
  const size_t row = static_cast<size_t>(profileIndex) * engine_->input_count() +
                     *find_io(*engine_, tensorName, voice_);
  return narrow_values_[row * 3 + static_cast<size_t>(select)].data();
}

nvinfer1::EngineCapability Engine::getEngineCapability() const noexcept {
  return engine_->plan().capability() == plan::Capability::Safety
             ? nvinfer1::EngineCapability::kSAFETY
             : nvinfer1::EngineCapability::kSTANDARD;
}
void Engine::setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept {
  voice_.set_recorder(recorder);
}
nvinfer1::IErrorRecorder* Engine::getErrorRecorder() const noexcept { return voice_.recorder(); }
nvinfer1::ProfilingVerbosity Engine::getProfilingVerbosity() const noexcept {
  return static_cast<nvinfer1::ProfilingVerbosity>(engine_->plan().profiling_verbosity());
}
nvinfer1::IEngineInspector* Engine::createEngineInspector() const noexcept {
  return guarded<nvinfer1::IEngineInspector*>(voice_, nullptr,
                                              [&] { return new Inspector(engine_, voice_); });
}
int32_t Engine::getNbIOTensors() const noexcept {
  return static_cast<int32_t>(engine_->io().size());
}
char const* Engine::getIOTensorName(int32_t index) const noexcept {
  if (index < 0 || index >= getNbIOTensors()) return nullptr;
  return engine_->io()[static_cast<size_t>(index)].name.data();
}
nvinfer1::HardwareCompatibilityLevel Engine::getHardwareCompatibilityLevel() const noexcept {
  return static_cast<nvinfer1::HardwareCompatibilityLevel>(
      engine_->plan().hardware_compatibility());
}
nvinfer1::ISerializationConfig* Engine::createSerializationConfig() noexcept {
  return new SerializationConfig;
}
nvinfer1::IHostMemory* Engine::serializeWithConfig(
    nvinfer1::ISerializationConfig& config) const noexcept {
  using nvinfer1::SerializationFlag;
  return guarded<nvinfer1::IHostMemory*>(voice_, nullptr, [&]() -> nvinfer1::IHostMemory* {
    const auto core = core_now();
    const plan::View& plan = core->plan();
    const bool excluded = config.getFlag(SerializationFlag::kEXCLUDE_WEIGHTS);
    if (excluded && !isRefittable()) {
      voice_.refuse(
          Code::InvalidArgument,
          "SerializationFlag::kEXCLUDE_WEIGHTS: the engine cannot be refitted, so weights "
          "left out would be lost; build it with BuilderFlag::kREFIT or "
          "kREFIT_IDENTICAL");
      return nullptr;
    }
    if (!core->has_weights() || (!excluded && !isRefittable())) return serialize();
    if (!excluded) {
      const bool refit = config.getFlag(SerializationFlag::kINCLUDE_REFIT);
      return refit ? serialize() : new HostMemory(plan::without_refit(plan));
    }
    Diagnostics diag = voice_.diagnostics();
    const auto record = builder::RefitRecord::read(plan.refit(), core, diag);
    if (!record.ok()) return nullptr;
    return new HostMemory(plan::without_weights(plan, record->write(false)));
  });
}
bool Engine::setWeightStreamingBudget(int64_t gpuMemoryBudget) noexcept {
  return setWeightStreamingBudgetV2(gpuMemoryBudget);
}
bool Engine::setWeightStreamingBudgetV2(int64_t gpuMemoryBudget) noexcept {
  return gpuMemoryBudget == 0;  // Nothing is streamable: zero is the whole range.
}
bool Engine::isDebugTensor(char const* name) const noexcept {
  const std::string_view wanted = name == nullptr ? "" : name;
  for (size_t i = 0; i < engine_->plan().debug_count(); ++i) {
    const plan::DebugView debug = engine_->plan().debug(i);
    if (debug.name == wanted && !debug.unfused) return true;
  }
  return false;
}
int64_t Engine::getEngineStat(nvinfer1::EngineStat stat) const noexcept {
  if (stat == nvinfer1::EngineStat::kTOTAL_WEIGHTS_SIZE) {
    return static_cast<int64_t>(engine_->weight_bytes());
  }
  if (stat != nvinfer1::EngineStat::kSTRIPPED_WEIGHTS_SIZE) return -1;
  return engine_->has_weights() ? 0 : static_cast<int64_t>(engine_->weight_bytes());
}

}  // namespace tenon::api
