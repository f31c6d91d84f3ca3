// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Products of matrices.
#include "importers/uff/table.h"

namespace tenon::uff {

namespace {

/// x [N, C] · weights [K, C]: axes behind the channels are counted with them.
Status import_fully_connected(Context& node) {
  TENON_TRY(node.expect_inputs(2));
  Dims axes, weight_axes;
  ir::Value* x = nullptr;
  if (node.inputs()[0].value->shape().size() > 2) {
    TENON_ASSIGN(x, node.in(0));
    const expr::Shape& shape = x->shape();
    const expr::Shape rest(shape.begin() + 1, shape.end());
    TENON_ASSIGN(x, node.add(ops::Reshape{{shape[0], expr::volume(rest)}}, {x}, "flat"));
  } else {
    TENON_ASSIGN(x, node.in_main(0, axes));
  }
  ir::Value* weights = node.inputs()[1].value;
  const size_t rank = weights->shape().size();
  if (rank != 2 || x->shape().size() != 2) {
    return node.fail(Code::InvalidModel, "multiplies tensors of ranks {} and {}: both must have 2",
                     x->shape().size(), rank);
  }
  TENON_ASSIGN(weights, node.in_main(1, weight_axes));
  // Weights that the file keeps turned are read as they lie.
  const bool turned = !is_main(weight_axes);
  return node.finish(ops::MatMul{false, !turned, {ops::ActivationKind::None}},
                     {x, turned ? node.inputs()[1].value : weights});
}

constexpr Row kMatrixRows[] = {{"FullyConnected", import_fully_connected}};

}  // namespace

std::span<const Row> matrix_rows() { return kMatrixRows; }

}  // namespace tenon::uff
