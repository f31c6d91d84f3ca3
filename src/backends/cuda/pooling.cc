// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Max and average pooling, row-major and channels last.
#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"
#include "backends/cuda/windows.h"

namespace tenon::cuda::pooling {

namespace {

using kernel::Layout;
using kernel::TensorDesc;

const ops::Pooling& op_of(const kernel::NodeInfo& node) { return std::get<ops::Pooling>(*node.op); }

int64_t lanes_of(DType type) { return 128 / bit_width(type); }

/// Windows that touch without overlap, padding or gaps.
bool is_tiling(const ops::Pooling& op, DType type) {
  if (op.kernel.rank() > 2 || op.kernel.volume() > 8 || lanes_of(type) < 2) return false;
  for (int i = 0; i < op.kernel.rank(); ++i) {
    if (op.kernel[i] != op.strides[i] || op.pads_begin[i] != 0 || op.dilations[i] != 1)
      return false;
  }
  return true;
}

class PoolingPlanner final : public Planner {
 public:
  explicit PoolingPlanner(ops::Pooling op) : op_(op) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const TensorDesc &in = shapes.inputs[0], &out = shapes.outputs[0];
    const int rank = op_.kernel.rank() + 2;
    if (in.dims.rank() != rank || out.dims.rank() != rank || in.dims[0] != out.dims[0] ||
        in.dims[1] != out.dims[1]) {
      return kUnlikeShapes;
    }
    const bool last = out.layout.order == Layout::Order::ChannelsLast;
    launches.push_back(last ? channels_last(shapes) : planes(shapes));
    return {};
  }

 private:
  [[nodiscard]] bool tiles(const Shapes& shapes) const {
    const TensorDesc &in = shapes.inputs[0], &out = shapes.outputs[0];
    if (!shapes.aligned || !is_tiling(op_, out.dtype)) return false;
    const int64_t lanes = lanes_of(out.dtype), width = spatial(in.dims, 2);
    return spatial(out.dims, 2) % lanes == 0 && width % lanes == 0 &&
           spatial(out.dims, 2) * of_three(op_.kernel, 2, 1) <= width &&
           spatial(out.dims, 1) * of_three(op_.kernel, 1, 1) <= spatial(in.dims, 1);
  }

  [[nodiscard]] Launch planes(const Shapes& shapes) const {
    const TensorDesc &in = shapes.inputs[0], &out = shapes.outputs[0];
    const bool tiled = tiles(shapes);
    const int64_t group = tiled ? lanes_of(out.dtype) : 1, items = out.elements() / group;
    Launch launch = launch_of(tiled ? "pool_tiles" : "pool_planes", items);
    finish(launch, in, out, items, group, 1);
    return launch;
  }

  [[nodiscard]] static Launch channels_last(const Shapes& shapes) {
    const TensorDesc &in = shapes.inputs[0], &out = shapes.outputs[0];
    const int64_t most = lanes_of(out.dtype);
    const int64_t lanes = shapes.aligned && out.dims[1] % most == 0 ? most : 1;
    const int64_t items = out.elements() / lanes;
    Launch launch = launch_of(lanes > 1 ? "pool_last_vectors" : "pool_last_elements", items);
    finish(launch, in, out, items, 1, out.dims[1] / lanes);
    return launch;
  }

  static void finish(Launch& launch, const TensorDesc& in, const TensorDesc& out, int64_t items,
                     int64_t group, int64_t channels) {
    launch.arguments.place(input(0)).place(output(0)).u32(items);
    launch.arguments.divisor(spatial(out.dims, 0)).divisor(spatial(out.dims, 1));
    launch.arguments.divisor(spatial(out.dims, 2) / group);
    for (int i = 0; i < 3; ++i) launch.arguments.i32(spatial(in.dims, i));
    launch.arguments.divisor(channels);
  }

  ops::Pooling op_;
};

std::vector<kernel::Configuration> configurations(const kernel::NodeInfo& node) {
  std::vector<kernel::Configuration> all = {uniform(node, Layout::linear(), Layout::linear())};
  if (op_of(node).kernel.rank() == 2) all.push_back(uniform(node, Layout::hwc(), Layout::hwc()));
  return all;
}

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const ops::Pooling& op = op_of(node);
  const DType type = node.outputs[0].dtype;
  return fmt::format(
             "#define MAX {}\n#define COUNT_PADS {}\n#define LANES {}\n#define TILES {}\ntypedef "
             "{} T;\n",
             op.kind == ops::PoolingKind::Max ? 1 : 0, op.count_include_pad ? 1 : 0, lanes_of(type),
             is_tiling(op, type) ? 1 : 0, type_name(type)) +
         window_text(op) + kPoolingText;
}

std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  auto op = ops::unpack<ops::Pooling>(bytes);
  if (!op.ok() || !sane_window(*op) || record.inputs.size() != 1 || record.outputs.size() != 1 ||
      record.inputs[0].absent() || record.inputs[0].dtype != record.outputs[0].dtype ||
      record.inputs[0].layout != record.outputs[0].layout) {
    return nullptr;
  }
  return std::make_unique<PoolingPlanner>(std::move(op).value());
}

}  // namespace

const OwnKernel kOwn = {&configurations, &text, &packed_operator, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_window(op_of(node)); !reason.empty()) return reason;
  if (op_of(node).kind == ops::PoolingKind::Blend) return "it blends maximum and average";
  return refuse_types(node, kNumberTypes);
}

}  // namespace tenon::cuda::pooling
