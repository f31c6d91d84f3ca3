// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sums and products along an axis.
#include <fmt/core.h>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::cumulative {

namespace {

class CumulativePlanner final : public Planner {
 public:
  explicit CumulativePlanner(int64_t axis) : axis_(axis) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims& dims = shapes.outputs[0].dims;
    if (shapes.inputs[0].dims != dims || axis_ < 0 || axis_ >= dims.rank()) return kUnlikeShapes;
    const auto axis = static_cast<int>(axis_);
    const int64_t inner = row_major_strides(dims)[axis], lines = dims.volume() / dims[axis];
    Launch launch = launch_of("accumulate", lines, 128);
    launch.arguments.place(input(0)).place(output(0)).u32(lines).u32(dims[axis]).divisor(inner);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  int64_t axis_;
};

const ops::Cumulative& op_of(const kernel::NodeInfo& node) {
  return std::get<ops::Cumulative>(*node.op);
}

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const ops::Cumulative& op = op_of(node);
  return fmt::format(
             "typedef {} T;\n#define PRODUCT {}\n#define EXCLUSIVE {}\n#define REVERSE {}\n",
             type_name(node.outputs[0].dtype), op.kind == ops::CumulativeKind::Prod ? 1 : 0,
             op.exclusive ? 1 : 0, op.reverse ? 1 : 0) +
         kCumulativeText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(op_of(node).axis);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto axis = bytes.take<int64_t>();
  if (record.inputs.empty() || record.outputs.size() != 1 || record.inputs[0].absent() ||
      record.inputs[0].dtype != record.outputs[0].dtype) {
    return nullptr;
  }
  return std::make_unique<CumulativePlanner>(axis);
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_types(node, kNumberTypes);
}

}  // namespace tenon::cuda::cumulative
