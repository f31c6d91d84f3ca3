// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reductions of f32 tensors over any axes; means over an image also channels-last.
#include <algorithm>

#include "backends/simd/loops/reduce.h"

#include "backends/simd/loaded_kernel.h"
#include "backends/simd/node_candidate.h"
#include "base/parallel.h"

namespace tenon::simd::reduce {

namespace {

using kernel::Layout;
using kernel::TensorDesc;

struct Kernel {
  ops::Reduce op;
  Level level;
  bool channels_last;
  int threads;
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept {
    return 0;
  }
};

/// The axes of a tensor, neighbours that are both kept or both reduced joined.
struct Axes {
  struct Axis {
    int64_t extent;
    bool reduced;
  };
  std::vector<Axis> list;

  void push(int64_t extent, bool reduced) {
    if (extent == 1) return;
    if (!list.empty() && list.back().reduced == reduced) {
      list.back().extent *= extent;
    } else {
      list.push_back({extent, reduced});
    }
  }
  /// Offsets of all indices over the axes before the last one that are reduced, or that are kept.
  [[nodiscard]] std::vector<int64_t> offsets(bool reduced) const {
    std::vector<int64_t> all = {0};
    int64_t stride = 1;
    for (const Axis& axis : list) stride *= axis.extent;
    for (size_t i = 0; i + 1 < list.size(); ++i) {
      stride /= std::max<int64_t>(list[i].extent, 1);
      if (list[i].reduced != reduced) continue;
      std::vector<int64_t> next;
      for (const int64_t offset : all) {
        for (int64_t k = 0; k < list[i].extent; ++k) next.push_back(offset + k * stride);
      }
      all = std::move(next);
    }
    return all;
  }
};

class Instance final : public kernel::Instance {
 public:
  explicit Instance(const Kernel& kernel) : kernel_(kernel) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    const Dims& dims = inputs[0].dims;
    uint32_t reduced = 0;
    for (const int64_t axis : kernel_.op.axes) {
      if (axis < 0 || axis >= dims.rank()) return {Code::InvalidArgument, "no such axis"};
      reduced |= 1U << axis;
    }
    int64_t results = 1;
    for (int i = 0; i < dims.rank(); ++i) results *= (reduced >> i & 1U) != 0 ? 1 : dims[i];
    if (results != outputs[0].elements() || (kernel_.channels_last && dims.rank() != 4)) {
      return {Code::InvalidArgument, "a reduction's shapes contradict each other"};
    }
    if (inputs[0].elements() == 0) {  // Every result is that of nothing.
      along_ = true;
      run_ = 0;
      kept_.assign(static_cast<size_t>(results), 0);
      reduced_ = {0};
      return {};
    }
    Axes axes;
    constexpr int kChannelsLast[] = {0, 2, 3, 1};
    for (int i = 0; i < dims.rank(); ++i) {
      const int axis = kernel_.channels_last ? kChannelsLast[i] : i;
      axes.push(dims[axis], (reduced >> axis & 1U) != 0);
    }
    along_ = axes.list.empty() || axes.list.back().reduced;
    run_ = axes.list.empty() ? 1 : axes.list.back().extent;
    kept_ = axes.offsets(false);
    reduced_ = axes.offsets(true);
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const auto* from = static_cast<const float*>(args.inputs[0]);
    auto* out = static_cast<float*>(args.outputs[0]);
    const ReduceLoops& loops = reduce_loops(kernel_.level);
    const int64_t step = along_ ? 1 : run_;
    parallel_for(kernel_.threads, static_cast<int64_t>(kept_.size()), 1,
                 [&](int64_t begin, int64_t end) {
                   for (int64_t i = begin; i < end; ++i) {
                     const ReduceRows rows{from + kept_[static_cast<size_t>(i)],
                                           reduced_.data(),
                                           static_cast<int64_t>(reduced_.size()),
                                           run_,
                                           kernel_.op.kind,
                                           out + i * step};
                     along_ ? loops.along(rows) : loops.across(rows);
                   }
                 });
    return {};
  }

 private:
  const Kernel& kernel_;
  bool along_ = true;
  int64_t run_ = 1;
  std::vector<int64_t> kept_, reduced_;  ///< offsets of results, and of the rows of one result
};

const ops::Reduce& op_of(const kernel::NodeInfo& node) { return std::get<ops::Reduce>(*node.op); }

/// Over both axes of an image that stay as axes of one pixel, which lies alike in either layout.
bool over_image(const kernel::NodeInfo& node) {
  const ops::Reduce& op = op_of(node);
  return node.inputs[0].opt.rank() == 4 && op.keep_dims && op.axes == Dims{2, 3};
}

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    std::vector<kernel::Configuration> all = {uniform(Layout::linear(), Layout::linear())};
    if (!over_image(node_)) return all;
    all.push_back(uniform(Layout::hwc(), Layout::hwc()));
    all.push_back(uniform(Layout::hwc(), Layout::linear()));
    return all;
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.inputs[0].opt.volume());
  }

 protected:
  void add_params(const kernel::Configuration& configuration, ByteWriter& params) const override {
    params.put(static_cast<uint8_t>(!configuration.inputs[0].layout.is_linear()));
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_unless_f32(node);
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::Reduce>(record, diag));
  const bool channels_last = opened.rest.take<uint8_t>() != 0;
  const bool image = opened.op.keep_dims && opened.op.axes == Dims{2, 3};
  if (!opened.rest.ok() || (channels_last && !image)) return damaged(record, diag);
  // One pixel lies alike in either layout.
  const bool pixel =
      channels_last && !record.outputs.empty() && !record.outputs[0].layout.is_linear();
  const Layout input = channels_last ? Layout::hwc() : Layout::linear();
  const Layout output = pixel ? Layout::hwc() : Layout::linear();
  TENON_TRY(kernel::expect_ports(record, {kernel::Wanted{DType::F32, input}}, {DType::F32, output},
                                 diag));
  return make_loaded<Instance>(Kernel{.op = opened.op,
                                      .level = opened.level,
                                      .channels_last = channels_last,
                                      .threads = record.threads});
}

}  // namespace tenon::simd::reduce
