// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a struct of a few functions to a plugin of safe engines.
#pragma once

#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "NvInferSafePlugin.h"
#include "tenon/quick/attributes.h"
#include "tenon/quick/operator.h"
#include "tenon/quick/safe_tensors.h"
#include "tenon/quick/shapes.h"

namespace tenon {
namespace quick {

/// Numbers of inputs and outputs; the field "tenon_tensors" carries them to the runtime, which is
/// not told otherwise.
using TensorCounts = std::array<std::int32_t, 2>;
constexpr char const* kTensorCounts = "tenon_tensors";

/// Tells a sentence to a recorder, if there is one.
inline void complain(nvinfer2::safe::ISafeRecorder* recorder,
                     std::string const& sentence) noexcept {
  if (recorder == nullptr) return;
  recorder->reportError(nvinfer1::ErrorCode::kFAILED_EXECUTION, sentence.c_str());
}

/// Both halves of a safe plugin around one operator. What the operator throws becomes a failed call
/// and an error of the recorder. A run allocates nothing but what the operator itself does.
template <class Op>
class SafePlugin final : public nvinfer1::IPluginV3,
                         public nvinfer2::safe::IPluginV3OneSafeCore,
                         public nvinfer2::safe::IPluginV3OneSafeBuildMSS,
                         public nvinfer2::safe::IPluginV3OneSafeRuntime {
  using Descriptor = nvinfer2::safe::TensorDescriptor;

 public:
  SafePlugin(Op op, TensorCounts const& counts, nvinfer2::safe::ISafeRecorder* recorder)
      : op_(std::move(op)), id_(id_of(op_)), recorder_(recorder) {
    resize(counts);
  }

  nvinfer1::IPluginCapability* getCapabilityInterface(
      nvinfer1::PluginCapabilityType type) noexcept override {
    switch (type) {
      case nvinfer1::PluginCapabilityType::kCORE:
        return static_cast<nvinfer2::safe::IPluginV3OneSafeCore*>(this);
      case nvinfer1::PluginCapabilityType::kBUILD:
        return static_cast<nvinfer2::safe::IPluginV3OneSafeBuildMSS*>(this);
      case nvinfer1::PluginCapabilityType::kRUNTIME:
        return static_cast<nvinfer2::safe::IPluginV3OneSafeRuntime*>(this);
    }
    return nullptr;
  }
  nvinfer1::IPluginV3* clone() noexcept override {
    SafePlugin* copy = nullptr;
    guarded("clone", [&] {
      copy = new SafePlugin(op_, counts_, recorder_);
      copy->call_.tactic = call_.tactic;
    });
    return copy;
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
      std::copy(types.begin(), types.end(), outputs);
    });
  }

  std::int32_t getSymbolicOutputShapes(nvinfer1::DimsExprs const* inputs, std::int32_t input_count,
                                       nvinfer1::DimsExprs* outputs, std::int32_t output_count,
                                       nvinfer1::IExprBuilder& builder) const noexcept override {
    return guarded("shapes", [&] {
      Shapes shapes(inputs, input_count, nullptr, 0, output_count, builder);
      op_.shapes(shapes);
      shapes.write(outputs);
    });
  }

  bool supportsFormatCombination(std::int32_t position, Descriptor const* tensors,
                                 std::int32_t input_count,
                                 std::int32_t output_count) noexcept override {
    bool supported = false;
    guarded("combinations", [&] {
      for (std::int32_t i = 0; i < output_count; ++i) {
        if (aliased_of(op_, i) < 0) continue;
        throw std::invalid_argument("an output is written over an input, not so in safe engines");
      }
      auto const count = static_cast<std::size_t>(input_count + output_count);
      supported = fits(op_, tensors, static_cast<std::size_t>(position) + 1, count);
    });
    return supported;
  }

  std::int32_t configurePlugin(Descriptor const*, std::int32_t input_count, Descriptor const*,
                               std::int32_t output_count) noexcept override {
    return guarded("configure", [&] { resize({input_count, output_count}); });
  }

