// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What products of real numbers and of integers share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "backends/dnnl/candidate.h"

namespace tenon::dnnl::mat_mul {

/// The weights as rows and columns, whichever way they lie in the model.
Dims right_side(const ops::MatMul& op, const Dims& weights);

/// The weights as the model gives them; `right` as right_side says.
dnnl_memory_desc_t model_weights(const ops::MatMul& op, const Dims& right, dnnl_data_type_t type);

/// A primitive from `source` to `target`, in their types, with an f32 bias if `bias`. Null when
/// oneDNN has none, or `attr` is null.
PrimitiveDesc describe(const kernel::TensorDesc& source, const kernel::TensorDesc& target,
                       const dnnl_memory_desc_t& weights, int64_t columns, bool bias,
                       const Attr& attr);

/// Why the bias cannot be added, as the end of a sentence; empty when it can, or there is none.
std::string refuse_bias(const kernel::NodeInfo& node, const ops::MatMul& op);

/// Refuses tensors from an engine file that are no matrices.
Status expect_matrices(const kernel::RecordView& record, Diagnostics& diag);

/// Rows and columns as they are.
class ProductCandidate final : public WeightedCandidate {
 public:
  using WeightedCandidate::WeightedCandidate;

 protected:
  [[nodiscard]] std::vector<std::pair<kernel::Layout, kernel::Layout>> layouts() const override {
    return {{kernel::Layout::linear(), kernel::Layout::linear()}};
  }
};

}  // namespace tenon::dnnl::mat_mul
