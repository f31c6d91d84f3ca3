// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Node by node through the reference kernels, symbols bound to the inputs' extents.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "backends/ref/evaluate.h"
#include "control/outline.h"
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

using Values = std::unordered_map<const ir::Value*, ops::ConstantRef>;

/// Slice `at` of `data` along `axis`.
ops::ConstantRef slice_of(const ops::ConstantData& data, int axis, int64_t at) {
  Dims dims;
  int64_t outer = 1;
  size_t inner = byte_size(data.dtype(), 1);
  for (int i = 0; i < data.dims().rank(); ++i) {
    if (i != axis) dims.push_back(data.dims()[i]);
    if (i < axis) outer *= data.dims()[i];
    if (i > axis) inner *= static_cast<size_t>(data.dims()[i]);
  }
  Bytes bytes;
  for (int64_t o = 0; o < outer; ++o) {
    const auto part =
        data.bytes().subspan(static_cast<size_t>(o * data.dims()[axis] + at) * inner, inner);
    bytes.insert(bytes.end(), part.begin(), part.end());
  }
  return ops::ConstantData::copy(data.dtype(), dims, bytes);
}

/// Values put one behind the other along the new axis `axis`; `empty` says their type if there are
/// none.
ops::ConstantRef stack_of(const std::vector<ops::ConstantRef>& values, int axis,
                          const ir::Value& empty) {
  const DType dtype = empty.dtype();
  const Dims one =
      values.empty() ? expr::to_dims(empty.shape()).value_or(Dims{}) : values.front()->dims();
  Dims dims;
  int64_t outer = 1;
  size_t inner = byte_size(dtype, 1);
  for (int i = 0; i <= one.rank(); ++i) {
    if (i == axis) dims.push_back(static_cast<int64_t>(values.size()));
    if (i == one.rank()) break;
    dims.push_back(one[i]);
    if (i < axis) outer *= one[i];
    if (i >= axis) inner *= static_cast<size_t>(one[i]);
  }
  Bytes bytes;
  for (int64_t o = 0; o < outer; ++o) {
    for (const ops::ConstantRef& value : values) {
      const auto part = value->bytes().subspan(static_cast<size_t>(o) * inner, inner);
      bytes.insert(bytes.end(), part.begin(), part.end());
    }
  }
  return ops::ConstantData::copy(dtype, dims, bytes);
}

/// A loop or conditional, taken at its word: the judge of those that run in engines.
class ControlRun {
 public:
  ControlRun(const control::ControlOp& op, const ir::Node& node, const Values& values,
             Diagnostics& diag)
      : op_(op), node_(node), values_(values), diag_(diag) {}

  Result<std::vector<ops::ConstantRef>> run() {
    if (op_.program().kind == control::Kind::Loop) return loop();
    const bool holds = input(op_.program().condition)->integer(0) != 0;
    TENON_ASSIGN(auto results, region(holds ? 0 : 1, 0));
    const size_t taken = results.size();
    for (size_t i = taken; i < op_.program().outputs.size(); ++i) {
      const control::Output& output = op_.program().outputs[i];
      results.push_back(number(results[output.source]->dims()[static_cast<int>(output.axis)]));
    }
    return results;
  }

 private:
  [[nodiscard]] const ops::ConstantRef& input(uint32_t i) const {
    return values_.at(node_.input(i));
  }
  static ops::ConstantRef number(int64_t value) {
    return ops::ConstantData::of<int64_t>({}, std::vector<int64_t>{value});
  }

  Result<std::vector<ops::ConstantRef>> region(size_t k, int64_t trip) {
    const control::Program& program = op_.program();
    std::vector<ops::ConstantRef> given;
    for (const control::Feed& feed : program.feeds[k]) {
      if (feed.from == control::From::Node) {
        given.push_back(input(feed.index));
      } else if (feed.from == control::From::State) {
        given.push_back(states_[feed.index]);
      } else {
        const control::Slice& slice = program.slices[feed.index];
        const ops::ConstantData& all = *input(slice.input);
        const int axis = static_cast<int>(slice.axis);
        given.push_back(slice_of(all, axis, slice.reverse ? all.dims()[axis] - 1 - trip : trip));
      }
    }
    return make_reference_executor()->run(op_.region(k), given, diag_);
  }

