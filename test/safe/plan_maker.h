// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// For tests: safe plans put together by hand of the kernels' own candidates.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "NvInferSafeRuntime.h"
#include "backends/simd/register.h"
#include "backends/simd/reorder.h"
#include "kernel/candidate.h"
#include "kernel/layout.h"
#include "kernel/registry.h"
#include "plan/plan.h"

namespace tenon::safe {

/// Puts steps one after the other; every tensor has its own memory.
class PlanMaker {
 public:
  explicit PlanMaker(const device::Target& target) : target_(target) {
    simd::register_kernels(registry_);
    plan_.name = "digits by hand";
    plan_.capability = plan::Capability::Safety;
    plan_.target = target_;
    plan_.network.push_back(std::byte{1});
  }

  uint32_t input(const std::string& name, DType dtype, const expr::Shape& shape,
                 const kernel::Layout& layout = {}) {
    plan_.inputs.push_back(add(name, dtype, shape, plan::Place::Input, layout));
    if (!shape.empty() && !shape[0].is_constant() && plan_.symbols.empty()) {
      plan_.symbols.push_back(
          {"N", plan::SymbolSource::InputExtent, plan_.inputs.back(), 0, 0, {}});
    }
    return plan_.inputs.back();
  }

  uint32_t add(const std::string& name, DType dtype, const expr::Shape& shape, plan::Place place,
               const kernel::Layout& layout = {}) {
    plan::Tensor tensor;
    tensor.name = name;
    tensor.dtype = dtype;
    tensor.place = place;
    tensor.layout = layout;
    for (const expr::Expr& extent : shape) tensor.shape.push_back(*expr::compile(extent));
    const Dims most = dims_of(shape, kMost);
    tensor.bytes = static_cast<uint64_t>(kernel::storage_bytes(layout, most, dtype));
    if (place == plan::Place::Arena) {
      tensor.offset = plan_.arena_bytes;
      plan_.arena_bytes += align_up(tensor.bytes);
    }
    plan_.tensors.push_back(tensor);
    shapes_.push_back(shape);
    if (place == plan::Place::Output) plan_.outputs.push_back(last());
    return last();
  }

  uint32_t constant(const std::string& name, const Dims& dims, const std::vector<float>& values) {
    const uint32_t id = add(name, DType::F32, expr::to_shape(dims), plan::Place::Constant);
    plan_.tensors[id].offset = plan_.constants.size();
    const auto bytes = std::as_bytes(std::span(values));
    plan_.constants.insert(plan_.constants.end(), bytes.begin(), bytes.end());
    plan_.constants.resize(align_up(plan_.constants.size()));
    return id;
  }

  struct Given {
    uint32_t tensor = plan::kNoTensor;
    ops::ConstantRef constant;
  };

  /// A step of the first candidate that takes the tensors in their layouts; of kernel `only` where
  /// it is told.
  void step(const std::string& name, const ops::Op& op, const std::vector<Given>& inputs,
            uint32_t output, std::string_view only = {}) {
    kernel::NodeInfo node{.op = &op, .name = name, .inputs = {}, .outputs = {}};
    for (const Given& given : inputs) {
      node.inputs.push_back(given.constant != nullptr ? port(given.constant) : port(given.tensor));
    }
    node.outputs.push_back(port(output));
    CollectingSink sink;
    Diagnostics diag(sink);
    for (const auto& candidate : kernel::candidates_for(registry_, node, target_, diag)) {
      if (!only.empty() && candidate->id().name != only) continue;
      for (const auto& configuration : candidate->configurations(diag)) {
        if (!fits(configuration, inputs, output) || !candidate->configure(configuration, diag).ok())
          continue;
        plan::Step made;
        made.name = name;
        auto record = candidate->record(configuration, candidate->tactics().front(), 1, diag);
        made.record = std::move(record).value();
        made.flags = candidate->flags();
        for (const Given& given : inputs) made.inputs.push_back(given.tensor);
        for (const int absorbed : candidate->absorbed_inputs()) {
          made.inputs[static_cast<size_t>(absorbed)] = plan::kNoTensor;
        }
        made.outputs = {output};
        finish(made);
        return;
      }
    }
    throw std::runtime_error("no kernel for " + name + ": " + sink.errors());
  }

