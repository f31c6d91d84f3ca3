// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loops, conditionals and assertions.
#pragma once

#include "nvinfer1/layer.h"

namespace nvinfer1 {

class ILoop;
class IIfConditional;
class IConditionLayer;
class IIfConditionalInputLayer;
class IIfConditionalOutputLayer;

/// What of an iteration leaves the loop.
enum class LoopOutput : int32_t {
  kLAST_VALUE = 0,   ///< the value after the last one
  kCONCATENATE = 1,  ///< all values along the axis
  kREVERSE = 2,      ///< the same, last one first
};
namespace impl {
template <>
struct EnumMaxImpl<LoopOutput> {
  static constexpr int32_t kVALUE = 3;
};
}  // namespace impl

/// How a loop ends.
enum class TripLimit : int32_t {
  kCOUNT = 0,  ///< after so many iterations, an integer from outside
  kWHILE = 1,  ///< when a kBOOL computed inside is false
};
namespace impl {
template <>
struct EnumMaxImpl<TripLimit> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// A layer at the border of a loop.
class ILoopBoundaryLayer : public ILayer {
 public:
  /// Never null.
  virtual ILoop* getLoop() const noexcept = 0;

 protected:
  virtual ~ILoopBoundaryLayer() noexcept = default;
};

/// A value carried from iteration to iteration: input 0 before the first, then input 1.
class IRecurrenceLayer : public ILoopBoundaryLayer {
 protected:
  virtual ~IRecurrenceLayer() noexcept = default;
};

/// The end of a loop.
class ITripLimitLayer : public ILoopBoundaryLayer {
 public:
  virtual TripLimit getTripLimit() const noexcept = 0;

 protected:
  virtual ~ITripLimitLayer() noexcept = default;
};

/// A value that leaves a loop. Input 1, for kCONCATENATE and kREVERSE, holds the number of
/// iterations the output has room for.
class ILoopOutputLayer : public ILoopBoundaryLayer {
 public:
  virtual LoopOutput getLoopOutput() const noexcept = 0;

  /// The axis of kCONCATENATE and kREVERSE.
  virtual void setAxis(int32_t axis) noexcept = 0;
  virtual int32_t getAxis() const noexcept = 0;

 protected:
  virtual ~ILoopOutputLayer() noexcept = default;
};

/// Slices of a tensor, one an iteration.
class IIteratorLayer : public ILoopBoundaryLayer {
 public:
  virtual void setAxis(int32_t axis) noexcept = 0;
  virtual int32_t getAxis() const noexcept = 0;

  /// Whether the last comes first.
  virtual void setReverse(bool reverse) noexcept = 0;
  virtual bool getReverse() const noexcept = 0;

 protected:
  virtual ~IIteratorLayer() noexcept = default;
};

/// A loop of a network. Owned by the network. Layers that depend on its recurrences and iterators
/// are its body.
class ILoop : public INoCopy {
 public:
  /// A recurrence that starts with `initialValue`, from outside.
  virtual IRecurrenceLayer* addRecurrence(ITensor& initialValue) noexcept = 0;

  /// At most one of each kind, at least one.
  virtual ITripLimitLayer* addTripLimit(ITensor& tensor, TripLimit limit) noexcept = 0;

  /// Slices of `tensor` along `axis`.
  virtual IIteratorLayer* addIterator(ITensor& tensor, int32_t axis = 0,
                                      bool reverse = false) noexcept = 0;

  /// Takes `tensor`, from inside, out of the loop.
  virtual ILoopOutputLayer* addLoopOutput(ITensor& tensor, LoopOutput outputKind,
                                          int32_t axis = 0) noexcept = 0;

  /// A name for messages; copied.
  virtual void setName(char const* name) noexcept = 0;
  virtual char const* getName() const noexcept = 0;

 protected:
  virtual ~ILoop() noexcept = default;
};

/// A layer at the border of a conditional.
class IIfConditionalBoundaryLayer : public ILayer {
 public:
  /// Never null.
  virtual IIfConditional* getConditional() const noexcept = 0;

 protected:
  virtual ~IIfConditionalBoundaryLayer() noexcept = default;
};

/// The condition, a kBOOL scalar.
class IConditionLayer : public IIfConditionalBoundaryLayer {
 protected:
  virtual ~IConditionLayer() noexcept = default;
};

/// The value of the branch that was taken.
class IIfConditionalOutputLayer : public IIfConditionalBoundaryLayer {
 protected:
  virtual ~IIfConditionalOutputLayer() noexcept = default;
};

/// A value handed into the branches.
class IIfConditionalInputLayer : public IIfConditionalBoundaryLayer {
 protected:
  virtual ~IIfConditionalInputLayer() noexcept = default;
};

/// Two branches of which one is run. Owned by the network.
class IIfConditional : public INoCopy {
 public:
  /// Exactly once.
  virtual IConditionLayer* setCondition(ITensor& condition) noexcept = 0;

  /// Chooses between two tensors computed inside, of equal shape and type.
  virtual IIfConditionalOutputLayer* addOutput(ITensor& trueSubgraphOutput,
                                               ITensor& falseSubgraphOutput) noexcept = 0;

  /// Hands `input` in.
  virtual IIfConditionalInputLayer* addInput(ITensor& input) noexcept = 0;

  /// A name for messages; copied.
  virtual void setName(char const* name) noexcept = 0;
  virtual char const* getName() const noexcept = 0;

 protected:
  virtual ~IIfConditional() noexcept = default;
};

/// Requires its kBOOL shape tensor to be true; otherwise shapes are refused with the message.
class IAssertionLayer : public ILayer {
 public:
  /// Copied.
  virtual void setMessage(char const* message) noexcept = 0;
  virtual char const* getMessage() const noexcept = 0;

 protected:
  virtual ~IAssertionLayer() noexcept = default;
};

}  // namespace nvinfer1