  Result<std::vector<ops::ConstantRef>> loop() {
    const control::Program& program = op_.program();
    for (const control::State& state : program.states) states_.push_back(input(state.initial));
    std::vector<std::vector<ops::ConstantRef>> made(program.outputs.size());
    int64_t trip = 0;
    for (; !program.count || trip < input(*program.count)->integer(0); ++trip) {
      if (program.goes_on == control::While::State &&
          states_[program.while_state]->integer(0) == 0) {
        break;
      }
      if (program.goes_on == control::While::Region) {
        TENON_ASSIGN(const auto goes_on, region(1, trip));
        if (goes_on[0]->integer(0) == 0) break;
      }
      TENON_ASSIGN(const auto results, region(0, trip));
      for (size_t i = 0; i < states_.size(); ++i) states_[i] = results[program.states[i].next];
      for (size_t i = 0; i < made.size(); ++i) {
        const control::Output& output = program.outputs[i];
        if (output.gives == control::Gives::State || output.gives == control::Gives::Trips)
          continue;
        made[i].push_back(results[output.source]);
      }
    }
    std::vector<ops::ConstantRef> outputs;
    for (size_t i = 0; i < made.size(); ++i) {
      const control::Output& output = program.outputs[i];
      if (output.gives == control::Gives::State) {
        outputs.push_back(states_[output.source]);
      } else if (output.gives == control::Gives::Trips) {
        outputs.push_back(number(trip));
      } else if (output.gives == control::Gives::Value) {
        if (made[i].empty()) return Status{Code::Unsupported, "a loop without iterations"};
        outputs.push_back(made[i].back());
      } else {
        if (output.gives == control::Gives::Reverse) std::reverse(made[i].begin(), made[i].end());
        outputs.push_back(stack_of(made[i], static_cast<int>(output.axis),
                                   *op_.region(0).outputs()[output.source]));
      }
    }
    return outputs;
  }

  const control::ControlOp& op_;
  const ir::Node& node_;
  const Values& values_;
  Diagnostics& diag_;
  std::vector<ops::ConstantRef> states_;
};

class ReferenceExecutor final : public Executor {
 public:
  Result<std::vector<ops::ConstantRef>> run(const ir::Graph& graph,
                                            std::span<const ops::ConstantRef> inputs,
                                            Diagnostics& diag) override {
    const bool plain = std::none_of(graph.nodes().begin(), graph.nodes().end(),
                                    [](const auto& node) { return ops::is_border(node->op); });
    if (plain) return run_plain(graph, inputs, diag);
    TENON_ASSIGN(const auto outlined, graph.clone(diag));
    TENON_TRY(control::outline(*outlined, nullptr, diag));
    return run_plain(*outlined, inputs, diag);
  }

 private:
  Result<std::vector<ops::ConstantRef>> run_plain(const ir::Graph& graph,
                                                  std::span<const ops::ConstantRef> inputs,
                                                  Diagnostics& diag) {
    values_.clear();
    Numbers numbers;
    TENON_TRY(bind_inputs(graph, inputs, numbers, diag));
    for (const auto& node : graph.nodes()) TENON_TRY(compute(*node, numbers, diag));
    std::vector<ops::ConstantRef> outputs;
    for (const ir::Value* value : graph.outputs()) outputs.push_back(values_.at(value));
    return outputs;
  }

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
      for (size_t at = 0; value->type.content && at < value->type.content->size(); ++at) {
        const expr::Expr& element = (*value->type.content)[at];
        if (!element.is_symbol()) continue;
        numbers.emplace(element.symbol_id(), inputs[i]->integer(static_cast<int64_t>(at)));
      }
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
    const auto* foreign = node.as<ops::Foreign>();
    const auto* op = foreign ? dynamic_cast<const control::ControlOp*>(foreign->op.get()) : nullptr;
    auto outputs = op != nullptr ? ControlRun(*op, node, values_, diag).run()
                                 : ref::evaluate(bound(node.op, numbers), inputs);
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

  Values values_;
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
