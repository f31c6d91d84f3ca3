// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How passes compute with constants without knowing a backend.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace tenon::ir {

/// Computes one node whose inputs are all constants. Implemented over backends/ref, handed in by
/// api.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  /// One ConstantData per output; fails, saying nothing to people, when the node cannot be
  /// computed.
  virtual Result<std::vector<ops::ConstantRef>> evaluate(const Node& node) = 0;
};

}  // namespace tenon::ir
