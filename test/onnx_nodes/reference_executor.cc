// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Node by node through the reference kernels, symbols bound to the inputs' extents.
#include <map>
#include <unordered_map>

#include "backends/ref/evaluate.h"
#include "executor.h"

namespace tenon::onnx_nodes {

namespace {

using Numbers = std::map<expr::SymbolId, int64_t>;

/// `op` with numbers in place of symbols.
ops::Op bound(ops::Op op, const Numbers& numbers) {
  const auto with = [&](expr::SymbolId id) {
    const auto number = numbers.find(id);
    return number == numbers.end() ? expr::Expr::symbol(id) : expr::Expr(number->second);
  };
  std::visit(
      [&](auto& parameters) {
        ops::for_each_field(parameters, [&](const char*, auto& member) {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, expr::Shape>) {
            for (expr::Expr& extent : member) extent = expr::substitute(extent, with);
          }
        });
      },
      op);
  return op;
}

class ReferenceExecutor final : public Executor {
 public:
  Result<std::vector<ops::ConstantRef>> run(const ir::Graph& graph,
                                            std::span<const ops::ConstantRef> inputs,
                                            Diagnostics& diag) override {
    values_.clear();
    Numbers numbers;
    TENON_TRY(bind_inputs(graph, inputs, numbers, diag));
    for (const auto& node : graph.nodes()) TENON_TRY(compute(*node, numbers, diag));
    std::vector<ops::ConstantRef> outputs;
    for (const ir::Value* value : graph.outputs()) outputs.push_back(values_.at(value));
    return outputs;
  }

 private:
  Status bind_inputs(const ir::Graph& graph, std::span<const ops::ConstantRef> inputs,
                     Numbers& numbers, Diagnostics& diag) {
    if (inputs.size() != graph.inputs().size()) {
      return diag.fail(Code::InvalidArgument, "the graph has {} inputs, the test gives {}",
                       graph.inputs().size(), inputs.size());
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      const ir::Value* value = graph.inputs()[i];
      const Dims& dims = inputs[i]->dims();
      bool fits = static_cast<int>(value->shape().size()) == dims.rank() &&
                  value->dtype() == inputs[i]->dtype();
      for (int axis = 0; fits && axis < dims.rank(); ++axis) {
        const expr::Expr& extent = value->shape()[static_cast<size_t>(axis)];
        if (extent.is_symbol()) numbers.emplace(extent.symbol_id(), dims[axis]);
        fits = extent.is_symbol() ? numbers.at(extent.symbol_id()) == dims[axis]
                                  : extent.is_constant() && extent.constant() == dims[axis];
      }
      if (!fits) {
        return diag.fail(Code::InvalidArgument, "input \"{}\" is given as {} {}, not {} {}",
                         value->name, to_string(inputs[i]->dtype()), to_string(dims),
                         to_string(value->dtype()),
                         expr::to_string(value->shape(), graph.symbols()));
      }
      values_[value] = inputs[i];
    }
    return {};
  }

  /// Computes a node; sizes that only its run tells are numbers from then on.
  Status compute(const ir::Node& node, Numbers& numbers, Diagnostics& diag) {
    if (const auto* constant = node.as<ops::Constant>()) {
      values_[node.output()] = constant->data;
      return {};
    }
    std::vector<const ops::ConstantData*> inputs;
    for (const ir::Value* value : node.inputs()) {
      inputs.push_back(value ? values_.at(value).get() : nullptr);
    }
    auto outputs = ref::evaluate(bound(node.op, numbers), inputs);
    if (!outputs.ok()) {
      const DType type = node.input(0) ? node.input(0)->dtype() : DType::F32;
      const Code code = outputs.status().code;
      return diag.fail(code == Code::InvalidArgument ? Code::Internal : code,
                       "no reference kernel for {} on {}: {}", ops::name_of(node.op),
                       to_string(type), outputs.status().what);
    }
    for (size_t i = 0; i < outputs->size(); ++i) {
      const ops::ConstantRef& made = values_[node.output(i)] = (*outputs)[i];
      for (int axis = 0; axis < made->dims().rank(); ++axis) {
        const expr::Expr& extent = node.output(i)->shape()[static_cast<size_t>(axis)];
        if (extent.is_symbol()) numbers.try_emplace(extent.symbol_id(), made->dims()[axis]);
      }
    }
    return {};
  }

  std::unordered_map<const ir::Value*, ops::ConstantRef> values_;
};

class ReferenceEvaluator final : public ir::Evaluator {
 public:
  Result<std::vector<ops::ConstantRef>> evaluate(const ir::Node& node) override {
    std::vector<const ops::ConstantData*> inputs;
    for (const ir::Value* value : node.inputs()) {
      inputs.push_back(value ? value->constant() : nullptr);
    }
    return ref::evaluate(node.op, inputs);
  }
};

}  // namespace

ir::Evaluator& reference_evaluator() {
  static ReferenceEvaluator evaluator;
  return evaluator;
}

std::unique_ptr<Executor> make_reference_executor() {
  return std::make_unique<ReferenceExecutor>();
}

}  // namespace tenon::onnx_nodes
