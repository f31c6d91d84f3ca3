// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Product of integers with a constant, packed right side.
#include "backends/dnnl/mat_mul.h"

namespace tenon::dnnl::quant_mat_mul {

namespace {

class QuantMatMulProblem final : public Problem {
 public:
  QuantMatMulProblem(const ops::QuantMatMul& op, const Dims& weights)
      : op_(op), weights_(mat_mul::right_side(op.product, weights)) {
    input_scale = op.x.scale;
  }

  [[nodiscard]] dnnl_memory_desc_t model_weights() const override {
    return mat_mul::model_weights(op_.product, weights_, dnnl_s8);
  }

  [[nodiscard]] PrimitiveDesc describe(const kernel::TensorDesc& source,
                                       const kernel::TensorDesc& target,
                                       const dnnl_memory_desc_t* weights) const override {
    const auto columns = static_cast<size_t>(weights_[1]);
    if (weight_scales.size() != 1 && weight_scales.size() != columns) return nullptr;
    Rescaling rescaling{.scales = weight_scales,
                        .channel_mask = 1 << 1,
                        .x = op_.x,
                        .y = op_.y,
                        .to = op_.to,
                        .residual = {},
                        .between = {},
                        .activation = op_.product.activation};
    for (float& scale : rescaling.scales) scale *= op_.x.scale;
    return mat_mul::describe(source, target,
                             weights != nullptr ? *weights : any_memory_desc(weights_, DType::I8),
                             weights_[1], bias, make_attr(rescaling));
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

Result<ops::Op> unpack(std::span<const std::byte> bytes) {
  TENON_ASSIGN(ops::QuantMatMul op, ops::unpack<ops::QuantMatMul>(bytes));
  return ops::Op(op);
}

}  // namespace

std::string refuse(const kernel::NodeInfo& node) {
  const ops::MatMul& op = std::get<ops::QuantMatMul>(*node.op).product;
  if (op.transpose_a) return "the left side is transposed";
  std::string refusal = refuse_quantised(node, op.activation);
  return refusal.empty() ? mat_mul::refuse_bias(node, op) : refusal;
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<mat_mul::ProductCandidate>(row, node, target, make);
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_TRY(mat_mul::expect_matrices(record, diag));
  const auto gives = [](const ops::Op& op) { return std::get<ops::QuantMatMul>(op).to; };
  return load_record(record, {make, unpack, 2, gives}, kernel::Layout::linear(),
                     kernel::Layout::linear(), diag);
}

}  // namespace tenon::dnnl::quant_mat_mul
