// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Slices by their indices.
#include <fmt/core.h>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::gather {

namespace {

class GatherPlanner final : public Planner {
 public:
  explicit GatherPlanner(int64_t axis) : axis_(axis) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims &data = shapes.inputs[0].dims, &out = shapes.outputs[0].dims;
    if (axis_ < 0 || axis_ >= data.rank()) return kUnlikeShapes;
    const auto axis = static_cast<int>(axis_);
    int64_t outer = 1, inner = 1;
    for (int i = 0; i < axis; ++i) outer *= data[i];
    for (int i = axis + 1; i < data.rank(); ++i) inner *= data[i];
    const int64_t count = shapes.inputs[1].elements();
    if (outer * count * inner != out.volume() || data[axis] < 1) return kUnlikeShapes;
    const auto element = static_cast<int64_t>(byte_size(shapes.outputs[0].dtype, 1));
    int64_t unit = element;
    for (int64_t wider = 16; wider > element && shapes.aligned; wider /= 2) {
      if (inner * element % wider != 0) continue;
      unit = wider;
      break;
    }
    const int64_t units = inner * element / unit, items = outer * count * units;
    Launch launch = launch_of(fmt::format("gather_{}", unit), items);
    launch.arguments.place(input(0)).place(input(1)).place(output(0)).u32(items).i32(data[axis]);
    launch.arguments.divisor(units).divisor(count);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  int64_t axis_;
};

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return fmt::format("typedef {} I;\n", type_name(node.inputs[1].dtype)) + kGatherText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(std::get<ops::Gather>(*node.op).axis);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto axis = bytes.take<int64_t>();
  if (record.inputs.size() != 2 || record.outputs.size() != 1 || record.inputs[0].absent() ||
      record.inputs[1].absent() || record.inputs[0].dtype != record.outputs[0].dtype) {
    return nullptr;
  }
  return std::make_unique<GatherPlanner>(axis);
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::get<ops::Gather>(*node.op).batch_dims != 0) {
    return "each entry of its batch has indices of its own";
  }
  return refuse_types(node, kAllTypes);
}

}  // namespace tenon::cuda::gather
