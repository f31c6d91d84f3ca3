// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Choosing one option a vertex so that the sum of vertex and edge costs is least.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace tenon::tune {

/// A cost that forbids.
inline constexpr double kImpossible = std::numeric_limits<double>::infinity();

/// Vertices with options, and edges whose cost depends on the options of both ends (a partitioned
/// Boolean quadratic problem). Costs are non-negative; several edges may join the same vertices.
struct AssignmentProblem {
  struct Edge {
    uint32_t a = 0, b = 0;      ///< different vertices
    std::vector<double> costs;  ///< [option of a * options of b + option of b]
  };
  std::vector<std::vector<double>> costs;  ///< of each vertex's options, at least one
  std::vector<Edge> edges;
};

/// Cost of a choice, one option a vertex.
double cost_of(const AssignmentProblem& problem, std::span<const uint32_t> choice);

/// A choice of little cost: the least where vertices of at most two neighbours can be taken away
/// one after the other until none is left (chains, trees, residual and parallel branches), else by
/// a heuristic improved by local moves. Among equals the lower option wins. Deterministic. The cost
/// is kImpossible when nothing allowed was found.
std::vector<uint32_t> solve(const AssignmentProblem& problem);

}  // namespace tenon::tune
