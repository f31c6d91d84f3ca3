// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The different slices of a tensor.
#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::unique {

namespace {

constexpr int64_t kBlock = 1024, kPiece = 2 * kBlock;  // as in unique.cu

/// A tensor as slices: `inner` neighbours each, `outer` times.
struct Slices {
  int64_t outer = 1, count = 1, inner = 1;
};

class UniquePlanner final : public Planner {
 public:
  explicit UniquePlanner(ops::Unique op) : op_(op) {}
  [[nodiscard]] bool tells_sizes() const override { return true; }
  /// Sorted numbers, groups, where they begin and one more, and ranks.
  [[nodiscard]] size_t workspace(const Shapes& shapes) const override {
    return static_cast<size_t>(4 * padded(slices(shapes).count) + kPiece) * sizeof(uint32_t);
  }

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims& dims = shapes.inputs[0].dims;
    const Slices all = slices(shapes);
    if ((!op_.flat && (op_.axis < 0 || op_.axis >= dims.rank())) ||
        shapes.outputs[2].elements() != all.count) {
      return kUnlikeShapes;
    }
    if (all.count == 0) {
      Launch& zero = launches.emplace_back();
      zero.what = Launch::What::Zero;
      zero.arguments.place(output(4));
      zero.bytes = sizeof(int64_t);
      return {};
    }
    const int64_t numbers = padded(all.count);
    const auto add = [&](const char* kernel, int64_t items, int64_t threads, int64_t span,
                         int64_t distance) {
      Launch launch = launch_of(kernel, items, static_cast<uint32_t>(threads));
      put_arguments(shapes, all, launch.arguments);
      launch.arguments.u32(span).u32(distance);
      launches.push_back(std::move(launch));
    };
    add("sort_pieces", numbers / 2, kBlock, 0, 0);
    for (int64_t span = 2 * kPiece; span <= numbers; span *= 2) {
      for (int64_t distance = span / 2; distance > kBlock; distance /= 2) {
        add("merge_far", numbers / 2, 256, span, distance);
      }
      add("merge_pieces", numbers / 2, kBlock, span, 0);
    }
    add("mark_firsts", all.count, 256, 0, 0);
    add("number_groups", kBlock, kBlock, 0, 0);
    add("write_groups", all.count, 256, 0, 0);
    if (dims.volume() > 0) add("write_slices", dims.volume(), 256, 0, 0);
    return {};
  }

 private:
  [[nodiscard]] Slices slices(const Shapes& shapes) const {
    const Dims& dims = shapes.inputs[0].dims;
    Slices all;
    if (op_.flat) all.count = dims.volume();
    for (int i = 0; !op_.flat && i < dims.rank(); ++i) {
      (i < op_.axis ? all.outer : i == op_.axis ? all.count : all.inner) *= dims[i];
    }
    return all;
  }
  static int64_t padded(int64_t count) {
    return std::max(static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(count))), kPiece);
  }
  static void put_arguments(const Shapes& shapes, const Slices& all, Arguments& args) {
    const int64_t numbers = padded(all.count);
    const auto list = [&](uint64_t i, uint64_t more = 0) {
      return scratch((i * static_cast<uint64_t>(numbers) + more) * sizeof(uint32_t));
    };
    // Where groups begin is last: there is one more of these.
    args.place(input(0)).place(list(0)).place(list(1)).place(list(3)).place(list(2));
    for (size_t i = 0; i < 5; ++i) args.place(output(i));
    args.u32(all.outer).u32(all.count).u32(all.inner).u32(numbers);
    args.u32(shapes.outputs[1].elements());
  }

  ops::Unique op_;
};

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return fmt::format("typedef {} T;\n#define SORTED {}\n", type_name(node.inputs[0].dtype),
                     std::get<ops::Unique>(*node.op).sorted ? 1 : 0) +
         kScanText + kUniqueText;
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto op = ops::unpack<ops::Unique>(bytes);
  if (!op.ok() || record.inputs.size() != 1 || record.outputs.size() != 5 ||
      record.inputs[0].absent() || record.outputs[0].dtype != record.inputs[0].dtype) {
    return nullptr;
  }
  for (size_t i = 1; i < 5; ++i) {
    if (record.outputs[i].dtype != DType::I64) return nullptr;
  }
  return std::make_unique<UniquePlanner>(*op);
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &packed_operator, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_types(node, kAllTypes);
}

}  // namespace tenon::cuda::unique
