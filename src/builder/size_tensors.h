// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which outputs of a plugin tell the data-dependent sizes in the graph.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace tenon::builder {

/// The size tensors of a node, with the symbols that stand in the types of its outputs: rules that
/// ran since may have made others. Empty for nodes that are no plugins. Runs the plugin's rule.
Result<std::vector<ops::SizeTensor>> size_tensors(const ir::Node& node,
                                                  const expr::SymbolTable& symbols,
                                                  Diagnostics& diag);

}  // namespace tenon::builder
