// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Numbers, mirrors, edges and the tensor again around tensors of any type; slices that go beyond.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

#include "backends/cuda/movement.h"
#include "backends/cuda/own_kernel.h"
#include "ops/small_floats.h"

namespace tenon::cuda {

namespace {

constexpr int kPadAxes = 8;

template <class T>
uint64_t bits_of(T value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

/// An element of `value`, as its first bytes.
uint64_t element_bits(DType type, float value) {
  switch (type) {
    case DType::F32:
      return bits_of(value);
    case DType::F64:
      return bits_of(static_cast<double>(value));
    case DType::F16:
      return bits_of(ops::float_to_half(value));
    case DType::BF16:
      return bits_of(ops::float_to_bf16(value));
    case DType::Bool:
      return value != 0 ? 1 : 0;
    default:
      return bits_of(static_cast<int64_t>(value));
  }
}

/// What both operators ask for: element i of an axis is that of place i · step − before.
struct Frame {
  Dims before, steps;
  int64_t mode = 0;  ///< as in copy.cu
  float value = 0;
};

Frame frame_of(const ops::Pad& op) {
  return {op.begin, Dims::filled(op.begin.rank(), 1), static_cast<int64_t>(op.mode), op.value};
}
Frame frame_of(const ops::SliceBeyond& op) {
  constexpr int64_t kModes[] = {3, 2, 0, 1};  // of Wrap, Clamp, Fill, Reflect
  Frame frame{{}, op.steps, kModes[static_cast<size_t>(op.outside)], op.value};
  for (const int64_t start : op.starts) frame.before.push_back(-start);
  return frame;
}

class PadPlanner final : public Planner {
 public:
  explicit PadPlanner(const Frame& frame) : op_(frame) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const kernel::TensorDesc &in = shapes.inputs[0], &out = shapes.outputs[0];
    const int rank = out.dims.rank();
    if (in.dims.rank() != rank || op_.before.rank() != rank || op_.steps.rank() != rank ||
        rank > kPadAxes) {
      return kUnlikeShapes;
    }
    if (in.elements() == 0 && op_.mode != 0) return kUnlikeShapes;
    const Axes axes = merged(in.dims, out.dims);
    if (!axes.sound) return kUnlikeShapes;
    const auto element = static_cast<int64_t>(byte_size(out.dtype, 1));
    const int64_t items = out.elements(), lanes = shapes.aligned ? 16 / element : 1;
    Launch launch =
        launch_of(lanes > 1 ? "pad_vectors" : "pad_elements", (items + lanes - 1) / lanes);
    launch.arguments.place(input(0)).place(output(0)).u32(items);
    launch.arguments.i32(static_cast<int64_t>(axes.out.size())).i32(op_.mode);
    launch.arguments.put(element_bits(out.dtype, op_.value)).divisors(axes.out, kPadAxes);
    launch.arguments.i32s(axes.in, kPadAxes).i32s(axes.before, kPadAxes);
    launch.arguments.i32s(axes.strides, kPadAxes).i32s(axes.steps, kPadAxes);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  /// Innermost first; neighbours to which nothing is added are one.
  struct Axes {
    std::vector<int64_t> out, in, before, strides, steps;
    bool sound = true;
  };
  [[nodiscard]] Axes merged(const Dims& in, const Dims& out) const {
    Axes axes;
    const Dims strides = row_major_strides(in);
    bool joins = false;
    for (int axis = out.rank(); axis-- > 0;) {
      const int64_t before = op_.before[axis], step = op_.steps[axis];
      const int64_t last = (out[axis] - 1) * step - before;
      axes.sound = axes.sound &&
                   std::max({std::abs(before), std::abs(step), std::abs(last)}) <= INT32_MAX / 2;
      const bool whole = before == 0 && in[axis] == out[axis] && step == 1;
      if (whole && joins) {
        axes.out.back() *= out[axis];
        axes.in.back() *= in[axis];
        continue;
      }
      axes.out.push_back(out[axis]);
      axes.in.push_back(in[axis]);
      axes.before.push_back(before);
      axes.strides.push_back(strides[axis]);
      axes.steps.push_back(step);
      joins = whole;
    }
    return axes;
  }

  Frame op_;
};

std::string pad_text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return move_text(node.outputs[0].dtype, true, false);
}
template <class Op>
std::unique_ptr<Planner> pad_planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto op = ops::unpack<Op>(bytes);
  if (!op.ok() || record.outputs.size() != 1 || record.inputs.empty() ||
      record.inputs[0].absent() || record.inputs[0].dtype != record.outputs[0].dtype) {
    return nullptr;
  }
  return std::make_unique<PadPlanner>(frame_of(*op));
}

}  // namespace

namespace pad {
const OwnKernel kOwn = {&linear_configurations, &pad_text, &packed_operator, &pad_planner<ops::Pad>,
                        nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_types(node, kAllTypes);
}
}  // namespace pad

namespace slice_beyond {
const OwnKernel kOwn = {&linear_configurations, &pad_text, &packed_operator,
                        &pad_planner<ops::SliceBeyond>, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_types(node, kAllTypes);
}
}  // namespace slice_beyond

}  // namespace tenon::cuda
