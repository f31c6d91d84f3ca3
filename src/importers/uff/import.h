// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a UFF file to a graph.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "ir/graph.h"

namespace tenon::uff {

/// How the extents of a registered input lie. The numbers are nvuffparser::UffInputOrder's.
enum class InputOrder : uint8_t { Nchw, Nhwc, Nc };

/// An input that the caller registers: an Input node of the file and the extents it is to have.
struct RegisteredInput {
  std::string name;
  Dims dims;  ///< without the batch, which is then 1; or with it, where the file's Input has as
              ///< many axes. Negative: a symbol "<name>.<axis>"
  InputOrder order = InputOrder::Nchw;
};

/// How to read a model.
struct Options {
  ops::OpResolver* resolver = nullptr;  ///< where plugins are found; null: there are none
  std::string name_space;               ///< the plugins' namespace
  std::vector<RegisteredInput> inputs;
  std::vector<std::string> outputs;  ///< ids of nodes; none: those that MarkOutput nodes name
};

/// Fills the empty `graph` from the bytes of a UFF file: the nodes that the outputs stand on, and
/// no others. Nodes keep their ids, and a value has the id of the node that makes it. A registered
/// input lies in the graph as it was registered, the batch in front; transpositions stand where the
/// file's nodes see it otherwise. Operators named with an underscore first are plugins of that
/// name without it, of any version, and get every field of the node; where values are kept with
/// channels before spatial axes, plugins see them so.
///
/// Weights are views of `model`, which `owner` keeps alive; with a null owner they are copied. On
/// failure `diag` hears one sentence for every node that cannot be read; the graph is then half
/// filled. The bytes are taken as hostile. Not thread-safe on one graph.
Status import(std::span<const std::byte> model, std::shared_ptr<const void> owner,
              const Options& options, ir::Graph& graph, Diagnostics& diag);

/// All built-in operators, in alphabetic order. The views live for ever.
std::vector<std::string_view> operator_names();

}  // namespace tenon::uff
