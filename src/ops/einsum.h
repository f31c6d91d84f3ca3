// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sums of products over named axes.
#pragma once

#include <string>
#include <vector>

#include "base/dims.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

/// Einstein's sum convention over 1 to 4 inputs: "ij,jk->ik"; "..." stands for the axes that a term
/// does not name, which broadcast. Source: ONNX operator Einsum.
struct Einsum {
  std::string equation;
  static constexpr auto fields() { return std::tuple{Field{"equation", &Einsum::equation}}; }
};
Status infer(const Einsum& op, Inference& inference);

/// An equation taken apart: each axis of each term as a number of a label.
struct EinsumPlan {
  static constexpr size_t kMostTerms = 4;
  std::vector<std::vector<int>> terms;
  std::vector<int> output, summed;
};
/// Reads `equation` for terms of these ranks; false when it makes no sense for them. Axes of an
/// ellipsis are counted from the right and get the first labels.
bool plan_einsum(std::string_view equation, const std::vector<size_t>& ranks, EinsumPlan& plan);

}  // namespace tenon::ops
