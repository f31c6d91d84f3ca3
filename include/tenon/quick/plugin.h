// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a struct of a few functions to a version 3 plugin.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "nvinfer1/plugin_v3.h"
#include "tenon/quick/attributes.h"
#include "tenon/quick/call.h"
#include "tenon/quick/combinations.h"
#include "tenon/quick/operator.h"
#include "tenon/quick/report.h"
#include "tenon/quick/shapes.h"

namespace tenon {
namespace quick {

/// A plugin around one operator, a value that is copied with it. Calls as for any version 3 plugin;
/// an exception of the operator becomes a failed call and a line in the log.
template <class Op>
class Plugin final : public nvinfer1::IPluginV3,
                     public nvinfer1::IPluginV3OneCore,
                     public nvinfer1::IPluginV3OneBuildV2,
                     public nvinfer1::IPluginV3OneRuntime {
 public:
  explicit Plugin(Op op) : op_(std::move(op)), id_(id_of(op_)) {}
  Plugin(Plugin const&) = default;

  nvinfer1::IPluginCapability* getCapabilityInterface(
      nvinfer1::PluginCapabilityType type) noexcept override {
    switch (type) {
      case nvinfer1::PluginCapabilityType::kCORE:
        return static_cast<nvinfer1::IPluginV3OneCore*>(this);
      case nvinfer1::PluginCapabilityType::kBUILD:
        return static_cast<nvinfer1::IPluginV3OneBuildV2*>(this);
      case nvinfer1::PluginCapabilityType::kRUNTIME:
        return static_cast<nvinfer1::IPluginV3OneRuntime*>(this);
    }
    return nullptr;
  }
  nvinfer1::IPluginV3* clone() noexcept override {
    Plugin* copy = nullptr;
    guarded("clone", [&] { copy = new Plugin(*this); });
    return copy;
  }
  nvinfer1::IPluginV3* attachToContext(nvinfer1::IPluginResourceContext*) noexcept override {
    return clone();
  }

  char const* getPluginName() const noexcept override { return id_.name.c_str(); }
  char const* getPluginVersion() const noexcept override { return id_.version.c_str(); }
  char const* getPluginNamespace() const noexcept override { return id_.space.c_str(); }

  std::int32_t getNbOutputs() const noexcept override { return outputs_of(op_); }

  std::int32_t getOutputDataTypes(nvinfer1::DataType* outputs, std::int32_t output_count,
                                  nvinfer1::DataType const* inputs,
                                  std::int32_t input_count) const noexcept override {
    return guarded("types", [&] {
      auto const types =
          types_of(op_, {inputs, inputs + input_count}, static_cast<std::size_t>(output_count));
      for (std::size_t i = 0; i < types.size(); ++i) outputs[i] = types[i];
    });
  }

  std::int32_t getOutputShapes(nvinfer1::DimsExprs const* inputs, std::int32_t input_count,
                               nvinfer1::DimsExprs const* values, std::int32_t value_count,
                               nvinfer1::DimsExprs* outputs, std::int32_t output_count,
                               nvinfer1::IExprBuilder& builder) noexcept override {
    return guarded("shapes", [&] {
      Shapes shapes(inputs, input_count, values, value_count, output_count, builder);
      op_.shapes(shapes);
      shapes.write(outputs);
    });
  }

  bool supportsFormatCombination(std::int32_t position,
                                 nvinfer1::DynamicPluginTensorDesc const* tensors,
                                 std::int32_t input_count,
                                 std::int32_t output_count) noexcept override {
    bool supported = false;
    guarded("combinations", [&] {
      auto const count = static_cast<std::size_t>(input_count + output_count);
      if (combinations_.empty()) combinations_ = combinations_of(op_, count);
      auto const fits = [&](Combination const& one) {
        for (std::size_t i = 0; i <= static_cast<std::size_t>(position); ++i) {
          auto const& asked = tensors[i].desc;
          if (asked.type != one.types[i] || asked.format != one.formats[i]) return false;
        }
        return true;
      };
      supported = combinations_.empty()
                      ? one_linear_type(position, tensors)
                      : std::any_of(combinations_.begin(), combinations_.end(), fits);
    });
    return supported;
  }

  std::int32_t configurePlugin(nvinfer1::DynamicPluginTensorDesc const*, std::int32_t,
                               nvinfer1::DynamicPluginTensorDesc const*,
                               std::int32_t) noexcept override {
    return 0;
  }

  std::size_t getWorkspaceSize(nvinfer1::DynamicPluginTensorDesc const* inputs,
                               std::int32_t input_count,
                               nvinfer1::DynamicPluginTensorDesc const* outputs,
                               std::int32_t output_count) const noexcept override {
    std::size_t bytes = 0;
    guarded("workspace", [&] {
      bytes = workspace_of(op_, {inputs, inputs + input_count}, {outputs, outputs + output_count});
    });
    return bytes;
  }

  std::int32_t getNbTactics() noexcept override {
    guarded("tactics", [&] { tactics_ = tactics_of(op_); });
    return static_cast<std::int32_t>(tactics_.size());
  }
  std::int32_t getValidTactics(std::int32_t* tactics, std::int32_t count) noexcept override {
    if (static_cast<std::size_t>(count) != tactics_.size()) return 1;
    std::copy(tactics_.begin(), tactics_.end(), tactics);
    return 0;
  }
  std::int32_t getAliasedInput(std::int32_t output) noexcept override {
    std::int32_t input = -1;
    guarded("aliased", [&] { input = aliased_of(op_, output); });
    return input;
  }
  char const* getTimingCacheID() noexcept override {
    guarded("attributes", [&] { timing_id_ = written().text(); });
    return timing_id_.c_str();
  }

  std::int32_t setTactic(std::int32_t tactic) noexcept override {
    call_.tactic = tactic;
    return 0;
  }

  std::int32_t onShapeChange(nvinfer1::PluginTensorDesc const* inputs, std::int32_t input_count,
                             nvinfer1::PluginTensorDesc const* outputs,
                             std::int32_t output_count) noexcept override {
    return guarded("prepare", [&] {
      call_.inputs.assign(static_cast<std::size_t>(input_count), Tensor{});
      call_.outputs.assign(static_cast<std::size_t>(output_count), Tensor{});
      describe(inputs, call_.inputs);
      describe(outputs, call_.outputs);
      prepare(op_, call_);
    });
  }

  std::int32_t enqueue(nvinfer1::PluginTensorDesc const* input_descs,
                       nvinfer1::PluginTensorDesc const* output_descs, void const* const* inputs,
                       void* const* outputs, void* workspace,
                       cudaStream_t stream) noexcept override {
    for (std::size_t i = 0; i < call_.inputs.size(); ++i) {
      call_.inputs[i].desc = input_descs + i;
      call_.inputs[i].data = const_cast<void*>(inputs[i]);
    }
    for (std::size_t i = 0; i < call_.outputs.size(); ++i) {
      call_.outputs[i].desc = output_descs + i;
      call_.outputs[i].data = outputs[i];
    }
    call_.workspace = workspace;
    call_.stream = stream;
    return guarded("run", [&] { op_.run(static_cast<Call const&>(call_)); });
  }

  nvinfer1::PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    return guarded("attributes", [&] { fields_ = written(); }) == 0 ? &fields_.fields() : nullptr;
  }

