// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution of integers, channels last.
#include "backends/dnnl/candidate.h"
#include "backends/dnnl/convolution.h"

namespace tenon::dnnl::quant_convolution {

namespace {

class QuantConvolutionProblem final : public Problem {
 public:
  QuantConvolutionProblem(const ops::QuantConvolution& op, const Dims& weights)
      : op_(op), weights_(convolution::grouped(op.convolution, weights)) {
    input_scale = op.x.scale;
  }

  [[nodiscard]] dnnl_memory_desc_t model_weights() const override {
    return plain_memory_desc(weights_, DType::I8);
  }

  [[nodiscard]] PrimitiveDesc describe(const kernel::TensorDesc& source,
                                       const kernel::TensorDesc& target,
                                       const dnnl_memory_desc_t* weights) const override {
    const auto channels = static_cast<size_t>(target.dims[1]);
    if (weight_scales.size() != 1 && weight_scales.size() != channels) return nullptr;
    Rescaling rescaling{.scales = weight_scales,
                        .channel_mask = 1 << 1,
                        .x = op_.x,
                        .y = op_.y,
                        .to = op_.to,
                        .residual = {},
                        .between = {},
                        .activation = op_.convolution.activation};
    for (float& scale : rescaling.scales) scale *= op_.x.scale;
    if (residual) rescaling.residual = op_.residual;
    if (op_.rounds_between) rescaling.between = op_.between;
    return convolution::describe(
        op_.convolution, dnnl_convolution_direct, source, target,
        weights != nullptr ? *weights : any_memory_desc(weights_, DType::I8), bias,
        make_attr(rescaling));
  }

 private:
  ops::QuantConvolution op_;
  Dims weights_;
};

std::unique_ptr<Problem> make(const ops::Op& op, const Dims& weights, bool bias, bool residual,
                              int32_t) {
  auto problem =
      std::make_unique<QuantConvolutionProblem>(std::get<ops::QuantConvolution>(op), weights);
  problem->bias = bias;
  problem->residual = residual;
  return problem;
}

class QuantConvolutionCandidate final : public WeightedCandidate {
 public:
  using WeightedCandidate::WeightedCandidate;

 protected:
  [[nodiscard]] std::vector<std::pair<kernel::Layout, kernel::Layout>> layouts() const override {
    return {{kernel::Layout::hwc(), kernel::Layout::hwc()}};
  }
};

Result<ops::Op> unpack(std::span<const std::byte> bytes) {
  TENON_ASSIGN(ops::QuantConvolution op, ops::unpack<ops::QuantConvolution>(bytes));
  TENON_TRY(convolution::expect_sound(op.convolution));
  return ops::Op(op);
}

}  // namespace

std::string refuse(const kernel::NodeInfo& node) {
  const auto& op = std::get<ops::QuantConvolution>(*node.op);
  std::string refusal = convolution::refuse_window(op.convolution);
  return refusal.empty() ? refuse_quantised(node, op.convolution.activation) : refusal;
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<QuantConvolutionCandidate>(row, node, target, make);
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_TRY(convolution::expect_images(record, diag));
  const auto gives = [](const ops::Op& op) { return std::get<ops::QuantConvolution>(op).to; };
  return load_record(record, {make, unpack, 4, gives}, kernel::Layout::hwc(), kernel::Layout::hwc(),
                     diag);
}

}  // namespace tenon::dnnl::quant_convolution
