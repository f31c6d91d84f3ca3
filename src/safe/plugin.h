// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Safe plugins at run time: an object for each graph, a step for each IO profile.
#pragma once

#include <memory>

#include "NvInferSafeRuntime.h"
#include "base/array.h"
#include "base/diagnostics.h"
#include "kernel/instance.h"
#include "kernel/record.h"

namespace tenon::safe {

/// The kernel family of steps that are safe plugins.
inline constexpr std::string_view kPluginFamily = "plugin.safe";

/// What stands before the fields in such a record's parameters, as plugins of version 3 have it.
struct PluginParams {
  uint64_t workspace = 0;
  uint32_t tensor_inputs = 0;
  std::span<const std::byte> fields;
};

/// A plugin object of one graph. Move-only.
class PluginObject {
 public:
  PluginObject() = default;
  PluginObject(PluginObject&& other) noexcept
      : plugin_(std::exchange(other.plugin_, nullptr)), runtime_(other.runtime_) {}
  PluginObject& operator=(PluginObject&& other) noexcept {
    std::swap(plugin_, other.plugin_);
    std::swap(runtime_, other.runtime_);
    return *this;
  }
  ~PluginObject() { delete plugin_; }

  /// createPlugin by the creator that the record names. A failure names plugin and layer.
  static Status create(const kernel::RecordView& record, nvinfer2::safe::ISafeRecorder& recorder,
                       Diagnostics& diag, PluginObject& out) noexcept;
  /// The plugin's own clone.
  Status clone(std::string_view layer, Diagnostics& diag, PluginObject& out) const noexcept;
  /// initResource, then setTactic: once, before the first run.
  Status start(const nvinfer2::safe::ISafePluginResourceContext& context, int32_t tactic,
               std::string_view layer, Diagnostics& diag) noexcept;

  [[nodiscard]] nvinfer2::safe::IPluginV3OneSafeRuntime& runtime() const noexcept {
    return *runtime_;
  }

 private:
  Status open(nvinfer1::IPluginV3* plugin, std::string_view layer, Diagnostics& diag) noexcept;

  nvinfer1::IPluginV3* plugin_ = nullptr;
  nvinfer2::safe::IPluginV3OneSafeRuntime* runtime_ = nullptr;
};

/// Reads the parameters of a record of kPluginFamily.
Status read_params(const kernel::RecordView& record, Diagnostics& diag, PluginParams& out) noexcept;

/// A plugin's step in one IO profile. `runtime` outlives it.
class PluginInstance final : public kernel::Instance, public Allocated {
 public:
  explicit PluginInstance(nvinfer2::safe::IPluginV3OneSafeRuntime& runtime) noexcept
      : runtime_(runtime) {}
  /// Names of the step's tensors, in the order of inputs and outputs; they end with zero bytes.
  Status describe(std::span<const kernel::TensorDesc> inputs,
                  std::span<const kernel::TensorDesc> outputs,
                  std::span<const std::string_view> names) noexcept;
  Status on_shapes(std::span<const kernel::TensorDesc> /*inputs*/,
                   std::span<const kernel::TensorDesc> /*outputs*/) noexcept override {
    return {};
  }
  Status run(const kernel::RunArgs& args) noexcept override;

 private:
  nvinfer2::safe::IPluginV3OneSafeRuntime& runtime_;
  Array<nvinfer2::safe::TensorDescriptor> inputs_, outputs_;
};

}  // namespace tenon::safe
