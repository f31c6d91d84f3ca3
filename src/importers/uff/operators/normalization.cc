// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators that scale by what their neighbours are.
#include "importers/uff/table.h"

namespace tenon::uff {

namespace {

Status import_batch_norm(Context& node) {
  TENON_TRY(node.expect_inputs(5));
  TENON_ASSIGN(const float epsilon, node.real("epsilon", 1e-5F));
  Dims axes;
  TENON_ASSIGN(ir::Value * x, node.in_main(0, axes));
  std::vector<ir::Value*> inputs{x};
  for (size_t i = 1; i < 5; ++i) inputs.push_back(node.inputs()[i].value);
  return node.finish_main(ops::BatchNorm{epsilon}, std::move(inputs), axes,
                          node.inputs()[0].stored);
}

/// x / (k + alpha · sum of squares over window_size nearby channels)^beta.
Status import_lrn(Context& node) {
  TENON_TRY(node.expect_inputs(1));
  TENON_ASSIGN(const int64_t size, node.integer("window_size", 5));
  TENON_ASSIGN(const float alpha, node.real("alpha", 1));
  TENON_ASSIGN(const float beta, node.real("beta", 0.5F));
  TENON_ASSIGN(const float k, node.real("k", 1));
  if (size < 1 || size > INT16_MAX) {
    return node.fail(Code::InvalidModel, "field window_size is {}, but must be at least 1", size);
  }
  Dims axes;
  TENON_ASSIGN(ir::Value * x, node.in_main(0, axes));
  return node.finish_main(ops::Lrn{size, alpha * static_cast<float>(size), beta, k}, {x}, axes,
                          node.inputs()[0].stored);
}

Status import_softmax(Context& node) {
  TENON_TRY(node.expect_inputs(1));
  TENON_ASSIGN(ir::Value * x, node.in(0));
  TENON_ASSIGN(const int64_t axis, node.integer("axis", -1));
  TENON_ASSIGN(const int64_t normal,
               node.normal_axis(axis, static_cast<int64_t>(x->shape().size())));
  return node.finish(ops::Softmax{normal, false}, {x});
}

constexpr Row kNormalizationRows[] = {
    {"BatchNorm", import_batch_norm},
    {"LRN", import_lrn},
    {"Softmax", import_softmax},
};

}  // namespace

std::span<const Row> normalization_rows() { return kNormalizationRows; }

}  // namespace tenon::uff
