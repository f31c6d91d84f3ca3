// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Shapes, buffers, addresses.
#include "tools/trtexec/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>

#include "tenon/device.h"
#include "tenon/threads.h"
#include "tools/trtexec/console.h"
#include "tools/trtexec/elements.h"
#include "tools/trtexec/failure.h"
#include "tools/trtexec/files.h"
#include "tools/trtexec/network_shapes.h"
#include "tools/trtexec/values.h"

namespace tenon::trtexec {

using namespace nvinfer1;

namespace {

constexpr size_t kAlignment = 256;

bool is_known(const Dims& dims) {
  return dims.nbDims >= 0 &&
         std::all_of(dims.d, dims.d + dims.nbDims, [](int64_t extent) { return extent >= 0; });
}

/// Bytes of a tensor of known extents, the padding of its last vectors counted.
size_t padded_bytes(const Binding& binding) {
  int64_t count = 1;
  for (int32_t i = 0; i < binding.dims.nbDims; ++i) {
    const int64_t size = i == binding.vector_dim ? binding.vector_size : 1;
    count *= (binding.dims.d[i] + size - 1) / size * size;
  }
  return bytes_of(binding.type, count);
}

}  // namespace

void Buffer::resize(size_t bytes) {
  const size_t rounded = (std::max<size_t>(bytes, 1) + kAlignment - 1) / kAlignment * kAlignment;
  memory_.reset(std::aligned_alloc(kAlignment, rounded));
  if (!memory_) throw std::bad_alloc();
  std::memset(memory_.get(), 0, rounded);
  size_ = bytes;
}

int64_t Binding::volume() const {
  int64_t count = 1;
  for (int32_t i = 0; i < dims.nbDims; ++i) count *= dims.d[i];
  return count;
}

int64_t Binding::offset(int64_t index) const {
  if (strides.nbDims != dims.nbDims) return index;
  int64_t place = 0;
  int64_t within = 0;
  for (int32_t i = dims.nbDims - 1; i >= 0; --i) {
    const int64_t at = index % dims.d[i];
    index /= dims.d[i];
    place += (i == vector_dim ? at / vector_size : at) * strides.d[i];
    if (i == vector_dim) within = at % vector_size;
  }
  return place * vector_size + within;
}

void* Binding::reallocateOutput(char const*, void*, uint64_t size, uint64_t) noexcept {
  try {
    if (size > buffer.size()) {
      buffer.resize(size);
      if (on_gpu) device.resize(size);
    }
  } catch (const std::exception&) {
    return nullptr;
  }
  return on_gpu ? device.data() : buffer.data();
}

void* Binding::address() {
  if (!on_gpu) return buffer.data();
  device.resize(buffer.size());
  device.upload(buffer.data(), buffer.size());
  return device.data();
}

void Binding::fetch() {
  if (on_gpu) device.download(buffer.data(), buffer.size());
}

Session::Session(ICudaEngine& engine, const Options& options, const DataPair& data, int number)
    : engine_(engine),
      on_gpu_(std::string_view(engine_device(engine)) != "cpu"),
      context_(engine.createExecutionContext(options.inference.strategy)) {
  if (!context_) throw Failure("There is no execution context; the reason stands above.");
  const int profile = options.inference.profile;
  if (profile != 0 && !context_->setOptimizationProfileAsync(profile, nullptr)) {
    throw Failure(fmt::format("--useProfile={} is refused: the engine has {} profiles.", profile,
                              engine.getNbOptimizationProfiles()));
  }
  if (options.system.max_threads > 0) {
    tenon::set_context_threads(*context_, options.system.max_threads);
  }
  const ShapeMap& shapes = options.inference.shapes;
  for (int32_t i = 0; i < engine.getNbIOTensors(); ++i) {
    Binding& binding = bindings_.emplace_back();
    binding.name = engine.getIOTensorName(i);
    const char* name = binding.name.c_str();
    binding.input = engine.getTensorIOMode(name) == TensorIOMode::kINPUT;
    binding.type = engine.getTensorDataType(name);
    binding.on_gpu = on_gpu_ && engine.getTensorLocation(name) == nvinfer1::TensorLocation::kDEVICE;
    binding.vector_dim = engine.getTensorVectorizedDim(name, profile);
    if (binding.vector_dim >= 0) {
      binding.vector_size = engine.getTensorComponentsPerElement(name, profile);
    }
    if (!binding.input) continue;
    set_shape(binding, shapes);
    fill(binding, data, shapes, number);
  }
  const char* missing = nullptr;
  if (context_->inferShapes(1, &missing) != 0) {
    throw Failure(fmt::format("Shapes do not follow from the inputs{}{}; the reason stands above.",
                              missing == nullptr ? "" : ": missing is ",
                              missing == nullptr ? "" : missing));
  }
  for (Binding& binding : bindings_) {
    if (!binding.input) bind_output(binding);
  }
  if (options.inference.strategy == ExecutionContextAllocationStrategy::kUSER_MANAGED) {
    const size_t bytes = context_->updateDeviceMemorySizeForShapes();
    if (on_gpu_) {
      gpu_activations_.resize(bytes);
    } else {
      activations_.resize(bytes);
    }
    context_->setDeviceMemoryV2(on_gpu_ ? gpu_activations_.data() : activations_.data(),
                                static_cast<int64_t>(bytes));
  }
}

void Session::set_shape(Binding& binding, const ShapeMap& shapes) {
  const char* name = binding.name.c_str();
  binding.dims = engine_.getTensorShape(name);
  const Extents* given = engine_.isShapeInferenceIO(name) ? nullptr : find(shapes, binding.name);
  if (given != nullptr) {
    if (is_known(binding.dims) && to_text(binding.dims) != to_text(to_dims(*given))) {
      throw Failure(fmt::format("A shape is given for input {}, but the engine fixes it to {}.",
                                name, to_text(binding.dims)));
    }
    binding.dims = to_dims(*given);
  } else if (!is_known(binding.dims)) {
    for (int32_t i = 0; i < binding.dims.nbDims; ++i) {
      binding.dims.d[i] = std::max<int64_t>(binding.dims.d[i], 1);
    }
    // Without a shape the optimum of the profile is what the engine was tuned for.
    const Dims best =
        engine_.getProfileShape(name, context_->getOptimizationProfile(), OptProfileSelector::kOPT);
    if (is_known(best)) binding.dims = best;
    console().info(fmt::format("Input {} has dynamic dimensions; running with {}.", name,
                               to_text(binding.dims)));
  }
  if (!context_->setInputShape(name, binding.dims)) {
    throw Failure(fmt::format("The shape {} of input {} is refused; the reason stands above.",
                              to_text(binding.dims), name));
  }
  binding.strides = context_->getTensorStrides(name);
}

void Session::fill(Binding& binding, const DataPair& data, const ShapeMap& shapes, int number) {
  binding.buffer.resize(padded_bytes(binding));
  const std::string* path = find(data.inputs, binding.name);
  const Extents* values = find(shapes, binding.name);
  if (path != nullptr) {
    const MappedFile file(*path);
    if (file.size() != binding.buffer.size()) {
      throw Failure(fmt::format("{} has {} bytes, but input {} of {} {} needs {}.", *path,
                                file.size(), binding.name, to_text(binding.dims),
                                to_text(binding.type), binding.buffer.size()));
    }
    std::memcpy(binding.buffer.data(), file.data(), file.size());
  } else if (engine_.isShapeInferenceIO(binding.name.c_str()) && values != nullptr) {
    for (size_t i = 0; i < values->size() && static_cast<int64_t>(i) < binding.volume(); ++i) {
      if (binding.type == DataType::kINT64) {
        static_cast<int64_t*>(binding.buffer.data())[i] = (*values)[i];
      } else {
        static_cast<int32_t*>(binding.buffer.data())[i] = static_cast<int32_t>((*values)[i]);
      }
    }
  } else {
    const auto bytes = static_cast<int64_t>(binding.buffer.size());
    const auto one = static_cast<int64_t>(std::max<size_t>(bytes_of(binding.type, 1), 1));
    fill_random(binding.buffer.data(), binding.type, bytes / one,
                static_cast<unsigned>(number) + 1);
  }
  if (!context_->setTensorAddress(binding.name.c_str(), binding.address())) {
    throw Failure(fmt::format("The memory of input {} is refused.", binding.name));
  }
}

void Session::bind_output(Binding& binding) {
  const char* name = binding.name.c_str();
  binding.dims = context_->getTensorShape(name);
  if (!is_known(binding.dims)) {
    if (!context_->setOutputAllocator(name, &binding)) {
      throw Failure(
          fmt::format("Output {} has a size that the data decides, and is refused.", name));
    }
    return;
  }
  binding.strides = context_->getTensorStrides(name);
  binding.buffer.resize(padded_bytes(binding));
  if (!context_->setTensorAddress(name, binding.address())) {
    throw Failure(fmt::format("The memory of output {} is refused.", name));
  }
}

void Session::run() {
  if (!context_->enqueueV3(nullptr)) {
    throw Failure("The run failed; the reason stands above.");
  }
  if (on_gpu_) wait_for_gpu();
}

void Session::fetch() {
  for (Binding& binding : bindings_) {
    if (!binding.input) binding.fetch();
  }
}

}  // namespace tenon::trtexec
