// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Quantize and Dequantize, by tensor or by the places of an axis.
#include <fmt/core.h>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda {

namespace {

class GridPlanner final : public Planner {
 public:
  explicit GridPlanner(int64_t axis) : axis_(axis) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims& dims = shapes.outputs[0].dims;
    if (shapes.inputs[0].dims != dims || axis_ >= dims.rank()) return kUnlikeShapes;
    const auto axis = static_cast<int>(axis_);
    const int64_t inner = axis < 0 ? 1 : row_major_strides(dims)[axis];
    const int64_t extent = axis < 0 ? 1 : dims[axis];
    const bool zeros = shapes.inputs.size() > 2 && !shapes.inputs[2].absent();
    const int64_t scales = shapes.inputs[1].elements();
    const int64_t zero_count = zeros ? shapes.inputs[2].elements() : 1;
    for (const int64_t count : {scales, zero_count}) {
      if (count != 1 && count != extent) return kUnlikeShapes;
    }
    Launch launch = launch_of("convert", dims.volume());
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1));
    place_input(shapes, 2, args);
    args.place(output(0)).u32(dims.volume()).i32(scales > 1 ? 1 : 0).i32(zero_count > 1 ? 1 : 0);
    args.divisor(inner).divisor(extent);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  int64_t axis_;
};

std::string grid_text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const bool zeros = has_input(node, 2);
  return fmt::format(
             "typedef {} X;\ntypedef {} S;\ntypedef {} Y;\n#define ZERO {}\n#define QUANTIZES {}\n",
             type_name(node.inputs[0].dtype), type_name(node.inputs[1].dtype),
             type_name(node.outputs[0].dtype), zeros ? 1 : 0,
             std::holds_alternative<ops::Quantize>(*node.op) ? 1 : 0) +
         kQuantizeText;
}
void grid_parameters(const kernel::NodeInfo& node, const kernel::Configuration&,
                     ByteWriter& bytes) {
  const auto* to = std::get_if<ops::Quantize>(node.op);
  bytes.put(to != nullptr ? to->axis : std::get<ops::Dequantize>(*node.op).axis);
}
std::unique_ptr<Planner> grid_planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto axis = bytes.take<int64_t>();
  if (record.inputs.size() < 2 || record.outputs.size() != 1 || record.inputs[0].absent() ||
      record.inputs[1].absent() || axis < -1) {
    return nullptr;
  }
  return std::make_unique<GridPlanner>(axis);
}

std::string refuse_grid(const kernel::NodeInfo& node, size_t whole, size_t real) {
  const DType grid = whole == 0 ? node.inputs[0].dtype : node.outputs[0].dtype;
  const bool small = grid == DType::I8 || grid == DType::U8;
  if (!small && !(whole == 0 && grid == DType::I32)) {
    return fmt::format("its grid is {}, which is not served here", to_string(grid));
  }
  if (has_input(node, 2) && node.inputs[2].dtype != grid) {
    return fmt::format("its zero is {} and its grid {}", to_string(node.inputs[2].dtype),
                       to_string(grid));
  }
  if (node.inputs[1].max.rank() > 1) return "its scales are of blocks, which are not served here";
  const kernel::NodeInfo reals{
      .op = node.op,
      .name = node.name,
      .inputs = {real == 0 ? node.inputs[0] : node.outputs[0], node.inputs[1]},
      .outputs = {}};
  return refuse_types(reals, kFloatTypes);
}

}  // namespace

namespace quantize {
const OwnKernel kOwn = {&linear_configurations, &grid_text, &grid_parameters, &grid_planner,
                        nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_grid(node, 1, 0);
}
}  // namespace quantize

namespace dequantize {
const OwnKernel kOwn = {&linear_configurations, &grid_text, &grid_parameters, &grid_planner,
                        nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_grid(node, 0, 1);
}
}  // namespace dequantize

}  // namespace tenon::cuda
