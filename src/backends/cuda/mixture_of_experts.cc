// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Mixtures of experts.
#include <fmt/core.h>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::mixture_of_experts {

namespace {

class ExpertPlanner final : public Planner {
 public:
  ExpertPlanner(ops::MixtureOfExperts op, uint64_t present) : op_(op), present_(present) {}

  [[nodiscard]] size_t workspace(const Shapes& shapes) const override {
    const bool wide = shapes.outputs[0].dtype == DType::F64;
    return static_cast<size_t>(items(shapes)) * (wide ? sizeof(double) : sizeof(float));
  }

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const std::vector<kernel::TensorDesc> inputs = with_absent(shapes.inputs, present_);
    if (!fit(inputs, shapes)) return kUnlikeShapes;
    const Dims& gate = inputs[ops::kExpertGate].dims;
    const int64_t choices = inputs[ops::kExpertChosen].dims.back();
    if (items(shapes) > INT32_MAX) return kTooLarge;
    Launch inside = launch_of("look_inside", items(shapes), 128);
    Arguments& args = inside.arguments;
    const Shapes known{inputs, shapes.outputs};
    for (size_t i = 0; i <= ops::kExpertDownBias; ++i) place_input(known, i, args);
    const int64_t outputs = shapes.outputs[0].elements();
    args.place(output(0)).place(scratch());
    args.u32(items(shapes)).u32(outputs).u32(gate[0]).u32(gate[1]).u32(gate[2]).u32(choices);
    args.divisor(gate[2]).divisor(gate[1]).divisor(choices);
    args.put(op_.limit).put(op_.alpha).put(op_.beta);
    Launch add = launch_of("add_experts", outputs, 128);
    add.arguments = args;
    if (items(shapes) > 0) launches.push_back(std::move(inside));
    launches.push_back(std::move(add));
    return {};
  }

 private:
  /// Numbers inside of all chosen experts.
  static int64_t items(const Shapes& shapes) {
    const Dims& gate = shapes.inputs[ops::kExpertGate].dims;
    return gate.rank() == 3 ? shapes.inputs[ops::kExpertChosen].elements() * gate[2] : 0;
  }
  static bool fit(const std::vector<kernel::TensorDesc>& inputs, const Shapes& shapes) {
    const Dims &tokens = inputs[ops::kExpertTokens].dims, &gate = inputs[ops::kExpertGate].dims;
    Dims chosen = tokens;
    if (tokens.rank() < 1 || gate.rank() != 3 || inputs[ops::kExpertChosen].dims.rank() < 1) {
      return false;
    }
    chosen[chosen.rank() - 1] = inputs[ops::kExpertChosen].dims.back();
    const auto is = [&](size_t i, const Dims& dims) {
      return i >= inputs.size() || inputs[i].absent() || inputs[i].dims == dims;
    };
    return tokens.back() == gate[1] && shapes.outputs[0].dims == tokens &&
           is(ops::kExpertChosen, chosen) && is(ops::kExpertScores, chosen) &&
           is(ops::kExpertUp, gate) && is(ops::kExpertDown, {gate[0], gate[2], gate[1]}) &&
           is(ops::kExpertGateBias, {gate[0], gate[2]}) &&
           is(ops::kExpertUpBias, {gate[0], gate[2]}) &&
           is(ops::kExpertDownBias, {gate[0], gate[1]});
  }

  ops::MixtureOfExperts op_;
  uint64_t present_;
};

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return fmt::format("typedef {} T;\n#define SILU {}\n", type_name(node.outputs[0].dtype),
                     std::get<ops::MixtureOfExperts>(*node.op).silu ? 1 : 0) +
         kMixtureOfExpertsText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(present_inputs(node));
  if (const auto packed = ops::pack(*node.op); packed.ok()) bytes.raw(*packed);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  constexpr uint64_t kNeeded = (uint64_t{1} << (ops::kExpertDown + 1)) - 1;
  constexpr size_t kMost = ops::kExpertDownBias + 1;
  const auto present = bytes.take<uint64_t>();
  const auto op = ops::unpack<ops::MixtureOfExperts>(bytes);
  if (!op.ok() || record.inputs.size() <= ops::kExpertDown || record.inputs.size() > kMost ||
      (present & kNeeded) != kNeeded || record.outputs.size() != 1) {
    return nullptr;
  }
  for (size_t i = 0; i < record.inputs.size(); ++i) {
    const DType wanted = i == ops::kExpertChosen ? DType::I32 : record.outputs[0].dtype;
    if ((present >> i & 1U) != 0 && record.inputs[i].dtype != wanted) return nullptr;
  }
  return std::make_unique<ExpertPlanner>(*op, present);
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  for (const size_t i : {ops::kExpertGate, ops::kExpertUp, ops::kExpertDown}) {
    if (!has_input(node, i)) return "it lacks weights";
  }
  for (const size_t i : {ops::kExpertUpBias, ops::kExpertDownBias}) {
    if (has_input(node, i) != has_input(node, ops::kExpertGateBias)) {
      return "it has some biases, but not all";
    }
  }
  kernel::NodeInfo data{.op = node.op, .name = node.name, .inputs = {}, .outputs = node.outputs};
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (i != ops::kExpertChosen) data.inputs.push_back(node.inputs[i]);
  }
  return refuse_types(data, kFloatTypes);
}

}  // namespace tenon::cuda::mixture_of_experts
