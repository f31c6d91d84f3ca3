// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The solver finds what trying everything finds.
#include "tune/assignment.h"

#include <gtest/gtest.h>

#include <random>

namespace tenon::tune {
namespace {

double least_cost(const AssignmentProblem& problem) {
  std::vector<uint32_t> choice(problem.costs.size(), 0);
  double least = kImpossible;
  while (true) {
    least = std::min(least, cost_of(problem, choice));
    size_t v = 0;
    while (v < choice.size() && ++choice[v] == problem.costs[v].size()) choice[v++] = 0;
    if (v == choice.size()) return least;
  }
}

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  uint32_t vertex() {
    const int options = std::uniform_int_distribution(1, 4)(random_);
    std::vector<double> costs(static_cast<size_t>(options));
    for (double& cost : costs) cost = number();
    problem.costs.push_back(costs);
    return static_cast<uint32_t>(problem.costs.size() - 1);
  }
  void edge(uint32_t a, uint32_t b) {
    std::vector<double> costs;
    for (size_t i = 0; i < problem.costs[a].size() * problem.costs[b].size(); ++i) {
      costs.push_back(number() < 1 ? kImpossible : number());
    }
    problem.edges.push_back({a, b, costs});
  }
  uint32_t chain(uint32_t from, int length) {
    for (int i = 0; i < length; ++i) {
      const uint32_t next = vertex();
      edge(from, next);
      from = next;
    }
    return from;
  }
  double number() { return std::uniform_int_distribution(0, 9)(random_); }

  AssignmentProblem problem;

 private:
  std::mt19937 random_;
};

TEST(Assignment, IsExactOnChains) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    Maker maker(seed);
    maker.chain(maker.vertex(), 6);
    EXPECT_EQ(cost_of(maker.problem, solve(maker.problem)), least_cost(maker.problem)) << seed;
  }
}

TEST(Assignment, IsExactOnResidualBranches) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    Maker maker(seed);
    uint32_t at = maker.vertex();
    for (int block = 0; block < 2; ++block) {
      const uint32_t sum = maker.chain(at, 3);
      maker.edge(at, sum);  // the shortcut
      at = sum;
    }
    EXPECT_EQ(cost_of(maker.problem, solve(maker.problem)), least_cost(maker.problem)) << seed;
  }
}

TEST(Assignment, IsExactOnDiamondsAndParallelEdges) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    Maker maker(seed);
    const uint32_t top = maker.vertex();
    const uint32_t left = maker.chain(top, 2), right = maker.chain(top, 2);
    const uint32_t join = maker.vertex();
    maker.edge(left, join);
    maker.edge(right, join);
    maker.edge(join, right);
    EXPECT_EQ(cost_of(maker.problem, solve(maker.problem)), least_cost(maker.problem)) << seed;
  }
}

TEST(Assignment, ComesCloseOnDenseGraphs) {
  double found = 0, least = 0;
  for (unsigned seed = 0; seed < 100; ++seed) {
    Maker maker(seed);
    for (int i = 0; i < 7; ++i) maker.vertex();
    for (uint32_t a = 0; a < 7; ++a) {
      for (uint32_t b = a + 1; b < 7; ++b) {
        maker.edge(a, b);
        for (double& cost : maker.problem.edges.back().costs) cost = std::min(cost, 9.0);
      }
    }
    found += cost_of(maker.problem, solve(maker.problem));
    least += least_cost(maker.problem);
  }
  EXPECT_LT(found, least * 1.05);
}

TEST(Assignment, GivesEqualChoicesForEqualProblemsAndTheLowerOfEquals) {
  AssignmentProblem problem;
  problem.costs = {{1, 1, 1}, {2, 2}};
  problem.edges.push_back({0, 1, std::vector<double>(6, 0)});
  EXPECT_EQ(solve(problem), (std::vector<uint32_t>{0, 0}));
  Maker maker(3);
  maker.chain(maker.chain(maker.vertex(), 4), 4);
  EXPECT_EQ(solve(maker.problem), solve(maker.problem));
}

TEST(Assignment, SolvesLongChainsQuickly) {
  Maker maker(1);
  maker.chain(maker.vertex(), 20000);
  EXPECT_EQ(solve(maker.problem).size(), 20001U);
}

}  // namespace
}  // namespace tenon::tune
