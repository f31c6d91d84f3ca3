// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Builds graphs with loops and conditionals, and runs the engines.
#pragma once

#include <string>
#include <vector>

#include "builder/builder_test.h"
#include "control/loaded.h"
#include "control/outline.h"

namespace tenon::control {

/// %y: %x, doubled as long as it is less than 10.
inline constexpr const char* kDoubledToTen = R"(input %x : f32[]
%ten : f32[] = constant {data = [10]}
%a : f32[] = recurrence(%x, %next) {loop = 1}
%small : bool[] = element_wise(%a, %ten) {kind = less}
= trip_limit(%small) {loop = 1, kind = while} "limit"
%next : f32[] = element_wise(%a, %a) {kind = add}
%y : f32[] = loop_output(%a) {loop = 1}
output %y
)";

struct ControlFixture : builder::BuildFixture {
  ControlFixture() {
    use_ref();
    registry.add_loader("control", [this](const kernel::RecordView& record, Diagnostics& to) {
      return load(record, registry, to);
    });
    config.outline = [this](ir::Graph& graph, Diagnostics& to) {
      return outline(graph, services(), to);
    };
  }

  std::shared_ptr<const Services> services() {
    auto made = std::make_shared<Services>();
    made->loaders = &registry;
    made->build = [this](ir::Graph& region, const std::vector<InputRange>& ranges,
                         Diagnostics& to) -> Result<Bytes> {
      builder::BuildConfig inner = config;
      inner.profiles = {{}};
      for (size_t i = 0; i < ranges.size(); ++i) {
        inner.profiles[0].inputs.push_back(
            {region.inputs()[i]->name, ranges[i].min, ranges[i].opt, ranges[i].max, {}, {}, {}});
      }
      TENON_ASSIGN(const plan::Plan plan,
                   builder::build(region, registry, reformats, timer, inner, to));
      return plan::write(plan, to);
    };
    return made;
  }

  /// An engine of the text; without a context, and with the reasons in `sink`, where it fails.
  builder::Engine engine_of(const std::string& text) {
    const auto graph = graph_of(text);
    if (graph == nullptr) return {};
    auto plan = build_plan(*graph);
    return plan.ok() ? load(*plan) : builder::Engine{};
  }
  builder::Engine load(const plan::Plan& plan) { return BuildFixture::load(plan); }
  static Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record,
                                                      const kernel::LoaderTable& loaders,
                                                      Diagnostics& to) {
    return control::load(record, loaders, to);
  }

  template <class T>
  static ops::ConstantRef tensor(const Dims& dims, const std::vector<T>& values) {
    return ops::ConstantData::of<T>(dims, values);
  }
  static ops::ConstantRef boolean(bool value) {
    const std::byte byte{value};
    return ops::ConstantData::copy(DType::Bool, {}, {&byte, 1});
  }

  /// An output of a run, as it is then long.
  template <class T>
  std::vector<T> run(builder::Engine& engine, const builder::Tensors& inputs,
                     const std::string& output) {
    const auto buffers = run_raw(engine, inputs);
    if (buffers.empty()) return {};
    const Dims dims = engine.context->tensor_shape(*engine.engine->find_io(output));
    std::vector<T> values(static_cast<size_t>(dims.volume()));
    std::memcpy(values.data(), buffers.at(output).data(), values.size() * sizeof(T));
    return values;
  }
};

}  // namespace tenon::control
