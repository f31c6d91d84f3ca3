// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reductions of degree 0, 1 and 2, a heuristic for the rest, then local moves.
// Source of the reductions: B. Scholz and E. Eckstein, Register allocation for irregular
// architectures, 2002.
#include "tune/assignment.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace tenon::tune {

namespace {

using Costs = std::vector<double>;

/// Costs of an edge seen from one of its ends: row(i)[j] for own option i and the other's option j.
struct Table {
  size_t columns = 0;
  Costs cells;
  [[nodiscard]] double at(size_t i, size_t j) const { return cells[i * columns + j]; }
};

Table transposed(const Table& table) {
  const size_t rows = table.columns == 0 ? 0 : table.cells.size() / table.columns;
  Table result{rows, Costs(table.cells.size())};
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < table.columns; ++j) result.cells[j * rows + i] = table.at(i, j);
  }
  return result;
}

/// The lowest position of the least entry.
uint32_t lowest(const Costs& costs) {
  return static_cast<uint32_t>(std::min_element(costs.begin(), costs.end()) - costs.begin());
}

class Solver {
 public:
  explicit Solver(const AssignmentProblem& problem)
      : costs_(problem.costs), neighbours_(costs_.size()), choice_(costs_.size(), 0) {
    for (const AssignmentProblem::Edge& edge : problem.edges) {
      join(edge.a, edge.b, {costs_[edge.b].size(), edge.costs});
    }
    for (uint32_t v = 0; v < costs_.size(); ++v) by_degree_.insert({rank(v), v});
  }

  std::vector<uint32_t> solve() {
    while (!by_degree_.empty()) {
      const auto [order, v] = *by_degree_.begin();
      if (order <= 2) {
        reduce(v);
      } else {
        decide(by_degree_.rbegin()->second);
      }
    }
    for (auto it = reduced_.rbegin(); it != reduced_.rend(); ++it) settle(*it);
    return std::move(choice_);
  }

 private:
  /// Taken away, with the edges it had: to be settled when its neighbours are.
  struct Reduced {
    uint32_t vertex;
    std::vector<std::pair<uint32_t, Table>> edges;
  };

  /// What is easy comes first: a vertex without choice is as good as gone.
  [[nodiscard]] size_t rank(uint32_t v) const {
    return costs_[v].size() == 1 ? 0 : neighbours_[v].size();
  }

  void join(uint32_t a, uint32_t b, const Table& table) {
    add(a, b, table);
    add(b, a, transposed(table));
  }
  void add(uint32_t from, uint32_t to, const Table& table) {
    const auto [it, fresh] = neighbours_[from].try_emplace(to, table);
    if (fresh) return;
    for (size_t i = 0; i < table.cells.size(); ++i) it->second.cells[i] += table.cells[i];
  }

  /// Takes v out of the graph and gives its edges; neighbours' ranks are stale until ranked().
  Reduced take(uint32_t v) {
    by_degree_.erase({rank(v), v});
    Reduced taken{v, {neighbours_[v].begin(), neighbours_[v].end()}};
    for (const auto& [u, table] : taken.edges) {
      by_degree_.erase({rank(u), u});
      neighbours_[u].erase(v);
    }
    neighbours_[v].clear();
    return taken;
  }
  void ranked(const Reduced& taken) {
    for (const auto& [u, table] : taken.edges) by_degree_.insert({rank(u), u});
  }

  void reduce(uint32_t v) {
    Reduced taken = take(v);
    const Costs& own = costs_[v];
    if (own.size() == 1) {
      for (const auto& [u, table] : taken.edges) fold(u, table, 0);
    } else if (taken.edges.size() == 1) {
      const auto& [u, table] = taken.edges[0];
      for (size_t j = 0; j < costs_[u].size(); ++j) {
        double least = kImpossible;
        for (size_t i = 0; i < own.size(); ++i) least = std::min(least, own[i] + table.at(i, j));
        costs_[u][j] += least;
      }
    } else if (taken.edges.size() == 2) {
      bridge(own, taken.edges[0], taken.edges[1]);
    }
    ranked(taken);
    reduced_.push_back(std::move(taken));
  }

  /// Replaces a vertex between u and w by an edge that costs what the vertex at its best would.
  void bridge(const Costs& own, const std::pair<uint32_t, Table>& to_u,
              const std::pair<uint32_t, Table>& to_w) {
    const auto& [u, at_u] = to_u;
    const auto& [w, at_w] = to_w;
    Table table{costs_[w].size(), Costs(costs_[u].size() * costs_[w].size(), kImpossible)};
    for (size_t i = 0; i < own.size(); ++i) {
      for (size_t j = 0; j < costs_[u].size(); ++j) {
        const double so_far = own[i] + at_u.at(i, j);
        for (size_t k = 0; k < table.columns; ++k) {
          double& cell = table.cells[j * table.columns + k];
          cell = std::min(cell, so_far + at_w.at(i, k));
        }
      }
    }
    join(u, w, table);
  }

