// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of activations.
#include "ops/activation.h"

#include "ops/rule.h"

namespace tenon::ops {

Status infer(const Activation& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const TensorType& x = inference.in(0);
  TENON_TRY(expect_activation(op, x.dtype, inference));
  inference.out(x.dtype, x.shape);
  return {};
}

}  // namespace tenon::ops
