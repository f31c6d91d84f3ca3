// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sampling at the places of a grid.
#include <fmt/core.h>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::grid_sample {

namespace {

constexpr int kMostAxes = 3;

const ops::GridSample& op_of(const kernel::NodeInfo& node) {
  return std::get<ops::GridSample>(*node.op);
}

class GridPlanner final : public Planner {
 public:
  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims &x = shapes.inputs[0].dims, &grid = shapes.inputs[1].dims;
    const Dims& out = shapes.outputs[0].dims;
    const int axes = x.rank() - 2;
    if (axes < 1 || axes > kMostAxes || grid.rank() < 2 || grid.back() != axes ||
        out.rank() != grid.rank() || out[0] != x[0] || out[1] != x[1] || grid[0] != x[0] ||
        x.volume() == 0) {
      return kUnlikeShapes;
    }
    const int64_t places = out.volume() / (out[0] * out[1]);
    if (grid.volume() != x[0] * places * axes) return kUnlikeShapes;
    std::vector<int64_t> extents;
    for (int i = 0; i < axes; ++i) extents.push_back(x[i + 2]);
    Launch launch = launch_of("sample_grid", out.volume(), 128);
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1)).place(output(0)).u32(out.volume());
    args.i32s(extents, kMostAxes).divisor(places).divisor(x[1]);
    launches.push_back(std::move(launch));
    return {};
  }
};

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const ops::GridSample& op = op_of(node);
  const int taps = op.mode == ops::ResizeMode::Nearest  ? 1
                   : op.mode == ops::ResizeMode::Linear ? 2
                                                        : 4;
  const int outside = op.outside == ops::Outside::Clamp     ? 1
                      : op.outside == ops::Outside::Reflect ? 2
                                                            : 0;
  return fmt::format(
             "typedef {} T;\ntypedef {} G;\n#define AXES {}\n#define TAPS {}\n#define OUTSIDE {}\n"
             "#define CORNERS {}\n",
             type_name(node.outputs[0].dtype), type_name(node.inputs[1].dtype),
             node.inputs[0].opt.rank() - 2, taps, outside, op.align_corners ? 1 : 0) +
         kGridSampleText;
}
std::unique_ptr<Planner> planner(ByteReader&, const kernel::RecordView& record) {
  if (record.inputs.size() != 2 || record.outputs.size() != 1 || record.inputs[0].absent() ||
      record.inputs[1].absent() || record.inputs[0].dtype != record.outputs[0].dtype) {
    return nullptr;
  }
  return std::make_unique<GridPlanner>();
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, nullptr, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  const int axes = node.inputs[0].opt.rank() - 2;
  if (axes < 1 || axes > kMostAxes) return "its images have more than three axes";
  return refuse_types(node, kFloatTypes);
}

}  // namespace tenon::cuda::grid_sample
