// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element-wise operators and fused chains, compiled for each.
#include <fmt/core.h>

#include <algorithm>

#include "backends/cuda/axes.h"
#include "backends/cuda/own_kernel.h"
#include "backends/cuda/pointwise_text.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::pointwise {

namespace {

using kernel::Layout;
using kernel::TensorDesc;

constexpr size_t kMostInputs = 64, kMostAxes = 8;

/// Inputs that are tensors of one number a channel, though their own extents do not say so.
bool is_by_channel(const ops::Op& op, size_t input) {
  return std::holds_alternative<ops::BatchNorm>(op) && input > 0;
}

int64_t lanes_of(std::span<const DType> types) {
  int bits = 8;
  for (const DType type : types) bits = std::max(bits, bit_width(type));
  return 128 / bits;
}

class PointwisePlanner final : public Planner {
 public:
  PointwisePlanner(bool by_channel, uint64_t present)
      : by_channel_(by_channel), present_(present) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const TensorDesc& out = shapes.outputs[0];
    AxisWalk walk;
    const std::vector<int> order = memory_order(out);
    for (const int axis : order) walk.extents.push_back(out.dims[axis]);
    std::vector<size_t> present;
    std::vector<DType> types = {out.dtype};
    for (size_t i = 0; i < shapes.inputs.size(); ++i) {
      TensorDesc desc = shapes.inputs[i];
      if ((present_ >> i & 1U) == 0) continue;
      if (desc.absent()) return kUnlikeShapes;
      if (by_channel_ && i > 0) spread_channels(desc, out.dims.rank());
      std::vector<int64_t> strides;
      if (!broadcast_strides(desc, out.dims, strides)) return kUnlikeShapes;
      auto& own = walk.strides.emplace_back();
      for (const int axis : order) own.push_back(strides[static_cast<size_t>(axis)]);
      present.push_back(i);
      types.push_back(desc.dtype);
    }
    walk.merge();
    if (walk.rank() == 0) {
      walk.extents.push_back(1);
      for (auto& own : walk.strides) own.push_back(0);
    }
    if (walk.rank() > kMostAxes) return kUnlikeShapes;
    launches.push_back(launch(walk, present, shapes.aligned ? lanes_of(types) : 1));
    return {};
  }

 private:
  static void spread_channels(TensorDesc& desc, int rank) {
    for (int axis = 2; axis < rank; ++axis) desc.dims.push_back(1);
  }

  static bool takes_vectors(const AxisWalk& walk, int64_t lanes) {
    const size_t inner = walk.rank() - 1;
    for (const auto& own : walk.strides) {
      if (own[inner] != 0 && own[inner] != 1) return false;
      for (size_t axis = 0; axis < inner; ++axis) {
        if (own[inner] == 1 && own[axis] % lanes != 0) return false;
      }
    }
    return inner == 0 || walk.extents[inner] % lanes == 0;
  }

  static Launch launch(const AxisWalk& walk, const std::vector<size_t>& present, int64_t most) {
    const size_t rank = walk.rank() - 1;
    const int64_t inner = walk.extents[rank];
    const int64_t lanes = takes_vectors(walk, most) ? most : 1;
    const int64_t row_items = (inner + lanes - 1) / lanes;
    const int64_t items = walk.volume() / inner * row_items;
    Launch one = launch_of(lanes > 1 ? "pointwise_vectors" : "pointwise_elements", items);
    Arguments& args = one.arguments;
    for (const size_t input_number : present) args.place(input(input_number));
    args.place(output(0)).u32(items).u32(inner).divisor(row_items).i32(static_cast<int64_t>(rank));
    const std::vector<int64_t> outer(walk.extents.begin(), walk.extents.end() - 1);
    args.divisors(outer, kMostAxes);
    for (const auto& own : walk.strides) args.i32s({own.begin(), own.end() - 1}, kMostAxes);
    for (const auto& own : walk.strides) args.i32(own.back());
    return one;
  }

  bool by_channel_;
  uint64_t present_;
};

