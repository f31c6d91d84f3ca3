// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where errors are collected: implemented by the user, filled by the library.
#pragma once

#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {
namespace v_1_0 {

/// A thread-safe list of errors with a reference count. The library calls incRefCount when it is
/// given a recorder and decRefCount when it lets go; whoever owns the object frees it after the
/// count is back at zero.
class IErrorRecorder : public IVersionedInterface {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"IErrorRecorder", 1, 0};
  }

  using ErrorDesc = char const*;
  using RefCount = int32_t;

  /// Longest description that is kept, without the terminating NUL.
  static constexpr size_t kMAX_DESC_LENGTH{127U};

  IErrorRecorder() = default;
  ~IErrorRecorder() noexcept override = default;

  /// Number of errors held, never more than the recorder has room for.
  virtual int32_t getNbErrors() const noexcept = 0;

  /// Code of error `errorIdx`; an index out of range gives kINVALID_ARGUMENT.
  virtual ErrorCode getErrorCode(int32_t errorIdx) const noexcept = 0;

  /// Text of error `errorIdx`, valid until clear(); an index out of range gives a text saying so.
  virtual ErrorDesc getErrorDesc(int32_t errorIdx) const noexcept = 0;

  /// True when errors were dropped for want of room.
  virtual bool hasOverflowed() const noexcept = 0;

  /// Forgets all errors and the overflow mark.
  virtual void clear() noexcept = 0;

  /// Adds an error; `desc` is copied. Called from any thread. True advises the library to stop.
  virtual bool reportError(ErrorCode val, ErrorDesc desc) noexcept = 0;

  /// Adds one reference; returns the new count.
  virtual RefCount incRefCount() noexcept = 0;

  /// Drops one reference; returns the new count.
  virtual RefCount decRefCount() noexcept = 0;

 protected:
  IErrorRecorder(IErrorRecorder const&) = default;
  IErrorRecorder(IErrorRecorder&&) = default;
  IErrorRecorder& operator=(IErrorRecorder const&) & = default;
  IErrorRecorder& operator=(IErrorRecorder&&) & = default;
};

}  // namespace v_1_0

using IErrorRecorder = v_1_0::IErrorRecorder;

}  // namespace nvinfer1