  void fold(uint32_t u, const Table& table, size_t option) {
    for (size_t j = 0; j < costs_[u].size(); ++j) costs_[u][j] += table.at(option, j);
  }

  /// Decides a vertex of many neighbours for good, as if each neighbour then did its best alone.
  void decide(uint32_t v) {
    const Reduced taken = take(v);
    Costs total = costs_[v];
    for (const auto& [u, table] : taken.edges) {
      for (size_t i = 0; i < total.size(); ++i) {
        double least = kImpossible;
        for (size_t j = 0; j < costs_[u].size(); ++j) {
          least = std::min(least, costs_[u][j] + table.at(i, j));
        }
        total[i] += least;
      }
    }
    choice_[v] = lowest(total);
    for (const auto& [u, table] : taken.edges) fold(u, table, choice_[v]);
    ranked(taken);
  }

  void settle(const Reduced& taken) {
    Costs total = costs_[taken.vertex];
    for (const auto& [u, table] : taken.edges) {
      for (size_t i = 0; i < total.size(); ++i) total[i] += table.at(i, choice_[u]);
    }
    choice_[taken.vertex] = lowest(total);
  }

  std::vector<Costs> costs_;
  std::vector<std::map<uint32_t, Table>> neighbours_;
  std::set<std::pair<size_t, uint32_t>> by_degree_;
  std::vector<Reduced> reduced_;
  std::vector<uint32_t> choice_;
};

/// Moves of the two ends of an edge that lower the cost, until none is left.
class Improver {
 public:
  Improver(const AssignmentProblem& problem, std::vector<uint32_t>& choice)
      : problem_(problem), choice_(choice), edges_of_(problem.costs.size()) {
    for (uint32_t e = 0; e < problem.edges.size(); ++e) {
      edges_of_[problem.edges[e].a].push_back(e);
      edges_of_[problem.edges[e].b].push_back(e);
    }
  }

  void improve() {
    constexpr int kMostRounds = 20;
    for (int round = 0; round < kMostRounds; ++round) {
      bool better = false;
      for (const AssignmentProblem::Edge& edge : problem_.edges) better |= move(edge.a, edge.b);
      if (!better) return;
    }
  }

 private:
  /// What depends on the options of a and b.
  [[nodiscard]] double around(uint32_t a, uint32_t b) const {
    double total = problem_.costs[a][choice_[a]] + problem_.costs[b][choice_[b]];
    for (const uint32_t e : edges_of_[a]) total += cost(problem_.edges[e]);
    for (const uint32_t e : edges_of_[b]) {
      const AssignmentProblem::Edge& edge = problem_.edges[e];
      if (edge.a != a && edge.b != a) total += cost(edge);
    }
    return total;
  }
  [[nodiscard]] double cost(const AssignmentProblem::Edge& edge) const {
    return edge.costs[choice_[edge.a] * problem_.costs[edge.b].size() + choice_[edge.b]];
  }

  bool move(uint32_t a, uint32_t b) {
    const auto before = std::pair(choice_[a], choice_[b]);
    double least = around(a, b);
    auto best = before;
    for (uint32_t i = 0; i < problem_.costs[a].size(); ++i) {
      for (uint32_t j = 0; j < problem_.costs[b].size(); ++j) {
        choice_[a] = i;
        choice_[b] = j;
        if (const double now = around(a, b); now < least) {
          least = now;
          best = {i, j};
        }
      }
    }
    std::tie(choice_[a], choice_[b]) = best;
    return best != before;
  }

  const AssignmentProblem& problem_;
  std::vector<uint32_t>& choice_;
  std::vector<std::vector<uint32_t>> edges_of_;
};

}  // namespace

double cost_of(const AssignmentProblem& problem, std::span<const uint32_t> choice) {
  double total = 0;
  for (size_t v = 0; v < problem.costs.size(); ++v) total += problem.costs[v][choice[v]];
  for (const AssignmentProblem::Edge& edge : problem.edges) {
    total += edge.costs[choice[edge.a] * problem.costs[edge.b].size() + choice[edge.b]];
  }
  return total;
}

std::vector<uint32_t> solve(const AssignmentProblem& problem) {
  std::vector<uint32_t> choice = Solver(problem).solve();
  Improver(problem, choice).improve();
  return choice;
}

}  // namespace tenon::tune
