// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Random graphs give the same numbers before and after the pipeline, computed node by node with the
// reference kernels.
#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <unordered_map>

#include "backends/ref/evaluate.h"
#include "ir/text.h"
#include "passes/passes.h"
#include "passes/pipeline.h"
#include "passes/rewrite.h"

namespace tenon::passes {
namespace {

using ops::ActivationKind;
using ops::ConstantRef;
using ops::ElementWiseKind;
using ops::UnaryKind;

/// Folding over the reference kernels, as a build does it.
class RefEvaluator final : public ir::Evaluator {
 public:
  Result<std::vector<ConstantRef>> evaluate(const ir::Node& node) override {
    std::vector<const ops::ConstantData*> inputs;
    for (const ir::Value* value : node.inputs()) {
      inputs.push_back(value ? value->constant() : nullptr);
    }
    return ref::evaluate(node.op, inputs);
  }
};

/// Runs a whole graph on constants; null for what could not be computed.
std::vector<ConstantRef> run(const ir::Graph& graph, const std::vector<ConstantRef>& inputs) {
  std::unordered_map<const ir::Value*, ConstantRef> known;
  for (size_t i = 0; i < inputs.size(); ++i) known[graph.inputs()[i]] = inputs[i];
  for (const auto& node : graph.nodes()) {
    std::vector<const ops::ConstantData*> operands;
    for (const ir::Value* value : node->inputs()) {
      operands.push_back(value ? known[value].get() : nullptr);
    }
    auto results = ref::evaluate(node->op, operands);
    EXPECT_TRUE(results.ok()) << node->name << ": " << results.status().what;
    if (!results.ok()) return {};
    for (size_t i = 0; i < results->size(); ++i) known[node->outputs()[i]] = (*results)[i];
  }
  std::vector<ConstantRef> outputs;
  for (const ir::Value* value : graph.outputs()) outputs.push_back(known[value]);
  return outputs;
}

/// max|a − b| / max|b|, 0 for two tensors of zeros.
double error(const ops::ConstantData& a, const ops::ConstantData& b) {
  double difference = 0, most = 0;
  for (int64_t i = 0; i < a.count(); ++i) {
    if (std::isnan(a.real(i)) && std::isnan(b.real(i))) continue;
    const double gap = std::abs(a.real(i) - b.real(i));
    difference = std::isnan(gap) ? HUGE_VAL : std::max(difference, gap);
    most = std::max(most, std::abs(b.real(i)));
  }
  return difference == 0 ? 0 : difference / most;
}

constexpr int64_t kChannels = 4, kWidth = 5;

/// Makes graphs over tensors [2, 4, 5, 5] and [2, 4], some with the batch as a symbol.
class Maker {
 public:
  explicit Maker(uint32_t seed) : random_(seed) {
    const expr::Expr batch = seed % 2 == 0 ? graph->symbols().named("N") : expr::Expr(2);
    images_ = {graph->add_input("x", DType::F32, {batch, kChannels, kWidth, kWidth})};
    rows_ = {graph->add_input("r", DType::F32, {batch, kChannels})};
    const int64_t nodes = number(4, 40);
    for (int64_t i = 0; i < nodes; ++i) number(0, 3) > 0 ? add_image_node() : add_row_node();
    for (const auto* pool : {&images_, &rows_}) graph->mark_output(pool->back());
    if (number(0, 2) == 0 && !any(images_)->is_network_input()) graph->mark_output(any(images_));
  }
  std::vector<ConstantRef> inputs() {
    return {floats({2, kChannels, kWidth, kWidth}, -2, 2), floats({2, kChannels}, -2, 2)};
  }
  std::unique_ptr<ir::Graph> graph = std::make_unique<ir::Graph>();

 private:
  using Pool = std::vector<ir::Value*>;

  int64_t number(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }
  template <class T, size_t n>
  T one_of(const T (&list)[n]) {
    return list[number(0, n - 1)];
  }
  ir::Value* any(const Pool& pool) {
    // The last values mostly, so that chains come about.
    const auto size = static_cast<int64_t>(pool.size());
    const int64_t back = number(0, 3) > 0 ? 1 : number(1, size);
    return pool[static_cast<size_t>(size - back)];
  }
  ConstantRef floats(const Dims& dims, double low, double high) {
    std::uniform_real_distribution<double> values(low, high);
    return make_floats(dims, [&](int64_t) { return values(random_); });
  }
  ir::Value* constant(const Dims& dims, double low, double high) {
    return graph->add_constant(floats(dims, low, high), "");
  }
  ir::Value* add(ops::Op op, std::vector<ir::Value*> inputs, const std::string& name = "") {
    CollectingSink sink;
    Diagnostics diag(sink);
    auto node = graph->add(std::move(op), std::move(inputs), name, diag);
    EXPECT_TRUE(node.ok()) << sink.errors();
    return (*node)->output();
  }

