// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Matrix product with a constant, packed right side.
#include "backends/dnnl/mat_mul.h"

namespace tenon::dnnl::mat_mul {

namespace {

/// All axes but the last become rows.
Dims as_matrix(const Dims& dims) {
  const int64_t columns = dims.back();
  return {columns == 0 ? 0 : dims.volume() / columns, columns};
}

}  // namespace

Dims right_side(const ops::MatMul& op, const Dims& weights) {
  return op.transpose_b ? Dims{weights[1], weights[0]} : weights;
}

dnnl_memory_desc_t model_weights(const ops::MatMul& op, const Dims& right, dnnl_data_type_t type) {
  dnnl_memory_desc_t desc{};
  const dnnl_dims_t extents = {right[0], right[1]};
  library()->dnnl_memory_desc_init_by_tag(&desc, 2, extents, type,
                                          op.transpose_b ? dnnl_ba : dnnl_ab);
  return desc;
}

PrimitiveDesc describe(const kernel::TensorDesc& source, const kernel::TensorDesc& target,
                       const dnnl_memory_desc_t& weights, int64_t columns, bool bias,
                       const Attr& attr) {
  const dnnl_memory_desc_t from = plain_memory_desc(as_matrix(source.dims), source.dtype);
  const dnnl_memory_desc_t to = plain_memory_desc(as_matrix(target.dims), target.dtype);
  const dnnl_memory_desc_t bias_desc = plain_memory_desc(Dims{1, columns});
  const Library& lib = *library();
  dnnl_matmul_desc_t desc{};
  dnnl_primitive_desc_t made = nullptr;
  if (attr == nullptr ||
      lib.dnnl_matmul_desc_init(&desc, &from, &weights, bias ? &bias_desc : nullptr, &to) !=
          dnnl_success ||
      lib.dnnl_primitive_desc_create(&made, &desc, attr.get(), lib.engine, nullptr) !=
          dnnl_success) {
    return nullptr;
  }
  return PrimitiveDesc(made);
}

std::string refuse_bias(const kernel::NodeInfo& node, const ops::MatMul& op) {
  const Dims& weights = node.inputs[kWeights].constant->dims();
  const int64_t columns = op.transpose_b ? weights[0] : weights[1];
  const bool bias = kBias < node.inputs.size() && node.inputs[kBias].present;
  if (!bias || node.inputs[kBias].constant->count() == columns) return {};
  return "the bias has not one number a column";
}

Status expect_matrices(const kernel::RecordView& record, Diagnostics& diag) {
  const bool sound = !record.inputs.empty() && record.inputs[0].dims.rank() >= 2 &&
                     record.outputs.size() == 1 && record.outputs[0].dims.rank() >= 2;
  if (sound) return {};
  return diag.fail(Code::InvalidPlan, "layer '{}': a matrix product needs two axes",
                   record.node_name);
}

namespace {

class MatMulProblem final : public Problem {
 public:
  MatMulProblem(const ops::MatMul& op, const Dims& weights)
      : op_(op), weights_(right_side(op, weights)) {}

  [[nodiscard]] dnnl_memory_desc_t model_weights() const override {
    return mat_mul::model_weights(op_, weights_, dnnl_f32);
  }

  [[nodiscard]] PrimitiveDesc describe(const kernel::TensorDesc& source,
                                       const kernel::TensorDesc& target,
                                       const dnnl_memory_desc_t* weights) const override {
    const auto eltwise = to_eltwise(op_.activation);
    if (!eltwise) return nullptr;
    return mat_mul::describe(source, target,
                             weights != nullptr ? *weights : any_memory_desc(weights_), weights_[1],
                             bias, make_attr(*eltwise, false));
  }

 private:
  ops::MatMul op_;
  Dims weights_;
};

std::unique_ptr<Problem> make(const ops::Op& op, const Dims& weights, bool bias, bool, int32_t) {
  auto problem = std::make_unique<MatMulProblem>(std::get<ops::MatMul>(op), weights);
  problem->bias = bias;
  return problem;
}

Result<ops::Op> unpack(std::span<const std::byte> bytes) {
  TENON_ASSIGN(ops::MatMul op, ops::unpack<ops::MatMul>(bytes));
  return ops::Op(op);
}

}  // namespace

std::string refuse(const kernel::NodeInfo& node) {
  const auto& op = std::get<ops::MatMul>(*node.op);
  if (op.transpose_a) return "the left side is transposed";
  std::string refusal = refuse_common(node, op.activation);
  if (!refusal.empty()) return refusal;
  const Dims& weights = node.inputs[kWeights].constant->dims();
  if (weights.rank() != 2) return "the right side is no matrix";
  if (node.inputs[kSource].max.rank() < 2) return "the left side is a vector";
  return refuse_bias(node, op);
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<ProductCandidate>(row, node, target, make);
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_TRY(expect_matrices(record, diag));
  return load_record(record, {make, unpack, 2}, kernel::Layout::linear(), kernel::Layout::linear(),
                     diag);
}

}  // namespace tenon::dnnl::mat_mul
