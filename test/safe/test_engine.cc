// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Engines made by hand of the kernels' own candidates.
#include "test/safe/test_engine.h"

#include <cmath>
#include <stdexcept>

#include "backends/simd/register.h"
#include "kernel/candidate.h"
#include "plan/writer.h"

namespace tenon::safe {

namespace {

using expr::Expr;
using plan::Place;

/// Puts steps one after the other; every tensor has its own memory.
class PlanMaker {
 public:
  PlanMaker() {
    simd::register_kernels(registry_);
    plan_.name = "digits by hand";
    plan_.capability = plan::Capability::Safety;
    plan_.target = target_;
    plan_.network.push_back(std::byte{1});
  }

  uint32_t input(const std::string& name, DType dtype, const expr::Shape& shape) {
    plan_.inputs.push_back(add(name, dtype, shape, Place::Input));
    if (!shape.empty() && !shape[0].is_constant() && plan_.symbols.empty()) {
      plan_.symbols.push_back(
          {"N", plan::SymbolSource::InputExtent, plan_.inputs.back(), 0, 0, {}});
    }
    return plan_.inputs.back();
  }

  uint32_t add(const std::string& name, DType dtype, const expr::Shape& shape, Place place) {
    plan::Tensor tensor;
    tensor.name = name;
    tensor.dtype = dtype;
    tensor.place = place;
    for (const Expr& extent : shape) tensor.shape.push_back(*expr::compile(extent));
    const Dims most = dims_of(shape, kMost);
    tensor.bytes = byte_size(dtype, static_cast<size_t>(most.volume()));
    if (place == Place::Arena) {
      tensor.offset = plan_.arena_bytes;
      plan_.arena_bytes += align_up(tensor.bytes);
    }
    plan_.tensors.push_back(tensor);
    shapes_.push_back(shape);
    if (place == Place::Output) plan_.outputs.push_back(last());
    return last();
  }

  uint32_t constant(const std::string& name, const Dims& dims, const std::vector<float>& values) {
    const uint32_t id = add(name, DType::F32, expr::to_shape(dims), Place::Constant);
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

  /// A step of the first candidate whose ports are linear.
  void step(const std::string& name, const ops::Op& op, const std::vector<Given>& inputs,
            uint32_t output) {
    kernel::NodeInfo node{.op = &op, .name = name, .inputs = {}, .outputs = {}};
    for (const Given& given : inputs) {
      node.inputs.push_back(given.constant != nullptr ? port(given.constant) : port(given.tensor));
    }
    node.outputs.push_back(port(output));
    CollectingSink sink;
    Diagnostics diag(sink);
    for (const auto& candidate : kernel::candidates_for(registry_, node, target_, diag)) {
      for (const auto& configuration : candidate->configurations(diag)) {
        if (!linear(configuration) || !candidate->configure(configuration, diag).ok()) continue;
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
    throw std::runtime_error("no kernel for " + name);
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
    for (const Expr& extent : shape) dims.push_back(extent.is_constant() ? extent.constant() : n);
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
  static bool linear(const kernel::Configuration& configuration) {
    for (const auto* ports : {&configuration.inputs, &configuration.outputs}) {
      for (const kernel::Port& one : *ports) {
        if (!one.layout.is_linear()) return false;
      }
    }
    return true;
  }

  /// Room that is enough for any of these kernels.
  void finish(plan::Step& made) {
    made.workspace_offset = plan_.arena_bytes;
    made.workspace_bytes = 64 << 10;
    plan_.arena_bytes += made.workspace_bytes;
    plan_.isa_needed |= made.record.isa;
    plan_.steps.push_back(std::move(made));
  }

  kernel::Registry registry_;
  const device::Target target_ = device::portable_target();
  plan::Plan plan_;
  std::vector<expr::Shape> shapes_;
};

/// Reproducible numbers in [-1, 1).
std::vector<float> numbers(size_t count, uint32_t state) {
  std::vector<float> values(count);
  for (float& value : values) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<float>(state >> 8) / static_cast<float>(1 << 23) - 1.0F;
  }
  return values;
}

PlanMaker::Given weight(const Dims& dims, uint32_t seed) {
  const auto values = numbers(static_cast<size_t>(dims.volume()), seed);
  return {plan::kNoTensor, ops::ConstantData::of<float>(dims, values)};
}

}  // namespace

plan::Plan make_digits_plan() {
  PlanMaker maker;
  const Expr n = Expr::symbol(0);
  const auto image = maker.input("image", DType::F32, {n, 1, 8, 8});
  const auto planes = maker.add("planes", DType::F32, {n, 4, 8, 8}, Place::Arena);
  const auto pooled = maker.add("pooled", DType::F32, {n, 4, 4, 4}, Place::Arena);
  const auto flat = maker.add("flat", DType::F32, {n, 64}, Place::Arena);
  const auto scores = maker.add("scores", DType::F32, {n, 10}, Place::Arena);
  const auto digits = maker.add("digits", DType::F32, {n, 10}, Place::Output);
  ops::Convolution convolution{.kernel = {3, 3},
                               .strides = {1, 1},
                               .pads_begin = {1, 1},
                               .pads_end = {1, 1},
                               .dilations = {1, 1}};
  convolution.activation.kind = ops::ActivationKind::Relu;
  maker.step("convolution", convolution, {{image, {}}, weight({4, 1, 3, 3}, 1), weight({4}, 2)},
             planes);
  const ops::Pooling pooling{.kernel = {2, 2},
                             .strides = {2, 2},
                             .pads_begin = {0, 0},
                             .pads_end = {0, 0},
                             .dilations = {1, 1}};
  maker.step("pooling", pooling, {{planes, {}}}, pooled);
  maker.step("flatten", ops::Identity{}, {{pooled, {}}}, flat);
  maker.step("product", ops::MatMul{}, {{flat, {}}, weight({64, 10}, 3), weight({10}, 4)}, scores);
  maker.step("softmax", ops::Softmax{.axis = 1}, {{scores, {}}}, digits);
  return maker.finish({1, 5});
}

Bytes make_digits_engine() { return written(make_digits_plan()); }

Bytes make_gather_engine() {
  PlanMaker maker;
  const auto index = maker.input("index", DType::I32, {2});
  const auto table = maker.constant("table", {4, 3}, numbers(12, 5));
  const auto rows = maker.add("rows", DType::F32, {2, 3}, Place::Output);
  maker.step("pick", ops::Gather{.axis = 0}, {{table, {}}, {index, {}}}, rows);
  return written(maker.finish({1}));
}

Bytes make_plugin_engine(float factor) {
  PlanMaker maker;
  const Expr n = Expr::symbol(0);
  const auto x = maker.input("x", DType::F32, {n, 4});
  const auto between = maker.add("between", DType::F32, {n, 4}, Place::Arena);
  const auto y = maker.add("y", DType::F32, {n, 4}, Place::Output);
  maker.plugin("first", factor, x, between);
  maker.plugin("second", factor, between, y);
  return written(maker.finish({1, 5}));
}

Bytes written(const plan::Plan& plan) {
  CollectingSink sink;
  Diagnostics diag(sink);
  Result<Bytes> file = plan::write(plan, diag);
  if (!file.ok()) throw std::runtime_error(sink.errors());
  return std::move(file).value();
}

}  // namespace tenon::safe
