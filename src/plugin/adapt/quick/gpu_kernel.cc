// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Launching compiled kernels.
#include "plugin/adapt/quick/gpu_kernel.h"

#include <fmt/core.h>

#include "device/gpu.h"
#include "plugin/adapt/quick/launch_values.h"

namespace tenon::plugin {

namespace {

using kernel::TensorDesc;

// CUfunction_attribute.
constexpr int kMostDynamicShared = 8;
// What every kernel may have without being asked.
constexpr uint32_t kPlainShared = 48 << 10;
// No kernel has more parameters than bytes for them.
constexpr size_t kMostParameters = 4096;

/// What an engine's contexts share.
struct OpenGpuKernel {
  device::GpuModule module;
  device::CuFunction function = nullptr;
  size_t parameters = 0;
  LaunchProgram launch;
  std::string words;
};

size_t parameters_of(const device::CudaDriver& driver, device::CuFunction function) noexcept {
  size_t count = 0, offset = 0, bytes = 0;
  while (count < kMostParameters &&
         driver.cuFuncGetParamInfo(function, count, &offset, &bytes) == 0) {
    ++count;
  }
  return count;
}

/// The kernel of one context.
class GpuKernelInstance final : public kernel::Instance {
 public:
  /// `kernel` belongs to the engine's object.
  explicit GpuKernelInstance(const OpenGpuKernel& kernel)
      : kernel_(kernel), values_(kernel.launch, kernel.words) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    TENON_TRY(values_.compute(inputs, kLaunchNumbers));
    const std::span<int32_t> scalars = values_.scalars();
    inputs_ = inputs.size();
    addresses_.assign(inputs.size() + outputs.size(), nullptr);
    const size_t given = addresses_.size() + scalars.size();
    if (given > kernel_.parameters) {
      return {Code::Plugin,
              "the kernel takes fewer parameters than it is given: inputs, scalar arguments, "
              "outputs"};
    }
    arguments_.assign(kernel_.parameters, &null_);
    void** place = arguments_.data();
    for (size_t i = 0; i < inputs.size(); ++i) *place++ = &addresses_[i];
    for (int32_t& scalar : scalars) *place++ = &scalar;
    for (size_t i = 0; i < outputs.size(); ++i) *place++ = &addresses_[inputs.size() + i];
    const device::Gpu& gpu = *kernel_.module.gpu();
    if (values_[kLaunchNumbers - 1] <= kPlainShared) return {};
    return gpu.to_status(gpu.driver().cuFuncSetAttribute(
        kernel_.function, kMostDynamicShared, static_cast<int>(values_[kLaunchNumbers - 1])));
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    if (values_.is_empty()) return {};
    for (size_t i = 0; i < addresses_.size(); ++i) {
      addresses_[i] = i < inputs_ ? args.inputs[i] : args.outputs[i - inputs_];
    }
    const device::Gpu& gpu = *kernel_.module.gpu();
    return gpu.to_status(gpu.driver().cuLaunchKernel(
        kernel_.function, values_[0], values_[1], values_[2], values_[3], values_[4], values_[5],
        values_[6], args.stream->handle(), arguments_.data(), nullptr));
  }

  [[nodiscard]] std::string_view last_error() const noexcept override {
    return values_.last_error();
  }

 private:
  const OpenGpuKernel& kernel_;
  LaunchValues values_;
  size_t inputs_ = 0;
  std::vector<const void*> addresses_;
  std::vector<void*> arguments_;
  void* null_ = nullptr;
};

class GpuKernelLoaded final : public kernel::Loaded {
 public:
  explicit GpuKernelLoaded(OpenGpuKernel kernel) : kernel_(std::move(kernel)) {}
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept override {
    return 0;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<GpuKernelInstance>(kernel_));
  }

 private:
  OpenGpuKernel kernel_;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> make_gpu_kernel(std::span<const std::byte> code,
                                                        const std::string& entry,
                                                        LaunchProgram launch,
                                                        const std::string& kernel,
                                                        Diagnostics& diag) {
  OpenGpuKernel open;
  TENON_ASSIGN(open.module, device::GpuModule::load(code, kernel, diag));
  open.function = open.module.find(entry.c_str());
  if (open.function == nullptr) {
    return diag.fail(Code::Plugin,
                     "the code of {} has no kernel '{}': declare it extern \"C\", or give the "
                     "mangled name",
                     kernel, entry);
  }
  open.parameters = parameters_of(open.module.gpu()->driver(), open.function);
  open.launch = std::move(launch);
  open.words = kernel;
  return std::unique_ptr<kernel::Loaded>(std::make_unique<GpuKernelLoaded>(std::move(open)));
}

}  // namespace tenon::plugin
