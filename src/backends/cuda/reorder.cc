// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layouts as outer axes, channels and inner axes.
#include "backends/cuda/reorder.h"

#include <fmt/core.h>

#include "backends/cuda/movement.h"
#include "backends/cuda/own_kernel.h"
#include "device/gpu.h"

namespace tenon::cuda {

namespace {

using kernel::Layout;
using kernel::TensorDesc;

/// A tensor as [outer, channels, inner], and where the elements of each lie.
struct SideOf {
  int64_t vector, outer, block, lane, inner;

  SideOf(const Layout& layout, int64_t channels, int64_t inner_count) : vector(layout.vector) {
    const int64_t blocks = (channels + vector - 1) / vector;
    const bool last = layout.order == Layout::Order::ChannelsLast;
    lane = 1;
    inner = last ? blocks * vector : vector;
    block = last ? vector : inner_count * vector;
    outer = blocks * vector * inner_count;
  }
};

class ReorderPlanner final : public Planner {
 public:
  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const TensorDesc &from = shapes.inputs[0], &to = shapes.outputs[0];
    if (from.dims != to.dims) return kUnlikeShapes;
    if (from.layout == to.layout) {
      launches.push_back(copy_of(output(0), input(0), static_cast<uint64_t>(to.bytes())));
      return {};
    }
    const Layout& odd = from.layout.is_linear() ? to.layout : from.layout;
    const int channel = to.dims.rank() - odd.channel_from_end;
    if (channel < 0) return kUnlikeShapes;
    int64_t outer = 1, inner = 1;
    for (int axis = 0; axis < channel; ++axis) outer *= to.dims[axis];
    for (int axis = channel + 1; axis < to.dims.rank(); ++axis) inner *= to.dims[axis];
    const int64_t channels = to.dims[channel];
    const SideOf a(from.layout, channels, inner), b(to.layout, channels, inner);
    if (a.vector == 1 && b.vector == 1) {
      Move move;
      move.walk = {{outer, channels, inner},
                   {{a.outer, a.block, a.inner}, {b.outer, b.block, b.inner}}};
      return plan_move(std::move(move), to.dtype, shapes.aligned, launches);
    }
    const int64_t blocks = (channels + b.vector - 1) / b.vector;
    const int64_t items = outer * blocks * b.vector * inner;
    Launch launch = launch_of(fmt::format("reorder_{}", byte_size(to.dtype, 1)), items);
    Arguments& args = launch.arguments;
    args.place(input(0)).place(output(0)).u32(items).u32(channels);
    args.i32(to.layout.order == Layout::Order::ChannelsLast ? 1 : 0);
    args.divisor(blocks * b.vector).divisor(blocks).divisor(inner);
    for (const SideOf* side : {&a, &b}) {
      args.divisor(side->vector).i32(side->outer).i32(side->block).i32(side->lane);
      args.i32(side->inner);
    }
    launches.push_back(std::move(launch));
    return {};
  }
};

std::unique_ptr<Planner> reorder_planner(ByteReader&, const kernel::RecordView& record) {
  if (record.inputs.size() != 1 || record.outputs.size() != 1) return nullptr;
  const TensorDesc &from = record.inputs[0], &to = record.outputs[0];
  if (from.absent() || from.dtype != to.dtype ||
      !refuse_reorder(to.dtype, from.layout, to.layout).empty()) {
    return nullptr;
  }
  return std::make_unique<ReorderPlanner>();
}

constexpr OwnKernel kReorder = {nullptr, nullptr, nullptr, &reorder_planner, nullptr};

}  // namespace

std::string refuse_reorder(DType dtype, const Layout& from, const Layout& to) {
  if (from.private_id != 0 || to.private_id != 0) {
    return fmt::format("only their owners read and write private layouts ({} to {})",
                       to_string(from), to_string(to));
  }
  if (bit_width(dtype) < 8 && from != to) return "elements of i4 have no addresses of their own";
  if (!from.is_linear() && !to.is_linear() && from.channel_from_end != to.channel_from_end) {
    return fmt::format("{} and {} disagree on the channel axis; go by way of linear",
                       to_string(from), to_string(to));
  }
  return {};
}

Result<kernel::Record> make_reorder(DType dtype, const Layout& from, const Layout& to, int sm,
                                    Diagnostics& diag) {
  const kernel::Configuration ports{{{dtype, from, 0}}, {{dtype, to, 0}}};
  const bool vectors = from.vector > 1 || to.vector > 1;
  const std::string text = from == to ? "" : move_text(dtype, false, vectors);
  TENON_ASSIGN(kernel::Record record,
               make_own_record({"cuda", std::string(kReorderName), 1}, ports, text, {}, sm, diag));
  record.metadata = to_string(from) + " to " + to_string(to);
  return record;
}

Result<kernel::Record> make_reorder(DType dtype, const Layout& from, const Layout& to) {
  const device::Gpu* gpu = device::Gpu::current();
  if (gpu == nullptr) return Status{Code::Device, "no GPU is current in this thread"};
  CollectingSink sink;
  Diagnostics diag(sink);
  return make_reorder(dtype, from, to, gpu->target().gpu.sm, diag);
}

Result<std::unique_ptr<kernel::Loaded>> load_reorder(const kernel::RecordView& record,
                                                     Diagnostics& diag) {
  return load_own(record, kReorder, diag);
}

}  // namespace tenon::cuda
