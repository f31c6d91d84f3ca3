// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Suppression of overlapping boxes, and regions of images.
#include "ops/detection.h"

#include <fmt/core.h>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda {

namespace {

using kernel::TensorDesc;

bool is_index(DType type) { return type == DType::I32 || type == DType::I64; }

/// Scratch memory: the order of all boxes of all classes, then a count a class.
class SuppressionPlanner final : public Planner {
 public:
  explicit SuppressionPlanner(int64_t limit) : limit_(limit) {}

  [[nodiscard]] bool tells_sizes() const override { return true; }
  [[nodiscard]] size_t workspace(const Shapes& shapes) const override {
    const Dims& scores = shapes.inputs[1].dims;
    if (scores.rank() != 3) return 0;
    return static_cast<size_t>(scores.volume() + scores[0] * scores[1]) * sizeof(uint32_t) + 256;
  }

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims &boxes = shapes.inputs[0].dims, &scores = shapes.inputs[1].dims;
    const Dims& out = shapes.outputs[0].dims;
    if (boxes.rank() != 3 || scores.rank() != 3 || out.rank() != 2 || boxes[2] != 4 ||
        scores[0] != boxes[0] || scores[2] != boxes[1]) {
      return kUnlikeShapes;
    }
    const int64_t problems = scores[0] * scores[1];
    if (scores.volume() == 0) {
      Launch& zero = launches.emplace_back();
      zero.what = Launch::What::Zero;
      zero.arguments.place(output(1));
      zero.bytes = byte_size(shapes.outputs[1].dtype, 1);
      return {};
    }
    Launch suppress = launch_of("suppress", problems, 1);
    suppress.block[0] = 256;
    Arguments& args = suppress.arguments;
    args.place(input(0)).place(input(1));
    for (size_t i = 2; i < 5; ++i) place_input(shapes, i, args);
    args.place(scratch());
    args.place(scratch(static_cast<uint64_t>(scores.volume()) * sizeof(uint32_t)));
    args.place(output(0)).place(output(1)).u32(problems).u32(scores[1]).u32(scores[2]).u32(out[0]);
    args.put(limit_);
    Launch list = suppress;
    list.kernel = "list_kept";
    list.grid[0] = 1;
    launches.push_back(std::move(suppress));
    launches.push_back(std::move(list));
    return {};
  }

 private:
  int64_t limit_;
};

class RegionPlanner final : public Planner {
 public:
  explicit RegionPlanner(const ops::RoiAlign& op) : op_(op) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims &x = shapes.inputs[0].dims, &regions = shapes.inputs[1].dims;
    const Dims& out = shapes.outputs[0].dims;
    if (x.rank() != 4 || regions.rank() != 2 || regions[1] != 4 || out.rank() != 4 ||
        out[0] != regions[0] || out[1] != x[1] || out[2] != op_.height || out[3] != op_.width ||
        shapes.inputs[2].elements() != regions[0] || x.volume() == 0) {
      return kUnlikeShapes;
    }
    Launch launch = launch_of("align", out.volume(), 128);
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1)).place(input(2)).place(output(0)).u32(out.volume());
    args.i32(x[0]).i32(x[2]).i32(x[3]).divisor(out[3]).divisor(out[2]).divisor(out[1]);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::RoiAlign op_;
};

}  // namespace

namespace non_max_suppression {
namespace {
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const auto& op = std::get<ops::NonMaxSuppression>(*node.op);
  const auto type = [&](size_t i, const char* otherwise) {
    return has_input(node, i) ? type_name(node.inputs[i].dtype) : otherwise;
  };
  const auto flag = [](bool value) { return value ? 1 : 0; };
  return fmt::format(
             "typedef {} T;\ntypedef {} M;\ntypedef {} O;\ntypedef {} L;\ntypedef {} I;\n"
             "typedef {} N;\n#define HAS_MOST {}\n#define HAS_OVERLAP {}\n#define HAS_LEAST {}\n"
             "#define CENTER {}\n",
             type_name(node.inputs[0].dtype), type(2, "i64"), type(3, "float"), type(4, "float"),
             type_name(node.outputs[0].dtype), type_name(node.outputs[1].dtype),
             flag(has_input(node, 2)), flag(has_input(node, 3)), flag(has_input(node, 4)),
             flag(op.center)) +
         kSuppressionText;
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto op = ops::unpack<ops::NonMaxSuppression>(bytes);
  if (!op.ok() || record.inputs.size() < 2 || record.outputs.size() != 2 ||
      record.inputs[0].absent() || record.inputs[1].absent()) {
    return nullptr;
  }
  return std::make_unique<SuppressionPlanner>(op->limit);
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, &packed_operator, &planner, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  kernel::NodeInfo real{.op = node.op, .name = node.name, .inputs = {}, .outputs = {}};
  for (const size_t i : {0, 1, 3, 4}) {
    if (has_input(node, i)) real.inputs.push_back(node.inputs[i]);
  }
  if (node.inputs[0].dtype != node.inputs[1].dtype) return "boxes and scores are of two types";
  if ((has_input(node, 2) && !is_index(node.inputs[2].dtype)) || !is_index(node.outputs[0].dtype) ||
      !is_index(node.outputs[1].dtype)) {
    return "its numbers of boxes are neither i32 nor i64";
  }
  return refuse_types(real, kFloatTypes);
}
}  // namespace non_max_suppression

namespace roi_align {
namespace {
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const auto& op = std::get<ops::RoiAlign>(*node.op);
  return kFunctionsText +
         fmt::format(
             "typedef {} T;\ntypedef {} I;\n#define MAXIMUM {}\n#define HALF_PIXEL {}\n"
             "#define SAMPLES {}\n#define SCALE {:.9e}\n",
             type_name(node.outputs[0].dtype), type_name(node.inputs[2].dtype), op.max ? 1 : 0,
             op.half_pixel ? 1 : 0, op.samples, static_cast<double>(op.scale)) +
         kRegionsText;
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto op = ops::unpack<ops::RoiAlign>(bytes);
  if (!op.ok() || record.inputs.size() != 3 || record.outputs.size() != 1) return nullptr;
  for (const TensorDesc& desc : record.inputs) {
    if (desc.absent()) return nullptr;
  }
  return std::make_unique<RegionPlanner>(*op);
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, &packed_operator, &planner, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (!is_index(node.inputs[2].dtype)) return "its numbers of images are neither i32 nor i64";
  if (node.inputs[1].dtype != node.inputs[0].dtype) return "images and regions are of two types";
  return refuse_types({.op = node.op,
                       .name = node.name,
                       .inputs = {node.inputs[0], node.inputs[1]},
                       .outputs = node.outputs},
                      kFloatTypes);
}
}  // namespace roi_align

}  // namespace tenon::cuda
