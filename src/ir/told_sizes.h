// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which node finds out a size that others mention without reading anything of it.
#pragma once

#include <functional>
#include <vector>

#include "ir/graph.h"

namespace tenon::ir {

/// Calls `use` with every size known only at run time that shape or content of `value` mentions.
void for_each_found_size(const Value& value, const expr::SymbolTable& symbols,
                         const std::function<void(expr::SymbolId)>& use);

/// The sizes that only running `node` tells: its outputs mention them, its inputs do not. Of
/// operators of our own.
std::vector<expr::SymbolId> told_sizes(const Node& node, const expr::SymbolTable& symbols);

}  // namespace tenon::ir
