// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers the product of small integers with constant ones, a dot product a number.
#include "backends/simd/quant_mat_mul.h"

#include "backends/simd/run/epilogue.h"

namespace tenon::simd::quant_mat_mul {

namespace {

const ops::QuantMatMul& op_of(const kernel::NodeInfo& node) {
  return std::get<ops::QuantMatMul>(*node.op);
}

bool is_present(const kernel::NodeInfo& node, size_t i) {
  return i < node.inputs.size() && node.inputs[i].present;
}

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(kernel::Layout::linear(), kernel::Layout::linear())};
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume() * extents_of(node_).depth / 8);
  }
  [[nodiscard]] std::vector<int> absorbed_inputs() const override {
    std::vector<int> absorbed;
    for (const size_t i : {ops::kQuantWeight, ops::kQuantBias, ops::kQuantWeightScale}) {
      if (is_present(node_, i)) absorbed.push_back(static_cast<int>(i));
    }
    return absorbed;
  }

 protected:
  void add_params(const kernel::Configuration&, ByteWriter& params) const override {
    params.put(node_.inputs[ops::kQuantX].dtype);
    params.put(extents_of(node_).depth);
    params.put(extents_of(node_).columns);
  }

  Status add_packed(const kernel::Configuration&, int32_t, std::vector<kernel::PackedBlob>& packed,
                    Diagnostics&) const override {
    const Extents extents = extents_of(node_);
    const auto padded = static_cast<size_t>(extents.padded());
    const auto stride = static_cast<size_t>(extents.stride());
    const std::vector<int8_t> given_weights = columns_of(node_);
    const ops::ConstantData& w_scale = *node_.inputs[ops::kQuantWeightScale].constant;
    const ops::ConstantData* given =
        is_present(node_, ops::kQuantBias) ? node_.inputs[ops::kQuantBias].constant : nullptr;
    std::vector<int8_t> weights(padded * stride);
    std::vector<int32_t> starts(padded);
    std::vector<float> scales(padded), biases(padded);
    const auto depth = static_cast<size_t>(extents.depth);
    for (int64_t n = 0; n < extents.columns; ++n) {
      const auto at = static_cast<size_t>(n);
      int64_t sum = 0;
      for (size_t k = 0; k < depth; ++k) {
        const int8_t value = given_weights[at * depth + k];
        weights[at * stride + k] = value;
        sum += value;
      }
      starts[at] = static_cast<int32_t>(-op_of(node_).x.zero * sum);
      const double scale = w_scale.real(w_scale.count() == 1 ? 0 : n);
      scales[at] = static_cast<float>(scale * static_cast<double>(op_of(node_).x.scale));
      if (given) biases[at] = static_cast<float>(given->real(given->count() == 1 ? 0 : n));
    }
    packed.push_back({bytes_of(layout_of(extents, "columns")), bytes_of_all(weights)});
    packed.push_back({{}, bytes_of_all(starts)});
    packed.push_back({{}, bytes_of_all(scales)});
    packed.push_back({{}, bytes_of_all(biases)});
    return {};
  }
};

}  // namespace

Extents extents_of(const kernel::NodeInfo& node) {
  const Dims& weights = node.inputs[ops::kQuantWeight].constant->dims();
  return op_of(node).product.transpose_b ? Extents{weights[1], weights[0]}
                                         : Extents{weights[0], weights[1]};
}

std::vector<int8_t> columns_of(const kernel::NodeInfo& node) {
  const Extents extents = extents_of(node);
  const ops::ConstantData& w = *node.inputs[ops::kQuantWeight].constant;
  const auto* values = reinterpret_cast<const int8_t*>(w.bytes().data());
  std::vector<int8_t> columns(w.bytes().size());
  const bool across = op_of(node).product.transpose_b;
  size_t at = 0;
  for (int64_t n = 0; n < extents.columns; ++n) {
    for (int64_t k = 0; k < extents.depth; ++k, ++at) {
      columns[at] = values[across ? n * extents.depth + k : k * extents.columns + n];
    }
  }
  return columns;
}

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (Epilogue(op_of(node).product.activation).separate) {
    return "it has an activation other than clamps";
  }
  return refuse_product(node);
}

std::string refuse_product(const kernel::NodeInfo& node) {
  if (op_of(node).product.transpose_a) return "its left side is transposed";
  const kernel::PortInfo& w = node.inputs[ops::kQuantWeight];
  if (w.constant == nullptr || node.inputs[ops::kQuantWeightScale].constant == nullptr) {
    return "its weights or their scales are no constants";
  }
  if (w.constant->count() == 0) return "its weights are empty";
  const Extents extents = extents_of(node);
  if (extents.depth >= int64_t{1} << 16) return "its sums may not fit 32 bits";
  if (!is_present(node, ops::kQuantBias)) return {};
  const ops::ConstantData* bias = node.inputs[ops::kQuantBias].constant;
  const bool row = bias != nullptr &&
                   (bias->count() == 1 ||
                    (bias->count() == extents.columns && bias->dims().back() == extents.columns));
  return row ? "" : "its bias is no constant row";
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::quant_mat_mul
