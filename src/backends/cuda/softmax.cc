// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Softmax and LogSoftmax along any axis.
#include "backends/cuda/own_kernel.h"
#include "backends/cuda/row_groups.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::softmax {

namespace {

class SoftmaxPlanner final : public Planner {
 public:
  SoftmaxPlanner(int64_t axis, RowGroup group) : axis_(axis), group_(group) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims& dims = shapes.outputs[0].dims;
    if (shapes.inputs[0].dims != dims || axis_ < 0 || axis_ >= dims.rank()) return kUnlikeShapes;
    const auto axis = static_cast<int>(axis_);
    const int64_t inner = row_major_strides(dims)[axis];
    const int64_t count = dims[axis], rows = dims.volume() / count;
    const bool fits = shapes.aligned && group_.takes(count);
    Launch launch = inner == 1 ? group_.launch(fits ? "softmax_rows" : "softmax_rows_plain", rows)
                               : launch_of("softmax_columns", rows);
    launch.arguments.place(input(0)).place(output(0)).u32(rows).u32(count).u32(inner);
    launch.arguments.divisor(inner);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  int64_t axis_;
  RowGroup group_;
};

const ops::Softmax& op_of(const kernel::NodeInfo& node) { return std::get<ops::Softmax>(*node.op); }
RowGroup group_of(const kernel::NodeInfo& node) {
  const Dims& most = node.outputs[0].max;
  return RowGroup::of(most.rank() == 0 ? 1 : most[static_cast<int>(op_of(node).axis)],
                      128 / bit_width(node.outputs[0].dtype));
}

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return kFunctionsText + group_of(node).text() +
         fmt::format("#define LOG {}\ntypedef {} T;\n", op_of(node).log ? 1 : 0,
                     type_name(node.outputs[0].dtype)) +
         kRowsText + kSoftmaxText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(op_of(node).axis);
  group_of(node).write(bytes);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto axis = bytes.take<int64_t>();
  const RowGroup group = RowGroup::read(bytes);
  if (!group.sane() || record.inputs.size() != 1 || record.outputs.size() != 1 ||
      record.inputs[0].absent()) {
    return nullptr;
  }
  return std::make_unique<SoftmaxPlanner>(axis, group);
}
/// Rows in registers are read before they are written, others element by element; columns too.
std::vector<kernel::Alias> aliases(const kernel::NodeInfo&) { return {{0, 0, false}}; }

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, &aliases};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_types(node, kFloatTypes);
}

}  // namespace tenon::cuda::softmax