 private:
  /// Does `work`; what it throws is reported with the plugin's name. 0 when all went well.
  template <class Work>
  std::int32_t guarded(char const* where, Work const& work) const noexcept {
    try {
      work();
      return 0;
    } catch (std::exception const& problem) {
      report(id_.text() + ", in " + where + ": " + problem.what());
    } catch (...) {
      report(id_.text() + ", in " + where + ": an exception that is no std::exception");
    }
    return 1;
  }

  /// Without combinations: linear, every tensor of the type the first one has.
  static bool one_linear_type(std::int32_t position,
                              nvinfer1::DynamicPluginTensorDesc const* tensors) {
    return tensors[position].desc.format == nvinfer1::TensorFormat::kLINEAR &&
           tensors[position].desc.type == tensors[0].desc.type;
  }

  static void describe(nvinfer1::PluginTensorDesc const* descs, std::vector<Tensor>& tensors) {
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      tensors[i].desc = descs + i;
      tensors[i].count = 1;
      for (std::int32_t d = 0; d < descs[i].dims.nbDims; ++d)
        tensors[i].count *= descs[i].dims.d[d];
    }
  }

  FieldWriter written() {
    FieldWriter writer;
    visit_attributes(op_, writer);
    return writer;
  }

  Op op_;
  Id id_;
  std::vector<Combination> combinations_;
  std::vector<std::int32_t> tactics_;
  std::string timing_id_;
  FieldWriter fields_;
  Call call_;
};

}  // namespace quick
}  // namespace tenon
