// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which combinations of formats a plugin supports, asked position by position.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "NvInferRuntime.h"
#include "kernel/candidate.h"

namespace tenon::plugin {

/// The interface's limit of combinations, for plugins that name none.
inline constexpr size_t kFormatLimit = 100;

/// One plugin's answers. Positions count the inputs that the plugin sees, then the outputs.
struct FormatQuestions {
  /// Whether `position` may be so, those before it being as they were asked last.
  std::function<bool(size_t position, const kernel::Port& port)> supports;
  /// The position holds nothing again.
  std::function<void(size_t position)> forget;
};

/// Walks the combinations depth-first: a position is asked with the entries before it chosen, and a
/// no prunes all that would follow. `inputs`: how many of the node's first inputs the plugin sees;
/// later ones are linear. At most `limit` combinations; none, with the refusing position said as
/// info in `diag` under `plugin`'s name, when there is none.
std::vector<kernel::Configuration> supported_formats(const kernel::NodeInfo& node, size_t inputs,
                                                     const std::string& plugin, size_t limit,
                                                     const FormatQuestions& questions,
                                                     Diagnostics& diag);

/// True if one format suits all of `count` positions with i8, asked in order until the first no.
bool takes_integers(
    size_t count,
    const std::function<bool(size_t position, nvinfer1::TensorFormat format)>& supports);

/// False, said as info in `diag`, when a tensor that the plugin sees is of a type that plugins do
/// not know.
bool plugin_types_known(const kernel::NodeInfo& node, size_t inputs, const std::string& plugin,
                        Diagnostics& diag);

}  // namespace tenon::plugin
