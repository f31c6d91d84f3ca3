// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Indices of what is not zero.
#include <fmt/core.h>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::non_zero {

namespace {

constexpr int64_t kChunk = 8192, kThreads = 256;  // as in non_zero.cu
constexpr int kMostAxes = 8;
/// So few counts are added up by every block faster than by a kernel of their own.
constexpr int64_t kFewChunks = 4096;

int64_t chunks_of(const Shapes& shapes) {
  return (shapes.inputs[0].elements() + kChunk - 1) / kChunk;
}

/// Scratch memory: a bit an element, then a count a chunk.
class NonZeroPlanner final : public Planner {
 public:
  explicit NonZeroPlanner(bool alone) : alone_(alone) {}
  [[nodiscard]] bool tells_sizes() const override { return true; }
  [[nodiscard]] size_t workspace(const Shapes& shapes) const override {
    return static_cast<size_t>(chunks_of(shapes) * (kChunk / 8 + 4)) + 256;
  }

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const kernel::TensorDesc &in = shapes.inputs[0], &out = shapes.outputs[0];
    if (in.dims.rank() > kMostAxes || out.dims.rank() != 2 || out.dims[0] != in.dims.rank()) {
      return kUnlikeShapes;
    }
    const int64_t items = in.elements(), chunks = chunks_of(shapes);
    if (items == 0) {
      Launch& zero = launches.emplace_back();
      zero.what = Launch::What::Zero;
      zero.arguments.place(output(1));
      zero.bytes = sizeof(int64_t);
      return {};
    }
    Launch count = launch_of("count_chunks", chunks, 1);
    count.block[0] = kThreads;
    Arguments& args = count.arguments;
    args.place(input(0)).place(scratch()).place(
        scratch(static_cast<uint64_t>(chunks) * kChunk / 8));
    args.place(output(1)).place(output(0)).u32(items).u32(chunks).u32(out.dims[1]);
    args.divisors({in.dims.begin(), in.dims.end()}, kMostAxes);
    Launch scan = count, write = count;
    scan.kernel = "scan_chunks";
    scan.grid[0] = 1;
    scan.block[0] = 1024;
    const bool alone = alone_ && chunks <= kFewChunks;
    write.kernel = alone ? "write_indices_alone" : "write_indices";
    launches.push_back(std::move(count));
    if (!alone) launches.push_back(std::move(scan));
    launches.push_back(std::move(write));
    return {};
  }

 private:
  bool alone_;
};

/// Tactic 1 adds the counts up in a kernel of its own, as many counts need it anyway.
std::vector<int32_t> tactics(const kernel::NodeInfo&) { return {0, 1}; }

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return fmt::format("typedef {} T;\ntypedef {} I;\n#define RANK {}\n",
                     type_name(node.inputs[0].dtype), type_name(node.outputs[0].dtype),
                     node.inputs[0].opt.rank()) +
         kScanText + kNonZeroText;
}
std::unique_ptr<Planner> planner(ByteReader&, const kernel::RecordView& record) {
  if (record.inputs.size() != 1 || record.outputs.size() != 2 || record.inputs[0].absent() ||
      record.outputs[1].dtype != DType::I64) {
    return nullptr;
  }
  return std::make_unique<NonZeroPlanner>(record.tactic == 0);
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, nullptr, &planner, nullptr, &tactics};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_types(node, kAllTypes);
}

}  // namespace tenon::cuda::non_zero
