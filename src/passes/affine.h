// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Per-channel scale and shift, and folding them into what stands before.
#pragma once

#include <optional>
#include <vector>

#include "passes/pass.h"

namespace tenon::passes {

/// y = scale[c]·x + shift[c] for every channel c. An empty scale is all ones.
struct Affine {
  std::vector<double> scale, shift;
};

/// The channels of what a Convolution (axis 1) or a MatMul by a rank-2 constant, or by what such a
/// one of small integers stands for (last axis) gives: how many, and how many axes stand behind.
/// Nullopt for other nodes, for types other than real ones, and where the node already ends in an
/// activation or a residual.
struct Channels {
  int64_t count;
  int axes_behind;
};
std::optional<Channels> channels_of(const ir::Node& node);

/// `data`, broadcast over a tensor, as one number a channel; nullopt when it varies along other
/// axes.
std::optional<std::vector<double>> per_channel(const ops::ConstantData& data, Channels channels);

/// Changes weights and bias so that the node gives affine(y) instead of y. False, changing nothing,
/// when they are not constant or a new one would not be finite. The node has channels.
bool fold_affine(ir::Graph& graph, ir::Node& node, const Affine& affine, PassContext& context);

}  // namespace tenon::passes
