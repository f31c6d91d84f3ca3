// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The choice over a graph equals the best of all choices, reformats shared.
#include "tune/choice.h"

#include <gtest/gtest.h>

#include <random>

#include "tune/assignment.h"

namespace tenon::tune {
namespace {

using kernel::Layout;
const Layout kLayouts[] = {Layout::linear(), Layout::hwc(), Layout::chw(16)};

double brute_force(const ChoiceGraph& graph, const ReformatCost& reformat) {
  std::vector<uint32_t> choice(graph.vertices.size(), 0);
  double least = kImpossible;
  while (true) {
    least = std::min(least, cost_of(graph, reformat, choice));
    size_t v = 0;
    while (v < choice.size() && ++choice[v] == graph.vertices[v].options.size()) choice[v++] = 0;
    if (v == choice.size()) return least;
  }
}

/// Builds networks of vertices with one output each.
class Network {
 public:
  explicit Network(unsigned seed) : random_(seed) {}

  uint32_t node(std::vector<uint32_t> makers) {
    const auto id = static_cast<uint32_t>(graph.vertices.size());
    ChoiceGraph::Vertex vertex;
    for (int i = 0, n = number(1, 3); i < n; ++i) {
      ChoiceGraph::Option option{static_cast<double>(number(0, 9)), {}};
      const Layout& layout = kLayouts[number(0, 2)];
      const bool converts = number(0, 3) == 0;
      for (size_t p = 0; p <= makers.size(); ++p) {
        option.ports.push_back(converts ? kLayouts[number(0, 2)] : layout);
      }
      vertex.options.push_back(option);
    }
    graph.vertices.push_back(vertex);
    graph.values.push_back({{id, static_cast<uint32_t>(makers.size())}, {}});
    for (uint32_t p = 0; p < makers.size(); ++p) graph.values[makers[p]].to.push_back({id, p});
    return id;
  }
  int number(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }

  ChoiceGraph graph;

 private:
  std::mt19937 random_;
};

double reformat(size_t value, const Layout& from, const Layout& to) {
  if (from.vector == 16 && to.order == Layout::Order::ChannelsLast) return kImpossible;
  return 1 + static_cast<double>(value % 3) + (to.is_linear() ? 1 : 0);
}

TEST(Choice, IsTheBestOfAllOnResidualNetworks) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    Network network(seed);
    uint32_t at = network.node({});
    for (int block = 0; block < 2; ++block) {
      const uint32_t branch = network.node({network.node({at})});
      at = network.node({branch, at});
    }
    network.node({at});
    const std::vector<uint32_t> choice = choose(network.graph, reformat);
    EXPECT_EQ(cost_of(network.graph, reformat, choice), brute_force(network.graph, reformat))
        << seed;
  }
}

TEST(Choice, IsTheBestOfAllWhereFourReadOneValue) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    Network network(seed);
    const uint32_t at = network.node({network.node({})});
    for (int reader = 0; reader < 4; ++reader) network.node({at});
    const std::vector<uint32_t> choice = choose(network.graph, reformat);
    EXPECT_EQ(cost_of(network.graph, reformat, choice), brute_force(network.graph, reformat))
        << seed;
  }
}

TEST(Choice, PaysASharedReformatOnce) {
  // A maker that only knows linear, and three readers that gain 2 each from channels last: alone
  // none is worth a reformat of 4, together they are.
  ChoiceGraph graph;
  graph.vertices.push_back({{{0, {Layout::linear()}}}});
  graph.values.push_back({{0, 0}, {}});
  for (uint32_t reader = 1; reader <= 3; ++reader) {
    graph.vertices.push_back({{{3, {Layout::linear()}}, {1, {Layout::hwc()}}}});
    graph.values[0].to.push_back({reader, 0});
  }
  const auto four = [](size_t, const Layout&, const Layout&) { return 4.0; };
  EXPECT_EQ(choose(graph, four), (std::vector<uint32_t>{0, 1, 1, 1}));
  EXPECT_EQ(cost_of(graph, four, {0, 1, 1, 1}), 7);
}

TEST(Choice, KeepsAChainInOneLayout) {
  // In a long chain every node is a little faster in channels last, the ends are linear.
  ChoiceGraph graph;
  graph.vertices.push_back({{{0, {Layout::linear()}}}});
  for (uint32_t v = 1; v <= 50; ++v) {
    graph.values.push_back({{v - 1, v == 1 ? 0U : 1U}, {{v, 0}}});
    graph.vertices.push_back(
        {{{1.0, {Layout::linear(), Layout::linear()}}, {0.9, {Layout::hwc(), Layout::hwc()}}}});
  }
  graph.values.push_back({{50, 1}, {{51, 0}}});
  graph.vertices.push_back({{{0, {Layout::linear()}}}});
  const auto two = [](size_t, const Layout&, const Layout&) { return 2.0; };
  const std::vector<uint32_t> choice = choose(graph, two);
  for (size_t v = 1; v <= 50; ++v) EXPECT_EQ(choice[v], 1U) << v;
}

}  // namespace
}  // namespace tenon::tune
