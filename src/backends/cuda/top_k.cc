// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The greatest or least elements along an axis.
#include <fmt/core.h>

#include <algorithm>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::top_k {

namespace {

constexpr int64_t kThreads = 256, kMostLines = 65535;  // as in top_k.cu; the grid's second axis

class TopKPlanner final : public Planner {
 public:
  explicit TopKPlanner(int64_t axis) : axis_(axis) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims &in = shapes.inputs[0].dims, &out = shapes.outputs[0].dims;
    if (axis_ < 0 || axis_ >= in.rank() || in.rank() != out.rank() ||
        shapes.outputs[1].dims != out) {
      return kUnlikeShapes;
    }
    const auto axis = static_cast<int>(axis_);
    const int64_t extent = in[axis], k = out[axis];
    if (k > extent || in.volume() / extent != out.volume() / k) return kUnlikeShapes;
    const int64_t inner = row_major_strides(in)[axis], lines = in.volume() / extent;
    // Counting looks at extent² pairs all over the GPU; finding at k · extent elements in few
    // blocks, each round of which waits for the one before.
    const int64_t counting = lines * extent * extent / 64;
    const int64_t finding = std::max<int64_t>(lines / 128, 1) * k * (extent + 8192);
    const bool counts = lines <= kMostLines && counting < finding;
    Launch launch = launch_of(counts ? "rank" : "best", lines, 1);
    launch.block[0] = kThreads;
    if (counts) {
      launch.grid[0] = static_cast<uint32_t>((extent + kThreads - 1) / kThreads);
      launch.grid[1] = static_cast<uint32_t>(lines);
    }
    launch.arguments.place(input(0)).place(output(0)).place(output(1));
    launch.arguments.u32(extent).u32(k).divisor(inner);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  int64_t axis_;
};

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const auto& op = std::get<ops::TopK>(*node.op);
  return fmt::format("typedef {} T;\ntypedef {} I;\n#define LARGEST {}\n#define LAST {}\n",
                     type_name(node.outputs[0].dtype), type_name(node.outputs[1].dtype),
                     op.largest ? 1 : 0, op.last ? 1 : 0) +
         kTopKText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(std::get<ops::TopK>(*node.op).axis);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto axis = bytes.take<int64_t>();
  if (record.inputs.empty() || record.outputs.size() != 2 || record.inputs[0].absent() ||
      record.inputs[0].dtype != record.outputs[0].dtype) {
    return nullptr;
  }
  return std::make_unique<TopKPlanner>(axis);
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_types(node, kNumberTypes);
}

}  // namespace tenon::cuda::top_k
