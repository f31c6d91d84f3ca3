// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loops and conditionals, and the layers at their borders.
#pragma once

#include <string>

#include "api/infer/network/kinds.h"
#include "api/infer/network/layer.h"

namespace tenon::api {

inline constexpr KindRow<nvinfer1::TripLimit, ops::TripLimitKind> kTripLimits[] = {
    {nvinfer1::TripLimit::kCOUNT, ops::TripLimitKind::Count},
    {nvinfer1::TripLimit::kWHILE, ops::TripLimitKind::While},
};
inline constexpr KindRow<nvinfer1::LoopOutput, ops::LoopOutputKind> kLoopOutputs[] = {
    {nvinfer1::LoopOutput::kLAST_VALUE, ops::LoopOutputKind::Last},
    {nvinfer1::LoopOutput::kCONCATENATE, ops::LoopOutputKind::Concatenate},
    {nvinfer1::LoopOutput::kREVERSE, ops::LoopOutputKind::Reverse},
};

/// A loop of a network, which owns it; its layers know it by its number.
class Loop final : public nvinfer1::ILoop {
 public:
  Loop(Network& network, int64_t number)
      : network_(network), number_(number), name_("loop " + std::to_string(number)) {}

  nvinfer1::IRecurrenceLayer* addRecurrence(nvinfer1::ITensor& initialValue) noexcept override;
  nvinfer1::ITripLimitLayer* addTripLimit(nvinfer1::ITensor& tensor,
                                          nvinfer1::TripLimit limit) noexcept override;
  nvinfer1::IIteratorLayer* addIterator(nvinfer1::ITensor& tensor, int32_t axis,
                                        bool reverse) noexcept override;
  nvinfer1::ILoopOutputLayer* addLoopOutput(nvinfer1::ITensor& tensor,
                                            nvinfer1::LoopOutput outputKind,
                                            int32_t axis) noexcept override;
  void setName(char const* name) noexcept override { name_ = name == nullptr ? "" : name; }
  char const* getName() const noexcept override { return name_.c_str(); }

 private:
  Network& network_;
  int64_t number_;
  std::string name_;
};

/// A conditional of a network, likewise.
class IfConditional final : public nvinfer1::IIfConditional {
 public:
  IfConditional(Network& network, int64_t number)
      : network_(network), number_(number), name_("conditional " + std::to_string(number)) {}

  nvinfer1::IConditionLayer* setCondition(nvinfer1::ITensor& condition) noexcept override;
  nvinfer1::IIfConditionalOutputLayer* addOutput(
      nvinfer1::ITensor& trueSubgraphOutput,
      nvinfer1::ITensor& falseSubgraphOutput) noexcept override;
  nvinfer1::IIfConditionalInputLayer* addInput(nvinfer1::ITensor& input) noexcept override;
  void setName(char const* name) noexcept override { name_ = name == nullptr ? "" : name; }
  char const* getName() const noexcept override { return name_.c_str(); }

 private:
  Network& network_;
  int64_t number_;
  std::string name_;
};

/// What layers at the border of a loop share.
template <class Interface, nvinfer1::LayerType Type, class Op>
class LoopBoundaryLayer : public LayerOf<Interface, Type> {
 public:
  using LayerOf<Interface, Type>::LayerOf;
  nvinfer1::ILoop* getLoop() const noexcept override {
    return this->network_.loop(this->template op<Op>().loop);
  }
};

class RecurrenceLayer final
    : public LoopBoundaryLayer<nvinfer1::IRecurrenceLayer, nvinfer1::LayerType::kRECURRENCE,
                               ops::Recurrence> {
 public:
  using LoopBoundaryLayer::LoopBoundaryLayer;
};

class TripLimitLayer final
    : public LoopBoundaryLayer<nvinfer1::ITripLimitLayer, nvinfer1::LayerType::kTRIP_LIMIT,
                               ops::TripLimit> {
 public:
  using LoopBoundaryLayer::LoopBoundaryLayer;
  nvinfer1::TripLimit getTripLimit() const noexcept override {
    return to_foreign(kTripLimits, op<ops::TripLimit>().kind);
  }
};

class IteratorLayer final
    : public LoopBoundaryLayer<nvinfer1::IIteratorLayer, nvinfer1::LayerType::kITERATOR,
                               ops::Iterator> {
 public:
  using LoopBoundaryLayer::LoopBoundaryLayer;
  void setAxis(int32_t axis) noexcept override {
    change<ops::Iterator>([&](auto& op) { op.axis = axis; });
  }
  int32_t getAxis() const noexcept override {
    return static_cast<int32_t>(op<ops::Iterator>().axis);
  }
  void setReverse(bool reverse) noexcept override {
    change<ops::Iterator>([&](auto& op) { op.reverse = reverse; });
  }
  bool getReverse() const noexcept override { return op<ops::Iterator>().reverse; }
};

class LoopOutputLayer final
    : public LoopBoundaryLayer<nvinfer1::ILoopOutputLayer, nvinfer1::LayerType::kLOOP_OUTPUT,
                               ops::LoopOutput> {
 public:
  using LoopBoundaryLayer::LoopBoundaryLayer;
  /// Input 1 is the length, which must follow from shapes.
  void setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept override;
  nvinfer1::LoopOutput getLoopOutput() const noexcept override {
    return to_foreign(kLoopOutputs, op<ops::LoopOutput>().kind);
  }
  void setAxis(int32_t axis) noexcept override {
    change<ops::LoopOutput>([&](auto& op) { op.axis = axis; });
  }
  int32_t getAxis() const noexcept override {
    return static_cast<int32_t>(op<ops::LoopOutput>().axis);
  }
};

/// What layers at the border of a conditional share.
template <class Interface, nvinfer1::LayerType Type, class Op>
class ConditionalBoundaryLayer final : public LayerOf<Interface, Type> {
 public:
  using LayerOf<Interface, Type>::LayerOf;
  nvinfer1::IIfConditional* getConditional() const noexcept override {
    return this->network_.conditional(this->template op<Op>().conditional);
  }
};

using ConditionLayer = ConditionalBoundaryLayer<nvinfer1::IConditionLayer,
                                                nvinfer1::LayerType::kCONDITION, ops::Condition>;
using ConditionalInputLayer =
    ConditionalBoundaryLayer<nvinfer1::IIfConditionalInputLayer,
                             nvinfer1::LayerType::kCONDITIONAL_INPUT, ops::ConditionalInput>;
using ConditionalOutputLayer =
    ConditionalBoundaryLayer<nvinfer1::IIfConditionalOutputLayer,
                             nvinfer1::LayerType::kCONDITIONAL_OUTPUT, ops::ConditionalOutput>;

}  // namespace tenon::api
