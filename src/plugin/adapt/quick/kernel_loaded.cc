// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Arguments, and the call.
#include "plugin/adapt/quick/kernel_loaded.h"

#include <fmt/core.h>

#include "plugin/adapt/quick/gpu_kernel.h"
#include "plugin/adapt/quick/kernel_record.h"
#include "plugin/adapt/quick/launch_values.h"

namespace tenon::plugin {

namespace {

using kernel::TensorDesc;
constexpr size_t kGrid = 3;

/// What an engine's contexts share.
struct OpenKernel {
  std::shared_ptr<const HostModule> module;
  HostEntry entry = nullptr;
  LaunchProgram launch;
  std::string words;
};

/// The kernel of one context.
class KernelInstance final : public kernel::Instance {
 public:
  /// `kernel` belongs to the engine's object.
  explicit KernelInstance(const OpenKernel& kernel)
      : entry_(kernel.entry), values_(kernel.launch, kernel.words) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    TENON_TRY(values_.compute(inputs, kGrid));
    const std::span<int32_t> scalars = values_.scalars();
    inputs_ = inputs.size();
    outputs_ = outputs.size();
    arguments_.assign(inputs_ + scalars.size() + outputs_, nullptr);
    for (size_t i = 0; i < scalars.size(); ++i) arguments_[inputs_ + i] = &scalars[i];
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    if (values_.is_empty()) return {};
    void** place = arguments_.data();
    for (size_t i = 0; i < inputs_; ++i) *place++ = const_cast<void*>(args.inputs[i]);
    place += values_.scalars().size();
    for (size_t i = 0; i < outputs_; ++i) *place++ = args.outputs[i];
    entry_(arguments_.data(), values_[0], values_[1], values_[2]);
    return {};
  }

  [[nodiscard]] std::string_view last_error() const noexcept override {
    return values_.last_error();
  }

 private:
  HostEntry entry_;
  LaunchValues values_;
  size_t inputs_ = 0, outputs_ = 0;
  std::vector<void*> arguments_;
};

class KernelLoaded final : public kernel::Loaded {
 public:
  explicit KernelLoaded(OpenKernel kernel) : kernel_(std::move(kernel)) {}
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept override {
    return 0;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources& resources) override {
    (void)resources;
    return std::unique_ptr<kernel::Instance>(std::make_unique<KernelInstance>(kernel_));
  }

 private:
  OpenKernel kernel_;
};

}  // namespace

std::string kernel_in_words(std::string_view entry, std::string_view plugin) {
  return fmt::format("kernel '{}' of plugin {}", entry, plugin);
}

Result<std::unique_ptr<kernel::Loaded>> make_kernel_loaded(
    std::span<const std::byte> code, const std::string& entry, LaunchProgram launch,
    const std::string& kernel, const TemporaryFiles& files, Diagnostics& diag) {
  if (is_gpu_code(code)) return make_gpu_kernel(code, entry, std::move(launch), kernel, diag);
  OpenKernel open;
  TENON_ASSIGN(open.module, HostModule::open(code, files, kernel, diag));
  open.entry = open.module->find(entry);
  if (open.entry == nullptr) {
    return diag.fail(Code::Plugin,
                     "the code of {} has no function '{}': its entry must be exported under that "
                     "name, as C does (extern \"C\")",
                     kernel, entry);
  }
  open.launch = std::move(launch);
  open.words = kernel;
  return std::unique_ptr<kernel::Loaded>(std::make_unique<KernelLoaded>(std::move(open)));
}

kernel::LoadFunction kernel_loader(HostCode host) {
  return [host = std::move(host)](const kernel::RecordView& record,
                                  Diagnostics& diag) -> Result<std::unique_ptr<kernel::Loaded>> {
    size_t extents = 0;
    for (const TensorDesc& input : record.inputs) extents += static_cast<size_t>(input.dims.rank());
    auto kernel = unpack_kernel(record.params, extents);
    if (!kernel.ok()) return diag.fail(kernel.status().code, "{}", kernel.status().what);
    const std::string words = kernel_in_words(kernel->name, record.name);
    if (is_gpu_code(kernel->code)) {
      return make_gpu_kernel(kernel->code, std::string(kernel->name), std::move(kernel->launch),
                             words, diag);
    }
    if (!host.allowed) {
      return diag.fail(Code::Unsupported,
                       "the engine carries the code of {} (node {}), which would run in this "
                       "process: allow that with IRuntime::setEngineHostCodeAllowed(true) "
                       "(trtexec: --versionCompatible) if you trust the engine, or build it with "
                       "the form that is called while running",
                       words, record.node_name);
    }
    return make_kernel_loaded(kernel->code, std::string(kernel->name), std::move(kernel->launch),
                              words, host.files, diag);
  };
}

}  // namespace tenon::plugin
