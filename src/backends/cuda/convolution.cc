// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolutions by own code: any float type, one to three spatial axes, groups, everything fused.
#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"
#include "backends/cuda/windows.h"

namespace tenon::cuda::convolution {

namespace {

using kernel::Layout;
using kernel::TensorDesc;

const ops::Convolution& op_of(const kernel::NodeInfo& node) {
  return std::get<ops::Convolution>(*node.op);
}

class ConvolutionPlanner final : public Planner {
 public:
  ConvolutionPlanner(ops::Convolution op, bool by_warps) : op_(op), by_warps_(by_warps) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const TensorDesc &x = shapes.inputs[0], &w = shapes.inputs[1], &y = shapes.outputs[0];
    const int rank = op_.kernel.rank() + 2;
    if (x.dims.rank() != rank || w.dims.rank() != rank || y.dims.rank() != rank || op_.groups < 1 ||
        x.dims[1] != w.dims[1] * op_.groups || y.dims[1] != w.dims[0] ||
        y.dims[1] % op_.groups != 0 || x.dims[0] != y.dims[0]) {
      return kUnlikeShapes;
    }
    const int64_t items = y.elements();
    Launch launch = by_warps_ ? launch_of("convolve_warps", items * 32, 128)
                              : launch_of("convolve", items, 128);
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1));
    for (const size_t i : {2, 3}) {
      const bool there = i < shapes.inputs.size() && !shapes.inputs[i].absent();
      if (there) {
        args.place(input(i));
      } else {
        args.nothing();
      }
    }
    args.place(output(0)).u32(items);
    for (int i = 0; i < 3; ++i) args.divisor(spatial(y.dims, i));
    args.divisor(y.dims[1]);
    for (int i = 0; i < 3; ++i) args.i32(spatial(x.dims, i));
    args.i32(x.dims[1]).divisor(y.dims[1] / op_.groups);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::Convolution op_;
  bool by_warps_;
};

/// Tactic 1 takes a warp an output.
std::vector<int32_t> tactics(const kernel::NodeInfo& node) {
  constexpr int64_t kFewOutputs = 1 << 18, kManyTerms = 32;
  const int64_t terms = op_of(node).kernel.volume() * node.inputs[1].opt[1];
  if (node.outputs[0].max.volume() > kFewOutputs || terms < kManyTerms) return {0};
  return {1, 0};
}

bool has_input(const kernel::NodeInfo& node, size_t i) {
  return i < node.inputs.size() && node.inputs[i].present;
}

std::vector<kernel::Configuration> configurations(const kernel::NodeInfo& node) {
  return {uniform(node, Layout::linear(), Layout::linear())};
}
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const ops::Convolution& op = op_of(node);
  const bool small = op.kernel.volume() <= 49;
  return kFunctionsText + window_text(op) +
         fmt::format(
             "typedef {} T;\n#define BIAS {}\n#define RESIDUAL {}\n#define ACTIVATE(x) {}\n"
             "#define GROUP_INPUTS {}\n#define UNROLL_Y {}\n#define UNROLL_X {}\n",
             type_name(node.outputs[0].dtype), has_input(node, ops::kConvBias) ? 1 : 0,
             has_input(node, ops::kConvResidual) ? 1 : 0, activated(op.activation, "x"),
             node.inputs[1].opt[1], small ? of_three(op.kernel, 1, 1) : 1,
             small ? of_three(op.kernel, 2, 1) : 1) +
         kConvolutionText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  if (const auto packed = ops::pack(*node.op); packed.ok()) bytes.raw(*packed);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  auto op = ops::unpack<ops::Convolution>(bytes);
  if (!op.ok() || !sane_window(*op) || record.inputs.size() < 2 || record.outputs.size() != 1 ||
      record.inputs[0].absent() || record.inputs[1].absent()) {
    return nullptr;
  }
  return std::make_unique<ConvolutionPlanner>(std::move(op).value(), record.tactic == 1);
}

}  // namespace

const OwnKernel kOwn = {&configurations, &text, &parameters, &planner, nullptr, &tactics};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (!sane_window(op_of(node))) {
    return fmt::format("it has {} spatial axes, and one to three are served here",
                       op_of(node).kernel.rank());
  }
  if (node.inputs[1].min[1] != node.inputs[1].max[1]) {
    return "the channels of its weights are known only at run time";
  }
  return refuse_types(node, kFloatTypes);
}

}  // namespace tenon::cuda::convolution
