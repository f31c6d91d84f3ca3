// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A graph as bytes and back, for engines whose weights may be replaced.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "ir/graph.h"

namespace tenon::ir {

/// Writes everything of `graph` but the numbers of its constants, which are appended to
/// `constants`, and what stands behind Foreign nodes. Equal graphs give equal bytes. Fails where an
/// expression is too deep to be written.
Status write_graph(const Graph& graph, ByteWriter& writer, std::vector<ops::ConstantRef>& constants,
                   Diagnostics& diag);

/// Finds what stands behind a Foreign node: its name, how many inputs it has, and the types of its
/// outputs. Null when it is not known.
using FindForeign = std::function<std::shared_ptr<ops::ForeignOp>(
    std::string_view node, size_t inputs, std::vector<ops::TensorType> outputs)>;

/// Reads what write_graph wrote, trusting nothing: the same graph, in the order of its
/// nodes. `constants` are the numbers in the order of writing. Fails with InvalidPlan on anything
/// else.
Result<std::unique_ptr<Graph>> read_graph(ByteReader& reader,
                                          std::span<const ops::ConstantRef> constants,
                                          const FindForeign& foreign, Diagnostics& diag);

}  // namespace tenon::ir
