// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution: direct on channels-last and on blocks of 16 channels, and Winograd.
#include <algorithm>

#include "backends/dnnl/candidate.h"
#include "backends/dnnl/convolution.h"

namespace tenon::dnnl::convolution {

Dims grouped(const ops::Convolution& op, const Dims& weights) {
  if (op.groups == 1) return weights;
  Dims result{op.groups, weights[0] / op.groups};
  for (int i = 1; i < weights.rank(); ++i) result.push_back(weights[i]);
  return result;
}

PrimitiveDesc describe(const ops::Convolution& op, dnnl_alg_kind_t algorithm,
                       const kernel::TensorDesc& source, const kernel::TensorDesc& target,
                       const dnnl_memory_desc_t& weights, bool bias, const Attr& attr) {
  const auto from = to_memory_desc(source.dims, source.layout, source.dtype);
  const auto to = to_memory_desc(target.dims, target.layout, target.dtype);
  if (!from || !to || attr == nullptr) return nullptr;
  const dnnl_memory_desc_t bias_desc = plain_memory_desc(Dims{target.dims[1]});
  dnnl_dims_t strides, dilates, before, after;
  for (int i = 0; i < op.kernel.rank(); ++i) {
    strides[i] = op.strides[i];
    dilates[i] = op.dilations[i] - 1;
    before[i] = op.pads_begin[i];
    after[i] = op.pads_end[i];
  }
  const Library& lib = *library();
  dnnl_convolution_desc_t desc{};
  if (lib.dnnl_dilated_convolution_forward_desc_init(
          &desc, dnnl_forward_inference, algorithm, &*from, &weights, bias ? &bias_desc : nullptr,
          &*to, strides, dilates, before, after) != dnnl_success) {
    return nullptr;
  }
  dnnl_primitive_desc_t made = nullptr;
  if (lib.dnnl_primitive_desc_create(&made, &desc, attr.get(), lib.engine, nullptr) !=
      dnnl_success) {
    return nullptr;
  }
  return PrimitiveDesc(made);
}

Status expect_sound(const ops::Convolution& op) {
  // The library keeps all of these in 32 bits.
  constexpr int64_t kMost = 1 << 20;
  bool sound = op.groups > 0;
  for (const Dims* list : {&op.kernel, &op.strides, &op.dilations}) {
    sound = sound && list->rank() == 2 && std::min((*list)[0], (*list)[1]) > 0;
  }
  for (const Dims* list : {&op.pads_begin, &op.pads_end}) {
    sound = sound && list->rank() == 2 && std::min((*list)[0], (*list)[1]) >= 0;
  }
  for (const Dims* list : {&op.kernel, &op.strides, &op.dilations, &op.pads_begin, &op.pads_end}) {
    sound = sound && std::max((*list)[0], (*list)[1]) <= kMost;
  }
  if (!sound) return {Code::InvalidPlan, "a convolution's parameters do not fit each other"};
  return {};
}

Status expect_images(const kernel::RecordView& record, Diagnostics& diag) {
  const bool sound = !record.inputs.empty() && record.inputs[0].dims.rank() == 4 &&
                     record.outputs.size() == 1 && record.outputs[0].dims.rank() == 4;
  if (sound) return {};
  return diag.fail(Code::InvalidPlan, "layer '{}': a convolution needs four axes",
                   record.node_name);
}

std::string refuse_window(const ops::Convolution& op) {
  if (op.kernel.rank() != 2) return "only two spatial axes are served here";
  const auto negative = [](int64_t pad) { return pad < 0; };
  if (std::any_of(op.pads_begin.begin(), op.pads_begin.end(), negative) ||
      std::any_of(op.pads_end.begin(), op.pads_end.end(), negative)) {
    return "a padding is negative";
  }
  return {};
}

namespace {

constexpr int32_t kDirect = 0, kWinograd = 1;

class ConvolutionProblem final : public Problem {
 public:
  ConvolutionProblem(const ops::Convolution& op, const Dims& weights, int32_t tactic)
      : op_(op), weights_(grouped(op, weights)), tactic_(tactic) {}

  [[nodiscard]] dnnl_memory_desc_t model_weights() const override {
    return plain_memory_desc(weights_);
  }

  [[nodiscard]] PrimitiveDesc describe(const kernel::TensorDesc& source,
                                       const kernel::TensorDesc& target,
                                       const dnnl_memory_desc_t* weights) const override {
    const auto eltwise = to_eltwise(op_.activation);
    if (!eltwise) return nullptr;
    const auto algorithm =
        tactic_ == kWinograd ? dnnl_convolution_winograd : dnnl_convolution_direct;
    return convolution::describe(op_, algorithm, source, target,
                                 weights != nullptr ? *weights : any_memory_desc(weights_), bias,
                                 make_attr(*eltwise, residual));
  }

 private:
  ops::Convolution op_;
  Dims weights_;
  int32_t tactic_;
};

std::unique_ptr<Problem> make(const ops::Op& op, const Dims& weights, bool bias, bool residual,
                              int32_t tactic) {
  auto problem =
      std::make_unique<ConvolutionProblem>(std::get<ops::Convolution>(op), weights, tactic);
  problem->bias = bias;
  problem->residual = residual;
  return problem;
}

class ConvolutionCandidate final : public WeightedCandidate {
 public:
  using WeightedCandidate::WeightedCandidate;

 protected:
  [[nodiscard]] std::vector<std::pair<kernel::Layout, kernel::Layout>> layouts() const override {
    using kernel::Layout;
    std::vector<std::pair<Layout, Layout>> all{{Layout::hwc(), Layout::hwc()}};
    const bool wide = target_.has(device::Isa::Avx512);
    if (wide && node_.inputs[kSource].max[1] >= 16)
      all.emplace_back(Layout::chw(16), Layout::chw(16));
    if (wide && node_.inputs[kSource].max[1] <= 4)
      all.emplace_back(Layout::linear(), Layout::chw(16));
    return all;
  }

  [[nodiscard]] std::vector<int32_t> possible_tactics() const override {
    const auto& op = std::get<ops::Convolution>(*node_.op);
    const bool three = op.kernel == Dims{3, 3} && op.strides == Dims{1, 1} &&
                       op.dilations == Dims{1, 1} && op.groups == 1;
    // oneDNN offers Winograd by the number of tiles: what exists for one batch may not for another.
    if (three && node_.inputs[kSource].is_static()) return {kDirect, kWinograd};
    return {kDirect};
  }
};

Result<ops::Op> unpack(std::span<const std::byte> bytes) {
  TENON_ASSIGN(ops::Convolution op, ops::unpack<ops::Convolution>(bytes));
  TENON_TRY(expect_sound(op));
  return ops::Op(op);
}

}  // namespace

std::string refuse(const kernel::NodeInfo& node) {
  const auto& op = std::get<ops::Convolution>(*node.op);
  std::string refusal = refuse_window(op);
  return refusal.empty() ? refuse_common(node, op.activation) : refusal;
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<ConvolutionCandidate>(row, node, target, make);
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_TRY(expect_images(record, diag));
  // Any layout that oneDNN has a name for: it is asked anew.
  return load_record(record, {make, unpack, 4}, record.inputs[0].layout, record.outputs[0].layout,
                     diag);
}

}  // namespace tenon::dnnl::convolution
