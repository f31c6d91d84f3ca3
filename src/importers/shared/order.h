// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// An order of nodes in which every value is made before it is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace tenon::importers {

/// Nodes 0 … count−1, as numbers of inputs and makers of inputs.
struct NodeLinks {
  size_t count = 0;
  std::function<size_t(size_t node)> inputs;  ///< how many inputs the node has
  /// The node that makes an input; nullopt where none does.
  std::function<std::optional<size_t>(size_t node, size_t input)> maker;
};

struct NodeOrder {
  std::vector<size_t> nodes;   ///< makers first; the given order where that is one
  std::optional<size_t> knot;  ///< a node that reads itself in a circle: then there is no order
};

/// Such an order of the nodes that `wanted` names and of those they read; of all when it is empty.
NodeOrder order_of(const NodeLinks& links, const std::vector<size_t>& wanted = {});

}  // namespace tenon::importers
