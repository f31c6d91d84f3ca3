// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// RNN, GRU and LSTM.
#include <algorithm>
#include <array>

#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using ops::ActivationKind;
using ops::RecurrentKind;

/// An activation function by its name in these operators, with what stands for absent parameters.
struct Function {
  std::string_view name;
  ops::Activation usual;
  bool has_alpha, has_beta;
};
constexpr Function kFunctions[] = {
    {"Relu", {ActivationKind::Relu, 0, 0}, false, false},
    {"Tanh", {ActivationKind::Tanh, 0, 0}, false, false},
    {"Sigmoid", {ActivationKind::Sigmoid, 0, 0}, false, false},
    {"LeakyRelu", {ActivationKind::LeakyRelu, 0.01F, 0}, true, false},
    {"ThresholdedRelu", {ActivationKind::ThresholdedRelu, 1, 0}, true, false},
    {"ScaledTanh", {ActivationKind::ScaledTanh, 1, 1}, true, true},
    {"HardSigmoid", {ActivationKind::HardSigmoid, 0.2F, 0.5F}, true, true},
    {"Elu", {ActivationKind::Elu, 1, 0}, true, false},
    {"Softsign", {ActivationKind::Softsign, 0, 0}, false, false},
    {"Softplus", {ActivationKind::Softplus, 1, 1}, false, false},
};

/// Parameters are listed for the functions that have some, in order.
Result<std::vector<ops::Activation>> read_activations(Context& node) {
  std::vector<ops::Activation> all;
  const wire::Attribute* list = node.node().find("activations");
  if (list == nullptr) return all;
  if (list->type != wire::AttributeType::Strings) {
    return node.fail(Code::InvalidModel, "attribute activations is {}, but must be {}",
                     wire::to_words(list->type), wire::to_words(wire::AttributeType::Strings));
  }
  TENON_ASSIGN(const std::vector<float> alphas, node.reals("activation_alpha"));
  TENON_ASSIGN(const std::vector<float> betas, node.reals("activation_beta"));
  size_t alpha = 0, beta = 0;
  for (const std::string_view name : list->texts) {
    const auto* found = std::ranges::find(kFunctions, name, &Function::name);
    if (found == std::end(kFunctions)) {
      return node.fail(Code::Unsupported, "activation \"{}\" is not supported in a recurrent layer",
                       name);
    }
    ops::Activation& made = all.emplace_back(found->usual);
    if (found->has_alpha && alpha < alphas.size()) made.alpha = alphas[alpha++];
    if (found->has_beta && beta < betas.size()) made.beta = betas[beta++];
  }
  return all;
}

Status set_activations(Context& node, ops::Recurrent& op) {
  const bool lstm = op.kind == RecurrentKind::Lstm;
  const size_t each = lstm ? 3 : op.kind == RecurrentKind::Gru ? 2 : 1;
  const auto count = each * static_cast<size_t>(ops::directions(op.direction));
  TENON_ASSIGN(std::vector<ops::Activation> given, read_activations(node));
  if (!given.empty() && given.size() != count) {
    return node.fail(Code::InvalidModel, "{} activations are given, but {} are needed",
                     given.size(), count);
  }
  const ops::Activation sigmoid{ActivationKind::Sigmoid, 0, 0}, tanh{ActivationKind::Tanh, 0, 0};
  op.f = op.backward_f = op.kind == RecurrentKind::Rnn ? tanh : sigmoid;
  op.g = op.backward_g = op.h = op.backward_h = tanh;
  const std::array<std::pair<ops::Activation*, ops::Activation*>, 3> places{
      {{&op.f, &op.backward_f}, {&op.g, &op.backward_g}, {&op.h, &op.backward_h}}};
  for (size_t i = 0; i < given.size(); ++i) {
    (i < each ? *places[i].first : *places[i - each].second) = given[i];
  }
  return {};
}

Result<ops::Recurrent> read_recurrent(Context& node, RecurrentKind kind) {
  ops::Recurrent op;
  op.kind = kind;
  TENON_ASSIGN(const size_t direction,
               node.choice("direction", "forward", {"forward", "reverse", "bidirectional"}));
  op.direction = static_cast<ops::Direction>(direction);
  const ir::Value* weights = node.in(ops::kRecurrence);
  const bool known = weights->shape().size() == 3 && weights->shape()[2].is_constant();
  TENON_ASSIGN(op.hidden, node.integer("hidden_size", known ? weights->shape()[2].constant() : 0));
  TENON_ASSIGN(const int64_t linear, node.integer("linear_before_reset", 0));
  TENON_ASSIGN(const int64_t coupled, node.integer("input_forget", 0));
  TENON_ASSIGN(op.clip, node.real("clip", 0));
  op.linear_before_reset = linear != 0;
  op.input_forget = coupled != 0;
  TENON_TRY(set_activations(node, op));
  return op;
}

/// With attribute layout the batch goes before time, and before directions.
template <RecurrentKind kind>
Status import_recurrent(Context& node) {
  const bool lstm = kind == RecurrentKind::Lstm;
  TENON_TRY(node.expect_inputs(3, lstm ? 8 : 6));
  TENON_TRY(node.expect_outputs(lstm ? 3 : 2));
  TENON_ASSIGN(const ops::Recurrent op, read_recurrent(node, kind));
  TENON_ASSIGN(const int64_t layout, node.integer("layout", 0));
  std::vector<ir::Value*> inputs = node.inputs();
  constexpr std::pair<size_t, std::string_view> kTurned[] = {
      {ops::kSequence, "time_first"}, {ops::kInitialHidden, "hidden"}, {ops::kInitialCell, "cell"}};
  for (const auto& [i, role] : kTurned) {
    if (layout == 0 || !node.has(i)) continue;
    TENON_TRY(node.expect_rank(i, 3));
    TENON_ASSIGN(inputs[i], node.add(ops::Transpose{{1, 0, 2}}, {inputs[i]}, role));
  }
  const std::string name =
      layout == 0 ? node.name() : node.session().unique_name(node.name() + "/sequence");
  TENON_ASSIGN(ir::Node * made, node.add_node(op, std::move(inputs), name));
  for (size_t i = 0; i < made->outputs().size(); ++i) {
    ir::Value* value = made->output(i);
    if (layout != 0 && node.wants(i)) {
      const Dims perm = i == 0 ? Dims{2, 0, 1, 3} : Dims{1, 0, 2};
      TENON_ASSIGN(value, node.add(ops::Transpose{perm}, {value}, fmt::format("batch_{}", i)));
    }
    TENON_TRY(node.output(i, value));
  }
  return {};
}

constexpr Row kRecurrentRows[] = {
    {"GRU", 7, kNoEnd, import_recurrent<RecurrentKind::Gru>},
    {"LSTM", 7, kNoEnd, import_recurrent<RecurrentKind::Lstm>},
    {"RNN", 7, kNoEnd, import_recurrent<RecurrentKind::Rnn>},
};

}  // namespace

std::span<const Row> recurrent_rows() { return kRecurrentRows; }

}  // namespace tenon::onnx
