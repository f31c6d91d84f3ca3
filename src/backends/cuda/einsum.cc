// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Einstein sums of up to four terms, as loops over outer and summed labels.
#include "ops/einsum.h"

#include <fmt/core.h>

#include <algorithm>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::einsum {

namespace {

constexpr size_t kMostAxes = 8, kMostTerms = ops::EinsumPlan::kMostTerms;  // as in einsum.cu

class EinsumPlanner final : public Planner {
 public:
  explicit EinsumPlanner(ops::EinsumPlan plan) : plan_(std::move(plan)) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    if (shapes.inputs.size() != plan_.terms.size()) return kUnlikeShapes;
    for (size_t term = 0; term < plan_.terms.size(); ++term) {
      const int rank = shapes.inputs[term].dims.rank();
      if (rank != static_cast<int>(plan_.terms[term].size())) return kUnlikeShapes;
    }
    Launch launch = launch_of("einsum", shapes.outputs[0].elements(), 128);
    Arguments& args = launch.arguments;
    for (size_t term = 0; term < kMostTerms; ++term) place_input(shapes, term, args);
    args.place(output(0)).u32(shapes.outputs[0].elements());
    int64_t all = 0;
    TENON_TRY(put_walk(plan_.output, shapes, args, all));
    if (all != shapes.outputs[0].elements()) return kUnlikeShapes;
    TENON_TRY(put_walk(plan_.summed, shapes, args, all));
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  /// The struct Walk: extents and strides of these labels, innermost first.
  Status put_walk(const std::vector<int>& labels, const Shapes& shapes, Arguments& args,
                  int64_t& all) const {
    std::vector<int64_t> extents, strides[kMostTerms];
    all = 1;
    for (size_t i = labels.size(); i-- > 0;) {
      int64_t extent = 1;
      for (size_t term = 0; term < kMostTerms; ++term) {
        strides[term].push_back(0);
        if (term >= plan_.terms.size()) continue;
        const Dims& dims = shapes.inputs[term].dims;
        const Dims own = row_major_strides(dims);
        for (int axis = 0; axis < dims.rank(); ++axis) {
          if (plan_.terms[term][static_cast<size_t>(axis)] != labels[i] || dims[axis] == 1)
            continue;
          if (extent != 1 && extent != dims[axis]) return kUnlikeShapes;
          extent = dims[axis];
          strides[term].back() += own[axis];
        }
      }
      extents.push_back(extent);
      all *= extent;
    }
    if (all > INT32_MAX) return kTooLarge;
    args.i32(static_cast<int64_t>(labels.size())).i32(all).divisors(extents, kMostAxes);
    for (const auto& own : strides) args.i32s(own, kMostAxes);
    return {};
  }

  ops::EinsumPlan plan_;
};

std::vector<size_t> ranks_of(const kernel::NodeInfo& node) {
  std::vector<size_t> ranks;
  for (const kernel::PortInfo& port : node.inputs) ranks.push_back(port.shape.size());
  return ranks;
}
bool plan_of(const kernel::NodeInfo& node, ops::EinsumPlan& plan) {
  return ops::plan_einsum(std::get<ops::Einsum>(*node.op).equation, ranks_of(node), plan);
}

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return fmt::format("typedef {} T;\n#define TERMS {}\n", type_name(node.outputs[0].dtype),
                     node.inputs.size()) +
         kEinsumText;
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto op = ops::unpack<ops::Einsum>(bytes);
  if (!op.ok() || record.inputs.empty() || record.inputs.size() > kMostTerms ||
      record.outputs.size() != 1) {
    return nullptr;
  }
  std::vector<size_t> ranks;
  for (const kernel::TensorDesc& desc : record.inputs) {
    ranks.push_back(static_cast<size_t>(desc.dims.rank()));
  }
  ops::EinsumPlan plan;
  if (!ops::plan_einsum(op->equation, ranks, plan) || plan.output.size() > kMostAxes ||
      plan.summed.size() > kMostAxes) {
    return nullptr;
  }
  return std::make_unique<EinsumPlanner>(std::move(plan));
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &packed_operator, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  ops::EinsumPlan plan;
  if (!plan_of(node, plan) || plan.terms.size() > kMostTerms) return "its equation is not read";
  if (std::max(plan.output.size(), plan.summed.size()) > kMostAxes) {
    return fmt::format("it has more than {} labels in a row", kMostAxes);
  }
  return refuse_types(node, kNumberTypes);
}

}  // namespace tenon::cuda::einsum
