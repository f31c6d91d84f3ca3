// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Local response normalisation, and softmax over the beginnings of rows.
#include <fmt/core.h>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda {

namespace {

class LrnPlanner final : public Planner {
 public:
  explicit LrnPlanner(ops::Lrn op) : op_(op) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims& dims = shapes.outputs[0].dims;
    if (shapes.inputs[0].dims != dims || dims.rank() < 2 || op_.size < 1) return kUnlikeShapes;
    const int64_t before = (op_.size - 1) / 2;
    Launch launch = launch_of("normalize_channels", dims.volume());
    Arguments& args = launch.arguments;
    args.place(input(0)).place(output(0)).u32(dims.volume());
    args.i32(before).i32(op_.size - 1 - before);
    args.put(op_.alpha / static_cast<float>(op_.size)).put(op_.beta).put(op_.k);
    args.divisor(row_major_strides(dims)[1]).divisor(dims[1]);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::Lrn op_;
};

class RaggedPlanner final : public Planner {
 public:
  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims& dims = shapes.outputs[0].dims;
    const int64_t rows = shapes.inputs[1].elements();
    if (shapes.inputs[0].dims != dims || dims.rank() < 1 || rows * dims.back() != dims.volume()) {
      return kUnlikeShapes;
    }
    Launch launch = launch_of("softmax_of_bounds", rows * 32, 128);
    launch.arguments.place(input(0)).place(input(1)).place(output(0)).u32(rows).u32(dims.back());
    launches.push_back(std::move(launch));
    return {};
  }
};

}  // namespace

namespace lrn {
namespace {
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return fmt::format("typedef {} T;\ntypedef int B;\n", type_name(node.outputs[0].dtype)) +
         kNeighboursText;
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto op = ops::unpack<ops::Lrn>(bytes);
  if (!op.ok() || record.inputs.size() != 1 || record.outputs.size() != 1 ||
      record.inputs[0].absent()) {
    return nullptr;
  }
  return std::make_unique<LrnPlanner>(*op);
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, &packed_operator, &planner, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_types(node, kFloatTypes);
}
}  // namespace lrn

namespace ragged_softmax {
namespace {
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return fmt::format("typedef {} T;\ntypedef int B;\n", type_name(node.outputs[0].dtype)) +
         kNeighboursText;
}
std::unique_ptr<Planner> planner(ByteReader&, const kernel::RecordView& record) {
  if (record.inputs.size() != 2 || record.outputs.size() != 1 || record.inputs[0].absent() ||
      record.inputs[1].absent() || record.inputs[1].dtype != DType::I32) {
    return nullptr;
  }
  return std::make_unique<RaggedPlanner>();
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, nullptr, &planner, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (node.inputs[1].dtype != DType::I32) return "its bounds are not i32";
  return refuse_types(
      {.op = node.op, .name = node.name, .inputs = {node.inputs[0]}, .outputs = node.outputs},
      kFloatTypes);
}
}  // namespace ragged_softmax

}  // namespace tenon::cuda