/// Channels last: all images are, and other inputs are numbers, or have nothing but channels.
bool suits_channels_last(const kernel::NodeInfo& node) {
  if (node.outputs[0].opt.rank() != 4) return false;
  bool image = false;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const kernel::PortInfo& port = node.inputs[i];
    if (!port.present || is_by_channel(*node.op, i)) continue;
    if (port.constant != nullptr) {
      const Dims& dims = port.constant->dims();
      for (int axis = 0; axis < dims.rank(); ++axis) {
        if (dims[axis] != 1 && dims.rank() - axis != 3) return false;
      }
    } else if (port.opt.rank() == 4) {
      image = true;
    } else if (port.max.volume() != 1) {
      return false;
    }
  }
  return image;
}

std::vector<kernel::Configuration> configurations(const kernel::NodeInfo& node) {
  std::vector<kernel::Configuration> all = {uniform(node, Layout::linear(), Layout::linear())};
  if (!suits_channels_last(node)) return all;
  kernel::Configuration& one = all.emplace_back(uniform(node, Layout::linear(), Layout::hwc()));
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const kernel::PortInfo& port = node.inputs[i];
    if (port.present && port.constant == nullptr && port.opt.rank() == 4) {
      one.inputs[i].layout = Layout::hwc();
    }
  }
  return all;
}

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  std::string types, names, loads, wides;
  std::vector<DType> all = {node.outputs[0].dtype};
  size_t count = 0;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (!node.inputs[i].present) continue;
    all.push_back(node.inputs[i].dtype);
    types += fmt::format("typedef {} T{};\n", type_name(node.inputs[i].dtype), i);
    names += fmt::format("{}Wide<T{}> x{}", count == 0 ? "" : ", ", i, i);
    loads += fmt::format(
        "  const Vec<T{0}, N> v{0} = take<N, T{0}>(a.x[{1}], offset[{1}], at, a.step[{1}], left); "
        "\\\n",
        i, count);
    wides += fmt::format("{}wide(v{}.v[j])", count == 0 ? "" : ", ", i);
    ++count;
  }
  return std::string(kFunctionsText) + types +
         fmt::format("typedef {} TY;\n#define INPUTS {}\n#define MOST_AXES {}\n#define LANES {}\n",
                     type_name(node.outputs[0].dtype), count, kMostAxes, lanes_of(all)) +
         "__device__ __forceinline__ auto compute(" + names + ") {\n" + pointwise_body(node) +
         "}\n#define LOAD_ALL \\\n" + loads + "\n#define COMPUTE(j) compute(" + wides + ")\n" +
         kPointwiseText;
}

void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(static_cast<uint8_t>(std::holds_alternative<ops::BatchNorm>(*node.op)));
  bytes.put(present_inputs(node));
}

std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const bool by_channel = bytes.take<uint8_t>() != 0;
  const auto present = bytes.take<uint64_t>();
  if (record.outputs.size() != 1 || record.inputs.empty() || record.inputs.size() > kMostInputs) {
    return nullptr;
  }
  return std::make_unique<PointwisePlanner>(by_channel, present);
}

/// Every thread reads its elements before it writes them.
std::vector<kernel::Alias> aliases(const kernel::NodeInfo& node) {
  std::vector<kernel::Alias> all;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const kernel::PortInfo& port = node.inputs[i];
    if (port.present && port.constant == nullptr && port.dtype == node.outputs[0].dtype &&
        port.shape == node.outputs[0].shape) {
      all.push_back({0, static_cast<int>(i), false});
    }
  }
  return all;
}

}  // namespace

const OwnKernel kOwn = {&configurations, &text, &parameters, &planner, &aliases};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (node.inputs.empty() || node.inputs.size() > kMostInputs) {
    return fmt::format("it has {} inputs, and 1 to {} are served here", node.inputs.size(),
                       kMostInputs);
  }
  return refuse_types(node, kAllTypes);
}

}  // namespace tenon::cuda::pointwise
