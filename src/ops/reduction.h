// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Softmax, reductions and inference-time batch normalisation.
#pragma once

#include "base/dims.h"
#include "ops/enums.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

/// exp(x) / sum(exp(x)) along `axis` (0 … rank−1), or its logarithm. Source: ONNX operators Softmax
/// and LogSoftmax of opset 13; older opsets are reshaped to this by the importer.
struct Softmax {
  int64_t axis = 0;
  bool log = false;
  static constexpr auto fields() {
    return std::tuple{Field{"axis", &Softmax::axis}, Field{"log", &Softmax::log}};
  }
};
Status infer(const Softmax& op, Inference& inference);

/// Reduces over `axes` (each 0 … rank−1, ascending, none twice). Source: ONNX operators Reduce*.
struct Reduce {
  ReduceKind kind = ReduceKind::Sum;
  Dims axes;
  bool keep_dims = true;
  static constexpr auto fields() {
    return std::tuple{Field{"kind", &Reduce::kind}, Field{"axes", &Reduce::axes},
                      Field{"keep_dims", &Reduce::keep_dims}};
  }
};
Status infer(const Reduce& op, Inference& inference);

/// scale (x − mean) / sqrt(variance + epsilon) + bias per channel. Inputs: x [N, C, …], scale [C],
/// bias [C], mean [C], variance [C]. Source: ONNX operator BatchNormalization, inference.
struct BatchNorm {
  float epsilon = 1e-5F;
  static constexpr auto fields() { return std::tuple{Field{"epsilon", &BatchNorm::epsilon}}; }
};
Status infer(const BatchNorm& op, Inference& inference);

}  // namespace tenon::ops
