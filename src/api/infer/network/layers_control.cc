// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Adding loops and conditionals, and the layers at their borders.
#include "api/infer/network/layers_control.h"

#include <fmt/core.h>

#include <algorithm>

namespace tenon::api {

using nvinfer1::ITensor;

namespace {

/// The number of the loop or conditional that a node is a border of; −1 of none.
int64_t number_of(const ir::Node& node) {
  return std::visit(
      [](const auto& op) -> int64_t {
        if constexpr (requires { op.loop; }) return op.loop;
        if constexpr (requires { op.conditional; }) return op.conditional;
        return -1;
      },
      node.op);
}

}  // namespace

nvinfer1::ILoop* Network::loop(int64_t number) noexcept {
  auto& made = loops_[number];
  if (made == nullptr) made = std::make_unique<Loop>(*this, number);
  return made.get();
}

nvinfer1::IIfConditional* Network::conditional(int64_t number) noexcept {
  auto& made = conditionals_[number];
  if (made == nullptr) made = std::make_unique<IfConditional>(*this, number);
  return made.get();
}

/// A number that no loop or conditional has.
int64_t Network::unused_number() const noexcept {
  int64_t most = 0;
  for (const auto& node : graph_.nodes()) most = std::max(most, number_of(*node));
  if (!loops_.empty()) most = std::max(most, loops_.rbegin()->first);
  if (!conditionals_.empty()) most = std::max(most, conditionals_.rbegin()->first);
  return most + 1;
}

nvinfer1::ILoop* Network::addLoop() noexcept {
  return guarded<nvinfer1::ILoop*>(voice_, nullptr, [&] { return loop(unused_number()); });
}

nvinfer1::IIfConditional* Network::addIfConditional() noexcept {
  return guarded<nvinfer1::IIfConditional*>(voice_, nullptr,
                                            [&] { return conditional(unused_number()); });
}

nvinfer1::IRecurrenceLayer* Loop::addRecurrence(ITensor& initialValue) noexcept {
  return network_.add_to<nvinfer1::IRecurrenceLayer>(ops::Recurrence{number_}, {&initialValue});
}

nvinfer1::ITripLimitLayer* Loop::addTripLimit(ITensor& tensor, nvinfer1::TripLimit limit) noexcept {
  const auto kind = to_own(kTripLimits, limit);
  if (!kind) return nullptr;
  for (const auto& node : network_.graph().nodes()) {
    const auto* other = node->as<ops::TripLimit>();
    if (other == nullptr || other->loop != number_ || other->kind != *kind) continue;
    network_.voice().refuse(Code::InvalidArgument,
                            fmt::format("{} has a trip limit of this kind already", name_));
    return nullptr;
  }
  return network_.add_to<nvinfer1::ITripLimitLayer>(ops::TripLimit{number_, *kind}, {&tensor});
}

nvinfer1::IIteratorLayer* Loop::addIterator(ITensor& tensor, int32_t axis, bool reverse) noexcept {
  return network_.add_to<nvinfer1::IIteratorLayer>(ops::Iterator{number_, axis, reverse},
                                                   {&tensor});
}

nvinfer1::ILoopOutputLayer* Loop::addLoopOutput(ITensor& tensor, nvinfer1::LoopOutput outputKind,
                                                int32_t axis) noexcept {
  const auto kind = to_own(kLoopOutputs, outputKind);
  if (!kind) return nullptr;
  return network_.add_to<nvinfer1::ILoopOutputLayer>(ops::LoopOutput{number_, *kind, axis, false},
                                                     {&tensor});
}

void LoopOutputLayer::setInput(int32_t index, ITensor& tensor) noexcept {
  if (index == 1 && network_.content_of(tensor, "the length of a loop's output") == nullptr) return;
  LoopBoundaryLayer::setInput(index, tensor);
}

nvinfer1::IConditionLayer* IfConditional::setCondition(ITensor& condition) noexcept {
  for (const auto& node : network_.graph().nodes()) {
    const auto* other = node->as<ops::Condition>();
    if (other == nullptr || other->conditional != number_) continue;
    network_.voice().refuse(Code::InvalidArgument,
                            fmt::format("{} has a condition already", name_));
    return nullptr;
  }
  return network_.add_to<nvinfer1::IConditionLayer>(ops::Condition{number_}, {&condition});
}

nvinfer1::IIfConditionalOutputLayer* IfConditional::addOutput(
    ITensor& trueSubgraphOutput, ITensor& falseSubgraphOutput) noexcept {
  return network_.add_to<nvinfer1::IIfConditionalOutputLayer>(
      ops::ConditionalOutput{number_}, {&trueSubgraphOutput, &falseSubgraphOutput});
}

nvinfer1::IIfConditionalInputLayer* IfConditional::addInput(ITensor& input) noexcept {
  return network_.add_to<nvinfer1::IIfConditionalInputLayer>(ops::ConditionalInput{number_},
                                                             {&input});
}

}  // namespace tenon::api