  ops::Activation activation() {
    const auto kind = static_cast<ActivationKind>(number(0, 17));
    return {kind, kind == ActivationKind::Clip ? -0.5F : 0.3F, 0.7F};
  }
  ir::Value* element_by_element(const Pool& pool) {
    ir::Value* x = any(pool);
    const bool image = x->shape().size() == 4;
    switch (number(0, 4)) {
      case 0:
        return add(ops::Unary{one_of({UnaryKind::Abs, UnaryKind::Neg, UnaryKind::Sin,
                                      UnaryKind::Erf, UnaryKind::Atan, UnaryKind::Sign})},
                   {x});
      case 1:
        return add(activation(), {x});
      case 2:
        return add(ops::ElementWise{one_of({ElementWiseKind::Add, ElementWiseKind::Sub,
                                            ElementWiseKind::Max, ElementWiseKind::Min})},
                   {x, any(pool)});
      case 3: {
        const Dims shapes[] = {{}, {1}, {1, 1}, image ? Dims{kChannels, 1, 1} : Dims{kChannels}};
        ir::Value* c = constant(one_of(shapes), 0.5, 1.5);
        const auto kind = one_of({ElementWiseKind::Add, ElementWiseKind::Sub, ElementWiseKind::Mul,
                                  ElementWiseKind::Div});
        return number(0, 3) > 0 ? add(ops::ElementWise{kind}, {x, c})
                                : add(ops::ElementWise{kind}, {c, add(bounded(), {x})});
      }
      default:
        return add(ops::ElementWise{one_of({ElementWiseKind::Add, ElementWiseKind::Mul})},
                   {x, constant(Dims{1}, 1, 1)});
    }
  }
  /// Away from zero, for divisions.
  static ops::Activation bounded() { return {ActivationKind::Clip, 0.5F, 2}; }

  ir::Value* batch_norm(ir::Value* x) {
    const Dims dims{kChannels};
    return add(ops::BatchNorm{1e-3F}, {x, constant(dims, 0.5, 2), constant(dims, -1, 1),
                                       constant(dims, -1, 1), constant(dims, 0.1, 2)});
  }
  ir::Value* convolution(ir::Value* x) {
    const int64_t size = one_of({1, 3}), groups = one_of({1, 2, 4});
    const int64_t taps = kChannels / groups * size * size;
    const double most = 1.0 / static_cast<double>(taps);
    ir::Value* w = constant({kChannels, kChannels / groups, size, size}, -2 * most, 2 * most);
    ir::Value* bias = number(0, 1) == 0 ? nullptr : constant({kChannels}, -1, 1);
    const Dims ones = Dims::filled(2, 1);
    Dims pads = Dims::filled(2, size / 2);
    if (number(0, 3) == 0) {  // the same zeros by a node of their own
      x = add(ops::Pad{{0, 0, pads[0], pads[1]}, {0, 0, pads[0], pads[1]}}, {x});
      pads = Dims::filled(2, 0);
    }
    return add(
        ops::Convolution{Dims::filled(2, size), ones, pads, pads, ones, groups,
                         number(0, 4) == 0 ? activation() : ops::Activation{ActivationKind::None}},
        {x, w, bias});
  }
  void add_image_node() {
    ir::Value* x = any(images_);
    const int64_t dice = number(0, 9);
    if (dice < 2) {
      images_.push_back(convolution(x));
    } else if (dice == 2) {
      images_.push_back(batch_norm(x));
    } else if (dice == 3) {
      const Dims perm = number(0, 1) == 0 ? Dims{0, 1, 3, 2} : Dims{0, 1, 2, 3};
      images_.push_back(add(ops::Transpose{perm}, {x}));
    } else if (dice == 4) {
      const Dims one = Dims::filled(2, 1), none = Dims::filled(2, 0);
      images_.push_back(
          add(ops::Pooling{ops::PoolingKind::Average, one, one, none, none, one}, {x}));
    } else {
      images_.push_back(element_by_element(images_));
    }
  }
  void add_row_node() {
    const int64_t dice = number(0, 5);
    if (dice == 0) {
      rows_.push_back(add(ops::Reduce{ops::ReduceKind::Mean, Dims{2, 3}, false}, {any(images_)}));
    } else if (dice == 1) {
      ir::Value* w = constant({kChannels, kChannels}, -0.5, 0.5);
      rows_.push_back(
          add(ops::MatMul{false, number(0, 1) == 0, {ActivationKind::None}}, {any(rows_), w}));
    } else if (dice == 2) {
      rows_.push_back(batch_norm(any(rows_)));
    } else if (dice == 3) {
      rows_.push_back(add(ops::Softmax{1, false}, {any(rows_)}));
    } else {
      rows_.push_back(element_by_element(rows_));
    }
  }

  std::mt19937 random_;
  Pool images_, rows_;
};

size_t steps_without_constants(const ir::Graph& graph) {
  size_t steps = 0;
  for (const auto& node : graph.nodes()) steps += node->as<ops::Constant>() ? 0 : 1;
  return steps;
}

TEST(Numbers, StayThroughThePipeline) {
  RefEvaluator evaluator;
  size_t before = 0, after = 0;
  for (uint32_t seed = 0; seed < 400; ++seed) {
    Maker maker(seed);
    ir::Graph& graph = *maker.graph;
    const std::string text = ir::print(graph);
    const auto inputs = maker.inputs();
    const auto expected = run(graph, inputs);
    before += steps_without_constants(graph);

    CollectingSink sink;
    Diagnostics diag(sink);
    Options options;
    options.evaluator = &evaluator;
    ASSERT_TRUE(run_pipeline(graph, options, diag).ok()) << sink.errors() << '\n' << text;
    const auto result = run(graph, inputs);
    after += steps_without_constants(graph);

    ASSERT_EQ(result.size(), expected.size());
    for (size_t i = 0; i < result.size(); ++i) {
      ASSERT_TRUE(result[i] && expected[i]);
      ASSERT_EQ(result[i]->dims(), expected[i]->dims());
      ASSERT_LE(error(*result[i], *expected[i]), 2e-5)
          << "output " << i << " of seed " << seed << '\n'
          << text << "became\n"
          << ir::print(graph);
    }
  }
  // That much is expected of the graphs above, so that the test above is one.
  EXPECT_LT(after, before / 2) << before << " steps became " << after;
}

}  // namespace
}  // namespace tenon::passes
