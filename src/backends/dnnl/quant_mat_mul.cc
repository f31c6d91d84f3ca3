// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Product of integers with a constant, packed right side.
#include "backends/dnnl/candidate.h"

namespace tenon::dnnl::quant_mat_mul {

namespace {

/// All axes but the last become rows.
Dims rows_and_columns(const Dims& dims) {
  const int64_t columns = dims.back();
  return {columns == 0 ? 0 : dims.volume() / columns, columns};
}

class QuantMatMulProblem final : public Problem {
 public:
  QuantMatMulProblem(const ops::QuantMatMul& op, const Dims& weights)
      : op_(op), weights_(op.product.transpose_b ? Dims{weights[1], weights[0]} : weights) {
    input_scale = op.x.scale;
  }

  [[nodiscard]] dnnl_memory_desc_t model_weights() const override {
    dnnl_memory_desc_t desc{};
    const dnnl_dims_t extents = {weights_[0], weights_[1]};
    library()->dnnl_memory_desc_init_by_tag(&desc, 2, extents, dnnl_s8,
                                            op_.product.transpose_b ? dnnl_ba : dnnl_ab);
    return desc;
  }

  [[nodiscard]] PrimitiveDesc describe(const kernel::TensorDesc& source,
                                       const kernel::TensorDesc& target,
                                       const dnnl_memory_desc_t* weights) const override {
    const auto columns = static_cast<size_t>(weights_[1]);
    if (weight_scales.size() != 1 && weight_scales.size() != columns) return nullptr;
    const auto from = plain_memory_desc(rows_and_columns(source.dims), source.dtype);
    const auto to = plain_memory_desc(rows_and_columns(target.dims), target.dtype);
    const dnnl_memory_desc_t packed =
        weights != nullptr ? *weights : any_memory_desc(weights_, DType::I8);
    const dnnl_memory_desc_t bias_desc = plain_memory_desc(Dims{1, weights_[1]});
    Rescaling rescaling{.scales = weight_scales,
                        .channel_mask = 1 << 1,
                        .x = op_.x,
                        .y = op_.y,
                        .to = op_.to,
                        .residual = {},
                        .activation = op_.product.activation};
    for (float& scale : rescaling.scales) scale *= op_.x.scale;
    const Attr attr = make_attr(rescaling);
    const Library& lib = *library();
    dnnl_matmul_desc_t desc{};
    dnnl_primitive_desc_t made = nullptr;
    if (attr == nullptr ||
        lib.dnnl_matmul_desc_init(&desc, &from, &packed, bias ? &bias_desc : nullptr, &to) !=
            dnnl_success ||
        lib.dnnl_primitive_desc_create(&made, &desc, attr.get(), lib.engine, nullptr) !=
            dnnl_success) {
      return nullptr;
    }
    return PrimitiveDesc(made);
  }

 private:
  ops::QuantMatMul op_;
  Dims weights_;
};

std::unique_ptr<Problem> make(const ops::Op& op, const Dims& weights, bool bias, bool, int32_t) {
  auto problem = std::make_unique<QuantMatMulProblem>(std::get<ops::QuantMatMul>(op), weights);
  problem->bias = bias;
  return problem;
}

class QuantMatMulCandidate final : public WeightedCandidate {
 public:
  using WeightedCandidate::WeightedCandidate;

 protected:
  [[nodiscard]] std::vector<std::pair<kernel::Layout, kernel::Layout>> layouts() const override {
    return {{kernel::Layout::linear(), kernel::Layout::linear()}};
  }
};

Result<ops::Op> unpack(std::span<const std::byte> bytes) {
  TENON_ASSIGN(ops::QuantMatMul op, ops::unpack<ops::QuantMatMul>(bytes));
  return ops::Op(op);
}

}  // namespace

std::string refuse(const kernel::NodeInfo& node) {
  const ops::MatMul& op = std::get<ops::QuantMatMul>(*node.op).product;
  if (op.transpose_a) return "the left side is transposed";
  std::string refusal = refuse_quantised(node, op.activation);
  if (!refusal.empty()) return refusal;
  const Dims& weights = node.inputs[kWeights].constant->dims();
  const int64_t columns = op.transpose_b ? weights[0] : weights[1];
  if (node.inputs[kBias].present && node.inputs[kBias].constant->count() != columns) {
    return "the bias has not one number a column";
  }
  return {};
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<QuantMatMulCandidate>(row, node, target, make);
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  const bool sound = !record.inputs.empty() && record.inputs[0].dims.rank() >= 2 &&
                     record.outputs.size() == 1 && record.outputs[0].dims.rank() >= 2;
  if (!sound) {
    return diag.fail(Code::InvalidPlan, "layer '{}': a matrix product needs two axes",
                     record.node_name);
  }
  const auto gives = [](const ops::Op& op) { return std::get<ops::QuantMatMul>(op).to; };
  return load_record(record, {make, unpack, 2, gives}, kernel::Layout::linear(),
                     kernel::Layout::linear(), diag);
}

}  // namespace tenon::dnnl::quant_mat_mul
