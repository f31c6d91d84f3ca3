// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The choice as an assignment problem.
#include "tune/choice.h"

#include <algorithm>

#include "tune/assignment.h"

namespace tenon::tune {

namespace {

using kernel::Layout;
using Layouts = std::vector<Layout>;

// A value that several vertices read gets a vertex of its own, with an option for every set of
// layouts it may be kept in. Beyond so many layouts the sets are too many, and sharing is ignored.
constexpr size_t kMostShared = 5;

size_t index_of(const Layouts& layouts, const Layout& layout) {
  return static_cast<size_t>(std::find(layouts.begin(), layouts.end(), layout) - layouts.begin());
}

class Formulation {
 public:
  Formulation(const ChoiceGraph& graph, const ReformatCost& reformat)
      : graph_(graph), reformat_(reformat) {}

  AssignmentProblem make() {
    for (const ChoiceGraph::Vertex& vertex : graph_.vertices) {
      std::vector<double>& costs = problem_.costs.emplace_back();
      for (const ChoiceGraph::Option& option : vertex.options) costs.push_back(option.ms);
    }
    for (size_t v = 0; v < graph_.values.size(); ++v) {
      const ChoiceGraph::Value& value = graph_.values[v];
      const Layouts layouts = layouts_of(value);
      const bool shared = value.to.size() > 1 && layouts.size() > 1;
      if (shared && layouts.size() <= kMostShared) {
        share(v, layouts);
      } else if (layouts.size() > 1) {
        for (const ChoiceGraph::Link& reader : value.to) direct(v, reader);
      }
    }
    return std::move(problem_);
  }

 private:
  [[nodiscard]] const Layout& layout(const ChoiceGraph::Link& link, size_t option) const {
    return graph_.vertices[link.vertex].options[option].ports[link.port];
  }
  [[nodiscard]] size_t options(const ChoiceGraph::Link& link) const {
    return graph_.vertices[link.vertex].options.size();
  }
  [[nodiscard]] double between(size_t value, const Layout& from, const Layout& to) const {
    return from == to ? 0 : reformat_(value, from, to);
  }

  [[nodiscard]] Layouts layouts_of(const ChoiceGraph::Value& value) const {
    Layouts layouts;
    const auto collect = [&](const ChoiceGraph::Link& link) {
      for (size_t i = 0; i < options(link); ++i) {
        const Layout& one = layout(link, i);
        if (index_of(layouts, one) == layouts.size()) layouts.push_back(one);
      }
    };
    collect(value.from);
    for (const ChoiceGraph::Link& reader : value.to) collect(reader);
    return layouts;
  }

  void direct(size_t v, const ChoiceGraph::Link& reader) {
    const ChoiceGraph::Link& maker = graph_.values[v].from;
    AssignmentProblem::Edge edge{maker.vertex, reader.vertex, {}};
    for (size_t i = 0; i < options(maker); ++i) {
      for (size_t j = 0; j < options(reader); ++j) {
        edge.costs.push_back(between(v, layout(maker, i), layout(reader, j)));
      }
    }
    problem_.edges.push_back(std::move(edge));
  }

  /// Options of the value's own vertex: made in layout p, kept in the layouts of a set with p.
  void share(size_t v, const Layouts& layouts) {
    struct Kept {
      size_t made;
      unsigned set;
    };
    std::vector<Kept> kept;
    const auto own = static_cast<uint32_t>(problem_.costs.size());
    std::vector<double>& costs = problem_.costs.emplace_back();
    for (size_t made = 0; made < layouts.size(); ++made) {
      if (!makes(graph_.values[v].from, layouts[made])) continue;
      for (unsigned set = 0; set < 1U << layouts.size(); ++set) {
        if ((set >> made & 1U) == 0) continue;
        double cost = 0;
        for (size_t to = 0; to < layouts.size(); ++to) {
          if ((set >> to & 1U) != 0) cost += between(v, layouts[made], layouts[to]);
        }
        if (cost == kImpossible) continue;
        kept.push_back({made, set});
        costs.push_back(cost);
      }
    }
    const auto link = [&](const ChoiceGraph::Link& end, auto&& allowed) {
      AssignmentProblem::Edge edge{own, end.vertex, {}};
      for (const Kept& one : kept) {
        for (size_t i = 0; i < options(end); ++i) {
          const bool good = allowed(one, index_of(layouts, layout(end, i)));
          edge.costs.push_back(good ? 0 : kImpossible);
        }
      }
      problem_.edges.push_back(std::move(edge));
    };
    link(graph_.values[v].from, [](const Kept& one, size_t at) { return one.made == at; });
    for (const ChoiceGraph::Link& reader : graph_.values[v].to) {
      link(reader, [](const Kept& one, size_t at) { return (one.set >> at & 1U) != 0; });
    }
  }

  [[nodiscard]] bool makes(const ChoiceGraph::Link& maker, const Layout& wanted) const {
    for (size_t i = 0; i < options(maker); ++i) {
      if (layout(maker, i) == wanted) return true;
    }
    return false;
  }

  const ChoiceGraph& graph_;
  const ReformatCost& reformat_;
  AssignmentProblem problem_;
};

}  // namespace

std::vector<uint32_t> choose(const ChoiceGraph& graph, const ReformatCost& reformat) {
  std::vector<uint32_t> choice = solve(Formulation(graph, reformat).make());
  choice.resize(graph.vertices.size());
  return choice;
}

double cost_of(const ChoiceGraph& graph, const ReformatCost& reformat,
               const std::vector<uint32_t>& choice) {
  const auto layout = [&](const ChoiceGraph::Link& link) -> const Layout& {
    return graph.vertices[link.vertex].options[choice[link.vertex]].ports[link.port];
  };
  double total = 0;
  for (size_t v = 0; v < graph.vertices.size(); ++v) {
    total += graph.vertices[v].options[choice[v]].ms;
  }
  for (size_t v = 0; v < graph.values.size(); ++v) {
    Layouts done{layout(graph.values[v].from)};
    for (const ChoiceGraph::Link& reader : graph.values[v].to) {
      if (index_of(done, layout(reader)) < done.size()) continue;
      total += reformat(v, done[0], layout(reader));
      done.push_back(layout(reader));
    }
  }
  return total;
}

}  // namespace tenon::tune
