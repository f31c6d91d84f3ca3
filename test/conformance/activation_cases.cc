// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Activations: every kind near zero, far out, and in odd sizes.
#include "case.h"

namespace tenon::conformance {

namespace {

/// Parameters that make a kind interesting.
ops::Activation usual(ops::ActivationKind kind) {
  using ops::ActivationKind;
  switch (kind) {
    case ActivationKind::Selu:
      return {kind, 1.6732632F, 1.0507009F};
    case ActivationKind::Softplus:
      return {kind, 1, 1};
    case ActivationKind::Clip:
      return {kind, -0.75F, 0.5F};
    case ActivationKind::HardSigmoid:
      return {kind, 0.2F, 0.5F};
    case ActivationKind::HardSwish:
      return {kind, 1.0F / 6, 0.5F};
    case ActivationKind::ScaledTanh:
      return {kind, 1.7159F, 0.6667F};
    default:
      return {kind, 0.8F, 0};
  }
}

}  // namespace

void add_activations(Cases cases) {
  for (size_t i = 0; i < ops::kNamesOf<ops::ActivationKind>.size(); ++i) {
    const ops::Activation op = usual(static_cast<ops::ActivationKind>(i));
    const std::string name(to_string(op.kind));
    cases.add(name, op).input({1, 7, 5, 3});
    cases.add(name + " far out", op).input({1031}).range(-60, 60);
    cases.add(name + " in the large", op).input({2, 48, 11, 9}).range(-4, 4);
    cases.add(name + " f64", op).input({3, 3}, DType::F64);
  }
  const ops::Activation relu{ops::ActivationKind::Relu};
  cases.add("relu of a scalar", relu).input({});
  cases.add("relu of nothing", relu).input({2, 0, 3});
  cases.add("relu dynamic batch", relu).input({4, 33}).dynamic();
  for (const DType dtype :
       {DType::F16, DType::BF16, DType::I8, DType::U8, DType::I32, DType::I64}) {
    cases.add("relu " + std::string(to_string(dtype)), relu).input({37}, dtype);
  }
  cases.add("clip i32", ops::Activation{ops::ActivationKind::Clip, -2.5F, 3})
      .input({37}, DType::I32);
}

}  // namespace tenon::conformance
