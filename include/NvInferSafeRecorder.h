// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where messages of the safe runtime go: implemented by the user.
#pragma once

#include "NvInferForwardDecl.h"

namespace nvinfer2 {
namespace safe {

using ErrorDesc = char const*;
using RefCount = int32_t;

/// How much a message matters. Not nvinfer1::ILogger::Severity.
enum class Severity : uint32_t {
  kINTERNAL_ERROR = 0,  ///< a defect of the library
  kERROR = 1,           ///< a call failed
  kWARNING = 2,         ///< it works, but perhaps not as meant
  kINFO = 3,            ///< worth knowing
  kVERBOSE = 4,         ///< for looking inside
  kDEBUG = 5,           ///< for following each step
};
namespace impl {
template <>
struct EnumMaxImpl<Severity> {
  static constexpr int32_t kVALUE = 6;
};
}  // namespace impl

/// An error recorder that takes other messages too. The report methods must be thread-safe. Errors
/// are always taken; other messages when their severity is numerically at most the one set.
class ISafeRecorder : public IErrorRecorder {
 public:
  /// Longest description the safe runtime sends, without the terminating NUL.
  static constexpr size_t kMAX_SAFE_DESC_LENGTH{4095U};

  /// `id_` tells recorders apart, for instance those of several threads.
  ISafeRecorder(Severity severity_ = Severity::kERROR, int32_t id_ = -1)
      : IErrorRecorder(), mSeverity(severity_), mId(id_) {}

  ISafeRecorder(ISafeRecorder const&) = delete;
  ISafeRecorder(ISafeRecorder&&) = delete;
  ISafeRecorder& operator=(ISafeRecorder const&) & = delete;
  ISafeRecorder& operator=(ISafeRecorder&&) & = delete;
  ~ISafeRecorder() noexcept override = default;

  /// The level from which on messages are dropped. Not thread-safe.
  virtual void setSeverity(Severity severity_) noexcept { mSeverity = severity_; }
  virtual Severity getSeverity() const noexcept { return mSeverity; }

  virtual int32_t getId() const noexcept { return mId; }

  /// Each takes one message; false when it was dropped. `desc` is valid during the call only.
  virtual bool reportWarn(ErrorDesc /*desc*/) noexcept { return false; }
  virtual bool reportDebug(ErrorDesc /*desc*/) noexcept { return false; }
  virtual bool reportInfo(ErrorDesc /*desc*/) noexcept { return false; }
  virtual bool reportVerbose(ErrorDesc /*desc*/) noexcept { return false; }

 protected:
  Severity mSeverity;
  int32_t const mId;
};

/// Faults found while a graph runs asynchronously: a set of RuntimeErrorType.
struct RuntimeErrorInformation {
  uint64_t bitMask{0ULL};
};

/// The bits of RuntimeErrorInformation.
enum class RuntimeErrorType : uint64_t {
  kNAN_CONSUMED = 1ULL << 0,  ///< a NaN was quantized
  kINF_CONSUMED = 1ULL << 1,  ///< an infinity was quantized
  kGATHER_OOB = 1ULL << 2,    ///< an index of a gather was out of bounds
  kSCATTER_OOB = 1ULL << 3,   ///< an index of a scatter was out of bounds
  kSCATTER_RACE = 1ULL << 4,  ///< two indices of a scatter were equal
  kDIV_ZERO = 1ULL << 5,      ///< an integer was divided by zero
};

}  // namespace safe
}  // namespace nvinfer2
