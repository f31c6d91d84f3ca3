// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Transposed convolutions: any float type, one to three spatial axes, groups.
#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"
#include "backends/cuda/windows.h"

namespace tenon::cuda::deconvolution {

namespace {

using kernel::TensorDesc;

const ops::Deconvolution& op_of(const kernel::NodeInfo& node) {
  return std::get<ops::Deconvolution>(*node.op);
}

class DeconvolutionPlanner final : public Planner {
 public:
  explicit DeconvolutionPlanner(ops::Deconvolution op) : op_(op) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const TensorDesc &x = shapes.inputs[0], &w = shapes.inputs[1], &y = shapes.outputs[0];
    const int rank = op_.kernel.rank() + 2;
    if (x.dims.rank() != rank || w.dims.rank() != rank || y.dims.rank() != rank || op_.groups < 1 ||
        x.dims[1] != w.dims[0] || x.dims[1] % op_.groups != 0 ||
        y.dims[1] != w.dims[1] * op_.groups || x.dims[0] != y.dims[0]) {
      return kUnlikeShapes;
    }
    const int64_t items = y.elements();
    Launch launch = launch_of("deconvolve", items, 128);
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1));
    place_input(shapes, 2, args);
    args.place(output(0)).u32(items);
    put_extents(x.dims, y.dims, args);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::Deconvolution op_;
};

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const ops::Deconvolution& op = op_of(node);
  const bool biased = has_input(node, 2);
  return window_text(op) +
         fmt::format(
             "typedef {} T;\n#define BIAS {}\n#define GROUP_INPUTS {}\n#define GROUP_OUTPUTS {}\n",
             type_name(node.outputs[0].dtype), biased ? 1 : 0, node.inputs[1].opt[0] / op.groups,
             node.inputs[1].opt[1]) +
         kDeconvolutionText;
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  auto op = ops::unpack<ops::Deconvolution>(bytes);
  if (!op.ok() || !sane_window(*op) || record.inputs.size() < 2 || record.outputs.size() != 1 ||
      record.inputs[0].absent() || record.inputs[1].absent()) {
    return nullptr;
  }
  return std::make_unique<DeconvolutionPlanner>(std::move(op).value());
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &packed_operator, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_window(op_of(node)); !reason.empty()) return reason;
  const kernel::PortInfo& weights = node.inputs[1];
  if (weights.min[0] != weights.max[0] || weights.min[1] != weights.max[1]) {
    return "the channels of its weights are known only at run time";
  }
  return refuse_types(node, kFloatTypes);
}

}  // namespace tenon::cuda::deconvolution
