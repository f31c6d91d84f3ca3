// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a graph calls. Nothing here allocates but clone and the creator.
#include "max_pool_runtime.h"

#include <new>

namespace maxpool {

using namespace nvinfer1;
using namespace nvinfer2::safe;

namespace {

Layout layoutOf(TensorDescriptor const& tensor) noexcept {
  Layout layout{};
  for (int axis = 0; axis < 4; ++axis) {
    layout.extent[axis] = tensor.shape.d[axis];
    layout.stride[axis] = tensor.stride.d[axis];
  }
  return layout;
}

template <class T>
void poolAs(Window const& window, TensorDescriptor const& from, TensorDescriptor const& to,
            void const* in, void* out) noexcept {
  pool(window, layoutOf(from), layoutOf(to), static_cast<T const*>(in), static_cast<T*>(out));
}

}  // namespace

IPluginCapability* MaxPoolRuntime::getCapabilityInterface(PluginCapabilityType type) noexcept {
  switch (type) {
    case PluginCapabilityType::kCORE:
      return static_cast<IPluginV3OneSafeCore*>(this);
    case PluginCapabilityType::kRUNTIME:
      return static_cast<IPluginV3OneSafeRuntime*>(this);
    case PluginCapabilityType::kBUILD:
      break;
  }
  return nullptr;
}

IPluginV3* MaxPoolRuntime::clone() noexcept {
  return new (std::nothrow) MaxPoolRuntime(parameters_);
}

int32_t MaxPoolRuntime::initResource(ISafePluginResourceContext const* context) noexcept {
  if (context != nullptr) recorder_ = context->getSafeRecorder();
  return 0;
}

// Host code: the outputs are there when it returns, so nothing is put on the stream.
int32_t MaxPoolRuntime::enqueue(TensorDescriptor const* inputDesc,
                                TensorDescriptor const* outputDesc, void const* const* inputs,
                                void* const* outputs, void*, cudaStream_t) noexcept {
  if (!fits(inputDesc[0], outputDesc[0], window_)) {
    if (recorder_ != nullptr) {
      recorder_->reportError(ErrorCode::kFAILED_EXECUTION,
                             "MaxPoolPlugin: input and output are no pictures, of FP32, FP16 or "
                             "INT8, whose extents the window makes of each other");
    }
    return 1;
  }
  switch (inputDesc[0].dataType) {
    case DataType::kHALF:
      poolAs<__half>(window_, inputDesc[0], outputDesc[0], inputs[0], outputs[0]);
      break;
    case DataType::kINT8:
      poolAs<int8_t>(window_, inputDesc[0], outputDesc[0], inputs[0], outputs[0]);
      break;
    default:
      poolAs<float>(window_, inputDesc[0], outputDesc[0], inputs[0], outputs[0]);
      break;
  }
  return 0;
}

IPluginV3* MaxPoolRuntimeCreator::createPlugin(char const*, PluginFieldCollection const* fields,
                                               TensorRTPhase phase) noexcept {
  Parameters parameters;
  if (phase != TensorRTPhase::kRUNTIME || !read(fields, parameters, recorder_)) return nullptr;
  return new (std::nothrow) MaxPoolRuntime(parameters);
}

}  // namespace maxpool
