// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reductions of f32 tensors over any axes; means over an image also channels-last.
#include <algorithm>

#include "backends/simd/loops/reduce.h"

#include "backends/simd/run/list.h"
#include "backends/simd/run/loaded_kernel.h"
#include "base/array.h"
#include "base/parallel.h"
#include "ops/reduction.h"

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
  Axis list[Dims::kMaxRank];
  size_t count = 0;

  [[nodiscard]] bool last_reduced() const { return count == 0 || list[count - 1].reduced; }
  void push(int64_t extent, bool reduced) {
    if (extent == 1) return;
    if (count > 0 && list[count - 1].reduced == reduced) {
      list[count - 1].extent *= extent;
    } else {
      list[count++] = {extent, reduced};
    }
  }
  /// Offsets of all indices over the axes before the last one that are reduced, or that are kept,
  /// the last axis fastest. False when there is no memory.
  [[nodiscard]] bool offsets(bool reduced, Array<int64_t>& all) const {
    all.clear();
    if (!all.push_back(0)) return false;
    int64_t stride = 1;
    for (size_t i = count; i-- > 0;) {
      const int64_t step = stride;
      stride *= list[i].extent;
      if (i + 1 == count || list[i].reduced != reduced) continue;
      // Inside out: what is there is one round of the axes within.
      const size_t inner = all.size();
      for (int64_t k = 1; k < list[i].extent; ++k) {
        for (size_t j = 0; j < inner; ++j) {
          if (!all.push_back(all[j] + k * step)) return false;
        }
      }
    }
    return true;
  }
};

class Instance final : public kernel::Instance, public Allocated {
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
      kept_.clear();
      reduced_.clear();
      return kept_.resize(static_cast<size_t>(results)) && reduced_.resize(1) ? Status{}
                                                                              : kNoMemory;
    }
    Axes axes;
    constexpr int kChannelsLast[] = {0, 2, 3, 1};
    for (int i = 0; i < dims.rank(); ++i) {
      const int axis = kernel_.channels_last ? kChannelsLast[i] : i;
      axes.push(dims[axis], (reduced >> axis & 1U) != 0);
    }
    along_ = axes.last_reduced();
    run_ = axes.count == 0 ? 1 : axes.list[axes.count - 1].extent;
    return axes.offsets(false, kept_) && axes.offsets(true, reduced_) ? Status{} : kNoMemory;
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
  Array<int64_t> kept_, reduced_;  ///< offsets of results, and of the rows of one result
};

}  // namespace

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
                                      .threads = record.threads},
                               record, diag);
}

}  // namespace tenon::simd::reduce
