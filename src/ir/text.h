// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A graph as text, for tests and for people, and back.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ir/graph.h"

namespace tenon::ir {

/// One line an input, node and output, e.g.
///   graph "lenet"
///   input %x : f32[N, 1, 28, 28]
///   %w : f32[20, 1, 5, 5] = constant {data = splat(0.5)}
///   %y : f32[N, 20, 24, 24] = convolution(%x, %w) {kernel = [5, 5], strides = [1, 1], …} "conv1"
///   output %y
/// Constants of up to 16 elements are written out, equal elements as splat(v), others as a hash.
/// An absent optional input is `_`. Parameters equal to their defaults are left out. A node's name
/// is left out where it is its first output's; sources (behind `from`) where they are its name.
/// Names of values that are alike are told apart by a number. A step of a pointwise node reads `add
/// 0 1`: what it does and which steps it reads.
std::string print(const Graph& graph);

/// Reads what print writes. Constants given as a hash, and Foreign nodes, cannot be read back: the
/// failure says so. Types are checked against the operators' rules. Newlines count as spaces; lines
/// that begin with '#' are comments.
Result<std::unique_ptr<Graph>> parse(std::string_view text, Diagnostics& diag);

}  // namespace tenon::ir
