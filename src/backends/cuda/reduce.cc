// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reductions over any axes.
#include <algorithm>

#include "backends/cuda/axes.h"
#include "backends/cuda/own_kernel.h"
#include "backends/cuda/row_groups.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::reduce {

namespace {

constexpr size_t kMostAxes = 8;

/// The input parted into the axes that are kept and those that are reduced.
struct Parted {
  AxisWalk kept, shared;
};

Status part(const ops::Reduce& op, const Dims& dims, Parted& parted) {
  const Dims strides = row_major_strides(dims);
  parted.kept.strides.resize(1);
  parted.shared.strides.resize(1);
  int found = 0;
  for (int axis = 0; axis < dims.rank(); ++axis) {
    const bool shared = std::ranges::count(op.axes, axis) != 0;
    found += shared ? 1 : 0;
    AxisWalk& walk = shared ? parted.shared : parted.kept;
    walk.extents.push_back(dims[axis]);
    walk.strides[0].push_back(strides[axis]);
  }
  parted.kept.merge();
  parted.shared.merge();
  return found == op.axes.rank() ? Status{} : kUnlikeShapes;
}

class ReducePlanner final : public Planner {
 public:
  ReducePlanner(ops::Reduce op, RowGroup group, int64_t processors)
      : op_(op), group_(group), processors_(processors) {}

  [[nodiscard]] size_t workspace(const Shapes& shapes) const override {
    Parted parted;
    if (!part(op_, shapes.inputs[0].dims, parted).ok()) return 0;
    const int64_t rows = parted.kept.volume(), count = parted.shared.volume();
    const int64_t parts = is_rows(parted) ? parts_of(rows, count) : line_parts_of(rows, count);
    return parts > 1 ? static_cast<size_t>(rows * parts) * kStateBytes : 0;
  }

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    Parted parted;
    TENON_TRY(part(op_, shapes.inputs[0].dims, parted));
    if (parted.kept.volume() != shapes.outputs[0].elements()) return kUnlikeShapes;
    if (is_rows(parted)) {
      plan_rows(parted.kept.volume(), parted.shared.volume(), launches);
      return {};
    }
    if (parted.kept.rank() > kMostAxes || parted.shared.rank() > kMostAxes) return kUnlikeShapes;
    plan_lines(parted, launches);
    return {};
  }

 private:
  static constexpr size_t kStateBytes = 16;

  /// What is reduced lies side by side.
  static bool is_rows(const Parted& parted) {
    const AxisWalk& shared = parted.shared;
    return shared.rank() == 0 || (shared.rank() == 1 && shared.strides[0][0] == 1);
  }

  [[nodiscard]] int64_t parts_of(int64_t rows, int64_t count) const {
    constexpr int64_t kWorthParting = 8192, kMostParts = 1024;
    if (rows >= 2 * processors_ || count < 2 * kWorthParting) return 1;
    const int64_t wanted = std::max<int64_t>(4 * processors_ / std::max<int64_t>(rows, 1), 1);
    return std::min({wanted, count / kWorthParting, kMostParts});
  }

  /// The same for lines, of which 32 are a block's.
  [[nodiscard]] int64_t line_parts_of(int64_t lines, int64_t count) const {
    constexpr int64_t kWorthParting = 128, kMostParts = 1024;
    const int64_t blocks = (lines + 31) / 32;
    if (blocks >= 4 * processors_ || count < 2 * kWorthParting) return 1;
    return std::min(
        {8 * processors_ / std::max<int64_t>(blocks, 1), count / kWorthParting, kMostParts});
  }

  void plan_rows(int64_t rows, int64_t count, std::vector<Launch>& launches) const {
    const int64_t parts = parts_of(rows, count);
    const int64_t each = std::max<int64_t>((count + parts - 1) / parts, 1);
    Launch first = group_.launch("reduce_rows", rows);
    first.grid[1] = static_cast<uint32_t>(parts);
    first.arguments.place(input(0)).place(output(0));
    if (parts > 1) {
      first.arguments.place(scratch());
    } else {
      first.arguments.nothing();
    }
    first.arguments.u32(rows).u32(count).u32(each).u32(count);
    launches.push_back(std::move(first));
    if (parts > 1) launches.push_back(join_parts(rows, parts, count));
  }

  [[nodiscard]] Launch join_parts(int64_t rows, int64_t parts, int64_t count) const {
    Launch second = group_.launch("reduce_parts", rows);
    second.arguments.place(input(0)).place(output(0)).place(scratch());
    second.arguments.u32(rows).u32(parts).u32(0).u32(count);
    return second;
  }

  void plan_lines(const Parted& parted, std::vector<Launch>& launches) const {
    const int64_t count = parted.kept.volume(), shared = parted.shared.volume();
    const int64_t parts = line_parts_of(count, shared);
    Launch launch = launch_of("reduce_lines", (count + 31) / 32, 1);
    launch.block[0] = 32;
    launch.block[1] = 8;
    Arguments& args = launch.arguments;
    launch.grid[1] = static_cast<uint32_t>(parts);
    args.place(input(0)).place(output(0));
    if (parts > 1) {
      args.place(scratch());
    } else {
      args.nothing();
    }
    args.u32(count).u32(shared).u32((shared + parts - 1) / parts);
    args.i32(static_cast<int64_t>(parted.kept.rank()));
    args.i32(static_cast<int64_t>(parted.shared.rank()));
    args.divisors(parted.kept.extents, kMostAxes).divisors(parted.shared.extents, kMostAxes);
    args.i32s(parted.kept.strides[0], kMostAxes).i32s(parted.shared.strides[0], kMostAxes);
    launches.push_back(std::move(launch));
    if (parts > 1) launches.push_back(join_parts(count, parts, shared));
  }

  ops::Reduce op_;
  RowGroup group_;
  int64_t processors_;
};

const ops::Reduce& op_of(const kernel::NodeInfo& node) { return std::get<ops::Reduce>(*node.op); }
RowGroup group_of(const kernel::NodeInfo& node) {
  int64_t count = 1;
  for (const int64_t axis : op_of(node).axes) count *= node.inputs[0].max[static_cast<int>(axis)];
  return RowGroup::of(count, 1);
}

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return kFunctionsText + group_of(node).text() +
         fmt::format("typedef {} T;\n#define KIND {}\n", type_name(node.outputs[0].dtype),
                     static_cast<int>(op_of(node).kind)) +
         kRowsText + kReduceText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  if (const auto packed = ops::pack(*node.op); packed.ok()) bytes.raw(*packed);
  group_of(node).write(bytes);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  auto op = ops::unpack<ops::Reduce>(bytes);
  const RowGroup group = RowGroup::read(bytes);
  if (!op.ok() || !group.sane() || record.inputs.empty() || record.outputs.size() != 1 ||
      record.inputs[0].absent() || record.inputs[0].dtype != record.outputs[0].dtype) {
    return nullptr;
  }
  // Equal for all machines, since the workspace is planned during the build.
  constexpr int64_t kProcessors = 128;
  return std::make_unique<ReducePlanner>(std::move(op).value(), group, kProcessors);
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_types(node, kNumberTypes);
}

}  // namespace tenon::cuda::reduce
