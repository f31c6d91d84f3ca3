// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From an ONNX file to a graph.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "ir/evaluator.h"
#include "ir/graph.h"

namespace tenon::onnx {

/// How to read a model.
struct Options {
  ops::OpResolver* resolver = nullptr;  ///< where plugins are found; null: there are none
  ir::Evaluator* evaluator = nullptr;   ///< computes what operators must know; null: shapes alone
  std::string folder;                   ///< the model's folder, for external data; "" refuses them
  /// Numbers of initializers in place of those that the file has, by name. They must stay alive as
  /// long as the graph.
  std::map<std::string, std::span<const std::byte>, std::less<>> initializers;
  bool plugin_override = false;      ///< plugins go before built-in operators
  bool native_instance_norm = true;  ///< false: InstanceNormalization by InstanceNormalization_TRT
};

/// One reason why a model cannot be read.
struct Fault {
  Code code = Code::Ok;
  std::string text;  ///< the sentence that `diag` heard
  std::string node_name, op_type;
  int node_index = -1;  ///< place in the model's list of nodes; −1: no node is to blame
};

/// Fills the empty `graph` from the bytes of an ONNX file. Values keep their ONNX names; nodes too,
/// made unique ("<OpType>_<index>" where there is none). Initializers are constants, also where an
/// old file lists them among its inputs. Extents that only a run knows become symbols: equal
/// dim_params are one symbol, nameless ones and "?" are "<input>.<axis>".
///
/// Weights are views of `model`, which `owner` keeps alive; with a null owner they are copied. A
/// node is made by, in this order: a plugin, if Options::plugin_override or the attribute
/// plugin_namespace asks for it; a built-in operator; a function of the model; a plugin. For nodes
/// of another domain than ONNX's own, a built-in operator of that name comes last, with a warning.
///
/// On failure `diag` hears one sentence for every node that cannot be read, not for the first
/// alone; `faults`, if given, gets them as data; the graph is then half filled. The bytes are taken
/// as hostile. Not thread-safe on one graph.
Status import(std::span<const std::byte> model, std::shared_ptr<const void> owner,
              const Options& options, ir::Graph& graph, Diagnostics& diag,
              std::vector<Fault>* faults = nullptr);

/// True if some opset's `op_type` is built in.
bool supports_operator(std::string_view op_type);

/// All built-in operators, in alphabetic order. The views live for ever.
std::vector<std::string_view> operator_names();

}  // namespace tenon::onnx
