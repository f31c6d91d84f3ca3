// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Importing a list of nodes: who makes each, and what is said when nobody can.
#pragma once

#include "importers/onnx/context.h"

namespace tenon::onnx {

/// How deep functions may call each other, and how many nodes all calls may unfold to.
inline constexpr int kMaxDepth = 24;
inline constexpr size_t kMaxInlined = 50'000;

/// Imports all nodes that can be; nodes that read what a refused one should have made are passed
/// over in silence, unless nothing at all could make them. Says one sentence a refusal, and appends
/// it to `faults` if given. The first refusal's code.
Status import_nodes(Session& session, Scope& scope, std::span<const wire::Node> nodes,
                    Diagnostics& diag, std::vector<Fault>* faults);

/// Makes the node of its function's body. In function.cc.
Status import_function(Context& call, const wire::Function& function);

}  // namespace tenon::onnx
