// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Networks of f32 in a type of 16 bits: products first, and what stands between them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

using ops::ElementWiseKind;
using ops::PointwiseCode;
using ops::ReduceKind;
using ops::UnaryKind;

/// What has most to gain: it is lowered wherever it stands.
bool is_product(const ir::Node& node) {
  return node.as<ops::Convolution>() || node.as<ops::Deconvolution>() || node.as<ops::MatMul>() ||
         node.as<ops::Attention>();
}

bool grows(UnaryKind kind) { return kind == UnaryKind::Exp || kind == UnaryKind::Reciprocal; }
bool grows(ElementWiseKind kind) { return kind == ElementWiseKind::Pow; }

/// Results of these may leave the range of f16 though their operands are far from its ends.
bool may_leave_range(const ir::Node& node) {
  if (const auto* unary = node.as<ops::Unary>()) return grows(unary->kind);
  if (const auto* binary = node.as<ops::ElementWise>()) return grows(binary->kind);
  if (const auto* chain = node.as<ops::Pointwise>()) {
    return std::ranges::any_of(chain->steps, [](const ops::PointwiseStep& step) {
      return (step.code == PointwiseCode::Unary && grows(static_cast<UnaryKind>(step.kind))) ||
             (step.code == PointwiseCode::ElementWise &&
              grows(static_cast<ElementWiseKind>(step.kind)));
    });
  }
  if (const auto* reduce = node.as<ops::Reduce>()) {
    return reduce->kind != ReduceKind::Mean && reduce->kind != ReduceKind::Max &&
           reduce->kind != ReduceKind::Min;
  }
  return false;
}

/// What is lowered where a lowered value reaches it.
bool follows(const ir::Node& node) {
  const bool listed =
      node.as<ops::Activation>() || node.as<ops::Concat>() || node.as<ops::ElementWise>() ||
      node.as<ops::Expand>() || node.as<ops::Gather>() || node.as<ops::Identity>() ||
      node.as<ops::Normalization>() || node.as<ops::Pad>() || node.as<ops::ParametricRelu>() ||
      node.as<ops::Pointwise>() || node.as<ops::Pooling>() || node.as<ops::Reduce>() ||
      node.as<ops::Reshape>() || node.as<ops::ScaleShift>() || node.as<ops::Select>() ||
      node.as<ops::Slice>() || node.as<ops::Softmax>() || node.as<ops::Squeeze>() ||
      node.as<ops::Transpose>() || node.as<ops::Unary>() || node.as<ops::Unsqueeze>();
  return listed && !may_leave_range(node);
}

class Lowerer {
 public:
  Lowerer(ir::Graph& graph, PassContext& context)
      : graph_(graph), context_(context), to_(*context.lower_to) {}

  Status run() {
    std::vector<ir::Node*> nodes;
    for (const auto& node : graph_.nodes()) nodes.push_back(node.get());
    for (ir::Node* node : nodes) {
      const bool lowers = is_wanted(*node);
      for (size_t i = 0; i < node->inputs().size(); ++i) {
        TENON_TRY(lowers ? lower_input(*node, i) : restore_input(*node, i));
      }
      if (!lowers) continue;
      for (ir::Value* output : node->outputs()) {
        if (output->dtype() == DType::F32) lowered_.insert(output);
      }
      TENON_TRY(graph_.reinfer(node, context_.diag));
      ++context_.changes;
    }
    return restore_outputs();
  }

 private:
  [[nodiscard]] bool is_lowered(const ir::Value* value) const { return lowered_.contains(value); }

  [[nodiscard]] bool is_wanted(const ir::Node& node) const {
    const auto of_this_type = [&](const ir::Value* value) {
      return value == nullptr || is_lowered(value) || !is_floating(value->dtype()) ||
             value->dtype() == DType::F32;
    };
    if (!std::ranges::all_of(node.inputs(), of_this_type)) return false;
    for (const ir::Value* output : node.outputs()) {
      if (output->dtype() != DType::F32) return false;
      // What people look at stays f32; an output that nobody else reads is cast.
      if (context_.pinned(*output) && !(output->is_network_output() && output->uses().empty())) {
        return false;
      }
    }
    if (is_product(node)) return !node.input(1)->constant() || in_range(*node.input(1)->constant());
    return follows(node) && std::ranges::any_of(node.inputs(), [&](const ir::Value* value) {
             return value != nullptr && is_lowered(value);
           });
  }

  [[nodiscard]] double most() const {
    return to_ == DType::F16 ? 65504.0 : double{std::numeric_limits<float>::max()};
  }
  [[nodiscard]] bool in_range(const ops::ConstantData& data) const {
    if (to_ != DType::F16) return true;
    for (int64_t i = 0; i < data.count(); ++i) {
      if (std::abs(data.real(i)) > most()) return false;
    }
    return true;
  }

  Status lower_input(ir::Node& node, size_t i) {
    ir::Value* value = node.input(i);
    if (value == nullptr || value->dtype() != DType::F32) return {};
    ir::Value*& low = low_[value];
    if (low == nullptr) {
      const std::string name = fmt::format("{}/as_{}", value->name, to_string(to_));
      if (const ops::ConstantData* data = value->constant()) {
        // Marks such as -1e9 become the greatest numbers there are.
        auto made = make_reals(to_, data->dims(), [&](int64_t k) {
          const double number = data->real(k);
          return std::isinf(number) ? number : std::clamp(number, -most(), most());
        });
        low = constant_before(graph_, value->producer(), std::move(made), name, context_);
      } else {
        TENON_ASSIGN(low, cast(node, value, to_, name));
      }
    }
    graph_.set_input(&node, i, low);
    return {};
  }

  Status restore_input(ir::Node& node, size_t i) {
    ir::Value* value = node.input(i);
    if (value == nullptr || !is_lowered(value)) return {};
    ir::Value*& high = high_[value];
    if (high == nullptr) {
      TENON_ASSIGN(high, cast(node, value, DType::F32, value->name + "/as_f32"));
    }
    graph_.set_input(&node, i, high);
    return {};
  }

  Status restore_outputs() {
    const std::vector<ir::Value*> outputs = graph_.outputs();
    for (ir::Value* output : outputs) {
      if (!is_lowered(output)) continue;
      TENON_ASSIGN(ir::Node * made, graph_.add(ops::Cast{DType::F32}, {output},
                                               output->name + "/as_f32", context_.diag));
      made->sources = sources_of(*output->producer());
      const std::string inner = fmt::format("{}/as_{}", output->name, to_string(to_));
      supplant(graph_, output, made->output());
      output->name = inner;
    }
    return {};
  }

  Result<ir::Value*> cast(const ir::Node& before, ir::Value* value, DType to, std::string name) {
    TENON_ASSIGN(ir::Node * made,
                 graph_.insert(&before, ops::Cast{to}, {value}, name, context_.diag));
    made->sources = sources_of(before);
    made->output()->name = std::move(name);
    return made->output();
  }

  ir::Graph& graph_;
  PassContext& context_;
  const DType to_;
  std::unordered_set<const ir::Value*> lowered_;
  std::unordered_map<const ir::Value*, ir::Value*> low_, high_;
};

}  // namespace

Status lower_precision(ir::Graph& graph, PassContext& context) {
  if (!context.lower_to) return {};
  return Lowerer(graph, context).run();
}

}  // namespace tenon::passes
