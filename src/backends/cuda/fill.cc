// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Ramps and random numbers.
#include <fmt/core.h>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::fill {

namespace {

enum : size_t { kStart = 1, kSteps = 2 };

class FillPlanner final : public Planner {
 public:
  FillPlanner(ops::Fill op, uint64_t present) : op_(std::move(op)), present_(present) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims& dims = shapes.outputs[0].dims;
    const std::vector<kernel::TensorDesc> inputs = with_absent(shapes.inputs, present_);
    const auto given = [&](size_t i) { return i < inputs.size() && !inputs[i].absent(); };
    // All steps are read of a ramp alone.
    const int64_t least = op_.kind == ops::FillKind::Linspace ? dims.rank() : 1;
    if ((given(kStart) && inputs[kStart].elements() != 1) ||
        (given(kSteps) && dims.rank() > 0 && inputs[kSteps].elements() < least)) {
      return kUnlikeShapes;
    }
    Launch launch = launch_of("fill", dims.volume());
    Arguments& args = launch.arguments;
    for (const size_t i : {kStart, kSteps}) place_input({inputs, shapes.outputs}, i, args);
    args.place(output(0)).put(op_.start).put(op_.step).put(static_cast<uint64_t>(op_.seed));
    args.u32(dims.volume()).divisors({dims.begin(), dims.end()}, Dims::kMaxRank);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::Fill op_;
  uint64_t present_;
};

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return fmt::format(
             "typedef {} T;\n#define KIND {}\n#define RANK {}\n", type_name(node.outputs[0].dtype),
             static_cast<int>(std::get<ops::Fill>(*node.op).kind), node.outputs[0].opt.rank()) +
         kFillText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(present_inputs(node));
  if (const auto packed = ops::pack(*node.op); packed.ok()) bytes.raw(*packed);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto present = bytes.take<uint64_t>();
  auto op = ops::unpack<ops::Fill>(bytes);
  if (!op.ok() || record.outputs.size() != 1) return nullptr;
  for (const size_t i : {kStart, kSteps}) {
    const bool given = i < record.inputs.size() && (present >> i & 1U) != 0;
    if (given && record.inputs[i].dtype != record.outputs[0].dtype) return nullptr;
  }
  return std::make_unique<FillPlanner>(std::move(*op), present);
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  for (const size_t i : {kStart, kSteps}) {
    if (has_input(node, i) && node.inputs[i].dtype != node.outputs[0].dtype) {
      return "its start or steps are of another type than its output";
    }
  }
  // What tells its extents is read by the processor.
  return refuse_types({.op = node.op, .name = node.name, .inputs = {}, .outputs = node.outputs},
                      kNumberTypes);
}

}  // namespace tenon::cuda::fill