  std::size_t getWorkspaceSize(Descriptor const* inputs, std::int32_t input_count,
                               Descriptor const* outputs,
                               std::int32_t output_count) const noexcept override {
    std::size_t bytes = 0;
    guarded("workspace", [&] {
      bytes = workspace_of(op_, fixed(inputs, input_count), fixed(outputs, output_count));
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
  char const* getTimingCacheID() noexcept override {
    guarded("attributes", [&] {
      FieldWriter attributes;
      visit_attributes(op_, attributes);
      timing_id_ = attributes.text();
    });
    return timing_id_.c_str();
  }

  std::int32_t initResource(
      nvinfer2::safe::ISafePluginResourceContext const* context) noexcept override {
    if (context != nullptr) recorder_ = context->getSafeRecorder();
    return 0;
  }
  std::int32_t setTactic(std::int32_t tactic) noexcept override {
    call_.tactic = tactic;
    return 0;
  }

  std::int32_t enqueue(Descriptor const* input_descs, Descriptor const* output_descs,
                       void const* const* inputs, void* const* outputs, void* workspace,
                       cudaStream_t stream) noexcept override {
    bool changed = describe(input_descs, input_descs_, call_.inputs);
    changed |= describe(output_descs, output_descs_, call_.outputs);
    for (std::size_t i = 0; i < call_.inputs.size(); ++i) {
      call_.inputs[i].data = const_cast<void*>(inputs[i]);
    }
    for (std::size_t i = 0; i < call_.outputs.size(); ++i) call_.outputs[i].data = outputs[i];
    call_.workspace = workspace;
    call_.stream = stream;
    return guarded("run", [&] {
      if (changed) prepare(op_, call_);
      op_.run(static_cast<Call const&>(call_));
    });
  }

  nvinfer1::PluginFieldCollection const* getFieldsToSerialize() noexcept override {
    auto const write = [&] {
      fields_ = FieldWriter();
      visit_attributes(op_, fields_);
      fields_(kTensorCounts, counts_);
    };
    return guarded("attributes", write) == 0 ? &fields_.fields() : nullptr;
  }

  /// Whether the first `known` of `count` tensors are as a combination of the operator has them.
  static bool fits(Op const& op, Descriptor const* tensors, std::size_t known, std::size_t count) {
    auto const combinations = combinations_of(op, count);
    if (combinations.empty()) {  // linear, every tensor of the type the first one has
      return std::all_of(tensors, tensors + known, [&](Descriptor const& one) {
        return format_of(one) == nvinfer1::TensorFormat::kLINEAR &&
               one.dataType == tensors[0].dataType;
      });
    }
    return std::any_of(combinations.begin(), combinations.end(), [&](Combination const& one) {
      for (std::size_t i = 0; i < known; ++i) {
        if (tensors[i].dataType != one.types[i] || format_of(tensors[i]) != one.formats[i]) {
          return false;
        }
      }
      return true;
    });
  }

 private:
  /// Does `work`; what it throws is reported with the plugin's name. 0 when all went well.
  template <class Work>
  std::int32_t guarded(char const* where, Work const& work) const noexcept {
    try {
      work();
      return 0;
    } catch (std::exception const& problem) {
      complain(recorder_, id_.text() + ", in " + where + ": " + problem.what());
    } catch (...) {
      complain(recorder_, id_.text() + ", in " + where + ": an exception of another kind");
    }
    return 1;
  }

  /// The descriptors of one shape as those of a range of shapes.
  static std::vector<nvinfer1::DynamicPluginTensorDesc> fixed(Descriptor const* tensors,
                                                              std::int32_t count) {
    std::vector<nvinfer1::DynamicPluginTensorDesc> all;
    for (std::int32_t i = 0; i < count; ++i) {
      auto const& dims = tensors[i].userShape;
      all.push_back({desc_of(tensors[i]), dims, dims, dims});
    }
    return all;
  }

  void resize(TensorCounts const& counts) {
    counts_ = counts;
    input_descs_.resize(static_cast<std::size_t>(counts[0]));
    output_descs_.resize(static_cast<std::size_t>(counts[1]));
    call_.inputs.assign(input_descs_.size(), Tensor{});
    call_.outputs.assign(output_descs_.size(), Tensor{});
  }

  Op op_;
  Id id_;
  nvinfer2::safe::ISafeRecorder* recorder_;
  TensorCounts counts_{};
  std::vector<nvinfer1::PluginTensorDesc> input_descs_, output_descs_;
  Call call_;
  std::vector<std::int32_t> tactics_;
  std::string timing_id_;
  FieldWriter fields_;
};

}  // namespace quick
}  // namespace tenon
