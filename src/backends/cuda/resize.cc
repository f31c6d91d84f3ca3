// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Resizing in every mode; axes that keep their extents are joined.
#include <fmt/core.h>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::resize {

namespace {

constexpr size_t kMostAxes = 8, kMostServed = 5;  // as in resize.cu

struct Axis {
  int64_t to = 1, from = 1, stride = 1;
  double scale = 1;
  bool same = true;
};

class ResizePlanner final : public Planner {
 public:
  explicit ResizePlanner(ops::Resize op) : op_(std::move(op)) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims &in = shapes.inputs[0].dims, &out = shapes.outputs[0].dims;
    if (in.rank() != out.rank() || in.volume() == 0 ||
        (!op_.scales.empty() && op_.scales.size() != static_cast<size_t>(in.rank()))) {
      return kUnlikeShapes;
    }
    std::vector<Axis> axes = joined(in, out);
    if (axes.size() > kMostServed) {
      return {Code::Unsupported, "a GPU resizes at most five groups of axes at once"};
    }
    Launch launch = launch_of(axes.size() <= 3 ? "resize_3" : "resize_5", out.volume());
    launch.arguments.place(input(0)).place(output(0)).u32(out.volume());
    std::vector<int64_t> extents;
    for (const Axis& axis : axes) extents.push_back(axis.to);
    launch.arguments.divisors(extents, kMostAxes);
    axes.resize(kMostAxes);
    for (const Axis& axis : axes) {
      launch.arguments.put(axis.scale).i32(axis.from).i32(axis.stride).i32(axis.same ? 1 : 0);
    }
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  /// Innermost first.
  [[nodiscard]] std::vector<Axis> joined(const Dims& in, const Dims& out) const {
    std::vector<Axis> axes;
    const Dims strides = row_major_strides(in);
    for (int i = in.rank(); i-- > 0;) {
      const double given =
          op_.scales.empty() ? 0 : static_cast<double>(op_.scales[static_cast<size_t>(i)].value);
      const double scale =
          given > 0 ? given : static_cast<double>(out[i]) / static_cast<double>(in[i]);
      const bool same = in[i] == out[i] && scale == 1;
      if (same && in[i] == 1) continue;
      if (same && !axes.empty() && axes.back().same) {
        axes.back().to *= out[i];
        axes.back().from *= in[i];
      } else {
        axes.push_back({out[i], in[i], strides[i], scale, same});
      }
    }
    return axes;
  }

  ops::Resize op_;
};

const ops::Resize& op_of(const kernel::NodeInfo& node) { return std::get<ops::Resize>(*node.op); }

/// The nearest element only moves: any type of its size does.
const char* element_name(const kernel::NodeInfo& node) {
  const DType type = node.outputs[0].dtype;
  return op_of(node).mode == ops::ResizeMode::Nearest ? moved_name(type) : type_name(type);
}

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const ops::Resize& op = op_of(node);
  return fmt::format(
             "typedef {} T;\n#define MODE {}\n#define COORDINATES {}\n#define ROUNDING {}\n"
             "#define SINGLE_FIRST {}\n#define EXCLUDE_OUTSIDE {}\n#define CUBIC {:.9e}\n",
             element_name(node), static_cast<int>(op.mode), static_cast<int>(op.coordinates),
             static_cast<int>(op.rounding), op.single_first ? 1 : 0, op.exclude_outside ? 1 : 0,
             static_cast<double>(op.cubic_coefficient)) +
         kResizeText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  // The target may speak of sizes that only the engine knows; runs bring their shapes.
  ops::Resize op = op_of(node);
  op.target.clear();
  if (const auto packed = ops::pack(ops::Op(op)); packed.ok()) bytes.raw(*packed);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  auto op = ops::unpack<ops::Resize>(bytes);
  if (!op.ok() || record.inputs.empty() || record.outputs.size() != 1 ||
      record.inputs[0].absent() || record.inputs[0].dtype != record.outputs[0].dtype) {
    return nullptr;
  }
  return std::make_unique<ResizePlanner>(std::move(op).value());
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  const bool moves = op_of(node).mode == ops::ResizeMode::Nearest;
  if (node.outputs[0].opt.rank() > static_cast<int>(kMostAxes)) {
    return fmt::format("it has more than {} axes", kMostAxes);
  }
  const kernel::NodeInfo data{
      .op = node.op, .name = node.name, .inputs = {node.inputs[0]}, .outputs = node.outputs};
  return refuse_types(data, moves ? kAllTypes : kFloatTypes);
}

}  // namespace tenon::cuda::resize
