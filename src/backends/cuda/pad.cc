// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Numbers, mirrors and edges around tensors of any type.
#include <fmt/core.h>

#include "backends/cuda/movement.h"
#include "backends/cuda/own_kernel.h"
#include "ops/small_floats.h"

namespace tenon::cuda::pad {

namespace {

constexpr int kMostAxes = 8;

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

class PadPlanner final : public Planner {
 public:
  explicit PadPlanner(ops::Pad op) : op_(op) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const kernel::TensorDesc &in = shapes.inputs[0], &out = shapes.outputs[0];
    const int rank = out.dims.rank();
    if (in.dims.rank() != rank || op_.begin.rank() != rank || rank > kMostAxes) {
      return kUnlikeShapes;
    }
    const bool fills = op_.mode == ops::PadMode::Constant;
    if (in.elements() == 0 && !fills) return kUnlikeShapes;
    const Axes axes = merged(in.dims, out.dims);
    if (!axes.sound) return kUnlikeShapes;
    const auto element = static_cast<int64_t>(byte_size(out.dtype, 1));
    const int64_t items = out.elements(), lanes = shapes.aligned ? 16 / element : 1;
    Launch launch =
        launch_of(lanes > 1 ? "pad_vectors" : "pad_elements", (items + lanes - 1) / lanes);
    launch.arguments.place(input(0)).place(output(0)).u32(items);
    launch.arguments.i32(static_cast<int64_t>(axes.out.size())).i32(static_cast<int64_t>(op_.mode));
    launch.arguments.put(element_bits(out.dtype, op_.value)).divisors(axes.out, kMostAxes);
    launch.arguments.i32s(axes.in, kMostAxes).i32s(axes.before, kMostAxes);
    launch.arguments.i32s(axes.strides, kMostAxes);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  /// Innermost first; neighbours to which nothing is added are one.
  struct Axes {
    std::vector<int64_t> out, in, before, strides;
    bool sound = true;
  };
  [[nodiscard]] Axes merged(const Dims& in, const Dims& out) const {
    Axes axes;
    const Dims strides = row_major_strides(in);
    bool joins = false;
    for (int axis = out.rank(); axis-- > 0;) {
      const int64_t before = op_.begin[axis];
      axes.sound = axes.sound && before >= -INT32_MAX && before <= INT32_MAX;
      const bool whole = before == 0 && in[axis] == out[axis];
      if (whole && joins) {
        axes.out.back() *= out[axis];
        axes.in.back() *= in[axis];
        continue;
      }
      axes.out.push_back(out[axis]);
      axes.in.push_back(in[axis]);
      axes.before.push_back(before);
      axes.strides.push_back(strides[axis]);
      joins = whole;
    }
    return axes;
  }

  ops::Pad op_;
};

std::vector<kernel::Configuration> configurations(const kernel::NodeInfo& node) {
  return {uniform(node, kernel::Layout::linear(), kernel::Layout::linear())};
}
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return move_text(node.outputs[0].dtype, true, false);
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  if (const auto packed = ops::pack(*node.op); packed.ok()) bytes.raw(*packed);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  auto op = ops::unpack<ops::Pad>(bytes);
  if (!op.ok() || record.outputs.size() != 1 || record.inputs.empty() ||
      record.inputs[0].absent() || record.inputs[0].dtype != record.outputs[0].dtype) {
    return nullptr;
  }
  return std::make_unique<PadPlanner>(std::move(op).value());
}

}  // namespace

const OwnKernel kOwn = {&configurations, &text, &parameters, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_types(node, kAllTypes);
}

}  // namespace tenon::cuda::pad
