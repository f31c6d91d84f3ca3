// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Normalisations, softmax over rows of different lengths, and running sums.
#pragma once

#include "base/dims.h"
#include "ops/enums.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

/// (x − mean) / sqrt(variance + epsilon) · scale + bias. The moments are taken over `axes`, and
/// with more than one group over the channels (axis 1) of a group too. Inputs: x, scale, bias; the
/// latter broadcast to x, or have one entry a group at axis 1.
struct Normalization {
  Dims axes;  ///< each 0 … rank−1, ascending, none twice
  float epsilon = 1e-5F;
  int64_t groups = 1;
  bool by_channel = false;  ///< how the network interface asked for it: scales a channel
  static constexpr auto fields() {
    return std::tuple{
        Field{"axes", &Normalization::axes}, Field{"epsilon", &Normalization::epsilon},
        Field{"groups", &Normalization::groups}, Field{"by_channel", &Normalization::by_channel}};
  }
};
Status infer(const Normalization& op, Inference& inference);

/// x / (k + alpha / size · sum of squares over `size` nearby channels)^beta, x [N, C, …]. Source:
/// ONNX operator LRN.
struct Lrn {
  int64_t size = 1;
  float alpha = 1e-4F, beta = 0.75F, k = 1;
  static constexpr auto fields() {
    return std::tuple{Field{"size", &Lrn::size}, Field{"alpha", &Lrn::alpha},
                      Field{"beta", &Lrn::beta}, Field{"k", &Lrn::k}};
  }
};
Status infer(const Lrn& op, Inference& inference);

/// Softmax of the first bounds[row] elements of every row, zeros behind them. Inputs: x, bounds
/// (i32) of x's shape with one element a row. A bound outside the row fails the run.
struct RaggedSoftmax {
  static constexpr auto fields() { return std::tuple{}; }
};
Status infer(const RaggedSoftmax& op, Inference& inference);

/// Sum or product of all elements up to each along `axis`, without itself when `exclusive`, from
/// the end with `reverse`. Inputs: x, and optionally an axis that `axis` speaks for. Source: ONNX
/// CumSum.
struct Cumulative {
  CumulativeKind kind = CumulativeKind::Sum;
  int64_t axis = 0;
  bool exclusive = false, reverse = false;
  static constexpr auto fields() {
    return std::tuple{Field{"kind", &Cumulative::kind}, Field{"axis", &Cumulative::axis},
                      Field{"exclusive", &Cumulative::exclusive},
                      Field{"reverse", &Cumulative::reverse}};
  }
};
Status infer(const Cumulative& op, Inference& inference);

}  // namespace tenon::ops
