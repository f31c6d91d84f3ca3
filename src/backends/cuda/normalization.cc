// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Normalisations whose moments are taken over neighbours: of layers, instances and groups.
#include "backends/cuda/own_kernel.h"
#include "backends/cuda/row_groups.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::normalization {

namespace {

/// Entry (flat / each) % count of a scale or bias belongs to element flat of x.
struct Entries {
  int64_t each = 1, count = 1;
};

/// False when the vector's own axes are not side by side in x.
bool find_entries(const ops::Normalization& op, const Dims& vector, const Dims& x, Entries& out) {
  out = {1, vector.volume()};
  const int missing = x.rank() - vector.rank();
  if (missing < 0) return false;
  const bool by_group =
      op.groups > 1 && vector.rank() == x.rank() && vector[1] == op.groups && vector[1] != x[1];
  int first = x.rank(), last = -1;
  for (int axis = missing; axis < x.rank(); ++axis) {
    if (vector[axis - missing] == 1) continue;
    first = std::min(first, axis);
    last = axis;
    if (vector[axis - missing] != x[axis] && !(by_group && axis == 1)) return false;
  }
  if (last < 0) return true;
  for (int axis = first; axis <= last; ++axis) {
    if (vector[axis - missing] == 1 && x[axis] != 1) return false;
  }
  for (int axis = last + 1; axis < x.rank(); ++axis) out.each *= x[axis];
  if (by_group) {
    if (first != 1 || last != 1) return false;
    out.each *= x[1] / op.groups;
  }
  return true;
}

/// Elements that share moments; 0 when they are not side by side.
int64_t row_length(const ops::Normalization& op, const Dims& x) {
  int64_t count = 1;
  for (int i = 0; i < op.axes.rank(); ++i) {
    const int axis = x.rank() - op.axes.rank() + i;
    if (axis < 0 || op.axes[i] != axis) return 0;
    count *= x[axis];
  }
  if (op.groups == 1) return count;
  if (op.groups < 1 || x.rank() < 2 || op.axes.rank() != x.rank() - 2 || x[1] % op.groups != 0) {
    return 0;
  }
  return count * (x[1] / op.groups);
}

class NormalizationPlanner final : public Planner {
 public:
  NormalizationPlanner(ops::Normalization op, RowGroup group) : op_(op), group_(group) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims& dims = shapes.outputs[0].dims;
    const int64_t count = row_length(op_, dims);
    Entries scale, bias;
    if (shapes.inputs[0].dims != dims || count == 0 ||
        !find_entries(op_, shapes.inputs[1].dims, dims, scale) ||
        !find_entries(op_, shapes.inputs[2].dims, dims, bias)) {
      return kUnlikeShapes;
    }
    const int64_t rows = dims.volume() / count;
    const bool fits = shapes.aligned && group_.takes(count);
    const bool straight =
        scale.each == 1 && scale.count == count && bias.each == 1 && bias.count == count;
    Launch launch = group_.launch(fits ? "normalize_rows" : "normalize_rows_plain", rows);
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1)).place(input(2)).place(output(0));
    args.u32(rows).u32(count).put(op_.epsilon).i32(straight ? 1 : 0);
    args.divisor(scale.each).divisor(scale.count).divisor(bias.each).divisor(bias.count);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::Normalization op_;
  RowGroup group_;
};

const ops::Normalization& op_of(const kernel::NodeInfo& node) {
  return std::get<ops::Normalization>(*node.op);
}
RowGroup group_of(const kernel::NodeInfo& node) {
  return RowGroup::of(row_length(op_of(node), node.outputs[0].max),
                      128 / bit_width(node.outputs[0].dtype));
}

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return kFunctionsText + group_of(node).text() +
         fmt::format("typedef {} T;\n", type_name(node.outputs[0].dtype)) + kRowsText +
         kNormalizationText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  if (const auto packed = ops::pack(*node.op); packed.ok()) bytes.raw(*packed);
  group_of(node).write(bytes);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  auto op = ops::unpack<ops::Normalization>(bytes);
  const RowGroup group = RowGroup::read(bytes);
  if (!op.ok() || !group.sane() || record.inputs.size() != 3 || record.outputs.size() != 1) {
    return nullptr;
  }
  for (const kernel::TensorDesc& desc : record.inputs) {
    if (desc.absent() || desc.dtype != record.outputs[0].dtype) return nullptr;
  }
  return std::make_unique<NormalizationPlanner>(std::move(op).value(), group);
}
std::vector<kernel::Alias> aliases(const kernel::NodeInfo&) { return {{0, 0, false}}; }

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, &aliases};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  const ops::Normalization& op = op_of(node);
  const Dims& dims = node.outputs[0].opt;
  Entries entries;
  if (dims.volume() != 0 && row_length(op, dims) == 0) {
    return "the elements that share moments do not lie side by side";
  }
  for (const size_t i : {1, 2}) {
    if (!has_input(node, i)) return "it lacks a scale or a bias";
    if (!find_entries(op, node.inputs[i].opt, dims, entries)) {
      return fmt::format("the axes of input {} do not lie side by side in input 0", i);
    }
  }
  return refuse_types(node, kFloatTypes);
}

}  // namespace tenon::cuda::normalization