  /// A step that changes the layout.
  void reorder(const std::string& name, uint32_t input, uint32_t output) {
    const plan::Tensor& from = plan_.tensors[input];
    plan::Step made;
    made.name = name;
    made.record = simd::make_reorder(from.dtype, from.layout, plan_.tensors[output].layout, 1);
    made.inputs = {input};
    made.outputs = {output};
    finish(made);
  }

  /// Content of a tensor that no step writes: numbers that follow from the shapes.
  void content(uint32_t tensor, const std::vector<expr::Expr>& numbers) {
    for (const expr::Expr& one : numbers)
      plan_.tensors[tensor].content.push_back(*expr::compile(one));
  }

  void plugin(const std::string& name, float factor, uint32_t input, uint32_t output) {
    plan::Step made;
    made.name = name;
    made.plugin = "Twice/1/test";
    made.record.id = {"plugin.safe", "Twice", 1};
    made.record.plugin_version = "1";
    made.record.plugin_namespace = "test";
    made.record.tactic = 7;
    ByteWriter params;
    params.put(uint64_t{128});
    params.put(uint32_t{1});
    params.put(uint32_t{1});
    params.text("factor");
    params.put(static_cast<int32_t>(nvinfer1::PluginFieldType::kFLOAT32));
    params.put(int32_t{1});
    params.put(factor);
    made.record.params = std::move(params).bytes();
    made.inputs = {input};
    made.outputs = {output};
    finish(made);
  }

  plan::Plan finish(const std::vector<int64_t>& profiles) {
    for (const int64_t n : profiles) {
      plan::Profile profile;
      for (const uint32_t input : plan_.inputs) {
        const Dims dims = dims_of(shapes_[input], n);
        profile.ranges.push_back({input, dims, dims, dims, {}, {}, {}});
      }
      plan_.profiles.push_back(profile);
    }
    return std::move(plan_);
  }

 private:
  static constexpr int64_t kMost = 5;

  static Dims dims_of(const expr::Shape& shape, int64_t n) {
    Dims dims;
    for (const expr::Expr& extent : shape)
      dims.push_back(extent.is_constant() ? extent.constant() : n);
    return dims;
  }
  [[nodiscard]] uint32_t last() const { return static_cast<uint32_t>(plan_.tensors.size() - 1); }

  kernel::PortInfo port(uint32_t tensor) const {
    kernel::PortInfo info;
    info.dtype = plan_.tensors[tensor].dtype;
    info.shape = shapes_[tensor];
    info.min = dims_of(info.shape, 1);
    info.opt = info.max = dims_of(info.shape, kMost);
    return info;
  }
  static kernel::PortInfo port(const ops::ConstantRef& constant) {
    kernel::PortInfo info;
    info.min = info.opt = info.max = constant->dims();
    info.shape = expr::to_shape(constant->dims());
    info.constant = constant.get();
    return info;
  }
  bool fits(const kernel::Configuration& configuration, const std::vector<Given>& inputs,
            uint32_t output) const {
    for (size_t i = 0; i < inputs.size(); ++i) {
      const bool is_tensor = inputs[i].tensor != plan::kNoTensor;
      const kernel::Layout wanted =
          is_tensor ? plan_.tensors[inputs[i].tensor].layout : kernel::Layout{};
      if (configuration.inputs[i].layout != wanted) return false;
    }
    return configuration.outputs[0].layout == plan_.tensors[output].layout;
  }

  /// Room that is enough for any of these kernels.
  void finish(plan::Step& made) {
    made.workspace_offset = plan_.arena_bytes;
    made.workspace_bytes = 16 << 10;
    plan_.arena_bytes += made.workspace_bytes;
    plan_.isa_needed |= made.record.isa;
    plan_.steps.push_back(std::move(made));
  }

  kernel::Registry registry_;
  const device::Target target_;
  plan::Plan plan_;
  std::vector<expr::Shape> shapes_;
};

/// Reproducible numbers in [-1, 1).
inline std::vector<float> numbers(size_t count, uint32_t state) {
  std::vector<float> values(count);
  for (float& value : values) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<float>(state >> 8) / static_cast<float>(1 << 23) - 1.0F;
  }
  return values;
}

inline PlanMaker::Given weight(const Dims& dims, uint32_t seed) {
  const auto values = numbers(static_cast<size_t>(dims.volume()), seed);
  return {plan::kNoTensor, ops::ConstantData::of<float>(dims, values)};
}

}  // namespace tenon::safe
