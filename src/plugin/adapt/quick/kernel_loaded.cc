// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Numbers of a launch from shapes, and the call.
#include "plugin/adapt/quick/kernel_loaded.h"

#include <fmt/core.h>

#include <limits>

#include "plugin/adapt/quick/kernel_record.h"

namespace tenon::plugin {

namespace {

using kernel::TensorDesc;
using nvinfer1::PluginArgDataType;

constexpr size_t kGridNumbers = 3;

/// What a scalar argument holds.
std::pair<int64_t, int64_t> range_of(PluginArgDataType type) noexcept {
  switch (type) {
    case PluginArgDataType::kINT8:
      return {std::numeric_limits<int8_t>::min(), std::numeric_limits<int8_t>::max()};
    case PluginArgDataType::kINT16:
      return {std::numeric_limits<int16_t>::min(), std::numeric_limits<int16_t>::max()};
    case PluginArgDataType::kINT32:
      break;
  }
  return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
}

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
      : kernel_(kernel), entry_(kernel.entry), scalars_(kernel.launch.extras.size()) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    extents_.clear();
    for (const TensorDesc& input : inputs) {
      for (int axis = 0; axis < input.dims.rank(); ++axis) extents_.push_back(input.dims[axis]);
    }
    inputs_ = inputs.size();
    outputs_ = outputs.size();
    arguments_.assign(inputs_ + scalars_.size() + outputs_, nullptr);
    for (size_t i = 0; i < scalars_.size(); ++i) {
      const LaunchProgram::Extra& extra = kernel_.launch.extras[i];
      const auto [least, most] = range_of(extra.type);
      int64_t value = 0;
      TENON_TRY(number(extra.code, least, most, "scalar argument", i, value));
      scalars_[i] = static_cast<int32_t>(value);
      arguments_[inputs_ + i] = &scalars_[i];
    }
    for (size_t i = 0; i < kGridNumbers; ++i) {
      int64_t value = 0;
      TENON_TRY(number(kernel_.launch.numbers[i], 0, std::numeric_limits<uint32_t>::max(),
                       "grid extent", i, value));
      grid_[i] = static_cast<uint32_t>(value);
    }
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    if (grid_[0] == 0 || grid_[1] == 0 || grid_[2] == 0) return {};
    void** place = arguments_.data();
    for (size_t i = 0; i < inputs_; ++i) *place++ = const_cast<void*>(args.inputs[i]);
    place += scalars_.size();
    for (size_t i = 0; i < outputs_; ++i) *place++ = args.outputs[i];
    entry_(arguments_.data(), grid_[0], grid_[1], grid_[2]);
    return {};
  }

  [[nodiscard]] std::string_view last_error() const noexcept override { return {words_, said_}; }

 private:
  Status number(const expr::Code& code, int64_t least, int64_t most, const char* what, size_t place,
                int64_t& value) noexcept {
    const Status status = expr::evaluate(code, extents_, value);
    if (status.ok() && value >= least && value <= most) return {};
    const auto end = status.ok()
                         ? fmt::format_to_n(words_, sizeof words_ - 1,
                                            "{} {} of {} is {} for these shapes, "
                                            "outside {} to {}",
                                            what, place, kernel_.words, value, least, most)
                         : fmt::format_to_n(words_, sizeof words_ - 1,
                                            "{} {} of {} cannot be computed for these shapes: {}",
                                            what, place, kernel_.words, status.what);
    said_ = std::min(end.size, sizeof words_ - 1);
    return {Code::InvalidArgument, "a kernel cannot be launched for these shapes"};
  }

  const OpenKernel& kernel_;
  HostEntry entry_;
  size_t inputs_ = 0, outputs_ = 0;
  std::vector<int64_t> extents_;
  std::vector<int32_t> scalars_;
  std::vector<void*> arguments_;
  uint32_t grid_[kGridNumbers] = {1, 1, 1};
  char words_[256] = {};
  size_t said_ = 0;
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
